"""Every rule of law by its id, and in sections; a rule that is not here cannot be quoted."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.liquidation.domain.rules.counting import COUNTING, STARTS
from services.liquidation.domain.rules.enforcement import DEMANDS, DETENTION, EVASION, PENALTIES
from services.liquidation.domain.rules.liquidation import LIQUIDATION, SUMMARY
from services.liquidation.domain.rules.money import BILLS, NOTICES
from services.liquidation.domain.rules.protest import FURTHER_REVIEW, PROTEST
from services.liquidation.domain.rules.reliquidation import RELIQUIDATION
from services.liquidation.domain.rules.rule import Rule, Section
from services.liquidation.domain.rules.special import INVARIANTS, SPECIAL, SWITCHES

SECTIONS: Final = (
    Section("counting", "How days are counted and rolled", COUNTING),
    Section("starts", "Days that start a clock", STARTS),
    Section("summary", "Entry summary, deposit and correction", SUMMARY),
    Section("liquidation", "Liquidation, extension and suspension", LIQUIDATION),
    Section("reliquidation", "Reliquidation, refund and finality", RELIQUIDATION),
    Section("protest", "Protest and suit", PROTEST),
    Section("further-review", "Further review and void denials", FURTHER_REVIEW),
    Section("bills", "Bills, refunds and interest", BILLS),
    Section("notices", "Notices and demands of the Center", (*NOTICES, *DEMANDS)),
    Section("penalties", "Penalties, liquidated damages and prior disclosure", PENALTIES),
    Section("evasion", "Evasion cases (EAPA)", EVASION),
    Section("detention", "Detention and forced labour", DETENTION),
    Section("special", "Drawback, reconciliation, temporary importation and quota", SPECIAL),
    Section("invariants", "What holds over any history", INVARIANTS),
    Section("switches", "Recent changes of duties", SWITCHES),
)

RULES: Final[Mapping[str, Rule]] = MappingProxyType({rule.id: rule for section in SECTIONS for rule in section.rules})


def say_unsettled(rule: str, *, is_before_modernization: bool = False) -> str | None:
    """What of a rule is open: the part that it says, or all of it where no more than that was found.

    Of an entry before the Customs Modernization Act everything is (law-before-1993).

    >>> say_unsettled("protest-180") is None, say_unsettled("suit-bond-2415")
    (True, 'whether they run from the liquidation or from the demand')
    """
    if is_before_modernization:
        return RULES["law-before-1993"].text
    found = RULES[rule]
    return found.unsettled or (found.text if found.evidence == "U" else None)
