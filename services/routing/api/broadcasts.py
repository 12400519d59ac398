"""Bulletins that a Center sends to a segment of its importers, and their archive."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.routing.acts import broadcasts as acts
from services.routing.domain.broadcasts import ACTIVE_MONTHS, Broadcast, Segment
from services.routing.store import broadcasts as store
from shared.contracts.terms import CenterCode
from shared.db.transaction import Transaction, reading
from shared.runtime.access import is_staff
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.fields import LegalDay
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of

router = APIRouter(tags=["broadcasts"])


class BroadcastIn(BaseModel):
    """What a Center says, and to whom: all of its importers, or those of a program, or of goods, or of both."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "center": "CEE005",
                    "hts": "7208",
                    "subject": "SYNTHETIC: mill certificates for flat-rolled steel",
                    "text": "SYNTHETIC: from the day named, give the mill certificate with the first request.",
                    "effective_on": "2026-04-01",
                }
            ]
        },
    )

    center: CenterCode
    program: str | None = Field(default=None, min_length=1, max_length=64, description="Only who is in this program.")
    hts: str | None = Field(
        default=None,
        pattern="^[0-9]{2,6}$",
        description=f"Imported goods in the last {ACTIVE_MONTHS} months whose tariff number begins so.",
    )
    subject: str = Field(min_length=1, max_length=200)
    text: str = Field(min_length=1, max_length=4000)
    effective_on: LegalDay | None = Field(default=None, description="From when what it says holds, where it says so.")


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


@router.post(
    "/broadcasts",
    status_code=201,
    summary="Send a bulletin to importers",
    response_model=BroadcastOut,
    deprecated=True,
)
async def issue_broadcast(
    body: BroadcastIn,
    request: Request,
    caller: Annotated[Identity, allow("broadcast.issue")],
    call: CurrentIdempotentCall,
) -> Response:
    """Everybody in the segment today gets a notice of it, and so do their filers and agents as of any notice.

    By the director or assistant director of the Center, or the Office of Trade. Deprecated: draft it with POST
    /broadcasts of notifications, where a second person releases it.
    """

    async def act(tx: Transaction) -> BroadcastOut:
        sent = await acts.issue(
            tx,
            caller,
            call,
            Segment(body.center, body.program, body.hts),
            subject=body.subject,
            text=body.text,
            effective_on=body.effective_on,
            now=now_of(request),
        )
        return _out(sent, caller)

    return await answer_once(request, call, act)


@router.get("/broadcasts", summary="Bulletins of the Centers")
async def list_broadcasts(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("broadcast.read")],
    page: CurrentPage,
    center: Annotated[CenterCode | None, Query(description="Only of this Center.")] = None,
) -> Page[BroadcastOut]:
    """The archive, newest first, whoever was addressed."""
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
