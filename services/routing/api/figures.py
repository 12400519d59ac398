"""Counts of entries by Center, basis and lane."""

from fastapi import APIRouter, Request
from pydantic import BaseModel

from services.routing.api.common import StaffIdentity
from services.routing.store import decisions as decision_store
from shared.db.transaction import reading
from shared.web.requests import engine_of

router = APIRouter()


class RoutingFigures(BaseModel):
    """Entries by the newest decision of each."""

    entries: int
    by_center: dict[str, int]
    by_basis: dict[str, int]
    by_lane: dict[str, int]


@router.get("/figures", summary="Entries by Center, basis and lane")
async def read_routing_figures(request: Request, _: StaffIdentity) -> RoutingFigures:
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
