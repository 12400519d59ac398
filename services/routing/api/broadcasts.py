"""The archive of bulletins that routing sent before broadcasts were notifications' own."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from services.routing.domain.broadcasts import Broadcast
from services.routing.store import broadcasts as store
from shared.contracts.terms import CenterCode
from shared.db.transaction import reading
from shared.runtime.access import is_staff
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of

router = APIRouter(tags=["broadcasts"])


class BroadcastOut(BaseModel):
    """A bulletin as it was sent; each importer in its audience has a notice N-33 of it."""

    broadcast_id: str
    center: str
    program: str | None
    hts: str | None
    subject: str
    text: str
    effective_on: date | None
    importers: int | None = Field(
        description="How many importers were in the segment on the day, for staff: of few goods there may be one."
    )
    issued_at: datetime


@router.get("/broadcasts", summary="Bulletins of the Centers")
async def list_broadcasts(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("broadcast.read")],
    page: CurrentPage,
    center: Annotated[CenterCode | None, Query(description="Only of this Center.")] = None,
) -> Page[BroadcastOut]:
    """What was sent until broadcasts were released by a second person, newest first, whoever was addressed.

    What Centers tell since then is in GET /broadcast-archive of notifications.
    """
    after = page.position(datetime, str)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_broadcasts(
            connection, center=center, after=(after[0], after[1]) if after else None, limit=page.fetch
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.issued_at, row.broadcast_id),
        item=lambda row: _out(row, caller),
        request=request,
        response=response,
    )


def _out(sent: Broadcast, caller: Identity) -> BroadcastOut:
    return BroadcastOut(
        broadcast_id=sent.broadcast_id,
        center=sent.segment.center,
        program=sent.segment.program,
        hts=sent.segment.hts,
        subject=sent.subject,
        text=sent.text,
        effective_on=sent.effective_on,
        importers=sent.importers if is_staff(caller) else None,
        issued_at=sent.issued_at,
    )
