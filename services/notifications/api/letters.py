"""Letters that are to be printed and mailed, because no mail reached the importer."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict

from services.notifications.acts import letters as acts
from services.notifications.store import deliveries as delivery_store
from shared.db.transaction import reading, transaction
from shared.runtime.access import reach_of
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.fields import LegalDay
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.problem import problem_responses
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["letters"])


class LetterOut(BaseModel):
    """A letter that waits for the mail room; its words are GET /notices/{notice_id}/preview."""

    notice_id: UUID
    recipient_role: str
    kind: str
    name: str | None
    center: str | None
    due_on: date | None
    queued_at: datetime


class MailedIn(BaseModel):
    """When a letter was handed to the post."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"mailed_on": "2026-03-06"}]})

    mailed_on: LegalDay


@router.get("/letters", summary="Letters that are to be mailed")
async def list_letters(
    request: Request, response: Response, caller: Annotated[Identity, allow("letter.read")], page: CurrentPage
) -> Page[LetterOut]:
    """The oldest first, of the caller's Centers: notices that the law has come by mail, where no e-mail arrived."""
    after = page.position(datetime, UUID)
    async with reading(engine_of(request)) as connection:
        rows = await delivery_store.list_letters(
            connection,
            reach_of(caller, "letter.read", today_of(request)),
            after=(after[0], after[1]) if after else None,
            limit=page.fetch,
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.queued_at, row.notice_id),
        item=lambda row: LetterOut(**row._asdict()),
        request=request,
        response=response,
    )


@router.post(
    "/notices/{notice_id}/mailed",
    status_code=204,
    summary="Say that a letter was mailed",
    responses=problem_responses([409]),
)
async def note_letter_mailed(
    notice_id: Annotated[UUID, Path(description="The id of the notice.")],
    body: MailedIn,
    request: Request,
    caller: Annotated[Identity, allow("letter.mail")],
) -> Response:
    """The real day of mailing goes into the ledger, with who said so."""
    async with transaction(engine_of(request)) as tx:
        await acts.note_mailed(tx, caller, notice_id, body.mailed_on, now_of(request))
    return Response(status_code=204)
