"""Transfers of items between Centers and with ports."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.workqueue.acts import transfer as acts
from services.workqueue.api.common import ItemId
from services.workqueue.domain.transfer import Transfer, TransferAct, TransferState
from services.workqueue.store import transfers as store
from shared.contracts.terms import CenterCode, PortCode, ShortText
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.access import no_such, reach_of
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["claims"])

TransferId = Annotated[UUID, Path(description="The transfer's id.", examples=["0f1f6d2e-8f0b-5b7c-9d0e-3f6c1a2b4d5e"])]


class TransferIn(BaseModel):
    """To whom an item is offered, and why."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"to_center": "CEE005", "reason": "The goods are theirs."}]}
    )

    to_center: CenterCode | None = None
    to_port: PortCode | None = None
    reason: Annotated[ShortText, Field(min_length=1)]

    @model_validator(mode="after")
    def _one_place(self) -> "TransferIn":
        if (self.to_center is None) == (self.to_port is None):
            raise ValueError("an item is offered to a Center or to a port: send to_center or to_port")
        return self


class TransferActIn(BaseModel):
    """What is done with an offer: the other office accepts, refuses, or (a port) returns it; who offered withdraws."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"act": "accept", "reason": "We know the account."}]}
    )

    act: TransferAct
    reason: Annotated[ShortText, Field(min_length=1)]


class TransferOut(BaseModel):
    """An offer of an item, and how it was answered. The days of the item run on all the while."""

    model_config = ConfigDict(from_attributes=True)

    transfer_id: UUID
    item_id: UUID
    from_center: str
    to_center: str | None
    to_port: str | None
    reason: str
    offered_by: str = Field(examples=["kim acting for lee"])
    offered_at: datetime
    state: TransferState
    settled_by: str | None
    settled_at: datetime | None
    settled_reason: str | None


@router.post(
    "/items/{item_id}/transfers", status_code=201, summary="Offer an item to another", response_model=TransferOut
)
async def offer_item(
    item_id: ItemId,
    body: TransferIn,
    request: Request,
    call: CurrentIdempotentCall,
    caller: Annotated[Identity, allow("item.transfer")],
) -> Response:
    """Offer the item to another Center or to a port. Until it is accepted it stays, and its clocks run on."""

    async def offer(tx: Transaction) -> TransferOut:
        transfer = await acts.offer(
            tx,
            caller,
            item_id,
            now_of(request),
            key=call.key,
            to_center=body.to_center,
            to_port=body.to_port,
            reason=body.reason,
        )
        return TransferOut.model_validate(transfer)

    return await answer_once(request, call, offer)


@router.get("/transfers", summary="What was offered")
async def list_transfers(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("transfer.read", "transfer.answer-for-port")],
    page: CurrentPage,
    state: Annotated[TransferState | None, Query(examples=["offered"])] = None,
    port: Annotated[PortCode | None, Query()] = None,
    item: Annotated[UUID | None, Query(description="Of this item.")] = None,
) -> Page[TransferOut]:
    """Transfers from and to the caller's Centers, the newest first; staff of a port see those to it."""
    position = page.position(datetime, UUID)
    reach = reach_of(caller, "transfer.read", today_of(request))
    async with reading(engine_of(request)) as connection:
        rows = await store.list_transfers(
            connection,
            centers=None if reach.is_national else reach.centers,
            ports=reach_of(caller, "transfer.answer-for-port", today_of(request)).ports,
            port=port,
            state=state,
            item_id=item,
            after=(position[0], position[1]) if position else None,
            limit=page.fetch,
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.offered_at, row.transfer_id),
        item=TransferOut.model_validate,
        request=request,
        response=response,
    )


@router.get("/transfers/{transfer_id}", summary="One transfer")
async def read_transfer(
    transfer_id: TransferId,
    request: Request,
    caller: Annotated[Identity, allow("transfer.read", "transfer.answer-for-port")],
) -> TransferOut:
    """The offer and its answer, for those who have part in it."""
    async with reading(engine_of(request)) as connection:
        transfer: Transfer | None = await store.find_transfer(connection, transfer_id)
    if transfer is None or not acts.sees(caller, transfer, now_of(request)):
        raise no_such(f"transfer {transfer_id}")
    return TransferOut.model_validate(transfer)


@router.post("/transfers/{transfer_id}/acts", summary="Answer a transfer")
async def act_on_transfer(
    transfer_id: TransferId,
    body: TransferActIn,
    request: Request,
    caller: Annotated[Identity, allow("transfer.answer", "transfer.answer-for-port", "item.transfer")],
) -> TransferOut:
    """Accept or refuse as the other office, return as the port, withdraw as whoever offered.

    Accepted, the item is in the queues of the other Center, free, with its day and age; the account keeps its Center.
    """
    async with transaction(engine_of(request)) as tx:
        transfer = await acts.answer(tx, caller, transfer_id, body.act, body.reason, now_of(request))
    return TransferOut.model_validate(transfer)
