"""The clocks of items for the calendar of an officer: of what they hold or are assigned, and of what their team does.

Every day is one of `list_clocks`; none is counted here. Law-enforcement-sensitive matters are in no calendar: a secret
address is no proof of who reads.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.acts.clock import list_clocks
from services.workqueue.domain.clocks import PROTEST_DECIDE, REVIEW_CUTOFF
from services.workqueue.domain.due import DEEMED, PAUSES, ItemClock
from services.workqueue.domain.filing import Clock as FilingClock
from services.workqueue.domain.item import Item
from services.workqueue.domain.processes.table import PROCESSES
from services.workqueue.store import calendars as store
from services.workqueue.store import filings as filing_store
from services.workqueue.store.staff import load_members
from shared.calendars.day import Day, DayKind
from shared.calendars.feed import Feed, read_officer
from shared.calendars.reading import Allowed, TooMany, digest_of
from shared.runtime.access import Reach, reach_of
from shared.runtime.ids import event_id

_KINDS: Final[dict[str, DayKind]] = {"statutory": "law", "policy": "policy", "goal": "goal"}


@dataclass(frozen=True, slots=True)
class _Words:
    """What is said of a clock: its name, its citation, and what happens when nothing is done."""

    title: str
    rule: str
    lapse: str | None


_OF_ENTRIES: Final[dict[str, _Words]] = {
    REVIEW_CUTOFF: _Words(
        "Review to end",
        "The Wednesday cut-off of the weekly cycle; a target of CBP (rule review-cutoff)",
        "The cycle liquidates the entry as entered.",
    ),
    DEEMED: _Words(
        "Entry deemed liquidated",
        "19 USC 1504(a) (rule deemed-liquidation)",
        "Deemed liquidated at the rate, value, quantity and amount of duties that the importer asserted.",
    ),
    PROTEST_DECIDE: _Words(
        "Protest to be decided",
        "19 USC 1515(a), 19 CFR 174.21(a) (rule protest-decide)",
        "Nothing follows by law: the protest is neither allowed nor denied.",
    ),
}


@dataclass(frozen=True, slots=True)
class _Within:
    reach: Reach
    subjects: frozenset[str]


class ItemDays:
    """The clocks of items that an officer, and their team, have to keep."""

    async def allow(self, connection: AsyncConnection, feed: Feed, today: date) -> Allowed:
        """What the officer reads by the authority with which the feed was made, and who is in their team today."""
        caller = read_officer(feed.caller)
        subjects = frozenset({feed.owner})
        if feed.choices.has_team:
            members = await load_members(connection, [feed.owner])
            for member in members:
                subjects |= await store.find_team(connection, member.center, member.teams)
        whose = "you, or those in your teams, hold or are" if feed.choices.has_team else "you hold or are"
        scope = (
            f"every clock of the items that {whose} assigned, as far as you read them by the authority with which this"
            " calendar was made. Matters known to a few are in no calendar."
        )
        return Allowed(digest_of(subjects), scope, _Within(reach_of(caller, "item.read", today), subjects))

    async def list_days(
        self, connection: AsyncConnection, feed: Feed, allowed: Allowed, first: date, most: int
    ) -> Sequence[Day]:
        """Every clock of the items that are held by, or assigned to, those in the calendar; raises `TooMany`."""
        within: _Within = allowed.within
        items = await store.list_held(connection, within.reach, within.subjects, limit=most + 1)
        if len(items) > most:
            raise TooMany(
                f"More than {most:,} items are held here: this calendar shows none of them, because a part would look"
                " like all. Make one without the team; GET /items lists any number."
            )
        found: list[Day] = []
        for item in items:
            filed: Mapping[str, FilingClock] = {}
            if item.filing_number is not None:
                filed = {each.rule: each for each in await filing_store.find_clocks(connection, item.filing_number)}
            found += [_day(item, clock, filed, feed.owner) for clock in await list_clocks(connection, item)]
        return [day for day in found if day.on is None or day.on >= first]

    async def sight(
        self, connection: AsyncConnection, allowed: Allowed, days: Collection[Day]
    ) -> Callable[[Day], bool]:
        """A day of an item that the officer still reads, and that is not sensitive."""
        within: _Within = allowed.within
        reached = await store.find_reached(connection, within.reach, {UUID(each.of) for each in days})
        return lambda day: UUID(day.of) in reached


def _day(item: Item, clock: ItemClock, filed: Mapping[str, FilingClock], owner: str) -> Day:
    words = _words_of(item, clock.clock, filed)
    is_paused = clock.paused_on is not None
    return Day(
        uid=f"{event_id('calendar-day', str(item.item_id), clock.clock)}@workqueue.centerline",
        of=str(item.item_id),
        about=item.entry_number or item.protest_number or item.filing_number or f"item {item.item_id}",
        on=None if is_paused else clock.due_on,
        kind=_KINDS[clock.kind],
        title=words.title,
        rule=words.rule,
        lapse=words.lapse,
        href=f"/items/{item.item_id}",
        notes=tuple(_notes(item, clock, owner)),
        missing=_say_pause(clock) if is_paused else None,
    )


def _words_of(item: Item, clock: str, filed: Mapping[str, FilingClock]) -> _Words:
    """What the source of a clock says of it: routing of a filing's, the table of the process of a matter's."""
    if clock in filed:
        return _Words(filed[clock].what.rstrip("."), f"{filed[clock].citation} (rule {clock})", None)
    process = PROCESSES.get(item.process)
    table = {each.code: each for each in process.clocks} if process is not None else {}
    if clock in _OF_ENTRIES:
        return _OF_ENTRIES[clock]
    if clock in table:
        of = table[clock]
        return _Words(of.label, f"{of.citation} (clock {clock})", of.effect)
    return _Words(clock, f"clock {clock}", None)


def _say_pause(clock: ItemClock) -> str:
    why = clock.set_day.pause if clock.set_day is not None else None
    told = next((text for code, text in PAUSES.items() if code == why), "no reason is recorded")
    return f"the clock stands still since {clock.paused_on}: {told}"


def _notes(item: Item, clock: ItemClock, owner: str) -> list[str]:
    notes = [f"Process {item.process}, Center {item.center}."]
    if item.holder is not None:
        notes.append("Held by you." if item.holder == owner else f"Held by {item.holder_name or item.holder}.")
    elif item.assigned_to is not None:
        notes.append("Assigned to you." if item.assigned_to == owner else f"Assigned to {item.assigned_to}.")
    if clock.due_on != clock.computed_on:
        notes.append(f"A supervisor set this day; by its source it is {clock.computed_on}.")
    return notes
