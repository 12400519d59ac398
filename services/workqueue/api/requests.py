"""Requests for information (CBP 28) and notices of action (CBP 29) to the importer of an item."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.workqueue.acts import request as acts
from services.workqueue.api.common import ItemId, Token
from services.workqueue.domain.clocks import Form
from services.workqueue.domain.request import IssuedRequest
from shared.contracts.terms import EntryNumber, ShortText
from shared.db.transaction import Transaction
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.fields import LegalDay
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.requests import now_of

router = APIRouter()


class RequestOut(BaseModel):
    """A request for information (CBP 28) or a notice of action (CBP 29)."""

    request_id: UUID
    form: Form
    entry_numbers: list[str]
    questions: list[str]
    issued_on: date
    due_on: date | None
    issued_by: str
    issued_by_name: str
    authority: str | None = Field(
        description="The row of the table of authority that it rests on; null before rows were kept."
    )


class RequestIn(BaseModel):
    """A request for information (CBP 28), or a notice of action (CBP 29)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"token": 1, "form": "CBP-28", "questions": ["Describe the display's resolution."]}]
        },
    )

    token: Token
    form: Form = "CBP-28"
    questions: list[Annotated[ShortText, Field(min_length=1)]] = Field(
        min_length=1, max_length=50, description="Questions of a CBP 28; the action and its grounds on a CBP 29."
    )
    entry_numbers: list[EntryNumber] = Field(
        default=[], max_length=999, description="More entries of the same importer on the same issue."
    )
    due_on: LegalDay | None = Field(
        default=None, description="By default 30 days from today for a CBP 28, 20 for a 29."
    )


@router.post(
    "/items/{item_id}/requests",
    status_code=201,
    summary="Issue a request for information or a notice of action",
    response_model=RequestOut,
)
async def issue_request(
    item_id: ItemId,
    body: RequestIn,
    request: Request,
    caller: Annotated[Identity, allow("item.work")],
    call: CurrentIdempotentCall,
) -> Response:
    """Issue a CBP 28 or CBP 29 to the importer. Sending the same again under the same key issues nothing."""

    async def issue(tx: Transaction) -> RequestOut:
        issued = await acts.issue_request(
            tx,
            item_id,
            caller,
            body.token,
            now_of(request),
            key=call.key,
            form=body.form,
            questions=body.questions,
            entry_numbers=body.entry_numbers,
            due_on=body.due_on,
        )
        return request_out(issued)

    return await answer_once(request, call, issue)


def request_out(issued: IssuedRequest) -> RequestOut:
    """A request or notice as it is shown."""
    return RequestOut(
        request_id=issued.request_id,
        form=issued.form,
        entry_numbers=list(issued.entry_numbers),
        questions=list(issued.questions),
        issued_on=issued.issued_on,
        due_on=issued.due_on,
        issued_by=issued.by.subject,
        issued_by_name=issued.by.name,
        authority=issued.authority,
    )
