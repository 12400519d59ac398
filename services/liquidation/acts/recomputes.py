"""The nightly comparison: every record is derived from its facts and acts again and compared with what is stored.

It never mends anything: a difference is a fault of this system, and the alarm is for a person to look at it.
"""

from dataclasses import asdict, fields, replace
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.entries import HeldEntry, apply_record, hold_entries
from services.liquidation.domain.law import CyclePolicy, LawSettings
from services.liquidation.domain.record import derive
from services.liquidation.store import recomputes as store
from services.liquidation.store.recomputes import Difference, LiquidationFacts, Recompute
from services.liquidation.store.records import EntryRow
from shared.customs.calendar import legal_date
from shared.db.transaction import transaction
from shared.runtime.clock import Clock

_CHUNK: Final = 1_000
_log = structlog.get_logger(__name__)


async def recompute(engine: AsyncEngine, policy: CyclePolicy, clock: Clock, law: LawSettings) -> int:
    """Compare every entry, or go on where today's comparison was stopped; gives how many differences it found.

    Each chunk is a transaction, which holds its entries so that nothing changes between the two readings.
    """
    today = legal_date(clock.now())
    while True:
        async with transaction(engine) as tx:
            before = await store.find_recompute(tx, today) or Recompute(today, 0, 0, "", is_done=False)
            if before.is_done:
                return before.differences
            numbers = await store.list_next_entries(tx, before.reached, _CHUNK)
            held = await hold_entries(tx, numbers)
            standing = await store.count_standing_liquidations(tx, numbers)
            liquidations = await store.load_liquidations(tx, numbers)
            found = [
                Difference(today, number, field, stored, derived)
                for number in numbers
                for field, stored, derived in _compare(
                    held[number], standing[number], liquidations.get(number), policy, law
                )
            ]
            await store.write_differences(tx, found)
            reached = Recompute(
                today,
                before.entries + len(numbers),
                before.differences + len(found),
                numbers[-1] if numbers else before.reached,
                is_done=not numbers,
            )
            await store.write_recompute(tx, reached)
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
