"""The HTTP side of dry runs and cut sheets: what a cycle is going to do, what changed since, and who confirmed it."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.liquidation.acts import cut_sheets as acts
from services.liquidation.acts.cut_sheets import CutSheet
from services.liquidation.acts.cycles import cycle_day
from services.liquidation.acts.may_do import bars_on_cut_sheet
from services.liquidation.api.common import FridayPath, cycle_confirmation_of
from services.liquidation.store import cut_sheets as store
from services.liquidation.store.cut_sheets import Capacity, Snapshot
from shared.customs.calendar import legal_date
from shared.customs.money import format_cents
from shared.db.transaction import Transaction, reading, snapshot, transaction
from shared.runtime.access import Matter, reach_of
from shared.runtime.concurrency import etag
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.concurrency import RequiredIfMatch
from shared.web.fields import Ordinal
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.may_do import MayDoOut, tell_may_do
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["cycles"])


NumberPath = Annotated[Ordinal, Path(description="Which dry run of the Friday.", examples=[2])]


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

    capacity: Capacity


class ConfirmationOut(BaseModel):
    """Who confirmed."""

    capacity: str
    subject: str
    acting_for: str | None
    confirmed_at: datetime
    authority: str | None = Field(description="The row of the table of authority that the confirmation rests on.")


class CutSheetOut(BaseModel):
    """The cut sheet of a cycle: its dry run, and the two people who confirm it."""

    date: date
    revision: int
    state: Literal["to be confirmed", "confirmed", "executed"]
    forecast: SnapshotOut
    made_at: datetime
    made_by: str
    confirmations: list[ConfirmationOut]
    may_do: list[MayDoOut] = Field(description="Each act on it: whether the caller may, and what stands against it.")


@router.post(
    "/cycles/{friday}/forecasts", status_code=201, summary="Keep a dry run of a cycle", response_model=SnapshotOut
)
async def keep_cycle_forecast(
    friday: FridayPath,
    request: Request,
    caller: Annotated[Identity, allow("cycle.forecast")],
    call: CurrentIdempotentCall,
) -> Response:
    """Keep what the cycle would do with each entry, so that a later dry run can be compared with it."""
    day = cycle_day(friday, legal_date(now_of(request)))

    async def act(tx: Transaction) -> SnapshotOut:
        return _snapshot(await acts.make_forecast(tx, day, now_of(request), caller))

    return await answer_once(request, call, act)


@router.get("/cycles/{friday}/forecasts", summary="Dry runs of a cycle")
async def list_cycle_forecasts(
    friday: FridayPath,
    request: Request,
    response: Response,
    _: Annotated[Identity, allow("cycle.read")],
    page: CurrentPage,
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
    _: Annotated[Identity, allow("cycle.read")],
    since: Annotated[Ordinal | None, Query(description="The earlier dry run; the one before when left out.")] = None,
) -> ChangesOut:
    """Entries that came in, went out or are treated otherwise, counted by reason."""
    async with snapshot(engine_of(request)) as tx:
        earlier, later = await acts.find_compared(tx, friday, number, since)
        changes = await store.count_changes(tx, earlier, later)
    shown = [ChangeOut.model_validate(each, from_attributes=True) for each in changes]
    return ChangesOut(date=friday, since=earlier.number, number=number, changes=shown)


@router.get("/cycles/{friday}/forecasts/{number}/changes/entries", summary="The entries that changed")
async def list_forecast_changes(
    friday: FridayPath,
    number: NumberPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("cycle.read")],
    page: CurrentPage,
    since: Annotated[Ordinal | None, Query(description="The earlier dry run; the one before when left out.")] = None,
) -> Page[ChangedEntryOut]:
    """In order of entry number, each with its reason."""
    position = page.position(str)
    async with snapshot(engine_of(request)) as tx:
        earlier, later = await acts.find_compared(tx, friday, number, since)
        rows = await store.list_changes(
            tx,
            earlier,
            later,
            reach_of(caller, "entry.read", today_of(request)),
            after=position[0] if position else None,
            limit=page.fetch,
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.entry_number,),
        item=lambda row: ChangedEntryOut.model_validate(row, from_attributes=True),
        request=request,
        response=response,
    )


@router.post(
    "/cycles/{friday}/cut-sheet", status_code=201, summary="Make the cut sheet of a cycle", response_model=CutSheetOut
)
@tells("ETag")
async def create_cut_sheet(
    friday: FridayPath, request: Request, caller: Annotated[Identity, allow("cycle.cut")], call: CurrentIdempotentCall
) -> Response:
    """Make it after the Wednesday cut (23:59:59 Eastern); making it again voids what was confirmed before."""
    day = cycle_day(friday, legal_date(now_of(request)))

    async def act(tx: Transaction) -> CutSheetOut:
        return _cut_sheet(await acts.make_cut_sheet(tx, day, now_of(request), caller), caller, request)

    return await answer_once(request, call, act, headers=lambda made: {"ETag": etag(made.revision)})


@router.get("/cycles/{friday}/cut-sheet", summary="The cut sheet of a cycle")
@tells("ETag")
async def read_cut_sheet(
    friday: FridayPath, request: Request, response: Response, caller: Annotated[Identity, allow("cycle.read")]
) -> CutSheetOut:
    """Its dry run and who confirmed it; the ETag is its revision."""
    async with snapshot(engine_of(request)) as tx:
        sheet = await acts.find_cut_sheet(tx, friday)
    response.headers["ETag"] = etag(sheet.revision)
    return _cut_sheet(sheet, caller, request)


@router.post("/cycles/{friday}/cut-sheet/confirmations", summary="Confirm a cut sheet")
@tells("ETag")
async def confirm_liquidation_cut_sheet(
    friday: FridayPath,
    body: ConfirmationIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("cycle.confirm-as-specialist", "cycle.confirm-as-supervisor")],
    meant: RequiredIfMatch,
) -> CutSheetOut:
    """A liquidation specialist and a Center director or assistant director confirm the revision that they read."""
    async with transaction(engine_of(request)) as tx:
        sheet = await acts.confirm_cut_sheet(tx, friday, body.capacity, now_of(request), meant, caller)
    response.headers["ETag"] = etag(sheet.revision)
    return _cut_sheet(sheet, caller, request)


def _snapshot(snapshot: Snapshot) -> SnapshotOut:
    return SnapshotOut(
        date=snapshot.cycle_on,
        number=snapshot.number,
        made_at=snapshot.made_at,
        made_by=snapshot.made_by,
        liquidated=snapshot.liquidated,
        with_decision=snapshot.with_decision,
        deemed=snapshot.deemed,
        held=snapshot.held,
        despite_hold=snapshot.despite_hold,
        late_decisions=snapshot.late_decisions,
        suspended=snapshot.suspended,
        duty_usd=format_cents(snapshot.duty_cents),
        fees_usd=format_cents(snapshot.fees_cents),
        effect_duty_usd=format_cents(snapshot.effect_duty_cents),
        effect_fees_usd=format_cents(snapshot.effect_fees_cents),
        has_entries=snapshot.has_entries,
    )


def _cut_sheet(sheet: CutSheet, caller: Identity, request: Request) -> CutSheetOut:
    needs_confirmation = cycle_confirmation_of(request) == "two-people"
    bars = bars_on_cut_sheet(sheet, caller, needs_confirmation=needs_confirmation)
    return CutSheetOut(
        date=sheet.date,
        revision=sheet.revision,
        state=sheet.state,
        forecast=_snapshot(sheet.forecast),
        made_at=sheet.made_at,
        made_by=sheet.made_by,
        confirmations=[ConfirmationOut.model_validate(each, from_attributes=True) for each in sheet.confirmations],
        may_do=tell_may_do(caller, today_of(request), Matter(), bars),
    )
