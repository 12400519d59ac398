"""Status records: what notices say in the codes of CATAIR UC, as a feed that filers' software reads on."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from services.notifications.domain.status_records import DISPOSITIONS
from services.notifications.store import status_records as store
from services.notifications.store.status_records import WrittenRecord
from shared.db.transaction import reading
from shared.runtime.access import reach_of, shown_importer_number
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.fields import BigOrdinal
from shared.web.pagination import CurrentPage, Page, build_page, encode_cursor
from shared.web.requests import engine_of, today_of

router = APIRouter(tags=["status records"])

_CODES = "; ".join(f"{code} {meaning.lower()}" for code, meaning in DISPOSITIONS.items())


class StatusRecordOut(BaseModel):
    """What happened to a summary, a correction or goods, in codes; the notice says it in words."""

    position: str = Field(description="Give it as `after` to go on behind this record, whenever.")
    disposition: str = Field(description=f"CATAIR UC: {_CODES}.", examples=["4"])
    reason: str | None = Field(description="001 to 998 of a rejection, Q01 to Q28 of a quota line.", examples=["003"])
    source: str = Field(description="Source of the action: 1 a person, 2 the system by itself.", examples=["1"])
    entry_number: str | None
    filer_code: str | None
    importer_number: str | None
    center: str | None
    issued_on: date
    due_on: date | None
    notice_id: UUID
    notice_kind: str = Field(examples=["N-05"])
    caused_at: datetime


@router.get("/status-records", summary="What happened, in the codes of CATAIR UC")
async def list_status_records(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("notice.read")],
    page: CurrentPage,
    filer: Annotated[str | None, Query(pattern="^[0-9A-Z]{3}$", description="Only of this filer.")] = None,
) -> Page[StatusRecordOut]:
    """The oldest first, each once: read on with the position of the last record that you have, and none is missed."""
    after = page.position(BigOrdinal)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_records(
            connection,
            reach_of(caller, "notice.read", today_of(request)),
            filer_code=filer,
            after=after[0] if after else None,
            limit=page.fetch,
        )

    def show(row: WrittenRecord) -> StatusRecordOut:
        notice = row.notice
        return StatusRecordOut(
            position=encode_cursor((row.ordinal,)),
            disposition=row.record.disposition,
            reason=row.record.reason,
            source=row.record.source,
            entry_number=notice.entry_number,
            filer_code=notice.filer_code,
            importer_number=shown_importer_number(caller, notice.importer_number) if notice.importer_number else None,
            center=notice.center,
            issued_on=notice.issued_on,
            due_on=notice.due_on,
            notice_id=notice.notice_id,
            notice_kind=notice.kind,
            caused_at=notice.caused_at,
        )

    return build_page(rows, page, key=lambda row: (row.ordinal,), item=show, request=request, response=response)
