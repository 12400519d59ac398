"""When a cycle may run: after the service has read what was published before the cycle began, or has waited for it.

The bus is asked between transactions, so the act opens them itself. Nothing waits in here: who wants the cycle asks
again, and the cut stays where it was when the first one asked.
"""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import structlog

from services.liquidation.acts.cycles import CYCLE_PATIENCE, find_run, run_cycle
from services.liquidation.domain.cycle_cut import Unseen, is_left, may_run
from services.liquidation.domain.money.settings import MoneyPolicy
from services.liquidation.store import cycle_cuts as store
from services.liquidation.store.cycle_cuts import Cut, Ends
from services.liquidation.store.cycles import CycleFigures, find_last_cycle
from services.liquidation.store.records import exclude_everyone
from shared.bus.protocol import Bus
from shared.customs.calendar import friday_on_or_before, legal_date
from shared.db.transaction import Connections, be_patient, reading, snapshot, transaction
from shared.runtime.clock import Clock
from shared.runtime.errors import Conflict, Transient

_ANSWER_SECONDS: Final = 10.0
"""How long the bus may take to say where its topics end."""

WAITS: Final = "cycle-waits"
"""The code of the refusal of a cycle that waits."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Upstream:
    """What the service reads as which group, and how long a cycle waits for it."""

    bus: Bus
    group: str
    topics: tuple[str, ...]
    limit: timedelta


async def run_after_reading(
    database: Connections,
    upstream: Upstream,
    now: datetime,
    friday: date,
    run_by: str,
    *,
    needs_cut_sheet: bool,
    policy: MoneyPolicy,
    despite_unread: bool,
) -> CycleFigures:
    """Run the cycle of a Friday when all that was published before it began has been read, or the limit is over.

    The first call begins it; `despite_unread` runs it at once. What it did not see is kept with the cycle. Gives the
    figures of its run when it has run. Raises `Conflict` (code `cycle-waits`) while it waits, and what `run_cycle`
    raises.
    """
    async with snapshot(database) as tx:
        ran = await find_run(tx, now, friday, needs_cut_sheet=needs_cut_sheet)
    if ran is not None:
        return ran
    cut = await _begin(database, upstream, friday, now)
    async with snapshot(database) as tx:
        unseen = await store.find_unseen(tx, cut, upstream.group, upstream.topics)
    if not despite_unread and not may_run(unseen, cut.began_at, now, upstream.limit):
        raise _waits(friday, unseen, cut.began_at + upstream.limit)
    async with transaction(database) as tx:
        await be_patient(tx, CYCLE_PATIENCE)
        # No batch of events is under way any more when this is asked: what it does not count is in the record.
        await exclude_everyone(tx)
        unseen = await store.find_unseen(tx, cut, upstream.group, upstream.topics)
        figures = await run_cycle(
            tx, now, friday, run_by, needs_cut_sheet=needs_cut_sheet, policy=policy, unseen=unseen
        )
    if unseen.state != "nothing":
        _log.warning("cycle_ran_unread", cycle_on=friday.isoformat(), unseen=store.write_unseen(unseen))
    return figures


async def run_due_cycles(
    database: Connections, upstream: Upstream, clock: Clock, policy: MoneyPolicy
) -> CycleFigures | None:
    """Run the cycle of the latest Friday, unless it or a later one has run; gives what ran, None while it waits.

    It takes all that is due by then. Of several Fridays that were missed none but the latest is run: each would post
    on this same day, and those before it would only cut off the decisions that came meanwhile. For the policy by which
    cycles run by themselves: none waits for a cut sheet.
    """
    now = clock.now()
    friday = friday_on_or_before(legal_date(now))
    async with reading(database) as connection:
        last = await find_last_cycle(connection)
    if last is not None and last >= friday:
        return None
    try:
        return await run_after_reading(
            database,
            upstream,
            now,
            friday,
            "system:automatic-cycle",
            needs_cut_sheet=False,
            policy=policy,
            despite_unread=False,
        )
    except Conflict as waits:
        if waits.code != WAITS:
            raise
        _log.info("cycle_waits", cycle_on=friday.isoformat(), why=str(waits))
        return None


async def _begin(database: Connections, upstream: Upstream, friday: date, now: datetime) -> Cut:
    """The cut of a Friday: the one that stands, with its ends where the bus can tell them by now, or a new one."""
    async with reading(database) as connection:
        known = await store.find_cut(connection, friday)
    is_new = known is None or is_left(known.began_at, now, upstream.limit)
    if known is not None and not is_new and known.ends is not None:
        return known
    ends = await _read_ends(upstream)
    began_at = now if known is None or is_new else known.began_at
    async with transaction(database) as tx:
        await store.write_cut(tx, Cut(friday, began_at, ends, now if ends is not None else None), known)
        written = await store.find_cut(tx.connection, friday)
    assert written is not None  # by this transaction, or another one before it
    return written


async def _read_ends(upstream: Upstream) -> Ends | None:
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            return await upstream.bus.end_offsets(upstream.topics)
    except (Transient, TimeoutError) as error:
        _log.warning("cycle_ends_unknown", error=str(error))
        return None


def _waits(friday: date, unseen: Unseen, until: datetime) -> Conflict:
    if unseen.as_of is None:
        why = "the bus does not say what has been published"
    else:
        events = sum(each.events for each in unseen.unread)
        topics = ", ".join(sorted({each.topic for each in unseen.unread}))
        why = f"{events} {'event' if events == 1 else 'events'} published before it began are not read ({topics})"
    return Conflict(
        f"The cycle of {friday} waits: {why}.",
        rule="cycle-cut",
        code=WAITS,
        remedy=f"Ask again in a moment. From {until.isoformat()} it runs all the same and says what it did not see;"
        " with despite_unread it does so at once.",
    )
