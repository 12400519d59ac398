"""The HTTP side of the deadline radar: entries by days to their deemed date and cause."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.liquidation.api.common import OfCenter, narrow, shown_number
from services.liquidation.api.open_requests import OpenRequestOut, show_open_request
from services.liquidation.publishing import legal_basis
from services.liquidation.store import radar as store
from services.liquidation.store.deemed_cases import count_open_deemed_cases
from services.liquidation.store.hold_sets import find_in_force
from services.liquidation.store.pictures import count_unknown_clocks
from services.liquidation.store.radar import Cause, Horizon, RadarEntry
from services.liquidation.store.requests import list_open_requests
from shared.contracts.decision import LegalBasis
from shared.customs.calendar import legal_date
from shared.customs.money import format_cents
from shared.db.transaction import snapshot
from shared.runtime.access import reach_of
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["radar"])


class RadarCountOut(BaseModel):
    """Entries of one horizon and cause; each horizon counts what the shorter ones do not."""

    horizon: Horizon
    cause: Cause
    entries: int


class RadarOut(BaseModel):
    """Running entries by days until they are deemed liquidated, and why somebody should look at them."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "date": "2026-08-14",
                    "clock_unknown": 3,
                    "deemed_cases_open": 0,
                    "counts": [{"horizon": "60", "cause": "extension-needed", "entries": 12}],
                }
            ]
        }
    )

    date: date
    clock_unknown: int = Field(description="Entries whose clock lacks a fact: GET /clocks-unknown lists them.")
    deemed_cases_open: int = Field(description="Entries deemed liquidated by oversight: GET /deemed-cases.")
    counts: list[RadarCountOut]


class RadarEntryOut(BaseModel):
    """An entry whose period ends soon."""

    entry_number: str
    act_by: date = Field(description="The earliest plausible last day: CBP acts and is alarmed by it.")
    deemed_on: date = Field(description="The last day by the reading in force.")
    legal_basis: LegalBasis | None
    state: str
    scheduled_on: date | None
    center: str | None
    lane: str | None
    importer_number: str | None
    extensions: int
    extension_requested_on: date | None = Field(description="When the importer asked for an extension in writing.")
    open_requests: list[OpenRequestOut] = Field(description="What CBP asked the importer and is open.")
    duty_usd: str
    fees_usd: str


@router.get("/radar", summary="Deadlines by horizon and cause")
async def read_radar(
    request: Request, caller: Annotated[Identity, allow("oversight.read")], center: OfCenter = None
) -> RadarOut:
    """Running entries of the caller's Centers whose period ends within 90 days; `past` ended before today.

    An entry may have several causes; `any` counts each entry once, those without a cause too. `request-open` counts the
    importer's request for an extension and what CBP asked the importer (CBP 28, CBP 29) until its work item ends. Held
    entries count from 90 days on, long before the hold is overridden by the end of the period.
    """
    now, reach = now_of(request), narrow(reach_of(caller, "oversight.read", today_of(request)), center)
    async with snapshot(engine_of(request)) as tx:
        counts = await store.count_radar(tx, legal_date(now), await find_in_force(tx, now), reach)
        unknown = await count_unknown_clocks(tx.connection, reach)
        cases = await count_open_deemed_cases(tx.connection, reach)
    return RadarOut(
        date=legal_date(now),
        clock_unknown=unknown,
        deemed_cases_open=cases,
        counts=[RadarCountOut.model_validate(each, from_attributes=True) for each in counts],
    )


@router.get("/radar/entries", summary="Entries of a horizon and cause")
async def list_radar_entries(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("oversight.read")],
    page: CurrentPage,
    horizon: Annotated[Horizon, Query(description="Days: from the horizon before it to this one.")],
    cause: Annotated[Cause, Query(description="Only those with this cause.")] = "any",
    center: OfCenter = None,
) -> Page[RadarEntryOut]:
    """Those whose period ends first before the others."""
    now, reach = now_of(request), narrow(reach_of(caller, "oversight.read", today_of(request)), center)
    async with snapshot(engine_of(request)) as tx:
        rows = await store.list_radar(
            tx,
            legal_date(now),
            await find_in_force(tx, now),
            reach,
            horizon=horizon,
            cause=cause,
            after=page.position(date, str),
            limit=page.fetch,
        )
        asked = await list_open_requests(tx.connection, [row.entry_number for row in rows])
    return build_page(
        rows,
        page,
        key=lambda row: (row.act_by, row.entry_number),
        item=lambda row: _radar_entry(row, asked.get(row.entry_number, ()), caller),
        request=request,
        response=response,
    )


def _radar_entry(row: RadarEntry, asked: Sequence[Any], caller: Identity) -> RadarEntryOut:
    return RadarEntryOut(
        entry_number=row.entry_number,
        act_by=row.act_by,
        deemed_on=row.deemed_on,
        legal_basis=legal_basis(row.deemed_rule) if row.deemed_rule else None,
        state=row.state,
        scheduled_on=row.scheduled_on,
        center=row.center,
        lane=row.lane,
        importer_number=shown_number(row.importer_number, caller),
        extensions=row.extensions,
        extension_requested_on=row.requested_on,
        open_requests=[show_open_request(each) for each in asked],
        duty_usd=format_cents(row.duty_cents or 0),
        fees_usd=format_cents(row.fees_cents or 0),
    )
