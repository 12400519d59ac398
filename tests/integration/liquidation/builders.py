"""Arranging the tests of liquidation: events into a handler, cycles on a clock, tables and outbox out."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.cycle_cuts import Upstream
from services.liquidation.acts.cycles import run_cycle
from services.liquidation.acts.extension_drafts import draft_extensions
from services.liquidation.acts.instructions import (
    CHUNKS_AT_ONCE,
    apply_instruction,
    confirm_instruction,
    draft_instruction,
)
from services.liquidation.domain.law import LAW
from services.liquidation.domain.money.settings import POLICY
from services.liquidation.handlers.handler import LiquidationHandler
from services.liquidation.publishing import SOURCE
from services.liquidation.store.cycles import CycleFigures
from services.liquidation.store.instructions import Instruction, find_instruction
from services.liquidation.store.tables.records import (
    conflicts,
    entries,
    entry_versions,
    importer_accounts,
    legal_events,
    post_entry_filings,
    protests,
    review_decisions,
)
from shared.bus import outbox
from shared.bus.outbox import Outgoing
from shared.bus.postgres import PostgresBus
from shared.contracts.decode import Rejection, decode
from shared.contracts.envelope import Event
from shared.db.idempotency import IdempotentCall, recall, remember
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.clock import FixedClock
from shared.runtime.concurrency import IfMatch, etag
from shared.runtime.identity import Identity, RoleName
from tests.support.events import FUTURE_WORD, decoded, demand_known_words
from tests.support.recorded import recorded, say_unknown

Done = TypeVar("Done")

RECORD = (
    entries,
    entry_versions,
    legal_events,
    review_decisions,
    protests,
    post_entry_filings,
    importer_accounts,
    conflicts,
)

UNWAITED = Upstream(PostgresBus("postgresql+asyncpg://unused"), "liquidation", (), timedelta(0))
"""For cycles that wait for nothing: there is no bus."""


async def apply(
    engine: AsyncEngine, events: Sequence[Event[Any]], *, now: datetime | None = None
) -> Sequence[Outgoing]:
    """One batch through the handler, as the newest of its events comes or later; what follows is in the outbox."""
    handler = LiquidationHandler(LAW.cycle, LAW, FixedClock(now or max(event.time for event in events)))
    async with transaction(engine) as tx:
        outgoing = await handler(tx, events)
        await outbox.add(tx, SOURCE, outgoing)
    return outgoing


async def cycle(engine: AsyncEngine, friday: date, *, days_late: int = 0) -> CycleFigures:
    """Run the cycle of a Friday on that day, or later."""
    at = datetime(friday.year, friday.month, friday.day, 18, tzinfo=UTC) + timedelta(days=days_late)
    async with transaction(engine) as tx:
        return await run_cycle(tx, at, friday, "tests", needs_cut_sheet=False, policy=POLICY)


async def instruct(engine: AsyncEngine, draft: Instruction, *, confirmed_at: datetime | None = None) -> None:
    """Draft an instruction, unless it is there, and let a second person confirm it, at once or later."""
    now, second = confirmed_at or draft.made_at, Identity("lee", "Lee", frozenset({RoleName.ADCVD_TEAM}))
    async with transaction(engine) as tx:
        if await find_instruction(tx.connection, draft.instruction_id) is None:
            await draft_instruction(tx, draft.made_at, draft)
    async with transaction(engine) as tx:
        meant = IfMatch(frozenset({etag(draft.revision)}))
        confirmed = await confirm_instruction(tx, now, draft.instruction_id, meant, second)
    await apply_instruction(engine, LAW.cycle, now, confirmed, LAW, chunks=CHUNKS_AT_ONCE)


async def draft_needed(engine: AsyncEngine, now: datetime) -> int:
    """Draft the extensions that are needed; gives how many drafts are new or changed."""
    return await draft_extensions(engine, now)


async def act_once(
    engine: AsyncEngine, call: IdempotentCall, now: datetime, act: Callable[[Transaction], Awaitable[Done]]
) -> Done | None:
    """Run a creating act as a route does, once for its key; None when it was run before."""
    async with transaction(engine) as tx:
        if await recall(tx.connection, call) is not None:
            return None
        done = await act(tx)
        await remember(tx.connection, call, status=201, response={}, now=now)
    return done


async def rows(engine: AsyncEngine, table: Any) -> list[Any]:
    """Every row of a table, in order of its key."""
    async with reading(engine) as connection:
        return list(await connection.execute(select(table).order_by(*table.primary_key.columns)))


async def published(engine: AsyncEngine) -> list[Event[Any]]:
    """Every event in the outbox, decoded as a reader would."""
    async with transaction(engine) as tx:
        waiting = await outbox.next_rows(tx, 100_000)
    events = []
    for row in waiting:
        message = row.message
        event = decode(message.topic, message.key, message.value, message.headers, 524_288)
        assert not isinstance(event, Rejection), event
        demand_known_words(event)
        events.append(event)
    return events


async def digest(engine: AsyncEngine, *, without: Collection[str] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """The contents of the record, without the times at which rows arrived and what else is named."""
    left_out = {"noted_at", "recorded_at", *without}
    contents = {}
    for table in RECORD:
        if table.name in left_out:
            continue
        names = [column.name for column in table.columns if column.name not in left_out]
        async with reading(engine) as connection:
            found = await connection.execute(text(f"SELECT {', '.join(names)} FROM {table.name}"))
            contents[table.name] = sorted(tuple(map(repr, row)) for row in found)
    return contents


def review_decided(
    entry_number: str,
    outcome: str,
    duty_usd: str = "0.00",
    *,
    decision_id: str,
    item_id: str = "item-1",
    decided_at: str = "2026-03-20T15:00:00Z",
    **changes: Any,
) -> Event[Any]:
    """A review-decided event; an outcome of a later release comes with the effect of an increase, or with none."""
    given = {
        "entry_number": entry_number,
        "decision_id": decision_id,
        "item_id": item_id,
        "importer_number": "07-345678900",
        "effect": {"duty_usd": duty_usd, "fees_usd": "0.00", "by_class": []},
        "decided_at": decided_at,
    } | changes
    known = outcome if outcome != FUTURE_WORD else "no-change" if duty_usd == "0.00" else "increase"
    event = recorded(f"workqueue/decided-{known}", time=decided_at, id=f"event-of-{decision_id}", **given)
    return event if known == outcome else say_unknown(event, outcome=FUTURE_WORD)


def post_entry(kind: str, filing_number: str, entry_numbers: Sequence[str], **changes: Any) -> Event[Any]:
    """A post-entry-filed event."""
    data = {
        "filing_number": filing_number,
        "kind": kind,
        "importer_number": "07-345678900",
        "filed_by": {"role": "importer", "id": "07-345678900", "name": "SYNTHETIC"},
        "received_at": "2026-09-01T15:00:00Z",
        "entries": list(entry_numbers),
        "body": {},
    }
    return decoded("post-entry-filed", data | changes)


def routed(
    entry_number: str, version: int = 1, center: str = "CEE007", lane: str = "no-review", **envelope: str
) -> Event[Any]:
    """An entry-routed event: the importer's Center has the entry, in a lane; `id` and `time` are of the envelope."""
    name = {"no-review": "unreviewed", "document-review": "for-quota", "enforcement": "for-ad-cvd"}[lane]
    given = {"entry_number": entry_number, "version": version, "center": center}
    return recorded(f"routing/entry-of-account-{name}", **{"time": "2026-03-02T19:03:11Z"} | envelope, **given)


def assigned(sequence: int, center: str | None) -> Event[Any]:
    """An account-assigned event: the first, or one that takes the place of another."""
    if center is None:
        name = "account-without-center" if sequence == 1 else "account-without-center-again"
    else:
        name = "account-registered" if sequence == 1 else "account-registered-elsewhere"
    return recorded(f"routing/{name}", sequence=sequence, center=center, name="SYNTHETIC IMPORTER")
