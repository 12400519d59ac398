"""What the criteria are worth: performance of each, those that should be looked at again, and who sees less work."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from services.routing.acts.criteria import demand_revisions
from services.routing.domain.criteria import Criterion
from services.routing.domain.criteria_lifecycle import Revision
from services.routing.domain.outcomes import Patience, Performance, list_doubts, weeks_over_budget
from services.routing.domain.selection import RANDOM_FLOOR
from services.routing.store import criteria as criteria_store
from services.routing.store import outcomes as store
from shared.customs.money import format_cents
from shared.db.transaction import reading
from shared.runtime.errors import Malformed
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.fields import LARGEST_INTEGER, LegalDay
from shared.web.requests import engine_of, today_of

router = APIRouter(tags=["selection criteria"])

From = Annotated[
    LegalDay | None,
    Query(alias="from", description="First entry date; 90 days before the last unless given.", examples=["2026-01-01"]),
]
To = Annotated[LegalDay | None, Query(description="Last entry date; today unless given.", examples=["2026-03-31"])]

_DAYS = 90


class WeekOut(BaseModel):
    """Entries that a criterion hit in a week."""

    begins_on: date
    hits: int
    is_over_budget: bool


class PerformanceOut(BaseModel):
    """What a criterion selected in a period and what the reviews found."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "cheap-garments-vn",
                    "first": "2026-01-01",
                    "last": "2026-03-31",
                    "entries": 81200,
                    "hits": 122,
                    "shadow_hits": 340,
                    "hit_basis_points": 15,
                    "expected_hit_basis_points": 15,
                    "reviewed": 90,
                    "referred": 2,
                    "findings": 31,
                    "precision_basis_points": 3444,
                    "increase_usd": "212400.00",
                    "refund_usd": "310.50",
                    "found_right": 28,
                    "found_wrong": 3,
                    "weekly_budget": 120,
                    "weeks": [{"begins_on": "2026-03-02", "hits": 61, "is_over_budget": False}],
                }
            ]
        }
    )

    id: str
    first: date
    last: date
    entries: int = Field(description="All entries of the period.")
    hits: int = Field(description="Entries that it selected.")
    shadow_hits: int = Field(description="Entries that it hit while on trial.")
    hit_basis_points: int | None = Field(description="Hits in 10,000 entries; of the trial where it was never live.")
    expected_hit_basis_points: int | None
    reviewed: int = Field(description="Decisions on entries that it selected, in a process that it opened.")
    referred: int = Field(description="Referred without a decision; not counted as reviewed.")
    findings: int = Field(description="Decisions with an increase, a refund or a rejection.")
    precision_basis_points: int | None = Field(description="Findings in 10,000 reviews; null before the first.")
    increase_usd: str = Field(description="Duty and fees found due.")
    refund_usd: str = Field(description="Duty and fees given back.")
    found_right: int = Field(description="Decisions whose reviewer found the criterion right.")
    found_wrong: int = Field(description="Decisions whose reviewer found it wrong: none of its findings.")
    weekly_budget: int | None
    weeks: list[WeekOut]


class DoubtOut(BaseModel):
    """Why a criterion should be looked at again."""

    code: str = Field(examples=["never-hit"])
    text: str


class StaleOut(BaseModel):
    """A criterion with what speaks against it."""

    id: str
    revision: int
    state: str
    owner: str
    doubts: list[DoubtOut]


class StaleList(BaseModel):
    """Criteria that should be looked at again, by entries of a period."""

    first: date
    last: date
    items: list[StaleOut]


class ReviewedShareOut(BaseModel):
    """Entries of a month and how many of them were selected for review."""

    month: str = Field(examples=["2026-03"])
    accounts: str = Field(description="`trusted` or `other`.")
    entries: int
    reviewed: int
    reviewed_basis_points: int = Field(description="Reviewed in 10,000 entries.")


class TrustedFigures(BaseModel):
    """Whether trusted accounts see less work than the others."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "first": "2026-03-01",
                    "last": "2026-03-31",
                    "months": [
                        {
                            "month": "2026-03",
                            "accounts": "trusted",
                            "entries": 9000,
                            "reviewed": 198,
                            "reviewed_basis_points": 220,
                        }
                    ],
                }
            ]
        }
    )

    first: date
    last: date
    months: list[ReviewedShareOut]


@router.get("/selection-criteria/stale", summary="Criteria that should be looked at again")
async def list_stale_criteria(
    request: Request,
    _: Annotated[Identity, allow("criterion.read")],
    expiry_days: Annotated[int, Query(ge=0, le=3660, description="Expires within so many days.")] = 30,
    silent_days: Annotated[int, Query(ge=1, le=3660, description="The days to look back; never hit in them.")] = _DAYS,
    precision_basis_points: Annotated[int, Query(ge=0, le=10_000, description="Findings in 10,000 reviews.")] = 500,
    least_reviews: Annotated[int, Query(ge=1, le=LARGEST_INTEGER, description="Reviews before precision counts.")] = 30,
    expectation_factor: Annotated[int, Query(ge=2, le=1000, description="Times more or less than expected.")] = 3,
) -> StaleList:
    """Criteria live or on trial that expired or soon will, never hit, find little, or hit more or less than thought."""
    patience = Patience(expiry_days, silent_days, precision_basis_points, least_reviews, expectation_factor)
    today = today_of(request)
    first = today - timedelta(days=silent_days)
    async with reading(engine_of(request)) as connection:
        in_use = await criteria_store.load_in_use(connection)
        measured = await store.measure(connection, first, today, [item.criterion.id for item in in_use])
    items = [_stale_out(item, measured[item.criterion.id], patience, today) for item in in_use]
    return StaleList(first=first, last=today, items=[item for item in items if item.doubts])


@router.get("/selection-criteria/{criterion_id}/performance", summary="What a criterion found")
async def read_performance(
    criterion_id: Annotated[str, Path(description="The criterion's id, or `random-floor`.", examples=["high-value"])],
    request: Request,
    _: Annotated[Identity, allow("criterion.read")],
    first: From = None,
    to: To = None,
) -> PerformanceOut:
    """Hits, reviews, findings and money by entry date.

    A decision counts for every criterion that opened its process on the entry, so the sums of criteria overlap. For
    `random-floor` every decision on an entry drawn counts: it tells how much there is to find.
    """
    first, last = _period(request, first, to)
    async with reading(engine_of(request)) as connection:
        revisions = await criteria_store.find_revisions(connection, criterion_id)
        if criterion_id != RANDOM_FLOOR:
            demand_revisions(criterion_id, revisions)
        measured = await store.measure(connection, first, last, [criterion_id])
    criterion = revisions[-1].criterion if revisions else None
    return _performance_out(measured[criterion_id], criterion, first, last)


@router.get("/figures/trusted", summary="Whether trusted accounts see less work")
async def read_trusted_figures(
    request: Request, _: Annotated[Identity, allow("national-figures.read")], first: From = None, to: To = None
) -> TrustedFigures:
    """The share of entries selected for review, of accounts in a trusted-trader program and of the others, by month."""
    first, last = _period(request, first, to)
    async with reading(engine_of(request)) as connection:
        shares = await store.count_reviewed(connection, first, last)
    months = [
        ReviewedShareOut(
            month=item.month,
            accounts="trusted" if item.is_trusted else "other",
            entries=item.entries,
            reviewed=item.reviewed,
            reviewed_basis_points=10_000 * item.reviewed // item.entries,
        )
        for item in shares
    ]
    return TrustedFigures(first=first, last=last, months=months)


def _stale_out(revision: Revision, performance: Performance, patience: Patience, today: date) -> StaleOut:
    doubts = list_doubts(revision, performance, patience, today)
    criterion = revision.criterion
    return StaleOut(
        id=criterion.id,
        revision=criterion.revision,
        state=revision.state,
        owner=criterion.owner,
        doubts=[DoubtOut(code=doubt.code, text=doubt.text) for doubt in doubts],
    )


def _performance_out(found: Performance, criterion: Criterion | None, first: date, last: date) -> PerformanceOut:
    budget = criterion.weekly_budget if criterion else None
    over = set(weeks_over_budget(found.weeks, budget))
    return PerformanceOut(
        id=found.criterion_id,
        first=first,
        last=last,
        entries=found.entries,
        hits=found.hits,
        shadow_hits=found.shadow_hits,
        hit_basis_points=found.hit_basis_points,
        expected_hit_basis_points=criterion.expected_hit_basis_points if criterion else None,
        reviewed=found.reviewed,
        referred=found.referred,
        findings=found.findings,
        precision_basis_points=found.precision_basis_points,
        increase_usd=format_cents(found.increase_cents),
        refund_usd=format_cents(found.refund_cents),
        found_right=found.found_right,
        found_wrong=found.found_wrong,
        weekly_budget=budget,
        weeks=[WeekOut(begins_on=week.begins_on, hits=week.hits, is_over_budget=week in over) for week in found.weeks],
    )


def _period(request: Request, first: date | None, last: date | None) -> tuple[date, date]:
    last = last or today_of(request)
    first = first or last - timedelta(days=_DAYS)
    if first > last:
        raise Malformed(
            f"The period from {first} to {last} has no day.",
            rule="period",
            code="bad-period",
            remedy="Let `from` be the earlier day.",
        )
    return first, last
