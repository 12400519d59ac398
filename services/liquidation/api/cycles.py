"""The HTTP side of the weekly cycle: runs, and what a run would do."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.liquidation.acts.cycle_cuts import run_after_reading
from services.liquidation.acts.cycle_standings import find_standing
from services.liquidation.acts.cycles import cycle_day
from services.liquidation.api.common import (
    NOTHING_UNSEEN,
    FridayPath,
    UnseenOut,
    cycle_confirmation_of,
    money_policy_of,
    show_unseen,
    upstream_of,
)
from services.liquidation.store import cycles as store
from services.liquidation.store.cycles import CycleFigures, ForecastLine
from shared.customs.calendar import legal_date
from shared.customs.money import format_cents
from shared.db.transaction import reading, snapshot
from shared.runtime.access import Matter
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.fields import LegalDay
from shared.web.may_do import MayDoOut, tell_may_do
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["cycles"])


class CycleIn(BaseModel):
    """Which cycle to run."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"date": "2026-08-14"}]})

    date: LegalDay
    despite_unread: bool = Field(
        default=False, description="Run at once, though events published before it are not read; it says which."
    )


class CycleOut(BaseModel):
    """What a cycle did; `liquidated` counts all but the deemed, `with_decision` those of them by a review decision."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "date": "2026-08-14",
                    "posted_on": "2026-08-14",
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
                    "unseen": NOTHING_UNSEEN,
                }
            ]
        }
    )

    date: date
    posted_on: LegalDay = Field(description="The day on which it ran, later than its Friday when it missed it.")
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
    unseen: UnseenOut = Field(description="Events on their way that it did not see.")


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


class CycleStandingOut(BaseModel):
    """How far the cycle of a Friday has come; `figures` once it has run."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "date": "2026-08-14",
                    "cut_at": "2026-08-13T03:59:59Z",
                    "is_cut": False,
                    "needs_two_people": True,
                    "figures": None,
                    "may_do": [
                        {
                            "action": "cycle.cut",
                            "may": False,
                            "authority": "cycle.cut/national",
                            "code": "before-the-cut",
                            "rule": "liq-cycle-314",
                            "says": "The cut of the cycle of 2026-08-14 is at 2026-08-12T23:59:59-04:00.",
                            "remedy": "Make the cut sheet after the cut; POST a forecast meanwhile.",
                        }
                    ],
                }
            ]
        }
    )

    date: date
    cut_at: datetime = Field(description="Wednesday 23:59:59 Eastern: what is decided later waits for the next one.")
    is_cut: bool = Field(description="Whether the cut is past.")
    needs_two_people: bool = Field(description="Whether only a cut sheet that two people confirmed is run.")
    figures: CycleOut | None
    may_do: list[MayDoOut] = Field(description="Each act on it: whether the caller may, and what stands against it.")


@router.post("/cycles", summary="Run a weekly liquidation cycle")
async def run_liquidation_cycle(
    body: CycleIn, request: Request, caller: Annotated[Identity, allow("cycle.run")]
) -> CycleOut:
    """Liquidate what is due by a Friday and post it today; asking again gives the figures of the first run.

    The first call begins the cycle. It runs when the service has read what was published before; until then, ten
    minutes at most unless the operator has set it otherwise, the answer is 409 `cycle-waits`: ask again. Where the
    policy asks for two people, only a confirmed cut sheet is run.
    """
    figures = await run_after_reading(
        engine_of(request),
        upstream_of(request),
        now_of(request),
        body.date,
        caller.signature,
        needs_cut_sheet=cycle_confirmation_of(request) == "two-people",
        policy=money_policy_of(request),
        despite_unread=body.despite_unread,
    )
    return _cycle(figures)


@router.get("/cycles", summary="Cycles that have run")
async def list_liquidation_cycles(
    request: Request, response: Response, _: Annotated[Identity, allow("cycle.read")], page: CurrentPage
) -> Page[CycleOut]:
    """Newest first."""
    position = page.position(date)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_cycles(connection, before=position[0] if position else None, limit=page.fetch)
    return build_page(rows, page, key=lambda row: (row.cycle_on,), item=_cycle, request=request, response=response)


@router.get("/cycles/forecast", summary="What a cycle would do")
async def forecast_liquidation_cycle(
    request: Request,
    _: Annotated[Identity, allow("cycle.read")],
    on: Annotated[LegalDay, Query(alias="date", examples=["2026-08-14"])],
) -> ForecastOut:
    """Counts and money by what the record holds now, by Center and kind; nothing is changed."""
    day = cycle_day(on, legal_date(now_of(request)))
    async with snapshot(engine_of(request)) as tx:
        counts = await store.forecast(tx, day)
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


@router.get("/cycles/{friday}", summary="How far a cycle has come")
async def read_liquidation_cycle(
    friday: FridayPath, request: Request, caller: Annotated[Identity, allow("cycle.read")]
) -> CycleStandingOut:
    """Its cut, what it did where it has run, and who may do what next; of any Friday, before or behind."""
    now, needs_two = now_of(request), cycle_confirmation_of(request) == "two-people"
    async with snapshot(engine_of(request)) as tx:
        standing = await find_standing(tx, now, friday, needs_cut_sheet=needs_two)
    return CycleStandingOut(
        date=friday,
        cut_at=standing.day.cutoff,
        is_cut=now > standing.day.cutoff,
        needs_two_people=needs_two,
        figures=_cycle(standing.figures) if standing.figures is not None else None,
        may_do=tell_may_do(caller, today_of(request), Matter(), standing.bars),
    )


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


def _cycle(figures: CycleFigures) -> CycleOut:
    return CycleOut(
        date=figures.cycle_on,
        posted_on=figures.posted_on,
        liquidated=figures.liquidated,
        with_decision=figures.with_decision,
        deemed=figures.deemed,
        decisions_refused=figures.decisions_refused,
        run_at=figures.run_at,
        run_by=figures.run_by,
        increases=figures.increases,
        refunds=figures.refunds,
        disregarded=figures.disregarded,
        undetermined=figures.undetermined,
        billed_usd=format_cents(figures.billed_cents),
        refund_usd=format_cents(figures.refund_cents),
        unseen=show_unseen(figures.unseen),
    )
