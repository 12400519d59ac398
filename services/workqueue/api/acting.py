"""Delegations of acting authority: from day to day, proposed by one supervisor and released by another."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.workqueue.acts import acting as acts
from services.workqueue.domain.acting import Acting
from services.workqueue.store import acting as store
from shared.contracts.terms import CenterCode, ShortText
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.access import reach_of
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.fields import LegalDay
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["staff"])

Name = Annotated[str, Field(min_length=1, max_length=200)]
DelegationId = Annotated[UUID, Path(description="The id of a delegation.")]


class ActingIn(BaseModel):
    """Who is to act for whom, on which legal days, both counted."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "center": "CEE007",
                    "from_subject": "dan",
                    "to_subject": "kim",
                    "from_on": "2026-03-02",
                    "to_on": "2026-03-13",
                    "reason": "Leave of the director.",
                }
            ]
        },
    )

    center: CenterCode
    from_subject: Name
    to_subject: Name
    from_on: LegalDay
    to_on: LegalDay
    reason: Annotated[ShortText, Field(min_length=1)]


class ActingOut(BaseModel):
    """A delegation of acting authority."""

    model_config = ConfigDict(from_attributes=True)

    delegation_id: UUID
    center: str
    from_subject: str
    to_subject: str
    from_on: date
    to_on: date
    reason: str
    is_in_force: bool = Field(description="Today: released, not ended, and within its days.")
    proposed_by: str
    proposed_at: datetime
    released_by: str | None
    released_at: datetime | None
    ended_by: str | None
    ended_at: datetime | None


@router.post("/staff/delegations", status_code=201, summary="Propose acting authority", response_model=ActingOut)
async def propose_acting(
    body: ActingIn, request: Request, caller: Annotated[Identity, allow("acting.propose")], call: CurrentIdempotentCall
) -> Response:
    """Propose that one person acts for another; it gives nothing until a second person releases it.

    A token whose `acting_for` no delegation in force covers is refused with 403 `no-acting-authority` by every act.
    """

    async def propose(tx: Transaction) -> ActingOut:
        acting = await acts.propose(tx, caller, now_of(request), key=call.key, **body.model_dump())
        return _acting_out(acting, today_of(request))

    return await answer_once(request, call, propose)


@router.get("/staff/delegations", summary="Delegations of acting authority")
async def list_acting(
    request: Request,
    caller: Annotated[Identity, allow("acting.read")],
    center: Annotated[CenterCode | None, Query()] = None,
    from_subject: Annotated[str | None, Query(max_length=200)] = None,
    to_subject: Annotated[str | None, Query(max_length=200)] = None,
) -> list[ActingOut]:
    """Delegations of the Centers that the caller reads, the newest first, 500 at most."""
    named = {"center": center, "from_subject": from_subject, "to_subject": to_subject}
    async with reading(engine_of(request)) as connection:
        found = await store.list_acting(
            connection,
            reach_of(caller, "acting.read", today_of(request)),
            {name: value for name, value in named.items() if value is not None},
        )
    return [_acting_out(each, today_of(request)) for each in found]


@router.post("/staff/delegations/{delegation_id}/release", summary="Release acting authority")
async def release_acting(
    delegation_id: DelegationId, request: Request, caller: Annotated[Identity, allow("acting.release")]
) -> ActingOut:
    """Put a delegation in force: by another than who proposed it, and not by who gains it."""
    async with transaction(engine_of(request)) as tx:
        acting = await acts.release(tx, caller, delegation_id, now_of(request))
    return _acting_out(acting, today_of(request))


@router.post("/staff/delegations/{delegation_id}/end", summary="End acting authority")
async def end_acting(
    delegation_id: DelegationId, request: Request, caller: Annotated[Identity, allow("acting.end")]
) -> ActingOut:
    """End a delegation from now on; what was done under it stands."""
    async with transaction(engine_of(request)) as tx:
        acting = await acts.end(tx, caller, delegation_id, now_of(request))
    return _acting_out(acting, today_of(request))


def _acting_out(acting: Acting, today: date) -> ActingOut:
    fields = {name: getattr(acting, name) for name in ActingOut.model_fields if name != "is_in_force"}
    return ActingOut(**fields, is_in_force=acting.holds(today))
