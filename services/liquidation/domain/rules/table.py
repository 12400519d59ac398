"""Every rule of law by its id; a rule that is not here cannot be quoted."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.liquidation.domain.rules.counting import COUNTING, STARTS
from services.liquidation.domain.rules.liquidation import LIQUIDATION, SUMMARY
from services.liquidation.domain.rules.money import BILLS, NOTICES
from services.liquidation.domain.rules.protest import FURTHER_REVIEW, PROTEST
from services.liquidation.domain.rules.reliquidation import RELIQUIDATION
from services.liquidation.domain.rules.rule import Rule
from services.liquidation.domain.rules.special import INVARIANTS, SPECIAL


def _by_id(*rules: Rule) -> Mapping[str, Rule]:
    return MappingProxyType({rule.id: rule for rule in rules})


RULES: Final = _by_id(
    *COUNTING,
    *STARTS,
    *SUMMARY,
    *LIQUIDATION,
    *RELIQUIDATION,
    *PROTEST,
    *FURTHER_REVIEW,
    *BILLS,
    *NOTICES,
    *SPECIAL,
    *INVARIANTS,
    Rule("version-once", "CATAIR Entry Summary", "U", "Each version of an entry summary is filed once."),
)


def say_unsettled(rule: str) -> str | None:
    """What of a rule is open: the part that it says, or all of it where no more than that was found.

    >>> say_unsettled("protest-180") is None, say_unsettled("suit-bond-2415")
    (True, 'whether they run from the liquidation or from the demand')
    """
    found = RULES[rule]
    return found.unsettled or (found.text if found.evidence == "U" else None)
