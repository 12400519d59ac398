"""Hold sets as commands: drafted by one person, applied by another before the cut, lifted; each with its history."""

from datetime import date, datetime
from typing import Any, Final

from fastapi import Response
from fastapi.encoders import jsonable_encoder
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.responses import JSONResponse

from services.liquidation.acts.cycles import next_cycle
from services.liquidation.domain.predicate import EntryPredicate
from services.liquidation.store import hold_sets as store
from shared.customs.calendar import legal_date
from shared.db.idempotency import IdempotentCall, recall, remember
from shared.db.transaction import Transaction, transaction
from shared.runtime.concurrency import IfMatch, etag
from shared.runtime.errors import Conflict, NotFound
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id
from shared.web.idempotency import replay

_RULE: Final = "hold-set"
_CHANGES_THAT_DRAFT: Final = frozenset({"drafted", "edited"})


async def draft_hold_set(
    engine: AsyncEngine,
    now: datetime,
    call: IdempotentCall,
    name: str,
    predicate: EntryPredicate,
    reason: str,
    caller: Identity,
) -> Response:
    """Keep a draft; it holds nothing until a second person applies it."""
    async with transaction(engine) as tx:
        before = await recall(tx.connection, call)
        if before is not None:
            return replay(before)
        hold_set_id = event_id("hold-set", call.identity, call.key)
        values = {
            "hold_set_id": hold_set_id,
            "revision": 1,
            "name": name,
            "reason": reason,
            "state": "draft",
            "made_at": now,
            "made_by": caller.subject,
            "made_for": caller.acting_for,
        }
        await store.write_hold_set(tx, values, predicate)
        await _note(tx, hold_set_id, 1, "drafted", now, caller, reason)
        answer = jsonable_encoder({"hold_set_id": hold_set_id, "revision": 1, "state": "draft", "name": name})
        await remember(tx.connection, call, status=201, response=answer, now=now)
    return JSONResponse(answer, 201, headers={"ETag": etag(1), "Location": f"/hold-sets/{hold_set_id}"})


async def edit_hold_set(
    engine: AsyncEngine,
    now: datetime,
    hold_set_id: str,
    meant: IfMatch,
    name: str,
    predicate: EntryPredicate,
    reason: str,
    caller: Identity,
) -> None:
    """Replace a draft; raises `Conflict` once it was applied, `Stale` when it was changed since it was read."""
    async with transaction(engine) as tx:
        row = await _lock(tx, hold_set_id, meant)
        if row.state != "draft":
            raise _wrong_state(row, "Only a draft can be edited: lift this one and draft another.")
        revision = row.revision + 1
        await store.change_hold_set(tx, hold_set_id, revision=revision, name=name, predicate=predicate, reason=reason)
        await _note(tx, hold_set_id, revision, "edited", now, caller, reason)


async def apply_hold_set(
    engine: AsyncEngine, now: datetime, hold_set_id: str, meant: IfMatch, caller: Identity
) -> date:
    """Apply a draft as a second person; gives the Friday of the first cycle that obeys it, whose cut is to come.

    Raises `Conflict` when it is no draft, or when the caller (or whom the caller acts for) drafted or edited it.
    """
    async with transaction(engine) as tx:
        row = await _lock(tx, hold_set_id, meant)
        if row.state != "draft":
            raise _wrong_state(row, "Draft another hold set.")
        people = {caller.subject, caller.acting_for or caller.subject}
        for each in await store.list_hold_set_events(tx.connection, hold_set_id):
            if each.change in _CHANGES_THAT_DRAFT and people & {each.actor, each.acting_for or each.actor}:
                raise Conflict(
                    f"{caller.subject} drafted this hold set.",
                    rule=_RULE,
                    code="second-person-needed",
                    remedy="Somebody else, who looked at the preview, applies it.",
                )
        friday = next_cycle(now)
        lines = await store.preview(tx, store.predicate_of(row), legal_date(now), friday)
        revision = row.revision + 1
        await store.change_hold_set(tx, hold_set_id, revision=revision, state="applied", applied_at=now)
        matched = sum(line.entries for line in lines)
        await _note(tx, hold_set_id, revision, "applied", now, caller, f"first cycle {friday}", matched)
        return friday


async def lift_hold_set(
    engine: AsyncEngine, now: datetime, hold_set_id: str, meant: IfMatch, reason: str, caller: Identity
) -> date:
    """Lift a set; gives the Friday of the first cycle that takes its entries again. `Conflict` if not applied."""
    async with transaction(engine) as tx:
        row = await _lock(tx, hold_set_id, meant)
        if row.state != "applied":
            raise _wrong_state(row, "Only a hold set that is applied can be lifted.")
        revision = row.revision + 1
        await store.change_hold_set(tx, hold_set_id, revision=revision, state="lifted", lifted_at=now)
        await _note(tx, hold_set_id, revision, "lifted", now, caller, reason)
        return next_cycle(now)


async def _lock(tx: Transaction, hold_set_id: str, meant: IfMatch) -> Any:
    row = await store.lock_hold_set(tx, hold_set_id)
    if row is None:
        raise NotFound(f"There is no hold set {hold_set_id}.", remedy="GET /hold-sets lists them.")
    meant.check(row.revision)
    return row


async def _note(
    tx: Transaction,
    hold_set_id: str,
    revision: int,
    change: str,
    now: datetime,
    caller: Identity,
    detail: str,
    matched: int | None = None,
) -> None:
    await store.write_hold_set_event(
        tx,
        hold_set_id=hold_set_id,
        revision=revision,
        change=change,
        at=now,
        actor=caller.subject,
        acting_for=caller.acting_for,
        detail=detail,
        entries=matched,
    )


def _wrong_state(row: Any, remedy: str) -> Conflict:
    return Conflict(f"Hold set {row.hold_set_id} is {row.state}.", rule=_RULE, code="hold-set-state", remedy=remedy)
