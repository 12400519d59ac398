"""Figures for the trade: waiting at headquarters, satisfaction with its baseline, agreement of second reviews."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from services.workqueue.domain.quality import agreement_of
from services.workqueue.domain.satisfaction import Said, baseline_of, satisfaction_of
from services.workqueue.store import quality as quality_store
from services.workqueue.store import satisfaction as store
from services.workqueue.store.quality import Pair
from shared.customs.calendar import add_days, end_of_legal_day, legal_date
from shared.customs.periods import SMALLEST_SHOWN, Period, may_be_shown, parse_period, quarter_of
from shared.db.transaction import reading
from shared.runtime.errors import Malformed
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["figures"])


class HeadquartersOut(BaseModel):
    """How long matters of a process have waited for headquarters, now; null is withheld."""

    process: str = Field(examples=["internal-advice"])
    waiting: int | None
    p50_days: int | None
    p90_days: int | None


class SatisfactionOut(BaseModel):
    """What a Center's importers said in the period, beside the first quarter that could be shown; null is withheld."""

    center: str
    answers: int | None
    satisfied_percent: int | None = Field(description="A score of four or five.")
    resolved_percent: int | None
    baseline: str | None = Field(description="The quarter that later figures are compared with.", examples=["2026-Q1"])
    baseline_satisfied_percent: int | None
    baseline_resolved_percent: int | None


class QualityOut(BaseModel):
    """How far first and second reviews of a Center agreed in the period; null is withheld, or not defined."""

    center: str
    pairs: int | None
    agreed_percent: int | None
    kappa: str | None = Field(description="Cohen's kappa, four places; not defined where both found one and the same.")


class TradeFiguresOut(BaseModel):
    """Figures for the trade."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "period": "2026-Q1",
                    "first": "2026-01-01",
                    "last": "2026-03-31",
                    "smallest_shown": 11,
                    "headquarters": [{"process": "internal-advice", "waiting": 14, "p50_days": 96, "p90_days": 210}],
                    "satisfaction": [],
                    "quality": [{"center": "CEE007", "pairs": 40, "agreed_percent": 90, "kappa": "0.7312"}],
                }
            ]
        }
    )

    period: str
    first: date
    last: date
    smallest_shown: int = Field(description="Cells that rest on fewer matters, accounts or pairs are withheld.")
    headquarters: list[HeadquartersOut] = Field(description="As it stands now, whatever the period.")
    satisfaction: list[SatisfactionOut]
    quality: list[QualityOut]


@router.get("/trade-figures/{period}", summary="Waiting at headquarters, satisfaction, agreement of reviews")
async def read_trade_figures(
    request: Request,
    _: Annotated[Identity, allow("trade-figures.read")],
    period: Annotated[str, Path(description="Year, fiscal year, quarter or month.", examples=["2026-Q1"])],
) -> TradeFiguresOut:
    """What the trade asked to see beside `GET /transparency/{period}` of routing, with small cells withheld.

    Satisfaction and agreement are shown by quarters that are over, and by longer periods all of whose quarters can be
    shown: no difference of two figures tells of a small cell, or of one more answer.
    """
    try:
        span = parse_period(period)
    except ValueError as error:
        raise Malformed(
            f"{period} is not a period: {error}.", rule="period", code="bad-period", remedy="Take 2026-Q1, for example."
        ) from None
    today = today_of(request)
    since, before = end_of_legal_day(add_days(span.first, -1)), end_of_legal_day(span.last)
    async with reading(engine_of(request)) as connection:
        waiting = await store.list_at_headquarters(connection, now_of(request))
        said = await store.list_said(connection, before)
        pairs = await quality_store.list_pairs(connection, since, before)
    return TradeFiguresOut(
        period=span.name,
        first=span.first,
        last=span.last,
        smallest_shown=SMALLEST_SHOWN,
        headquarters=[
            HeadquartersOut(
                process=row.process,
                **(
                    {"waiting": row.waiting, "p50_days": row.p50_days, "p90_days": row.p90_days}
                    if row.waiting >= SMALLEST_SHOWN
                    else {"waiting": None, "p50_days": None, "p90_days": None}
                ),
            )
            for row in waiting
        ],
        satisfaction=[_satisfaction_out(center, rows, span, today) for center, rows in _by_center(said)],
        quality=[_quality_out(center, rows, span, today) for center, rows in _by_center(pairs)],
    )


def _by_center(rows: Iterable[Any]) -> list[tuple[str, list[Any]]]:
    of: Callable[[Any], str] = lambda row: row.center  # noqa: E731
    return [(center, list(some)) for center, some in groupby(sorted(rows, key=of), key=of)]


def _satisfaction_out(center: str, said: list[Said], period: Period, today: date) -> SatisfactionOut:
    now = satisfaction_of(said, period, today)
    base = baseline_of(said, today)
    return SatisfactionOut(
        center=center,
        answers=now.answers if now is not None else None,
        satisfied_percent=now.satisfied_percent if now is not None else None,
        resolved_percent=now.resolved_percent if now is not None else None,
        baseline=base[0] if base is not None else None,
        baseline_satisfied_percent=base[1].satisfied_percent if base is not None else None,
        baseline_resolved_percent=base[1].resolved_percent if base is not None else None,
    )


def _quality_out(center: str, pairs: list[Pair], period: Period, today: date) -> QualityOut:
    found = agreement_of([(each.first, each.second) for each in pairs])
    by_quarter = Counter(quarter_of(legal_date(each.done_at)) for each in pairs)
    if not may_be_shown(period, by_quarter, today):
        return QualityOut(center=center, pairs=None, agreed_percent=None, kappa=None)
    return QualityOut(
        center=center,
        pairs=found.pairs,
        agreed_percent=found.agreed * 100 // found.pairs,
        kappa=str(found.kappa) if found.kappa is not None else None,
    )
