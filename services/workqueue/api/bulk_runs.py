"""One act on many items: looked at before, begun, followed item by item."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.acts import bulk as acts
from services.workqueue.api.common import limits_of
from services.workqueue.api.filters import filter_of, read_query, write_query
from services.workqueue.domain.bulk import BulkAct, Check, ResultState, Run, RunState, Verdict
from services.workqueue.store import bulk_runs as store
from shared.contracts.terms import CenterCode, Code, PortCode, ShortText
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.access import no_such, reach_of
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.fields import LegalDay
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["bulk runs"])

RunId = Annotated[UUID, Path(description="The run's id.", examples=["0f1f6d2e-8f0b-5b7c-9d0e-3f6c1a2b4d5e"])]
_NEEDED: dict[BulkAct, tuple[str, ...]] = {
    "assign": ("to",),
    "offer": ("to_center", "to_port"),
    "set-day": ("due_on",),
    "no-change": (),
    "act": ("process_act",),
}


class BulkIn(BaseModel):
    """An act and the items to do it on."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"act": "assign", "to": "lee", "query": "process=quota&state=open", "reason": "Kim is away."}]
        },
    )

    act: BulkAct = Field(
        description="`assign` to a person; `offer` to a Center or port; `set-day` of the policy clock of reviews;"
        " `no-change` decides reviews so; `act` does an act of the items' process, with `fields`."
    )
    query: Annotated[str, Field(min_length=1, max_length=4000, description="The query string of GET /items.")]
    reason: Annotated[ShortText, Field(min_length=1)]
    to: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    to_center: CenterCode | None = None
    to_port: PortCode | None = None
    due_on: LegalDay | None = None
    process_act: Code | None = Field(default=None, description="An act of the items' process that opens no letter.")
    fields: dict[str, Any] = Field(
        default={},
        max_length=64,
        description='What that act asks for, alike for all; `{"from": "claimed_usd"}` is what an earlier act of each'
        " item recorded.",
    )
    sample: int | None = Field(
        default=None,
        ge=1,
        le=200,
        description="So many items, drawn at random, are looked at by a person before the run begins.",
    )

    @model_validator(mode="after")
    def _with_what_it_needs(self) -> "BulkIn":
        given = {
            name for name in ("to", "to_center", "to_port", "due_on", "process_act") if getattr(self, name) is not None
        }
        needed = _NEEDED[self.act]
        if given - set(needed) or len(given) != min(len(needed), 1) or (self.fields and self.act != "act"):
            raise ValueError(f"{self.act} takes {' or '.join(needed) or 'nothing else'}")
        return self


class BulkActIn(BaseModel):
    """What is done with a run."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"act": "begin"}]})

    act: Literal["begin", "withdraw"]


class RefusalCount(BaseModel):
    """How many items are refused for one reason."""

    code: str = Field(examples=["conflict-of-interest"])
    items: int


class RunLineOut(BaseModel):
    """A run in the list."""

    run_id: UUID
    act: BulkAct
    to: str | None = Field(description="To whom items are assigned.")
    to_center: str | None = Field(description="To which Center they are offered.")
    to_port: str | None = Field(description="To which port they are offered.")
    due_on: date | None = Field(description="The day that is set.")
    process_act: str | None = Field(description="The act of the items' process.")
    sample: int | None = Field(description="So many items are looked at before the run begins.")
    query: str
    reason: str
    asked_by: str
    asked_at: datetime
    state: RunState = Field(description="`looking` while the act is tried; `ready` to begin; `running`; `done`.")
    items: int
    is_cut: bool = Field(description="The filter gave more than 100,000: ask again for the rest afterwards.")
    foreseen: int = Field(description="How many would be refused as things stood when they were looked at.")
    value_usd: int = Field(description="Entered value of the others, in whole US dollars.")
    needs_second: bool = Field(description="Over the limits: another person has to begin it.")
    begun_by: str | None
    begun_at: datetime | None
    ended_at: datetime | None


class RunOut(RunLineOut):
    """A run: what it would do, and what it has done."""

    pending: int
    done: int
    refused: int
    refusals: list[RefusalCount] = Field(description="Why items were, or would be, refused; the most first.")


class ResultOut(BaseModel):
    """What became of one item."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    item_id: UUID
    state: ResultState
    code: str | None = Field(description="Why it was refused; of a pending one why it would be.")
    says: str | None
    at: datetime | None
    entry_number: str | None
    protest_number: str | None
    filing_number: str | None


class CheckIn(BaseModel):
    """What a person found who looked at an item of the sample."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"verdict": "fits", "says": "Proof of export is complete."}]}
    )

    verdict: Verdict = Field(description="`fits`: it is as the filter supposes; `differs` from it.")
    says: Annotated[ShortText, Field(min_length=1)]


class CheckOut(BaseModel):
    """An item of the sample."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    item_id: UUID
    verdict: Verdict | None = Field(description="Null: nobody has looked yet.")
    says: str | None
    checked_by: str | None
    checked_at: datetime | None


class RunSampleOut(BaseModel):
    """The sample of a run, by number; empty for a run that was asked for without one."""

    seed: str | None = Field(
        examples=["6a1c2b3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"],
        description="What it was drawn by, by a hash: whoever knows it draws the same.",
    )
    items: list[CheckOut]


@router.post("/bulk-runs", status_code=201, summary="Ask for an act on many items", response_model=RunOut)
async def create_bulk_run(
    body: BulkIn, request: Request, call: CurrentIdempotentCall, caller: Annotated[Identity, allow("item.bulk")]
) -> Response:
    """Keep the items that the filter gives now, up to 100,000, and try the act on each: nothing is changed.

    The answer counts them, what they are worth, and who would be refused why. Of more than 500 items a job looks: read
    the run until it is `ready`.
    """
    filtered = read_query(body.query)
    told = {"to", "to_center", "to_port", "due_on", "process_act", "sample", *({"fields"} if body.act == "act" else ())}
    given = body.model_dump(mode="json", include=told, exclude_none=True)

    async def ask(tx: Transaction) -> RunOut:
        acts.demand_bulk(caller, now_of(request))
        run = await acts.ask(
            tx,
            caller,
            now_of(request),
            limits_of(request),
            key=call.key,
            act=body.act,
            parameters=given,
            query=write_query(filtered),
            wanted=filter_of(filtered, caller, request),
            reason=body.reason,
        )
        return await _run_out(tx, run)

    return await answer_once(request, call, ask)


@router.get("/bulk-runs", summary="Bulk runs")
async def list_bulk_runs(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("item.bulk")],
    page: CurrentPage,
    state: Annotated[RunState | None, Query(description="Only those in this state.", examples=["ready"])] = None,
) -> Page[RunLineOut]:
    """The caller's own, and those that the caller may begin in all their Centers; the newest first."""
    position = page.position(AwareDatetime, UUID)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_runs(
            connection,
            caller.signature,
            reach_of(caller, "item.bulk", today_of(request)),
            state=state,
            after=(position[0], position[1]) if position else None,
            limit=page.fetch,
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.asked_at, row.run_id),
        item=lambda run: RunLineOut(**_told(run)),
        request=request,
        response=response,
    )


@router.get("/bulk-runs/{run_id}", summary="A bulk run")
async def read_bulk_run(run_id: RunId, request: Request, caller: Annotated[Identity, allow("item.bulk")]) -> RunOut:
    """The run as it stands, with how many items are done, refused and left."""
    async with transaction(engine_of(request)) as tx:
        run = await _find(tx.connection, run_id, caller, request)
        return await _run_out(tx, run)


@router.post("/bulk-runs/{run_id}/acts", summary="Begin or withdraw a bulk run")
async def act_on_bulk_run(
    run_id: RunId, body: BulkActIn, request: Request, caller: Annotated[Identity, allow("item.bulk")]
) -> RunOut:
    """Begin a run that is ready, over the limits as a second person; withdraw one, also while it goes.

    A job does it, a few hundred items in each transaction, and goes on where it was when it is stopped. What is done is
    not undone by a withdrawal.
    """
    async with transaction(engine_of(request)) as tx:
        run = await (acts.begin if body.act == "begin" else acts.withdraw)(tx, caller, run_id, now_of(request))
        return await _run_out(tx, run)


@router.get("/bulk-runs/{run_id}/sample", summary="The sample of a bulk run")
async def list_bulk_sample(
    run_id: RunId, request: Request, caller: Annotated[Identity, allow("item.bulk")]
) -> RunSampleOut:
    """The items to look at before the run begins, drawn by a hash from those that would not be refused."""
    async with transaction(engine_of(request)) as tx:
        run = await _find(tx.connection, run_id, caller, request)
        checks = await store.list_sample(tx.connection, run)
    return _sample_out(run, checks)


@router.post("/bulk-runs/{run_id}/sample/{number}", summary="Say what an item of the sample is like")
async def check_bulk_item(
    run_id: RunId,
    number: Annotated[int, Path(ge=1, le=100_000, description="The item's number in the run.", examples=[7])],
    body: CheckIn,
    request: Request,
    caller: Annotated[Identity, allow("item.bulk")],
) -> RunSampleOut:
    """The run begins when all of the sample fit; when one differs it can only be withdrawn."""
    async with transaction(engine_of(request)) as tx:
        await acts.check_item(tx, caller, run_id, number, body.verdict, body.says, now_of(request))
        run = await _find(tx.connection, run_id, caller, request)
        checks = await store.list_sample(tx.connection, run)
    return _sample_out(run, checks)


def _sample_out(run: Run, checks: Sequence[Check]) -> RunSampleOut:
    seed = run.seed if run.parameters.get("sample") else None
    return RunSampleOut(seed=seed, items=[CheckOut.model_validate(each) for each in checks])


@router.get("/bulk-runs/{run_id}/items", summary="What became of each item")
async def list_bulk_results(
    run_id: RunId,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("item.bulk")],
    page: CurrentPage,
    state: Annotated[ResultState | None, Query(examples=["refused"])] = None,
) -> Page[ResultOut]:
    """The items of a run in the order of the queue, each with what was done or why not."""
    position = page.position(int)
    async with reading(engine_of(request)) as connection:
        await _find(connection, run_id, caller, request)
        after = position[0] if position else 0
        rows = await store.list_results(connection, run_id, state=state, after=after, limit=page.fetch)
    return build_page(
        rows,
        page,
        key=lambda row: (row.number,),
        item=ResultOut.model_validate,
        request=request,
        response=response,
    )


async def _find(connection: AsyncConnection, run_id: UUID, caller: Identity, request: Request) -> Run:
    run = await store.find_run(connection, run_id)
    if run is None or not acts.sees(caller, run, now_of(request)):
        raise no_such(f"bulk run {run_id}")
    return run


def _told(run: Run) -> dict[str, Any]:
    given = ("to", "to_center", "to_port", "due_on", "process_act", "sample")
    kept = RunLineOut.model_fields.keys() - {*given, "asked_by"}
    return {
        **{name: run.parameters.get(name) for name in given},
        **{name: getattr(run, name) for name in kept},
        "asked_by": run.signature,
    }


async def _run_out(tx: Transaction, run: Run) -> RunOut:
    progress = await store.count_results(tx, run.run_id)
    refusals = await store.list_refusals(tx.connection, run.run_id)
    return RunOut(
        **_told(run),
        **progress._asdict(),
        refusals=[RefusalCount(code=code, items=items) for code, items in refusals],
    )
