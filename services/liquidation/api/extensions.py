"""The HTTP side of extensions of liquidation."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.liquidation.acts.extensions import post_extension
from services.liquidation.api.common import EntryNumberPath, cycle_policy_of, law_of
from services.liquidation.domain.extension import ExtensionRequest
from shared.db.transaction import Transaction
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.fields import LegalDay
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.requests import canonical_entry_number, now_of

router = APIRouter(tags=["extensions"])


class ExtensionOut(BaseModel):
    """One extension of liquidation."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "number": 1,
                    "reason": "information-needed",
                    "months": 12,
                    "posted_on": "2026-06-01",
                    "requested_on": None,
                    "period_ended_on": "2026-10-01",
                    "period_ends_on": "2027-10-01",
                    "explanation": "A CBP 28 on value is unanswered.",
                    "posted_by": "kim",
                }
            ]
        }
    )

    number: int
    reason: str
    months: int
    posted_on: date
    requested_on: date | None
    period_ended_on: date = Field(description="End of the period before.")
    period_ends_on: date = Field(description="The new deemed date.")
    explanation: str
    posted_by: str


class ExtensionIn(BaseModel):
    """An extension whose notice has been posted."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "reason": "information-needed",
                    "months": 12,
                    "posted_on": "2026-06-01",
                    "explanation": "A CBP 28 on value is unanswered.",
                }
            ]
        },
    )

    reason: Literal["information-needed", "importer-request"]
    months: int = Field(default=12, ge=-120, le=120, description="1 to 12 (ext-length).")
    posted_on: LegalDay = Field(description="The day on which the notice was posted.")
    requested_on: LegalDay | None = Field(default=None, description="When the importer asked in writing.")
    explanation: str = Field(min_length=1, max_length=500, description="What the notice states as the reason.")


@router.post(
    "/entries/{entry_number}/extensions", status_code=201, summary="Extend liquidation", response_model=ExtensionOut
)
async def create_extension(
    entry_number: EntryNumberPath,
    body: ExtensionIn,
    request: Request,
    caller: Annotated[Identity, allow("entry.extend")],
    call: CurrentIdempotentCall,
) -> Response:
    """Record an extension whose notice was posted while the period was open; void ones are refused by their rule."""
    number, policy, law = canonical_entry_number(entry_number), cycle_policy_of(request), law_of(request)
    extension = ExtensionRequest(body.reason, body.months, body.posted_on, body.requested_on)

    async def act(tx: Transaction) -> ExtensionOut:
        row = await post_extension(tx, now_of(request), number, extension, body.explanation, caller, policy, law)
        return ExtensionOut.model_validate(row, from_attributes=True)

    return await answer_once(request, call, act)
