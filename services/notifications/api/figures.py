"""How many deliveries there are, by kind of notice and state."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from services.notifications.store import deliveries as delivery_store
from shared.db.transaction import reading
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.requests import engine_of

router = APIRouter(tags=["figures"])


class NoticeFigures(BaseModel):
    """Deliveries by kind of notice and state."""

    notices: dict[str, dict[str, int]] = Field(examples=[{"N-09": {"sent": 120, "queued": 3}, "N-13": {"posted": 123}}])
    total: int


@router.get("/figures", summary="Deliveries by kind of notice and state")
async def read_notice_figures(request: Request, _: Annotated[Identity, allow("notice-figures.read")]) -> NoticeFigures:
    """Counts over all deliveries: a notice that goes two ways counts twice."""
    async with reading(engine_of(request)) as connection:
        rows = await delivery_store.count_deliveries(connection)
    figures = NoticeFigures(notices={}, total=0)
    for row in rows:
        figures.notices.setdefault(row.kind, {})[row.state] = row.deliveries
        figures.total += row.deliveries
    return figures
