"""Replies to notices, which come to the queue of the Center."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.notifications.acts import replying as acts
from services.notifications.store.replies import GivenReply
from shared.db.transaction import Transaction
from shared.runtime.identity import Identity
from shared.runtime.ids import filing_item_id
from shared.web.access import allow
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.requests import now_of

router = APIRouter(tags=["inbox"])


class ReplyIn(BaseModel):
    """A party's reply."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"text": "SYNTHETIC: the mill certificates are attached.", "files": []}]},
    )

    text: Annotated[str, Field(min_length=1, max_length=10_000)]
    files: list[Annotated[str, Field(min_length=1, max_length=100)]] = Field(
        default=[], max_length=100, description="References of papers; the files themselves go to `files_path`."
    )


class GivenReplyOut(BaseModel):
    """A reply as it was filed."""

    filing_number: str = Field(description="GET /post-entry-filings/{number} of routing says who has it.")
    text: str
    files: list[str]
    files_path: str = Field(
        description="Where files are added to it and read, at the work queue (POST, GET), once it has come there."
    )
    replied_by_name: str
    replied_at: datetime


@router.post("/notices/{notice_id}/reply", status_code=201, summary="Reply to a notice", response_model=GivenReplyOut)
async def reply_to_notice(
    notice_id: Annotated[UUID, Path(description="The id of the notice.")],
    body: ReplyIn,
    request: Request,
    caller: Annotated[Identity, allow("notice.reply")],
    call: CurrentIdempotentCall,
) -> Response:
    """File the reply as a response, in the name of the caller's party: it becomes an item of the Center's queue, and
    the answer to the CBP 28 or 29 where the notice is one.

    What is a protest, an appeal, a petition or a suit by law is none by a reply: refused, with the way to make it.
    """

    async def act(tx: Transaction) -> GivenReplyOut:
        given = await acts.reply(tx, caller, call, notice_id, text=body.text, files=body.files, now=now_of(request))
        return given_reply(given)

    return await answer_once(request, call, act)


def given_reply(given: GivenReply) -> GivenReplyOut:
    """A reply as it is shown."""
    return GivenReplyOut(
        filing_number=given.filing_number,
        text=given.text,
        files=list(given.files),
        files_path=f"/items/{filing_item_id(given.filing_number)}/files",
        replied_by_name=given.replied_by_name,
        replied_at=given.replied_at,
    )
