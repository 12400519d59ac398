"""Satisfaction: what a party is asked after an inquiry or a visit, and what they say."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from services.workqueue.acts import satisfaction as acts
from services.workqueue.api.common import ItemId
from services.workqueue.store import satisfaction as store
from shared.contracts.terms import ShortText
from shared.db.transaction import reading, transaction
from shared.runtime.access import reach_of, shown_importer_number
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["satisfaction"])

_MOST = 100


class QuestionOut(BaseModel):
    """An inquiry or a visit that has ended, of which the party has not been heard."""

    item_id: UUID
    process: str = Field(examples=["inquiry"])
    center: str
    importer_number: str
    opened_at: datetime


class QuestionsOut(BaseModel):
    """The newest first, 100 at most."""

    items: list[QuestionOut]


class SatisfactionAnswerIn(BaseModel):
    """What a party says of it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"score": 5, "is_resolved": True, "comment": "Answered at once."}]},
    )

    score: int = Field(ge=1, le=5, description="5 is very satisfied, 1 not at all.")
    is_resolved: bool = Field(description="Whether what it was about is settled.")
    comment: ShortText | None = None


class SatisfactionAnswerOut(BaseModel):
    """What was kept."""

    item_id: UUID
    score: int
    is_resolved: bool
    answered_at: datetime


@router.get("/satisfaction-questions", summary="What the caller is asked about")
async def list_satisfaction_questions(
    request: Request, caller: Annotated[Identity, allow("satisfaction.answer")]
) -> QuestionsOut:
    """Inquiries and visits of the caller's importers that have ended and were not answered yet."""
    reach = reach_of(caller, "satisfaction.answer", today_of(request))
    async with reading(engine_of(request)) as connection:
        rows = await store.list_questions(connection, reach.importer_numbers | reach.delegated, _MOST)
    return QuestionsOut(
        items=[
            QuestionOut(
                **{**row._asdict(), "importer_number": shown_importer_number(caller, row.importer_number)},
            )
            for row in rows
        ]
    )


@router.post("/items/{item_id}/satisfaction", status_code=201, summary="Say how it went")
async def answer_satisfaction(
    item_id: ItemId,
    body: SatisfactionAnswerIn,
    request: Request,
    caller: Annotated[Identity, allow("satisfaction.answer")],
) -> SatisfactionAnswerOut:
    """Once for each inquiry or visit. Published by Center, when eleven accounts or more have answered."""
    async with transaction(engine_of(request)) as tx:
        given = await acts.answer(tx, item_id, caller, now_of(request), **body.model_dump())
    return SatisfactionAnswerOut(
        item_id=item_id, score=given.score, is_resolved=given.is_resolved, answered_at=given.answered_at
    )
