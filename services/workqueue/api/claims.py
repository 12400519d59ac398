"""Claims: the next piece of work, and an item taken, kept and given back.

Writes on an item carry the fencing token of the caller's claim; it does what ETag and If-Match do elsewhere, and more:
it also stops a holder whose lease ran out and whose item went to someone else.
"""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel, ConfigDict

from services.workqueue.acts import claim as acts
from services.workqueue.api.common import ItemId, Token, lease_of
from services.workqueue.domain.item import Division, Kind
from shared.contracts.terms import CenterCode, Code
from shared.db.transaction import Transaction, transaction
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.idempotency import RepeatableCall, answer_once
from shared.web.requests import engine_of, now_of

router = APIRouter()


class ClaimOut(BaseModel):
    """A claim: the item, the token for every write on it, and how long it holds without a heartbeat."""

    item_id: UUID
    token: int
    lease_until: datetime
    kind: Kind
    process: str
    entry_number: str | None
    protest_number: str | None
    filing_number: str | None
    center: str
    asking_center: str | None
    division: str
    due_on: date | None
    priority: int


class NextIn(BaseModel):
    """Which queues to take from; by default the caller's own Centers and divisions."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{}, {"process": "ad-cvd"}]})

    center: CenterCode | None = None
    division: Division | None = None
    process: Code | None = None


class TokenIn(BaseModel):
    """The token of the caller's claim."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"token": 1}]})

    token: Token


@router.post(
    "/items/next",
    summary="Claim the next item",
    response_model=ClaimOut,
    responses={204: {"description": "Nothing is open in these queues."}},
)
async def claim_next_item(
    request: Request,
    caller: Annotated[Identity, allow("item.work")],
    call: RepeatableCall,
    body: NextIn | None = None,
) -> Response:
    """Take the first item of the queues: nobody else gets it while the lease is alive.

    Sent again under its Idempotency-Key this gives the same item with the same token, and takes no other. A 204 is not
    kept: the same call may get an item later.
    """
    wanted = body or NextIn()

    async def take(tx: Transaction) -> ClaimOut | None:
        item = await acts.claim_next(
            tx,
            caller,
            now_of(request),
            lease_of(request),
            center=wanted.center,
            division=wanted.division,
            process=wanted.process,
        )
        return None if item is None else ClaimOut.model_validate(item, from_attributes=True)

    return await answer_once(request, call, take, status=200)


@router.post("/items/{item_id}/claim", summary="Claim an item")
async def claim_item(item_id: ItemId, request: Request, caller: Annotated[Identity, allow("item.work")]) -> ClaimOut:
    """Take this item; 409 `already-claimed` names the holder while their lease is alive."""
    async with transaction(engine_of(request)) as tx:
        item = await acts.claim(tx, item_id, caller, now_of(request), lease_of(request))
    return ClaimOut.model_validate(item, from_attributes=True)


@router.post("/items/{item_id}/heartbeat", summary="Keep a claim")
async def keep_item(
    item_id: ItemId, body: Annotated[TokenIn, Body()], request: Request, caller: Annotated[Identity, allow("item.work")]
) -> ClaimOut:
    """Begin the lease anew."""
    async with transaction(engine_of(request)) as tx:
        item = await acts.keep(tx, item_id, caller, body.token, now_of(request), lease_of(request))
    return ClaimOut.model_validate(item, from_attributes=True)


@router.post("/items/{item_id}/release", status_code=204, summary="Give an item back")
async def release_item(
    item_id: ItemId, body: TokenIn, request: Request, caller: Annotated[Identity, allow("item.work")]
) -> None:
    """Put the item back into its queue."""
    async with transaction(engine_of(request)) as tx:
        await acts.release(tx, item_id, caller, body.token, now_of(request))
