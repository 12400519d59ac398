"""The HTTP side of back-tests: what a criterion would have selected of the entries of a past period."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.routing.acts import backtests as acts
from services.routing.api.criteria import CriterionPath
from services.routing.domain.backtests import Backtest, State, in_all
from services.routing.domain.criteria import ALL_BASIS_POINTS
from services.routing.store import backtests as store
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.access import no_such
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.fields import LegalDay, Ordinal
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of

router = APIRouter(tags=["selection criteria"])

BacktestPath = Annotated[
    UUID, Path(description="The id of the back-test.", examples=["0f1f6d2e-8f0b-5b7c-9d0e-3f6c1a2b4d5e"])
]


class BacktestIn(BaseModel):
    """On which entries to try a criterion."""

    model_config = ConfigDict(
        extra="forbid",
        populate_by_name=True,
        json_schema_extra={"examples": [{"from": "2026-01-01", "to": "2026-03-31"}]},
    )

    first: LegalDay = Field(alias="from", description="First entry date.")
    last: LegalDay = Field(alias="to", description="Last entry date, 366 days at most with the first; no day to come.")
    revision: Ordinal | None = Field(default=None, description="The newest one unless given.")


class BacktestCountsOut(BaseModel):
    """Entries that were tried, and what became of them."""

    entries: int
    hits: int = Field(description="The trial selects them.")
    live_hits: int = Field(description="The criterion, in whatever revision was live, selected them when they came.")
    both: int
    reviewed: int = Field(description="Under review when they came, whatever selected them.")
    hits_reviewed: int = Field(description="Those of the hits that were under review anyway; the others would be new.")
    hit_basis_points: int | None = Field(description="Hits in 10,000 entries; null without an entry.")


class BacktestCenterOut(BacktestCountsOut):
    """The same of the entries of a Center."""

    center: str


class BacktestWeekOut(BaseModel):
    """Hits by entry date in a week, against the budget."""

    begins_on: date
    hits: int
    hits_in_all: int = Field(description="As many of all entries, where only a part of them was drawn.")
    live_hits: int
    is_over_budget: bool


class BacktestOut(BaseModel):
    """A back-test: how far it is, and what it has counted."""

    backtest_id: UUID
    criterion_id: str
    revision: int
    first: date
    last: date
    asked_by: str
    asked_at: datetime
    state: State = Field(description="`waiting` for a job, `running`, `done`, `withdrawn`, or `failed` with its fault.")
    fault: str | None
    begun_at: datetime | None
    ended_at: datetime | None
    frames: int = Field(description="Pieces of the archive that may have entries of the period.")
    frames_read: int
    is_cut: bool = Field(description="Its time was over before the last of them.")
    known: int = Field(description="Entries of the period that routing has decided.")
    share_basis_points: int = Field(description="Of 10,000 of them so many are tried, drawn by their numbers.")
    lacking: int | None = Field(
        description="Those that are not in the archive as routing has them. Null until it is done, and of a draw."
    )
    whole: BacktestCountsOut
    by_center: list[BacktestCenterOut]
    weekly_budget: int | None
    weeks: list[BacktestWeekOut]
    decisions: int = Field(description="Decisions of reviews on the hits that were reviewed.")
    findings: int = Field(description="Those of them with an increase, a refund or a rejection.")


@router.post(
    "/selection-criteria/{criterion_id}/backtests",
    status_code=201,
    summary="Try a criterion on past entries",
    response_model=BacktestOut,
)
async def create_backtest(
    criterion_id: CriterionPath,
    body: BacktestIn,
    request: Request,
    caller: Annotated[Identity, allow("criterion.write")],
    call: CurrentIdempotentCall,
) -> Response:
    """Put it in the line; a job reads the archive of what was filed, and writes nothing else. Read it until it is done.

    Each entry counts once, by its standing version, with the account as routing knows it now on the entry date and the
    unit values of that day. Of more entries than the operator lets one try, a part is drawn by their numbers.
    """

    async def act(tx: Transaction) -> BacktestOut:
        backtest = await acts.ask(
            tx,
            caller,
            now_of(request),
            key=call.key,
            criterion_id=criterion_id,
            revision=body.revision,
            first=body.first,
            last=body.last,
            has_archive=acts.is_kept(request.app.state.archive),
        )
        return _backtest_out(backtest)

    return await answer_once(request, call, act)


@router.get("/selection-criteria/{criterion_id}/backtests", summary="Back-tests of a criterion")
async def list_backtests(
    criterion_id: CriterionPath,
    request: Request,
    response: Response,
    _: Annotated[Identity, allow("criterion.read")],
    page: CurrentPage,
) -> Page[BacktestOut]:
    """Those of every revision, the newest first."""
    position = page.position(AwareDatetime, UUID)
    async with reading(engine_of(request)) as connection:
        after = (position[0], position[1]) if position else None
        rows = await store.list_of(connection, criterion_id, after=after, limit=page.fetch)
    return build_page(
        rows,
        page,
        key=lambda row: (row.asked_at, row.backtest_id),
        item=_backtest_out,
        request=request,
        response=response,
    )


@router.get("/selection-criteria/{criterion_id}/backtests/{backtest_id}", summary="A back-test of a criterion")
async def read_backtest(
    criterion_id: CriterionPath,
    backtest_id: BacktestPath,
    request: Request,
    _: Annotated[Identity, allow("criterion.read")],
) -> BacktestOut:
    """How far it is, and what it has counted so far."""
    async with reading(engine_of(request)) as connection:
        backtest = await store.find(connection, criterion_id, backtest_id)
    if backtest is None:
        raise no_such(f"back-test {backtest_id} of criterion {criterion_id}")
    return _backtest_out(backtest)


@router.post("/selection-criteria/{criterion_id}/backtests/{backtest_id}/withdraw", summary="Withdraw a back-test")
async def withdraw_backtest(
    criterion_id: CriterionPath,
    backtest_id: BacktestPath,
    request: Request,
    _: Annotated[Identity, allow("criterion.write")],
) -> BacktestOut:
    """End one that waits or runs; what it has counted stays."""
    async with transaction(engine_of(request)) as tx:
        return _backtest_out(await acts.withdraw(tx, criterion_id, backtest_id, now_of(request)))


def _backtest_out(backtest: Backtest) -> BacktestOut:
    counts, share = backtest.counts, backtest.share_basis_points
    budget = backtest.definition.get("weekly_budget")
    whole = _counts_out(counts.get("whole", {}))
    is_whole = backtest.state == "done" and share == ALL_BASIS_POINTS and not backtest.is_cut
    return BacktestOut(
        **{name: getattr(backtest, name) for name in BacktestOut.model_fields if hasattr(backtest, name)},
        asked_by=backtest.signature,
        lacking=max(0, backtest.known - whole["entries"]) if is_whole else None,
        whole=BacktestCountsOut(**whole),
        by_center=[
            BacktestCenterOut(center=center, **_counts_out(each))
            for center, each in counts.get("by_center", {}).items()
        ],
        weekly_budget=budget,
        weeks=[
            BacktestWeekOut(
                begins_on=date.fromisoformat(week),
                hits=each["hits"],
                hits_in_all=in_all(each["hits"], share),
                live_hits=each["live_hits"],
                is_over_budget=budget is not None and in_all(each["hits"], share) > budget,
            )
            for week, each in counts.get("by_week", {}).items()
        ],
        decisions=counts.get("decisions", 0),
        findings=counts.get("findings", 0),
    )


def _counts_out(counts: Mapping[str, int]) -> dict[str, Any]:
    names = ("entries", "hits", "live_hits", "both", "reviewed", "hits_reviewed")
    found: dict[str, Any] = {name: counts.get(name, 0) for name in names}
    entries = found["entries"]
    return found | {"hit_basis_points": 10_000 * found["hits"] // entries if entries else None}
