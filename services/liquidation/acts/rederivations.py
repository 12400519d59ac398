"""Extended entries whose stored days were reckoned by an earlier reading of the law follow the one in force."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from services.liquidation.acts.entries import HeldEntry, hold_entries, record_act, rederive
from services.liquidation.domain.law import CyclePolicy, LawSettings
from services.liquidation.domain.sequences import OF_TURN, sequence_in_turn
from services.liquidation.publishing import SOURCE
from services.liquidation.store import records as store
from services.liquidation.store.extensions import list_extended
from services.liquidation.store.records import EntryRow, LegalEvent
from shared.bus import outbox
from shared.bus.outbox import Outgoing
from shared.customs.calendar import legal_date
from shared.db.transaction import Connections, Transaction
from shared.runtime.clock import Clock
from shared.runtime.slices import work_through

_CHUNK: Final = 1_000


async def follow_readings(tx: Transaction, now: datetime, policy: CyclePolicy, law: LawSettings) -> int:
    """Derive every running entry that was extended anew and tell of each that has other days; gives how many.

    Rules susp-lift-extended, ext-length, liq-4yr-cap: these days rest on readings that are settings. It runs before
    each cycle, so that none is liquidated, or deemed, on a day that no reading in force gives.
    """
    changed, after = 0, ""
    while numbers := await list_extended(tx, after, _CHUNK):
        changed, after = changed + await _follow_some(tx, numbers, now, policy, law), numbers[-1]
    return changed


async def run_rederivations(database: Connections, clock: Clock, policy: CyclePolicy, law: LawSettings) -> int:
    """The same as a job, a chunk in each transaction, so that a reading that changed is told before the next cycle."""
    now = clock.now()

    async def list_next(tx: Transaction, after: str | None, _: Sequence[str]) -> Sequence[str]:
        return await list_extended(tx, after or "", _CHUNK)

    async def follow(tx: Transaction, numbers: Sequence[str]) -> int:
        return await _follow_some(tx, numbers, now, policy, law)

    return await work_through(database, list_next, follow)


async def _follow_some(
    tx: Transaction, numbers: Sequence[str], now: datetime, policy: CyclePolicy, law: LawSettings
) -> int:
    held = await hold_entries(tx, numbers)
    told = [each for number in numbers if (each := _follow(held[number], now, policy, law)) is not None]
    await store.write_entries(tx, [row for row, _, _ in told])
    await store.write_legal_events(tx, [act for _, act, _ in told])
    await outbox.add(tx, SOURCE, [event for _, _, event in told])
    return len(told)


def _follow(
    held: HeldEntry, now: datetime, policy: CyclePolicy, law: LawSettings
) -> tuple[EntryRow, LegalEvent, Outgoing] | None:
    row, from_state = held.row, held.row.state
    before = (row.state, row.scheduled_on, row.deemed_on, row.deemed_rule, row.act_by)
    rederive(row, held.facts, policy, law)
    if before == (row.state, row.scheduled_on, row.deemed_on, row.deemed_rule, row.act_by):
        return None
    row.turns += 1
    act, event = record_act(
        row,
        event_key=f"readings:{row.turns}",
        sequence=sequence_in_turn(row.turns, OF_TURN),
        change="rescheduled",
        from_state=from_state,
        occurred_on=legal_date(now),
        rule=row.deemed_rule or row.rule or "liq-cycle-314",
        text=f"by the readings of the law in force: {row.why}",
        actor="system:readings",
        now=now,
        told={"previous_scheduled_on": before[1]},
    )
    return row, act, event
