"""Who needs to know of a law-enforcement-sensitive matter."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.workqueue.acts import compartment as acts
from services.workqueue.acts.reach import demand_item_sight, demand_known, seen
from services.workqueue.api.common import ItemId
from services.workqueue.domain.compartment import NeedToKnow
from services.workqueue.store import compartment as store
from services.workqueue.store import items as item_store
from shared.contracts.terms import ShortText
from shared.db.transaction import reading, transaction
from shared.runtime.access import demand_sight, no_such
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["need to know"])

Subject = Annotated[str, Field(min_length=1, max_length=200)]


class NamedIn(BaseModel):
    """Somebody who needs to know, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"subject": "hanna", "reason": "Agent of the referral."}]},
    )

    subject: Subject
    reason: Annotated[ShortText, Field(min_length=1)]


class NamedOut(BaseModel):
    """Somebody who is, or was, named on a matter."""

    model_config = ConfigDict(from_attributes=True)

    subject: str
    reason: str
    added_by: str
    added_by_name: str
    added_at: datetime
    removed_by: str | None
    removed_at: datetime | None


class NamedListOut(BaseModel):
    """Everybody who is or was named, the first first."""

    items: list[NamedOut]


class ReadOut(BaseModel):
    """What somebody read, and when."""

    model_config = ConfigDict(from_attributes=True)

    what: str = Field(description="A file by its id.", examples=["item"])
    read_at: datetime
    read_by: str
    read_by_name: str
    acting_for: str | None


@router.get("/items/{item_id}/need-to-know", summary="Who is named on a sensitive matter")
async def list_named(
    item_id: ItemId, request: Request, caller: Annotated[Identity, allow("item.read")]
) -> NamedListOut:
    """Empty for an item that is not law-enforcement-sensitive; 404 for whoever need not know that there is one."""
    async with reading(engine_of(request)) as connection:
        listed = await item_store.find_item(connection, item_id)
        if listed is None:
            raise no_such(f"item {item_id}")
        demand_item_sight(caller, listed.item, today_of(request))
        named = await store.list_named(connection, item_id)
    await acts.note_reads(engine_of(request), [item_id], caller, "need to know", now_of(request))
    return _named_out(named)


@router.get("/items/{item_id}/reads", summary="Who read what of a sensitive matter")
async def list_reads(
    item_id: ItemId,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("compartment-read.read")],
    page: CurrentPage,
) -> Page[ReadOut]:
    """Every answer about the matter that was given, and what was read for law enforcement on any other item.

    For few: auditors, counsel and directors who are named on the matter. Of an item that is not sensitive auditors and
    counsel read it. Reading this is itself a line.
    """
    position = page.position(int)
    async with reading(engine_of(request)) as connection:
        listed = await item_store.find_item(connection, item_id)
        if listed is None:
            raise no_such(f"item {item_id}")
        demand_known(caller, listed.item)
        demand_sight(caller, "compartment-read", today_of(request), seen(listed.item), f"item {item_id}")
        after = position[0] if position is not None else 0
        rows = await store.list_reads(connection, item_id, after=after, limit=page.fetch)
    await acts.note_reads(engine_of(request), [item_id], caller, "reads", now_of(request))
    return build_page(
        rows,
        page,
        key=lambda row: (row[0],),
        item=lambda row: ReadOut.model_validate(row[1]),
        request=request,
        response=response,
    )


@router.post("/items/{item_id}/need-to-know", summary="Name somebody on a sensitive matter")
async def name_person(
    item_id: ItemId, body: NamedIn, request: Request, caller: Annotated[Identity, allow("item.act")]
) -> NamedListOut:
    """Whoever knows of the matter names others, by their subject and for a reason. Sent again it changes nothing."""
    async with transaction(engine_of(request)) as tx:
        named = await acts.name_person(tx, item_id, caller, now_of(request), subject=body.subject, reason=body.reason)
    await acts.note_reads(engine_of(request), [item_id], caller, "need to know", now_of(request))
    return _named_out(named)


@router.delete("/items/{item_id}/need-to-know/{subject}", summary="Take somebody off a sensitive matter")
async def remove_person(
    item_id: ItemId,
    subject: Annotated[str, Path(min_length=1, max_length=200)],
    request: Request,
    caller: Annotated[Identity, allow("item.act")],
) -> NamedListOut:
    """From then on there is no such matter for them; that they were named stays on record."""
    async with transaction(engine_of(request)) as tx:
        named = await acts.remove_person(tx, item_id, caller, now_of(request), subject=subject)
    await acts.note_reads(engine_of(request), [item_id], caller, "need to know", now_of(request))
    return _named_out(named)


def _named_out(named: Sequence[NeedToKnow]) -> NamedListOut:
    return NamedListOut(items=[NamedOut.model_validate(each) for each in named])
