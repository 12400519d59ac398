"""Work against the people who do it: minutes and capacity, and moves that would balance them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from services.workqueue.domain.item import Item
from services.workqueue.domain.staff import Conflict, Member, Skill, find_conflict
from services.workqueue.domain.standard import Load, Suggestion, minutes_of, working_days
from services.workqueue.store import items as item_store
from services.workqueue.store import management as store
from services.workqueue.store import staff as staff_store
from services.workqueue.store.management import Movable
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction

DAYS: Final = 10
"""Working days of capacity that are set against open work: two weeks."""
_LOOKED_AT: Final = 500
_MOST_MOVES: Final = 50
UNASSIGNED: Final = ""


async def list_loads(tx: Transaction, center: str, today: date) -> tuple[list[Load], int, int]:
    """What each person of a Center has against their capacity of two weeks; items and minutes that nobody has."""
    members = await staff_store.list_of_center(tx.connection, center)
    days = working_days(today, DAYS)
    counts: defaultdict[str, int] = defaultdict(int)
    minutes: defaultdict[str, int] = defaultdict(int)
    for subject, process, items in await store.list_held(tx, center):
        counts[subject] += items
        minutes[subject] += items * minutes_of(process)
    known = {each.subject for each in members}
    loads = [
        Load(
            each.subject,
            each.name,
            each.teams,
            counts[each.subject],
            minutes[each.subject],
            sum(each.minutes_on(day) for day in days),
        )
        for each in members
    ]
    loads += [
        Load(subject, subject, (), counts[subject], minutes[subject], 0)
        for subject in sorted(counts.keys() - known - {UNASSIGNED})
    ]
    return loads, counts[UNASSIGNED], minutes[UNASSIGNED]


async def suggest_moves(tx: Transaction, center: str, now: datetime) -> list[Suggestion]:
    """Open items of a Center that somebody with minutes left might have: nobody's account changes its Center by that.

    First what is assigned to people who have more than they can do, the latest due first, then what is nobody's. To
    whom has the skills that the process asks for in this Center and must not be kept from it, the least loaded first.
    Nothing is moved: `assign` does that.
    """
    today = legal_date(now)
    loads, _, _ = await list_loads(tx, center, today)
    left = {each.subject: each.capacity - each.minutes for each in loads}
    members = {each.subject: each for each in await staff_store.list_of_center(tx.connection, center)}
    demands = await staff_store.list_demands(tx.connection, center)
    over = [subject for subject, minutes in left.items() if minutes < 0]
    movable = await store.list_movable(tx, center, over, _LOOKED_AT)
    items = {
        each.item_id: each for each in await item_store.find_items(tx.connection, [row.item_id for row in movable])
    }
    conflicts = await staff_store.load_conflicts(tx, members)
    suggestions: list[Suggestion] = []
    for row in movable:
        minutes = minutes_of(row.process)
        if row.assigned_to is not None and left[row.assigned_to] >= 0:
            continue
        able = [
            member
            for member in members.values()
            if member.subject != row.assigned_to
            and left[member.subject] >= minutes
            and all(_has(member, each.skill) for each in demands if each.process == row.process)
        ]
        to = await _first_free(tx, items[row.item_id], able, left, conflicts, today)
        if to is None:
            continue
        item = items[row.item_id]
        number = item.entry_number or item.protest_number or item.filing_number
        suggestions.append(_suggestion(row, number, to, minutes, left))
        left[to.subject] -= minutes
        if row.assigned_to is not None:
            left[row.assigned_to] += minutes
        if len(suggestions) == _MOST_MOVES:
            break
    return suggestions


async def _first_free(
    tx: Transaction,
    item: Item,
    able: Sequence[Member],
    left: dict[str, int],
    conflicts: Sequence[Conflict],
    today: date,
) -> Member | None:
    decided = []
    if item.kind == "protest" and item.entry_number is not None:
        decided = await staff_store.load_decided(tx, item.entry_number)
    for member in sorted(able, key=lambda each: (-left[each.subject], each.subject)):
        if find_conflict(item, frozenset({member.subject}), conflicts, decided, today) is None:
            return member
    return None


def _suggestion(row: Movable, number: str | None, to: Member, minutes: int, left: dict[str, int]) -> Suggestion:
    has = f"{to.name} has {_hours(left[to.subject])} left in {DAYS} working days"
    why = (
        f"It is nobody's; {has}."
        if row.assigned_to is None
        else (f"{row.assigned_to} has {_hours(-left[row.assigned_to])} more to do than there are; {has}.")
    )
    return Suggestion(str(row.item_id), row.process, number, minutes, row.assigned_to, to.subject, why)


def _hours(minutes: int) -> str:
    """A length of work as people say it.

    >>> _hours(3570), _hours(60), _hours(45)
    ('59.5 hours', '1 hour', '45 minutes')
    """
    if minutes < 60:
        return f"{minutes} minutes"
    return f"{minutes / 60:.3g} hour{'' if minutes == 60 else 's'}"


def _has(member: Member, skill: Skill) -> bool:
    return any(
        (each.kind, each.code) == (skill.kind, skill.code) and each.level >= skill.level for each in member.skills
    )
