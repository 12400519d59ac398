"""Moves of open matters: one entry or one filing given to another Center."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.routing.acts import moves as acts
from services.routing.api.common import EntryNumberPath, FilingNumberPath
from services.routing.store.moves import MatterKind
from shared.contracts.terms import CenterCode
from shared.db.transaction import Transaction
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.requests import canonical_entry_number, now_of

router = APIRouter(tags=["filings"])


class MoveIn(BaseModel):
    """Where an open matter goes, from where, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"from_center": "CEE007", "to_center": "CEE005", "reason": "SYNTHETIC: the goods are steel."}]
        },
    )

    from_center: CenterCode = Field(description="The Center that has it, as you saw it: another one is refused.")
    to_center: CenterCode
    reason: str = Field(min_length=1, max_length=500)


class MovedOut(BaseModel):
    """A move as recorded. Clocks and the day of receipt stay as they were."""

    kind: MatterKind
    number: str
    sequence: int
    from_center: str
    to_center: str
    reason: str
    moved_by: str
    acting_for: str | None
    moved_at: datetime
    authority: str | None = Field(description="The row of the table of authority that it rests on.")


@router.post(
    "/entries/{entry_number}/moves",
    status_code=201,
    summary="Move an open entry to another Center",
    response_model=MovedOut,
)
async def move_entry(
    entry_number: EntryNumberPath,
    body: MoveIn,
    request: Request,
    caller: Annotated[Identity, allow("entry.move")],
    call: CurrentIdempotentCall,
) -> Response:
    """Give one open matter to another Center; later versions of the entry stay with it. Clocks never restart.

    The director or assistant director of the Center that has it, or the Office of Trade.
    """
    number = canonical_entry_number(entry_number)

    async def act(tx: Transaction) -> MovedOut:
        move = await acts.move_entry(
            tx,
            caller,
            number,
            from_center=body.from_center,
            to_center=body.to_center,
            reason=body.reason,
            now=now_of(request),
        )
        return MovedOut.model_validate(move, from_attributes=True)

    return await answer_once(request, call, act)


@router.post(
    "/post-entry-filings/{filing_number}/moves",
    status_code=201,
    summary="Move an open filing to another Center",
    response_model=MovedOut,
)
async def move_filing(
    filing_number: FilingNumberPath,
    body: MoveIn,
    request: Request,
    caller: Annotated[Identity, allow("filing.move")],
    call: CurrentIdempotentCall,
) -> Response:
    """Give one open filing to another Center. The day of receipt and the clocks stay as they are.

    The director or assistant director of the Center that has it, or the Office of Trade.
    """

    async def act(tx: Transaction) -> MovedOut:
        move = await acts.move_filing(
            tx,
            caller,
            filing_number,
            from_center=body.from_center,
            to_center=body.to_center,
            reason=body.reason,
            now=now_of(request),
        )
        return MovedOut.model_validate(move, from_attributes=True)

    return await answer_once(request, call, act)
