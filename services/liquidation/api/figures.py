"""The HTTP side of lists and counts over every entry: clocks that cannot be computed, entries by state."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from services.liquidation.api.common import OfCenter, RuleOut, narrow, show_rule
from services.liquidation.store import pictures as store
from services.liquidation.store.records import EntryRow
from shared.db.transaction import reading
from shared.runtime.access import reach_of
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, today_of

router = APIRouter(tags=["figures"])


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
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("oversight.read")],
    page: CurrentPage,
    center: OfCenter = None,
) -> Page[UnknownClockOut]:
    """In order of entry number, each with the fact that is missing."""
    position = page.position(str)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_unknown_clocks(
            connection,
            narrow(reach_of(caller, "oversight.read", today_of(request)), center),
            after=position[0] if position else None,
            limit=page.fetch,
        )
    return build_page(
        rows, page, key=lambda row: (row.entry_number,), item=_unknown_clock, request=request, response=response
    )


@router.get("/figures", summary="Entries by state")
async def read_liquidation_figures(
    request: Request, caller: Annotated[Identity, allow("figures.read")]
) -> LiquidationFigures:
    """Counts over the entries of the caller's Centers; national roles see all."""
    reach = reach_of(caller, "figures.read", today_of(request))
    async with reading(engine_of(request)) as connection:
        counts = await store.count_states(connection, reach)
        protests = await store.count_protests(connection, reach)

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
