"""How an act is refused: by a rule of the table, with its citation and what to do instead."""

from services.liquidation.publishing import find_rule
from shared.runtime.errors import Conflict, Refused


def conflict(rule: str, code: str, detail: str, remedy: str) -> Conflict:
    """The matter is in a state in which the rule does not allow the act; to be raised."""
    return Conflict(detail, rule=rule, code=code, citation=find_rule(rule).citation, remedy=remedy)


def refused(rule: str, code: str, detail: str, remedy: str) -> Refused:
    """The rule does not allow what was asked for; to be raised."""
    return Refused(detail, rule=rule, code=code, citation=find_rule(rule).citation, remedy=remedy)
