"""The bulletin beside the legal record, day by day, and what is missing."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from services.notifications.store import reconciliations as store
from services.notifications.store.reconciliations import ComparedDay
from shared.db.transaction import reading
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of

router = APIRouter(tags=["bulletin"])


class GapOut(BaseModel):
    """An act on an entry that the bulletin or the courtesy notices lack."""

    entry_number: str
    sequence: int = Field(description="Its place in the record of the entry.")
    change: str = Field(examples=["liquidated"])
    missing: str = Field(examples=["N-13 is not on the bulletin"])


class ComparedDayOut(BaseModel):
    """A legal day as it was compared last; a day with gaps is compared again each hour for a week."""

    day: date
    acts: int
    missing: int = Field(description="How many gaps there are.")
    gaps: list[GapOut] = Field(description="The first 1,000 of them.")
    compared_at: datetime


@router.get("/reconciliations", summary="The bulletin beside the legal record, by day")
async def list_reconciliations(
    request: Request,
    response: Response,
    _: Annotated[Identity, allow("bulletin-gap.read")],
    page: CurrentPage,
    has_gaps: Annotated[bool, Query(description="Only days of which something is missing.")] = False,
) -> Page[ComparedDayOut]:
    """Newest first. Each gap names its entry."""
    after = page.position(date)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_days(connection, has_gaps=has_gaps, after=after[0] if after else None, limit=page.fetch)
    return build_page(rows, page, key=lambda row: (row.day,), item=_out, request=request, response=response)


def _out(row: ComparedDay) -> ComparedDayOut:
    return ComparedDayOut(
        day=row.day,
        acts=row.found.acts,
        missing=row.found.missing,
        gaps=[GapOut(**gap._asdict()) for gap in row.found.gaps],
        compared_at=row.compared_at,
    )
