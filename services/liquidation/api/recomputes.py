"""The HTTP side of the nightly comparison of records with their facts."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from services.liquidation.api.common import shown_number
from services.liquidation.store.recomputes import Difference, Recompute, list_differences, list_recomputes
from shared.db.transaction import reading
from shared.runtime.access import reach_of
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, today_of

router = APIRouter(tags=["liquidations"])


class RecomputeDifferenceOut(BaseModel):
    """A field of the stored record that differs from what follows from the facts."""

    entry_number: str
    field: str
    stored: str | None
    derived: str | None


class RecomputeOut(BaseModel):
    """A nightly comparison; `differences` are alarms and are never mended by it."""

    recomputed_on: date
    entries: int
    differences: int
    is_done: bool
    first_differences: list[RecomputeDifferenceOut] = Field(
        description="At most 100, of entries that the caller may read."
    )


@router.get("/recomputes", summary="Nightly comparisons of the record with its facts")
async def read_recomputes(
    request: Request, response: Response, caller: Annotated[Identity, allow("national-figures.read")], page: CurrentPage
) -> Page[RecomputeOut]:
    """Newest first, each with its first differences on entries that the caller may read; the counts are of all."""
    position, reach = page.position(date), reach_of(caller, "entry.read", today_of(request))
    async with reading(engine_of(request)) as connection:
        rows = await list_recomputes(connection, before=position[0] if position else None, limit=page.fetch)
        first = {
            row.recomputed_on: await list_differences(connection, row.recomputed_on, reach, limit=100) for row in rows
        }
    return build_page(
        rows,
        page,
        key=lambda row: (row.recomputed_on,),
        item=lambda row: _recompute(row, first[row.recomputed_on], caller),
        request=request,
        response=response,
    )


def _recompute(row: Recompute, differences: list[Difference], caller: Identity) -> RecomputeOut:
    return RecomputeOut(
        recomputed_on=row.recomputed_on,
        entries=row.entries,
        differences=row.differences,
        is_done=row.is_done,
        first_differences=[_difference(each, caller) for each in differences],
    )


def _difference(each: Difference, caller: Identity) -> RecomputeDifferenceOut:
    stored, derived = each.stored, each.derived
    if each.field == "importer_number":
        stored, derived = shown_number(stored, caller), shown_number(derived, caller)
    return RecomputeDifferenceOut(entry_number=each.entry_number, field=each.field, stored=stored, derived=derived)
