"""Figures: entries by Center, basis and lane for staff; what each Center handles, for everyone."""

import csv
import io
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Header, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.routing.domain.figures import MEASURES, Count, Row, publish
from services.routing.store import decisions as decision_store
from services.routing.store import directory as directory_store
from services.routing.store import figures as figure_store
from services.routing.store.figures import ReadTo
from shared.customs.periods import SMALLEST_SHOWN, beside, parse_period
from shared.db.transaction import reading
from shared.runtime.errors import Malformed
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.requests import engine_of

router = APIRouter(tags=["figures"])
public_router = APIRouter(tags=["figures"])


class RoutingFigures(BaseModel):
    """Entries by the newest decision of each."""

    entries: int
    by_center: dict[str, int]
    by_basis: dict[str, int]
    by_lane: dict[str, int]


@router.get("/figures", summary="Entries by Center, basis and lane")
async def read_routing_figures(
    request: Request, _: Annotated[Identity, allow("national-figures.read")]
) -> RoutingFigures:
    """Counts over the newest decision of every entry."""
    async with reading(engine_of(request)) as connection:
        rows = await decision_store.count_decisions(connection)
    figures = RoutingFigures(entries=0, by_center={}, by_basis={}, by_lane={})
    for row in sorted(rows, key=lambda row: (row.center, row.basis, row.lane)):
        figures.entries += row.entries
        for table, name in (
            (figures.by_center, row.center),
            (figures.by_basis, row.basis),
            (figures.by_lane, row.lane),
        ):
            table[name] = table.get(name, 0) + row.entries
    return figures


class EventPosition(BaseModel):
    """Up to where a topic had been read when the figures were counted."""

    topic: str
    partition: int
    next_offset: int


class CenterFigures(BaseModel):
    """What one Center handles; null is either not known or withheld, and `suppressed` says which are withheld."""

    center: str
    importers: int | None = Field(description="Accounts assigned to the Center on the last day of the period.")
    partner_accounts: int | None = Field(description="Of these, accounts in a trusted-trader program on that day.")
    entries: int | None = Field(description="Entries dated in the period, by their newest decision.")
    post_entry_filings: int | None = Field(description="Filings received in the period.")
    staff: int | None = Field(description="Positions filled by the directory of the last day.")
    suppressed: list[str]


class TransparencyFigures(BaseModel):
    """Figures per Center for a period, with the event position that they were counted at."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "period": "2026-Q1",
                    "first": "2026-01-01",
                    "last": "2026-03-31",
                    "smallest_shown": 11,
                    "event_position": [{"topic": "entry-filed", "partition": 0, "next_offset": 20363}],
                    "centers": [
                        {
                            "center": "CEE007",
                            "importers": 61,
                            "partner_accounts": 14,
                            "entries": 1310,
                            "post_entry_filings": None,
                            "staff": 87,
                            "suppressed": ["post_entry_filings"],
                        }
                    ],
                }
            ]
        }
    )

    period: str
    first: str
    last: str
    smallest_shown: int = Field(description="Cells that rest on fewer importer accounts are withheld.")
    event_position: list[EventPosition]
    centers: list[CenterFigures]


@public_router.get(
    "/transparency/{period}",
    summary="What each Center handles in a period",
    response_model=TransparencyFigures,
    responses={200: {"content": {"text/csv": {"example": "period,center,importers\r\n2026-Q1,CEE007,61\r\n"}}}},
)
async def read_transparency(
    request: Request,
    _: Annotated[Identity, allow("transparency.read")],
    period: Annotated[str, Path(description="Year, fiscal year, quarter or month.", examples=["2026-Q1"])],
    accept: Annotated[str, Header(description="`text/csv` for a table, else JSON.")] = "application/json",
) -> TransparencyFigures | Response:
    """Importers, partner accounts, entries, filings and staff per Center; small cells are withheld.

    So is what could be computed from the figures of other periods: entries and filings of a month when one of its
    quarter's months is withheld, of a year when one of its quarters is.

    The event position makes the figures reproducible: the same log, read that far, gives the same counts.
    """
    try:
        span = parse_period(period)
    except ValueError as error:
        raise Malformed(
            f"{period} is not a period: {error}.", rule="period", code="bad-period", remedy="Take 2026-Q1, for example."
        ) from None
    async with reading(engine_of(request)) as connection:
        counted, position = await figure_store.count_period(connection, span.first, span.last)
        parts = [(await figure_store.count_period(connection, each.first, each.last))[0] for each in beside(span)]
        staffing = await directory_store.load_staffing(connection, span.last)
    counts = [*counted, *(Count(code, "staff", sum(positions.values()), None) for code, positions in staffing.items())]
    rows = publish(counts, parts)
    if "text/csv" in accept:
        return Response(_as_csv(period, rows, position), media_type="text/csv")
    return TransparencyFigures(
        period=span.name,
        first=span.first.isoformat(),
        last=span.last.isoformat(),
        smallest_shown=SMALLEST_SHOWN,
        event_position=[EventPosition.model_validate(item, from_attributes=True) for item in position],
        centers=[
            CenterFigures.model_validate({"center": row.center, **row.figures, "suppressed": sorted(row.suppressed)})
            for row in rows
        ],
    )


def _as_csv(period: str, rows: Sequence[Row], position: Sequence[ReadTo]) -> str:
    """A table with a line for each Center; withheld cells say so, unknown ones are empty."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["period", "center", *MEASURES, "event_position"])
    read_to = " ".join(f"{item.topic}/{item.partition}:{item.next_offset}" for item in position)
    for row in rows:
        cells = ["withheld" if measure in row.suppressed else row.figures[measure] for measure in MEASURES]
        table.writerow([period, row.center, *("" if cell is None else cell for cell in cells), read_to])
    return out.getvalue()
