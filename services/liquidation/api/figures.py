"""The HTTP side of lists and counts over every entry: clocks that cannot be computed, entries by state."""

from datetime import date, datetime

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from services.liquidation.api.common import RuleOut, show_rule
from services.liquidation.store import pictures as store
from services.liquidation.store.records import EntryRow
from shared.db.transaction import reading
from shared.web.identity import StaffIdentity
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of

router = APIRouter()


class UnknownClockOut(BaseModel):
    """An entry with a clock that cannot be computed."""

    entry_number: str
    missing: str | None = Field(description="The fact that is missing.")
    rule: RuleOut | None
    entry_type: str | None
    entry_date: date | None
    released_at: datetime | None
    center: str | None


class LiquidationFigures(BaseModel):
    """Entries by state; `liquidated` counts the deemed ones too."""

    entries: int
    scheduled: int
    suspended: int
    extended: int
    liquidated: int
    deemed: int
    not_liquidating: int
    clock_unknown: int
    protests: int


@router.get("/clocks-unknown", summary="Entries with a clock that cannot be computed")
async def list_unknown_clocks(
    request: Request, response: Response, _: StaffIdentity, page: CurrentPage
) -> Page[UnknownClockOut]:
    """In order of entry number, each with the fact that is missing."""
    position = page.position(str)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_unknown_clocks(connection, after=position[0] if position else None, limit=page.fetch)
    return build_page(
        rows, page, key=lambda row: (row.entry_number,), item=_unknown_clock, request=request, response=response
    )


@router.get("/figures", summary="Entries by state")
async def read_liquidation_figures(request: Request, _: StaffIdentity) -> LiquidationFigures:
    """Counts over every entry."""
    async with reading(engine_of(request)) as connection:
        counts = await store.count_states(connection)
        protests = await store.count_protests(connection)

    def of(state: str) -> int:
        return sum(number for (each, _), number in counts.items() if each == state)

    return LiquidationFigures(
        entries=sum(counts.values()),
        scheduled=of("scheduled"),
        suspended=of("suspended"),
        extended=of("extended"),
        liquidated=of("liquidated"),
        deemed=counts.get(("liquidated", "deemed"), 0),
        not_liquidating=of("not-liquidating"),
        clock_unknown=of("clock-unknown"),
        protests=protests,
    )


def _unknown_clock(row: EntryRow) -> UnknownClockOut:
    return UnknownClockOut(
        entry_number=row.entry_number,
        missing=row.why,
        rule=show_rule(row.rule) if row.rule is not None else None,
        entry_type=row.entry_type,
        entry_date=row.entry_date,
        released_at=row.released_at,
        center=row.center,
    )
