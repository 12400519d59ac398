"""The HTTP side of the weekly cycle: runs, forecasts, what changed between forecasts, cut sheets."""

from collections import Counter
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.liquidation.acts import cut_sheets as cut_sheet
from services.liquidation.acts import cycles as cycle
from services.liquidation.acts.cut_sheets import SPECIALISTS, SUPERVISORS
from services.liquidation.api.common import money_policy_of
from services.liquidation.store import cut_sheets as store
from services.liquidation.store import cycle_reports as reports
from services.liquidation.store import cycles as cycle_store
from services.liquidation.store.cycle_reports import Way
from services.liquidation.store.cycles import ForecastLine
from shared.customs.money import format_cents
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.concurrency import etag
from shared.runtime.errors import Conflict, NotFound
from shared.runtime.identity import Identity, RoleName
from shared.web.concurrency import RequiredIfMatch
from shared.web.idempotency import CurrentIdempotentCall
from shared.web.identity import StaffIdentity, require
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of

router = APIRouter()

CycleIdentity = Annotated[Identity, Depends(require(RoleName.LIQUIDATION_SPECIALIST, RoleName.OPERATOR))]
ForecasterIdentity = Annotated[
    Identity, Depends(require(*sorted(SPECIALISTS | SUPERVISORS | {RoleName.OFFICE_OF_TRADE, RoleName.OPERATOR})))
]
CutterIdentity = Annotated[Identity, Depends(require(*sorted(SPECIALISTS | SUPERVISORS)))]
FridayPath = Annotated[date, Path(description="The Friday of the cycle.", examples=["2026-08-14"])]
NumberPath = Annotated[int, Path(ge=1, description="Which dry run of the Friday.", examples=[2])]


class CycleIn(BaseModel):
    """Which cycle to run."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"date": "2026-08-14"}]})

    date: date


class CycleOut(BaseModel):
    """What a cycle did; `liquidated` counts all but the deemed, `with_decision` those of them by a review decision."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "date": "2026-08-14",
                    "liquidated": 187,
                    "with_decision": 4,
                    "deemed": 0,
                    "decisions_refused": 1,
                    "run_at": "2026-08-14T10:00:00Z",
                    "run_by": "operator",
                    "increases": 2,
                    "refunds": 1,
                    "disregarded": 0,
                    "undetermined": 1,
                    "billed_usd": "2410.77",
                    "refund_usd": "120.40",
                }
            ]
        }
    )

    date: date
    liquidated: int
    with_decision: int
    deemed: int
    decisions_refused: int
    run_at: datetime
    run_by: str
    increases: int = Field(description="Of those by decision, billed.")
    refunds: int = Field(description="Of those by decision, to be refunded.")
    disregarded: int = Field(description="Of those by decision, as entered: less than 20 dollars (min-20-liquidation).")
    undetermined: int = Field(description="Of those by decision, without an amount until a missing fact is recorded.")
    billed_usd: str = Field(description="With interest.")
    refund_usd: str = Field(description="With interest.")


class ForecastLineOut(BaseModel):
    """Entries of one disposition, Center and kind; duty and fees as asserted, effects by review decisions."""

    disposition: Literal["deemed", "by-decision", "as-entered", "held"]
    center: str | None
    kind: str = Field(examples=["no-change"])
    entries: int
    despite_hold: int = Field(description="Of these, taken although a hold set matches.")
    duty_usd: str
    fees_usd: str
    effect_duty_usd: str
    effect_fees_usd: str


class ForecastOut(BaseModel):
    """What the cycle of a Friday would do with the record as it is now; nothing is changed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "date": "2026-08-14",
                    "deemed": 0,
                    "liquidated": 187,
                    "with_decision": 4,
                    "held": 12,
                    "despite_hold": 1,
                    "late_decisions": 2,
                    "suspended": 31,
                    "lines": [
                        {
                            "disposition": "by-decision",
                            "center": "CEE007",
                            "kind": "increase",
                            "entries": 4,
                            "despite_hold": 0,
                            "duty_usd": "9375.00",
                            "fees_usd": "589.25",
                            "effect_duty_usd": "312.50",
                            "effect_fees_usd": "0.00",
                        }
                    ],
                }
            ]
        }
    )

    date: date
    deemed: int
    liquidated: int
    with_decision: int
    held: int = Field(description="Due, and held back by a hold set.")
    despite_hold: int = Field(description="Taken although a hold set matches: the period ends before the next cycle.")
    late_decisions: int = Field(description="Review decisions after the Wednesday cut, without effect in this cycle.")
    suspended: int = Field(description="Entries that no cycle takes while they are suspended.")
    lines: list[ForecastLineOut]


class SnapshotOut(BaseModel):
    """A dry run that was kept; money of what the cycle takes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "date": "2026-08-14",
                    "number": 2,
                    "made_at": "2026-08-13T14:00:00Z",
                    "made_by": "kim",
                    "liquidated": 187,
                    "with_decision": 4,
                    "deemed": 0,
                    "held": 12,
                    "despite_hold": 1,
                    "late_decisions": 2,
                    "suspended": 31,
                    "duty_usd": "120345.00",
                    "fees_usd": "9120.18",
                    "effect_duty_usd": "312.50",
                    "effect_fees_usd": "0.00",
                    "has_entries": True,
                }
            ]
        }
    )

    date: date
    number: int
    made_at: datetime
    made_by: str
    liquidated: int
    with_decision: int
    deemed: int
    held: int
    despite_hold: int
    late_decisions: int
    suspended: int
    duty_usd: str
    fees_usd: str
    effect_duty_usd: str
    effect_fees_usd: str
    has_entries: bool = Field(description="Whether its entries are still kept, so that it can be compared.")


class ChangeOut(BaseModel):
    """Entries whose disposition changed in one way; null: not in that dry run."""

    was: str | None = Field(examples=["as-entered"])
    becomes: str | None = Field(examples=["held"])
    why: str = Field(examples=["held"])
    entries: int


class ChangesOut(BaseModel):
    """What changed from an earlier dry run to a later one."""

    date: date
    since: int
    number: int
    changes: list[ChangeOut]


class ChangedEntryOut(BaseModel):
    """One entry whose disposition changed, and why."""

    entry_number: str
    was: str | None
    becomes: str | None
    why: str


class ConfirmationIn(BaseModel):
    """In which capacity the caller confirms."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"capacity": "supervisor"}]})

    capacity: Literal["specialist", "supervisor"]


class ConfirmationOut(BaseModel):
    """Who confirmed."""

    capacity: str
    subject: str
    acting_for: str | None
    confirmed_at: datetime


class CutSheetOut(BaseModel):
    """The cut sheet of a cycle: its dry run, and the two people who confirm it."""

    date: date
    revision: int
    state: Literal["to be confirmed", "confirmed", "executed"]
    forecast: SnapshotOut
    made_at: datetime
    made_by: str
    confirmations: list[ConfirmationOut]


class ComparedOut(BaseModel):
    """Entries of which the cut sheet said, and the cycle did, the same; null: not on the sheet, or not taken."""

    said: str | None = Field(examples=["as-entered"])
    did: str | None = Field(examples=["as-entered"])
    entries: int


class DifferenceOut(BaseModel):
    """Entries that differ in the same way and for the same reason."""

    way: Way = Field(description="Left out of what the sheet names, added to it, or treated otherwise.")
    said: str | None = Field(examples=["as-entered"])
    did: str | None = Field(examples=["by-decision"])
    why: str = Field(description="What the record shows of it.", examples=["decision came"])
    entries: int


class CycleReportOut(BaseModel):
    """What a confirmed cut sheet said against what its cycle did; `as_said` entries went as the sheet said."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "date": "2026-08-14",
                    "revision": 1,
                    "forecast_number": 2,
                    "made_at": "2026-08-13T14:00:00Z",
                    "run_at": "2026-08-14T10:00:00Z",
                    "as_said": 185,
                    "differing": 2,
                    "counts": [
                        {"said": "as-entered", "did": "as-entered", "entries": 185},
                        {"said": "as-entered", "did": "by-decision", "entries": 1},
                        {"said": "as-entered", "did": None, "entries": 1},
                    ],
                    "differences": [
                        {
                            "way": "otherwise",
                            "said": "as-entered",
                            "did": "by-decision",
                            "why": "decision came",
                            "entries": 1,
                        },
                        {
                            "way": "left-out",
                            "said": "as-entered",
                            "did": None,
                            "why": "suspended since",
                            "entries": 1,
                        },
                    ],
                }
            ]
        }
    )

    date: date
    revision: int = Field(description="The revision of the cut sheet that two people confirmed.")
    forecast_number: int = Field(description="Its dry run.")
    made_at: datetime
    run_at: datetime
    as_said: int
    differing: int
    counts: list[ComparedOut]
    differences: list[DifferenceOut]


class DifferingEntryOut(BaseModel):
    """One entry that the cycle did not treat as the sheet said, and why; `state` is its state now."""

    entry_number: str
    way: Way
    said: str | None
    did: str | None
    why: str = Field(examples=["suspended since"])
    state: str
    center: str | None


@router.post("/cycles", summary="Run a weekly liquidation cycle")
async def run_liquidation_cycle(body: CycleIn, request: Request, caller: CycleIdentity) -> CycleOut:
    """Liquidate what is due on a Friday; asking again gives the figures of the first run.

    Where the policy asks for two people, only a confirmed cut sheet is run.
    """
    policy: str = request.app.state.cycle_confirmation
    figures = await cycle.run_cycle(
        engine_of(request),
        request.app.state.clock,
        body.date,
        caller.signature,
        needs_cut_sheet=policy == "two-people",
        policy=money_policy_of(request),
    )
    return _cycle(figures)


@router.get("/cycles", summary="Cycles that have run")
async def list_liquidation_cycles(
    request: Request, response: Response, _: StaffIdentity, page: CurrentPage
) -> Page[CycleOut]:
    """Newest first."""
    position = page.position(date)
    async with reading(engine_of(request)) as connection:
        rows = await cycle_store.list_cycles(connection, before=position[0] if position else None, limit=page.fetch)
    return build_page(rows, page, key=lambda row: (row.cycle_on,), item=_cycle, request=request, response=response)


@router.get("/cycles/forecast", summary="What a cycle would do")
async def forecast_liquidation_cycle(
    request: Request, _: StaffIdentity, on: Annotated[date, Query(alias="date", examples=["2026-08-14"])]
) -> ForecastOut:
    """Counts and money by what the record holds now, by Center and kind; nothing is changed."""
    day = cycle.cycle_day(on)
    async with transaction(engine_of(request)) as tx:
        counts = await cycle_store.forecast(tx, day)
    return ForecastOut(
        date=on,
        deemed=counts.deemed,
        liquidated=counts.liquidated,
        with_decision=counts.with_decision,
        held=counts.held,
        despite_hold=counts.despite_hold,
        late_decisions=counts.late_decisions,
        suspended=counts.suspended,
        lines=[_line(each) for each in counts.lines],
    )


@router.post(
    "/cycles/{friday}/forecasts", status_code=201, summary="Keep a dry run of a cycle", response_model=SnapshotOut
)
async def keep_cycle_forecast(
    friday: FridayPath, request: Request, caller: ForecasterIdentity, call: CurrentIdempotentCall
) -> Response:
    """Keep what the cycle would do with each entry, so that a later dry run can be compared with it."""
    day = cycle.cycle_day(friday)
    return await cut_sheet.make_forecast(engine_of(request), day, now_of(request), call, caller)


@router.get("/cycles/{friday}/forecasts", summary="Dry runs of a cycle")
async def list_cycle_forecasts(
    friday: FridayPath, request: Request, response: Response, _: StaffIdentity, page: CurrentPage
) -> Page[SnapshotOut]:
    """Newest first."""
    position = page.position(int)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_snapshots(
            connection, friday, before=position[0] if position else None, limit=page.fetch
        )
    return build_page(rows, page, key=lambda row: (row.number,), item=_snapshot, request=request, response=response)


@router.get("/cycles/{friday}/forecasts/{number}/changes", summary="What changed since an earlier dry run")
async def read_forecast_changes(
    friday: FridayPath,
    number: NumberPath,
    request: Request,
    _: StaffIdentity,
    since: Annotated[int | None, Query(ge=1, description="The earlier dry run; the one before when left out.")] = None,
) -> ChangesOut:
    """Entries that came in, went out or are treated otherwise, counted by reason."""
    async with transaction(engine_of(request)) as tx:
        earlier, later = await _compared(tx, friday, number, since)
        changes = await store.count_changes(tx, earlier, later)
    shown = [ChangeOut.model_validate(each, from_attributes=True) for each in changes]
    return ChangesOut(date=friday, since=earlier.number, number=number, changes=shown)


@router.get("/cycles/{friday}/forecasts/{number}/changes/entries", summary="The entries that changed")
async def list_forecast_changes(
    friday: FridayPath,
    number: NumberPath,
    request: Request,
    response: Response,
    _: StaffIdentity,
    page: CurrentPage,
    since: Annotated[int | None, Query(ge=1, description="The earlier dry run; the one before when left out.")] = None,
) -> Page[ChangedEntryOut]:
    """In order of entry number, each with its reason."""
    position = page.position(str)
    async with transaction(engine_of(request)) as tx:
        earlier, later = await _compared(tx, friday, number, since)
        rows = await store.list_changes(tx, earlier, later, after=position[0] if position else None, limit=page.fetch)
    return build_page(
        rows, page, key=lambda row: (row["entry_number"],), item=_changed, request=request, response=response
    )


@router.post(
    "/cycles/{friday}/cut-sheet", status_code=201, summary="Make the cut sheet of a cycle", response_model=CutSheetOut
)
async def create_cut_sheet(
    friday: FridayPath, request: Request, caller: CutterIdentity, call: CurrentIdempotentCall
) -> Response:
    """Make it after the Wednesday cut (23:59:59 Eastern); making it again voids what was confirmed before."""
    day = cycle.cycle_day(friday)
    return await cut_sheet.make_cut_sheet(engine_of(request), day, now_of(request), call, caller)


@router.get("/cycles/{friday}/cut-sheet", summary="The cut sheet of a cycle")
async def read_cut_sheet(friday: FridayPath, request: Request, response: Response, _: StaffIdentity) -> CutSheetOut:
    """Its dry run and who confirmed it; the ETag is its revision."""
    async with transaction(engine_of(request)) as tx:
        shown = CutSheetOut.model_validate(await cut_sheet.show_cut_sheet(tx, friday))
    response.headers["ETag"] = etag(shown.revision)
    return shown


@router.post("/cycles/{friday}/cut-sheet/confirmations", summary="Confirm a cut sheet")
async def confirm_liquidation_cut_sheet(
    friday: FridayPath,
    body: ConfirmationIn,
    request: Request,
    response: Response,
    caller: CutterIdentity,
    meant: RequiredIfMatch,
) -> CutSheetOut:
    """A liquidation specialist and a Center director or assistant director confirm the revision that they read."""
    shown = CutSheetOut.model_validate(
        await cut_sheet.confirm_cut_sheet(engine_of(request), friday, body.capacity, now_of(request), meant, caller)
    )
    response.headers["ETag"] = etag(shown.revision)
    return shown


@router.get("/cycles/{friday}/report", summary="What a cycle did against its cut sheet")
async def read_cycle_report(friday: FridayPath, request: Request, _: StaffIdentity) -> CycleReportOut:
    """Counts by what the sheet said and what was done, and of those that differ by the reason that the record shows.

    404 without a cut sheet; 409 while two people have not confirmed it or the cycle has not run.
    """
    async with transaction(engine_of(request)) as tx:
        basis = await cut_sheet.find_basis(tx, friday)
        compared = await reports.count_compared(tx, basis)
    counts: Counter[tuple[str | None, str | None]] = Counter()
    for each in compared:
        counts[each.said, each.did] += each.entries
    return CycleReportOut(
        date=friday,
        revision=basis.revision,
        forecast_number=basis.forecast_number,
        made_at=basis.made_at,
        run_at=basis.run_at,
        as_said=sum(each.entries for each in compared if each.way is None),
        differing=sum(each.entries for each in compared if each.way is not None),
        counts=[ComparedOut(said=said, did=did, entries=entries) for (said, did), entries in counts.most_common()],
        differences=[
            DifferenceOut.model_validate(each, from_attributes=True) for each in compared if each.way is not None
        ],
    )


@router.get("/cycles/{friday}/report/entries", summary="Entries that a cycle did not treat as its cut sheet said")
async def list_cycle_report_entries(
    friday: FridayPath,
    request: Request,
    response: Response,
    _: StaffIdentity,
    page: CurrentPage,
    way: Annotated[Way | None, Query(description="Only those that differ in this way.")] = None,
    why: Annotated[str | None, Query(max_length=100, description="Only those with this reason.")] = None,
) -> Page[DifferingEntryOut]:
    """In order of entry number, each with the reason that the record shows."""
    position = page.position(str)
    async with transaction(engine_of(request)) as tx:
        basis = await cut_sheet.find_basis(tx, friday)
        after = position[0] if position else None
        rows = await reports.list_differing(tx, basis, way=way, why=why, after=after, limit=page.fetch)
    return build_page(
        rows, page, key=lambda row: (row["entry_number"],), item=_differing, request=request, response=response
    )


async def _compared(tx: Transaction, friday: date, number: int, since: int | None) -> tuple[Any, Any]:
    found = []
    for each in (number - 1 if since is None else since, number):
        row = await store.find_snapshot(tx.connection, friday, each)
        if row is None:
            raise NotFound(f"There is no dry run {each} of {friday}.", remedy=f"GET /cycles/{friday}/forecasts.")
        if not row.has_entries:
            raise Conflict(
                f"The entries of dry run {each} of {friday} are no longer kept.",
                rule="cycle-forecast",
                code="forecast-dropped",
                remedy="Compare the two newest dry runs, or one with that of the cut sheet.",
            )
        found.append(row)
    return found[0], found[1]


def _snapshot(row: Any) -> SnapshotOut:
    return SnapshotOut.model_validate(cut_sheet.show_snapshot(row))


def _changed(row: Any) -> ChangedEntryOut:
    return ChangedEntryOut.model_validate(dict(row))


def _differing(row: Any) -> DifferingEntryOut:
    return DifferingEntryOut.model_validate(dict(row))


def _line(each: ForecastLine) -> ForecastLineOut:
    return ForecastLineOut.model_validate(
        {
            "disposition": each.disposition,
            "center": each.center,
            "kind": each.kind,
            "entries": each.entries,
            "despite_hold": each.despite_hold,
            "duty_usd": format_cents(each.duty_cents),
            "fees_usd": format_cents(each.fees_cents),
            "effect_duty_usd": format_cents(each.effect_duty_cents),
            "effect_fees_usd": format_cents(each.effect_fees_cents),
        }
    )


def _cycle(row: Any) -> CycleOut:
    return CycleOut(
        date=row.cycle_on,
        liquidated=row.liquidated,
        with_decision=row.with_decision,
        deemed=row.deemed,
        decisions_refused=row.decisions_refused,
        run_at=row.run_at,
        run_by=row.run_by,
        increases=row.increases,
        refunds=row.refunds,
        disregarded=row.disregarded,
        undetermined=row.undetermined,
        billed_usd=format_cents(row.billed_cents),
        refund_usd=format_cents(row.refund_cents),
    )
