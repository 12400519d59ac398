"""Claims: the next piece of work, and an item taken, kept and given back.

Writes on an item carry the fencing token of the caller's claim; it does what ETag and If-Match do elsewhere, and more:
it also stops a holder whose lease ran out and whose item went to someone else.
"""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from services.workqueue.acts import claim as acts
from services.workqueue.acts.claim import WorkWanted
from services.workqueue.api.common import ItemId, Token, lease_of
from services.workqueue.api.decisions import ReasonIn
from services.workqueue.api.filters import filter_of, read_query
from services.workqueue.domain.item import Division, Item, Kind, State
from shared.contracts.terms import CenterCode, Code, ShortText
from shared.db.transaction import Transaction, transaction
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.idempotency import RepeatableCall, answer_once
from shared.web.requests import engine_of, now_of

router = APIRouter(tags=["claims"])


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


class NextOut(ClaimOut):
    """The claim of the next item."""

    why: str = Field(
        description="Why this one comes first, in words.",
        examples=[
            "Of the open work in CEE007 (enforcement) that waits for nobody it comes first: due 2026-06-03;"
            " priority 1; in hand since 2026-03-02."
        ],
    )


class NextIn(BaseModel):
    """Which queues to take from, by default the caller's own Centers and divisions, and what of them."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{}, {"process": "ad-cvd"}, {"query": "kind=review&importer=07-345678900&due=this-week"}]
        },
    )

    center: CenterCode | None = None
    division: Division | None = None
    process: Code | None = None
    query: str = Field(
        default="",
        max_length=4000,
        description="The query string of GET /items: only what it lists is taken.",
        examples=["kind=review&due_before=2026-03-09"],
    )


class SkipIn(BaseModel):
    """Why the caller passes an item over; the token of their claim if they hold it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"token": 1, "reason": {"code": "no-time", "text": "Needs a whole day."}}]},
    )

    reason: ReasonIn
    token: Token | None = None


class SkippedOut(BaseModel):
    """Until when the item is not offered to the caller by `POST /items/next`."""

    item_id: UUID
    until: datetime


class AssignIn(BaseModel):
    """To whom to offer an item first; null: to whoever comes."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"to": "lee", "reason": "She knows the account."}]}
    )

    to: Annotated[str, Field(min_length=1, max_length=200)] | None
    reason: Annotated[ShortText, Field(min_length=1)]


class AssignedOut(BaseModel):
    """To whom an item is offered first."""

    item_id: UUID
    assigned_to: str | None
    state: State
    holder: str | None = Field(description="Who holds it goes on holding it.")


class TokenIn(BaseModel):
    """The token of the caller's claim."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"token": 1}]})

    token: Token


@router.post(
    "/items/next",
    summary="Claim the next item",
    response_model=NextOut,
    responses={204: {"description": "Nothing is open in these queues that the caller may have."}},
)
async def claim_next_item(
    request: Request,
    caller: Annotated[Identity, allow("item.work")],
    call: RepeatableCall,
    body: NextIn | None = None,
) -> Response:
    """Take what is assigned to the caller, else the first item of the queues: nobody else gets it during the lease.

    By the nearest day, then urgency, then age. Passed over is what waits for somebody else, what is assigned to others,
    what the caller skipped lately or must not have (conflict of interest), and what asks for skills that they have not,
    until it relaxes; `why` says it in words. `query` narrows the work by the filter of GET /items.

    Sent again under its Idempotency-Key this gives the same item with the same token, and takes no other. A 204 is not
    kept: the same call may get an item later.
    """
    wanted = body or NextIn()
    now, lease = now_of(request), lease_of(request)
    narrowed = filter_of(read_query(wanted.query), caller, request) if wanted.query else None
    of = WorkWanted(wanted.center, wanted.division, wanted.process, narrowed)

    async def take(tx: Transaction) -> NextOut | None:
        return _next_out(await acts.claim_next(tx, caller, now, lease, of))

    if call is not None:
        return await answer_once(request, call, take, status=200)
    answer = _next_out(await acts.claim_next_alone(engine_of(request), caller, now, lease, of))
    return Response(status_code=204) if answer is None else JSONResponse(answer.model_dump(mode="json"))


def _next_out(taken: tuple[Item, str] | None) -> NextOut | None:
    if taken is None:
        return None
    item, why = taken
    return NextOut(**ClaimOut.model_validate(item, from_attributes=True).model_dump(), why=why)


@router.post("/items/{item_id}/claim", summary="Claim an item")
async def claim_item(item_id: ItemId, request: Request, caller: Annotated[Identity, allow("item.work")]) -> ClaimOut:
    """Take this item; 409 `already-claimed` names the holder while their lease is alive.

    409 `conflict-of-interest` for the work of an importer in which the caller has declared an interest or for which
    they worked, and for the protest of an entry that they decided.
    """
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


@router.post("/items/{item_id}/skip", summary="Pass an item over")
async def skip_item(
    item_id: ItemId, body: SkipIn, request: Request, caller: Annotated[Identity, allow("item.work")]
) -> SkippedOut:
    """Do not offer the item to the caller for eight hours, and give it back if they hold it; the history says why."""
    reason = body.reason.model_dump()
    async with transaction(engine_of(request)) as tx:
        until = await acts.skip(tx, item_id, caller, body.token, reason, now_of(request))
    return SkippedOut(item_id=item_id, until=until)


@router.post("/items/{item_id}/assign", summary="Assign an item")
async def assign_item(
    item_id: ItemId, body: AssignIn, request: Request, caller: Annotated[Identity, allow("item.assign")]
) -> AssignedOut:
    """Offer the item to a person of its Center before anybody; others are not offered it, and may claim it by its id.

    Who holds it goes on holding it. 422 `not-of-the-center` for a person whom the work queue does not know there, 409
    `conflict-of-interest` for one who must not have it.
    """
    async with transaction(engine_of(request)) as tx:
        item = await acts.assign(tx, item_id, caller, body.to, body.reason, now_of(request))
    return AssignedOut.model_validate(item, from_attributes=True)
