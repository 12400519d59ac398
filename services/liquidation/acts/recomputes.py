"""The nightly comparison: records are derived from their facts and acts again and compared with what is stored.

It never mends anything: a difference is a fault of this system, and the alarm is for a person to look at it.
"""

from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from datetime import date
from typing import Final

import structlog

from services.liquidation.acts.entries import HeldEntry, apply_record, hold_entries
from services.liquidation.domain.law import CyclePolicy, LawSettings
from services.liquidation.domain.record import derive
from services.liquidation.store import recomputes as store
from services.liquidation.store.recomputes import Difference, LiquidationFacts, Recompute
from services.liquidation.store.records import EntryRow
from services.liquidation.store.walks import CHANGES_OF_ENTRIES
from shared.customs.calendar import legal_date
from shared.db import walks
from shared.db.transaction import Connections, Transaction, transaction
from shared.runtime.clock import Clock
from shared.runtime.slices import JobSession, do_or_set_aside

_CHUNK: Final = 1_000
COMPARED: Final = walks.Walk("recompute", ("entries",), "entry_number", size=_CHUNK, changes=CHANGES_OF_ENTRIES)
_log = structlog.get_logger(__name__)


async def recompute_next(
    database: Connections, policy: CyclePolicy, clock: Clock, law: LawSettings, *, in_turn: int
) -> int:
    """Compare what may differ tonight, or go on where it was stopped; gives how many differences it found.

    That is what differed the last time, the next entries in turn, so many of them, and all on which something was
    recorded since the last time: as much each night, however many entries there are.
    """
    today = legal_date(clock.now())
    async with transaction(database) as tx:
        day = await store.find_recompute(tx, today) or Recompute(today, 0, 0, "", is_done=False)
        differed = await store.list_differing(tx, today) if day.entries == 0 else []
    if day.is_done:
        return day.differences
    for first in range(0, len(differed), _CHUNK):
        day = await _compare_on(database, day, differed[first : first + _CHUNK], None, policy, law)
    turned = day.entries - len(differed)
    while turned < in_turn:
        async with transaction(database) as tx:
            place = await walks.hold_place(tx, COMPARED, clock.now())
            numbers, place = await walks.take_next(tx, COMPARED, place, clock.now())
        day = await _compare_on(database, day, numbers, place, policy, law)
        turned += len(numbers) if place.reached else in_turn
    while True:
        async with transaction(database) as tx:
            place = await walks.hold_place(tx, COMPARED, clock.now())
            numbers, place = await walks.take_changed(tx, COMPARED, place)
        day = await _compare_on(database, day, numbers, place, policy, law)
        if not place.seen_key:  # not by how many keys: one that changed twice is given once
            break
    async with transaction(database) as tx:
        await store.write_recompute(tx, replace(day, is_done=True))
    return day.differences


async def _compare_on(
    database: Connections,
    day: Recompute,
    numbers: Sequence[str],
    place: walks.Place | None,
    policy: CyclePolicy,
    law: LawSettings,
) -> Recompute:
    """Compare some entries; note that, and how far the walk has come with them."""

    async def compare(tx: Transaction, some: Sequence[str]) -> int:
        found = await _compare_some(tx, day.recomputed_on, some, policy, law)
        _tell(found)
        return len(found)

    left_out = await database.find_left_out() if isinstance(database, JobSession) else set()
    some = [number for number in numbers if number not in left_out]
    found = await do_or_set_aside(database, some, compare) if some else 0
    reached = place.reached if place is not None else day.reached
    now = replace(day, entries=day.entries + len(some), differences=day.differences + found, reached=reached)
    async with transaction(database) as tx:
        await store.write_recompute(tx, now)
        if place is not None:
            await walks.keep_place(tx, COMPARED, place)
    return now


async def recompute(database: Connections, policy: CyclePolicy, clock: Clock, law: LawSettings) -> int:
    """Compare every entry, or go on where today's comparison was stopped; gives how many differences it found.

    What the nightly comparison goes through in the course of time. Each chunk is a transaction, which holds its entries
    so that nothing changes between the two readings.
    """
    today = legal_date(clock.now())
    while True:
        async with transaction(database) as tx:
            before = await store.find_recompute(tx, today) or Recompute(today, 0, 0, "", is_done=False)
            if before.is_done:
                return before.differences
            numbers = await store.list_next_entries(tx, before.reached, _CHUNK)
            found = await _compare_some(tx, today, numbers, policy, law)
            reached = Recompute(
                today,
                before.entries + len(numbers),
                before.differences + len(found),
                numbers[-1] if numbers else before.reached,
                is_done=not numbers,
            )
            await store.write_recompute(tx, reached)
        _tell(found)


async def _compare_some(
    tx: Transaction, today: date, numbers: Sequence[str], policy: CyclePolicy, law: LawSettings
) -> list[Difference]:
    """Hold these entries, compare each, and note where they differ."""
    held = await hold_entries(tx, numbers)
    standing = await store.count_standing_liquidations(tx, numbers)
    liquidations = await store.load_liquidations(tx, numbers)
    found = [
        Difference(today, number, field, stored, derived)
        for number in numbers
        for field, stored, derived in _compare(held[number], standing[number], liquidations.get(number), policy, law)
    ]
    await store.write_differences(tx, found)
    return found


def _tell(found: Sequence[Difference]) -> None:
    for each in found:
        _log.error(
            "record differs from its facts",
            entry_number=each.entry_number,
            field=each.field,
            stored=each.stored,
            derived=each.derived,
        )


def _compare(
    held: HeldEntry, standing: int, liquidation: LiquidationFacts | None, policy: CyclePolicy, law: LawSettings
) -> list[tuple[str, str | None, str | None]]:
    """Each field that differs, as it is stored and as it follows from the facts."""
    stored = held.row
    is_liquidated = stored.liquidated_on is not None
    found: list[tuple[str, str | None, str | None]] = []
    if standing != (1 if is_liquidated else 0):
        found.append(("liquidations", "1" if is_liquidated else "0", str(standing)))
    derived = replace(
        stored,
        extended_months=held.facts.extended_months,
        extensions=len(held.facts.extensions),
        **(asdict(liquidation) if liquidation is not None else {}),
    )
    record = derive(held.facts, policy, law)
    if not is_liquidated and (record.governing is not None or record.unknown_because is not None):
        apply_record(derived, record)
    for field in fields(EntryRow):
        one, other = getattr(stored, field.name), getattr(derived, field.name)
        if one != other:
            found.append((field.name, _text(one), _text(other)))
    return found


def _text(value: object) -> str | None:
    return None if value is None else str(value)
