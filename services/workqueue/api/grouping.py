"""Matters split in two and joined into one."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.workqueue.acts import grouping as acts
from services.workqueue.api.common import ItemId
from services.workqueue.domain.item import Item, State
from shared.contracts.terms import EntryNumber, ShortText
from shared.db.transaction import Transaction, transaction
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.requests import engine_of, now_of

router = APIRouter(tags=["items"])


class SplitIn(BaseModel):
    """Which entries of a matter go into another, and under what title."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"title": "The textiles", "entry_numbers": ["B7603245278"], "reason": "Other goods."}]
        },
    )

    title: Annotated[ShortText, Field(min_length=1)]
    entry_numbers: list[EntryNumber] = Field(min_length=1, max_length=1000)
    reason: Annotated[ShortText, Field(min_length=1)]


class JoinIn(BaseModel):
    """Which matters go into this one."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"item_ids": ["0f1f6d2e-8f0b-5b7c-9d0e-3f6c1a2b4d5e"], "reason": "One disclosure."}]
        },
    )

    item_ids: list[UUID] = Field(min_length=1, max_length=100)
    reason: Annotated[ShortText, Field(min_length=1)]


class GroupedOut(BaseModel):
    """A matter after it was split or joined."""

    model_config = ConfigDict(from_attributes=True)

    item_id: UUID
    process: str
    state: State
    stage: str | None
    center: str
    due_on: date | None = Field(description="As before: no clock stops or begins anew.")


@router.post("/items/{item_id}/split", status_code=201, summary="Split a matter", response_model=GroupedOut)
async def split_item(
    item_id: ItemId,
    body: SplitIn,
    request: Request,
    call: CurrentIdempotentCall,
    caller: Annotated[Identity, allow("item.group")],
) -> Response:
    """Take some entries into another matter of the same process, which stands where this one does, with its days."""

    async def split(tx: Transaction) -> GroupedOut:
        item: Item = await acts.split(
            tx,
            caller,
            item_id,
            now_of(request),
            key=call.key,
            title=body.title,
            entry_numbers=body.entry_numbers,
            reason=body.reason,
        )
        return GroupedOut.model_validate(item)

    return await answer_once(request, call, split)


@router.post("/items/{item_id}/join", summary="Join matters into one")
async def join_items(
    item_id: ItemId, body: JoinIn, request: Request, caller: Annotated[Identity, allow("item.group")]
) -> GroupedOut:
    """End these matters by taking their entries into this one, which must be due first; their histories stay."""
    async with transaction(engine_of(request)) as tx:
        item = await acts.join(tx, caller, item_id, body.item_ids, body.reason, now_of(request))
    return GroupedOut.model_validate(item)
