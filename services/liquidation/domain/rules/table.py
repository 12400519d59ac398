"""Every rule of law by its id; a rule that is not here cannot be quoted."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.liquidation.domain.rules.counting import COUNTING, STARTS
from services.liquidation.domain.rules.enforcement import DEMANDS, DETENTION, EVASION, PENALTIES
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
    *DEMANDS,
    *PENALTIES,
    *EVASION,
    *DETENTION,
    *SPECIAL,
    *INVARIANTS,
    Rule("version-once", "CATAIR Entry Summary", "U", "Each version of an entry summary is filed once."),
)
