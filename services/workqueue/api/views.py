"""Saved views of items: a person's own, those of their Centers, and what their roles begin with."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.acts import view as acts
from services.workqueue.acts.reach import knower
from services.workqueue.api.filters import filter_of, read_query, write_query
from services.workqueue.api.items import CountOut, count_out
from services.workqueue.domain.view import View, beginnings_of
from services.workqueue.store import items as item_store
from services.workqueue.store import views as store
from shared.contracts.terms import CenterCode
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.access import no_such, reach_of
from shared.runtime.concurrency import etag
from shared.runtime.identity import Identity, RoleName
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.concurrency import RequiredIfMatch
from shared.web.conditional import NOT_MODIFIED, answer_if_changed
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.problem import problem_responses
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["views"])

ViewId = Annotated[UUID, Path(description="The view's id.", examples=["0f1f6d2e-8f0b-5b7c-9d0e-3f6c1a2b4d5e"])]


class ViewIn(BaseModel):
    """A filter with a name."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "Friday cut", "query": "process=preference&state=open&due_within=7"}]},
    )

    name: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00]*$")]
    query: Annotated[
        str, Field(max_length=4000, description="The query string of GET /items; `me` and days are read by who looks.")
    ]
    center: CenterCode | None = Field(default=None, description="Share it with the people of this Center.")
    role: RoleName | None = Field(default=None, description="Have this role of the Center begin with it.")

    @model_validator(mode="after")
    def _role_of_a_center(self) -> "ViewIn":
        if self.role is not None and self.center is None:
            raise ValueError("a role begins with a view of its Center: name the center too")
        return self


class ViewOut(BaseModel):
    """A saved view, or one that a role begins with where its Center has said nothing."""

    view_id: UUID | None = Field(description="Null for one that comes with the product.")
    version: int | None
    name: str
    query: str
    href: str = Field(description="The list that it stands for.", examples=["/items?holder=me&state=claimed"])
    from_: Literal["own", "shared", "role", "product"] = Field(
        alias="from", description="The caller's own; shared with a Center; given to a role there; of the product."
    )
    owner: str | None
    center: str | None
    role: str | None
    written_by: str | None
    written_at: datetime | None
    may_change: bool
    count: CountOut | None = Field(description="How many items it gives the caller now, where that was asked for.")


class ViewsOut(BaseModel):
    """The views of a caller."""

    views: list[ViewOut]


@router.get("/views", summary="Saved views", response_model=ViewsOut, responses=dict(NOT_MODIFIED))
@tells("ETag")
async def list_views(
    request: Request,
    caller: Annotated[Identity, allow("view.read")],
    counts: Annotated[bool, Query(description="Count the items of each, up to 10,000.")] = False,
) -> Response:
    """The caller's own views, those shared with their Centers, and what their roles begin with."""
    async with reading(engine_of(request)) as connection:
        roles = [role.value for role in caller.roles]
        found = await store.list_views(connection, caller.subject, caller.centers, roles)
        told = [(_view_out(view, caller), view.query) for view in found]
        given = [view for view in found if view.role in roles]
        told += [(_beginning_out(name, query), query) for name, query in beginnings_of(roles, given)]
        shown = [
            view.model_copy(update={"count": await _count(connection, request, caller, query)}) if counts else view
            for view, query in told
        ]
    return answer_if_changed(request, ViewsOut(views=shown).model_dump_json(by_alias=True))


@router.post("/views", status_code=201, summary="Save a view", response_model=ViewOut)
async def create_view(
    body: ViewIn, request: Request, call: CurrentIdempotentCall, caller: Annotated[Identity, allow("view.write")]
) -> Response:
    """Save a filter under a name; shared with a Center of the caller's, or given to a role there by its supervisors."""
    query = write_query(read_query(body.query))

    async def save(tx: Transaction) -> ViewOut:
        view = await acts.save(
            tx,
            caller,
            now_of(request),
            key=call.key,
            name=body.name,
            query=query,
            center=body.center,
            role=body.role,
        )
        return _view_out(view, caller)

    return await answer_once(request, call, save)


@router.get("/views/{view_id}", summary="A saved view")
@tells("ETag")
async def read_view(
    view_id: ViewId, request: Request, response: Response, caller: Annotated[Identity, allow("view.read")]
) -> ViewOut:
    """The view with its count. The ETag is what PUT wants in If-Match."""
    async with reading(engine_of(request)) as connection:
        view = await store.find_view(connection, view_id)
        if view is None or not acts.sees(caller, view):
            raise no_such(f"view {view_id}")
        count = await _count(connection, request, caller, view.query)
    response.headers["ETag"] = etag(view.version)
    return _view_out(view, caller).model_copy(update={"count": count})


@router.put("/views/{view_id}", summary="Change a view", responses=problem_responses([412, 428]))
@tells("ETag")
async def change_view(
    view_id: ViewId,
    body: ViewIn,
    request: Request,
    response: Response,
    if_match: RequiredIfMatch,
    caller: Annotated[Identity, allow("view.write")],
) -> ViewOut:
    """Write a view of the caller's anew, or as a supervisor one that a role of the Center begins with."""
    query = write_query(read_query(body.query))
    async with transaction(engine_of(request)) as tx:
        view = await acts.change(
            tx,
            caller,
            view_id,
            if_match,
            now_of(request),
            name=body.name,
            query=query,
            center=body.center,
            role=body.role,
        )
    response.headers["ETag"] = etag(view.version)
    return _view_out(view, caller)


@router.delete("/views/{view_id}", status_code=204, summary="Delete a view")
async def delete_view(view_id: ViewId, request: Request, caller: Annotated[Identity, allow("view.write")]) -> None:
    """Take a view away; nobody finds it any more."""
    async with transaction(engine_of(request)) as tx:
        await acts.delete(tx, caller, view_id, now_of(request))


async def _count(connection: AsyncConnection, request: Request, caller: Identity, query: str) -> CountOut:
    wanted = filter_of(read_query(query), caller, request)
    reach = reach_of(caller, "item.read", today_of(request))
    return count_out(await item_store.count_items(connection, reach, knower(caller), wanted))


def _view_out(view: View, caller: Identity) -> ViewOut:
    is_own = view.owner == caller.subject
    return ViewOut.model_validate(
        {
            "view_id": view.view_id,
            "version": view.version,
            "name": view.name,
            "query": view.query,
            "href": f"/items?{view.query}",
            "from": "role" if view.role is not None else "own" if is_own else "shared",
            "owner": view.owner,
            "center": view.center,
            "role": view.role,
            "written_by": view.written_by,
            "written_at": view.written_at,
            "may_change": is_own,
            "count": None,
        }
    )


def _beginning_out(name: str, query: str) -> ViewOut:
    nothing = dict.fromkeys(("view_id", "version", "owner", "center", "role", "written_by", "written_at", "count"))
    return ViewOut.model_validate(
        nothing | {"name": name, "query": query, "href": f"/items?{query}", "from": "product", "may_change": False}
    )
