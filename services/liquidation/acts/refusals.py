"""How an act is refused: by a rule of the table, with its citation and what to do instead."""

from collections.abc import Iterable

from services.liquidation.domain.history_order import REMEDY, NamedDay, find_disorder, tell_all
from services.liquidation.publishing import find_rule
from shared.customs.entry_types import EntryType
from shared.runtime.errors import Conflict, FieldFault, Refused


def conflict(rule: str, code: str, detail: str, remedy: str) -> Conflict:
    """The matter is in a state in which the rule does not allow the act; to be raised."""
    return Conflict(detail, rule=rule, code=code, citation=find_rule(rule).citation, remedy=remedy)


def refused(rule: str, code: str, detail: str, remedy: str) -> Refused:
    """The rule does not allow what was asked for; to be raised."""
    return Refused(detail, rule=rule, code=code, citation=find_rule(rule).citation, remedy=remedy)


def demand_order(days: Iterable[NamedDay], kind: EntryType | None) -> None:
    """Refuse days that cannot all be right, with every pair of them at once, by both fields and both days.

    Raises `Refused` by the rule of the first pair; its faults name the later field of each.
    """
    found = find_disorder(days, kind)
    if not found:
        return
    first = find_rule(found[0].rule)
    faults = [FieldFault(f"body.{each.later.field}", each.rule, each.text) for each in found]
    raise Refused(
        tell_all(found), rule=first.id, code="days-out-of-order", citation=first.citation, remedy=REMEDY, faults=faults
    )
