"""Clocks of items: days that supervisors set for those of policy, pauses, and who is told as they run down."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.acts.acting import demand_acting
from services.workqueue.acts.following import list_facts_of
from services.workqueue.acts.item import refusals, tell
from services.workqueue.acts.reach import demand_known, matter_for_work, person_of, seen
from services.workqueue.domain import claim as rules
from services.workqueue.domain import due
from services.workqueue.domain.clocks import review_due_on
from services.workqueue.domain.due import ClockKind, ItemClock, Pause
from services.workqueue.domain.item import SYSTEM, WAITING, Item, Note, SetDay
from services.workqueue.domain.matter import placed, stand_of
from services.workqueue.domain.processes.table import PROCESSES
from services.workqueue.store import entries as entry_store
from services.workqueue.store import escalations as escalation_store
from services.workqueue.store import filings as filing_store
from services.workqueue.store import items as item_store
from services.workqueue.store import matters as matter_store
from services.workqueue.store.escalations import Escalation
from shared.customs.calendar import add_days, legal_date
from shared.db.transaction import Connections, Transaction
from shared.runtime.access import demand, no_such
from shared.runtime.errors import Conflict, NotFound
from shared.runtime.identity import Identity
from shared.runtime.slices import work_through

_ESCALATED_AT_ONCE: Final = 500


async def list_clocks(connection: AsyncConnection, item: Item) -> list[ItemClock]:
    """The clocks of an item by their sources as they stand now, the nearest first."""
    dates: tuple[date | None, date | None] = (None, None)
    if item.entry_number is not None:
        dates = await entry_store.find_dates(connection, item.entry_number)
    scheduled_on, deemed_on = dates
    filed = await filing_store.find_clocks(connection, item.filing_number) if item.filing_number is not None else ()
    computed_on = review_due_on(scheduled_on) if item.kind in {"review", "consultation"} else item.due_on
    sources = due.sources_of(item, computed_on, deemed_on, [(each.rule, each.evidence, each.due_on) for each in filed])
    process = PROCESSES.get(item.process)
    if process is None:
        return due.clocks_of(item, sources, None, ())
    facts = await list_facts_of(connection, item)
    standing = stand_of(process, item, await matter_store.list_acts(connection, item.item_id), facts)
    return due.clocks_of(item, sources, process, list(standing.clocks.values()))


async def set_day(
    tx: Transaction, caller: Identity, item_id: UUID, clock: str, due_on: date, reason: str, now: datetime
) -> Item:
    """Give a policy clock of an item another day; raises `Conflict` for a clock of law and a day that is over."""
    item = await _lock(tx, caller, item_id, now)
    found = await _find(tx, item, clock)
    with refusals():
        changed = due.set_day(found, due_on, legal_date(now))
    return await _write(tx, caller, item, changed, f"{clock}: {found.due_on} becomes {due_on}. {reason}", now)


async def pause(
    tx: Transaction, caller: Identity, item_id: UUID, clock: str, why: Pause, reason: str, now: datetime
) -> Item:
    """Let a policy clock stand still for one of the reasons that there are; raises `Conflict` as `set_day`."""
    item = await _lock(tx, caller, item_id, now)
    found = await _find(tx, item, clock)
    with refusals():
        changed = due.pause(found, why, legal_date(now))
    return await _write(tx, caller, item, changed, f"{clock} stands still: {due.PAUSES[why]}. {reason}", now)


async def resume(tx: Transaction, caller: Identity, item_id: UUID, clock: str, reason: str, now: datetime) -> Item:
    """Let a policy clock go on, its day later by the days for which it stood."""
    item = await _lock(tx, caller, item_id, now)
    found = await _find(tx, item, clock)
    with refusals():
        changed = due.resume(found, legal_date(now))
    return await _write(tx, caller, item, changed, f"{clock} goes on. {reason}", now)


async def escalate(database: Connections, now: datetime) -> int:
    """Tell of every clock that has come to another level since it was told last; gives how many were.

    Levels are computed from the days as they stand: a day that moved is told of anew, one that moved away is not. Each
    item that was looked at says when to look again, and does so at once when one of its days moves.
    """
    today = legal_date(now)

    async def find(tx: Transaction, _: UUID | None, left_out: Sequence[str]) -> Sequence[UUID]:
        return await escalation_store.find_to_look(tx, today, left_out, _ESCALATED_AT_ONCE)

    async def look(tx: Transaction, item_ids: Sequence[UUID]) -> int:
        return await _escalate(tx, item_ids, today, now)

    return await work_through(database, find, look)


async def _escalate(tx: Transaction, item_ids: Sequence[UUID], today: date, now: datetime) -> int:
    before = await item_store.lock_items(tx, item_ids)
    known = await escalation_store.load_told(tx, before)
    after = dict(before)
    told: list[Escalation] = []
    lines: list[tuple[Item, Note]] = []
    looks: list[tuple[UUID, date]] = []
    for item_id, item in before.items():
        if item.state not in WAITING:
            continue
        next_days = []
        for clock in await _running_clocks(tx, item):
            told_before = known.get(clock.key, 0)
            level = max(due.level_of(clock.began_on, clock.due_on, today), told_before)
            next_days.append(due.next_level_on(clock.began_on, clock.due_on, level) or date.max)
            if level > told_before:
                after[item_id], note, escalation = _tell(after[item_id], clock, level, now)
                lines.append((after[item_id], note))
                told.append(escalation)
        looks.append((item_id, min(next_days, default=add_days(today, 1))))
    await item_store.write_items(tx, [item for item_id, item in after.items() if item != before[item_id]], before)
    await escalation_store.write_looks(tx, looks)
    await escalation_store.write_escalations(tx, told)
    await tell(tx, lines)
    return len(told)


class _Running(NamedTuple):
    """A clock that is told as it runs down, with the item, name and day under which that is kept."""

    key: tuple[UUID, str, date]
    clock: str
    kind: ClockKind
    began_on: date
    due_on: date


async def _running_clocks(tx: Transaction, item: Item) -> list[_Running]:
    """Of a matter or filing the nearest clock that runs, under its own name and with its own days."""
    if item.kind not in {"matter", "filing"}:
        began_on = legal_date(item.opened_at)
        return [
            _Running((item.item_id, clock, day), clock, kind, began_on, day)
            for clock, (kind, day) in due.told_clocks(item).items()
        ]
    running = [each for each in await list_clocks(tx.connection, item) if each.paused_on is None]
    if not running or item.due_on is None:
        return []
    key = (item.item_id, due.NEAREST, item.due_on)
    return [_Running(key, running[0].clock, running[0].kind, running[0].began_on, running[0].due_on)]


def _tell(item: Item, clock: _Running, level: int, now: datetime) -> tuple[Item, Note, Escalation]:
    people = due.who_is_told(level, clock.kind)
    text = f"{level} % of {clock.clock} has passed, due {clock.due_on}: told are {', '.join(people)}."
    item, note = rules.mark(item, "escalated", SYSTEM, now, {"code": "escalation", "text": text, "fact": str(level)})
    return (
        item,
        note,
        Escalation(*clock.key, level, clock.kind, clock.began_on, item.center, item.division, item.holder, people, now),
    )


async def _lock(tx: Transaction, caller: Identity, item_id: UUID, now: datetime) -> Item:
    item = (await item_store.lock_items(tx, [item_id])).get(item_id)
    if item is None:
        raise no_such(f"item {item_id}")
    demand_known(caller, item)
    demand(caller, "item.set-day", legal_date(now), matter_for_work(item), f"item {item_id}", sight=seen(item))
    await demand_acting(tx, caller, now)
    if item.state not in WAITING:
        raise Conflict(
            f"The item is {item.state}.",
            rule="item-state",
            code="item-ended",
            remedy="Read its history with GET /items/{id}.",
        )
    return item


async def _find(tx: Transaction, item: Item, clock: str) -> ItemClock:
    found = next((each for each in await list_clocks(tx.connection, item) if each.clock == clock), None)
    if found is None:
        raise NotFound(
            f"No clock {clock} runs for the item.", code="no-such-clock", remedy="GET /items/{id}/clocks lists them."
        )
    return found


async def _write(tx: Transaction, caller: Identity, item: Item, changed: SetDay, text: str, now: datetime) -> Item:
    reason = {"code": "day-set", "text": text, "fact": changed.clock}
    marked, note = rules.mark(item, "day-set", person_of(caller), now, reason)
    marked = replace(marked, set_days=due.with_set_day(item.set_days, changed))
    if item.kind in {"review", "consultation"}:
        day = due.running_day(changed.instead_of, changed) if changed.instead_of else item.due_on
        marked = replace(marked, due_on=day)
    elif item.kind == "matter":
        process = PROCESSES[item.process]
        facts = await list_facts_of(tx.connection, item)
        acts = await matter_store.list_acts(tx.connection, item.item_id)
        marked = placed(marked, process, stand_of(process, item, acts, facts))
    await item_store.write_items(tx, [marked])
    await tell(tx, [(marked, note)])
    return marked
