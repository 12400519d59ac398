"""Selection criteria: drafted, put on trial, live with two people, retired; and the history of each."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.routing.api import criteria_feedback
from services.routing.api.criteria_models import (
    RESERVED_IDS,
    CriterionFields,
    CriterionIn,
    CriterionPatch,
    RevisionOut,
    patch_criterion,
    read_criterion,
    refuse_faults,
    show_criterion,
)
from services.routing.domain import criteria_lifecycle as lifecycle
from services.routing.domain.criteria import Criterion, Fault, from_document
from services.routing.domain.criteria_lifecycle import Act, ActRefused, Person, Revision, State
from services.routing.store import criteria as store
from services.routing.store import rulebook
from services.routing.store.criteria import Change
from shared.customs.calendar import legal_date
from shared.db.idempotency import recall, remember
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.concurrency import IfMatch, etag
from shared.runtime.errors import Conflict, Forbidden, NotFound
from shared.runtime.identity import Identity, RoleName
from shared.web.concurrency import RequiredIfMatch
from shared.web.idempotency import CurrentIdempotentCall, replay
from shared.web.identity import StaffIdentity, require
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of

router = APIRouter()
# Before the paths that name a criterion, so that "stale" is not taken for one.
router.include_router(criteria_feedback.router)

WriterIdentity = Annotated[
    Identity, Depends(require(RoleName.INTERNATIONAL_TRADE_SPECIALIST, RoleName.OFFICE_OF_TRADE))
]
ConfirmerIdentity = Annotated[Identity, Depends(require(RoleName.OFFICE_OF_TRADE, RoleName.ASSISTANT_CENTER_DIRECTOR))]
CriterionPath = Annotated[str, Path(description="The criterion's id.", examples=["cheap-garments-vn"])]


class ReasonIn(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "Precise on trial."}]})

    reason: Annotated[str, Field(min_length=1, max_length=1000, description="Why, for its history.")]


class ActIn(ReasonIn):
    """Why, and from when on."""

    effective_on: date | None = Field(default=None, description="A day after today (Eastern); tomorrow unless given.")


class RetirementIn(ActIn):
    """Why, from when on, and which revision."""

    revision: int | None = Field(default=None, ge=1, description="The newest one unless given.")


class CriterionOut(BaseModel):
    """A criterion with all its revisions, the newest first."""

    id: str
    revisions: list[RevisionOut]


class ChangeOut(BaseModel):
    """One act on a criterion."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "sequence": 2,
                    "revision": 1,
                    "act": "shadow",
                    "reason": "To see how often it hits.",
                    "effective_on": "2026-03-03",
                    "definition": None,
                    "changed_by": "kim",
                    "acting_for": None,
                    "recorded_at": "2026-03-02T19:03:11Z",
                }
            ]
        }
    )

    sequence: int
    revision: int
    act: Act
    reason: str
    effective_on: date | None
    definition: CriterionFields | None = Field(description="What it said from then on, where that changed.")
    changed_by: str
    acting_for: str | None
    recorded_at: datetime


@router.get("/selection-criteria", summary="Selection criteria")
async def list_criteria(
    request: Request,
    response: Response,
    caller: StaffIdentity,
    page: CurrentPage,
    state: Annotated[State | None, Query(description="Only revisions in this state.")] = None,
) -> Page[RevisionOut]:
    """Every revision of every criterion, in order of id. What selects is for staff only."""
    position = page.position(str, int)
    async with reading(engine_of(request)) as connection:
        after = (position[0], position[1]) if position else None
        rows = await store.list_revisions(connection, state=state, after=after, limit=page.fetch)
    return build_page(
        rows,
        page,
        key=lambda row: (row.criterion.id, row.criterion.revision),
        item=lambda row: RevisionOut.of(row, caller),
        request=request,
        response=response,
    )


@router.post("/selection-criteria", status_code=201, summary="Draft a criterion", response_model=CriterionOut)
async def draft_criterion(
    body: CriterionIn, request: Request, response: Response, caller: WriterIdentity, call: CurrentIdempotentCall
) -> CriterionOut | Response:
    """Keep a criterion as a draft, which selects nothing. A repeat under the same key drafts nothing more."""
    now = now_of(request)
    criterion = read_criterion(body.id, 1, body)
    refuse_faults(_reserved(body.id) + _expiry_faults(criterion, legal_date(now)))
    async with transaction(engine_of(request)) as tx:
        remembered = await recall(tx.connection, call)
        if remembered is not None:
            return replay(remembered)
        revision = Revision(criterion, await store.next_position(tx))
        if not await store.write_revision(tx, revision):
            raise Conflict(
                f"There is a criterion {body.id} already.",
                rule="criterion-id",
                code="criterion-exists",
                remedy="Take another id, or change the one that there is with PATCH.",
            )
        change = Change(1, "drafted", body.reason, None, criterion)
        await store.note_acts(tx, body.id, [change], _person(caller), now)
        answer = _criterion_out([revision], caller)
        await remember(tx.connection, call, status=201, response=answer.model_dump(mode="json"), now=now)
    response.headers["ETag"] = etag(1)
    return answer


@router.get("/selection-criteria/{criterion_id}", summary="A criterion")
async def read_one_criterion(
    criterion_id: CriterionPath, request: Request, response: Response, caller: StaffIdentity
) -> CriterionOut:
    """Its revisions, the newest first; the ETag is for whoever changes it."""
    async with reading(engine_of(request)) as connection:
        revisions = _demand(criterion_id, await store.find_revisions(connection, criterion_id))
        response.headers["ETag"] = etag(await store.count_changes(connection, criterion_id))
    return _criterion_out(revisions, caller)


@router.patch("/selection-criteria/{criterion_id}", summary="Change a criterion")
async def edit_criterion(
    criterion_id: CriterionPath,
    body: CriterionPatch,
    request: Request,
    response: Response,
    caller: WriterIdentity,
    expected: RequiredIfMatch,
) -> CriterionOut:
    """Change a draft in place. What is no draft any more stays, and the change is a draft of the next revision."""
    now = now_of(request)
    async with transaction(engine_of(request)) as tx:
        revisions = await _lock(tx, criterion_id, expected)
        newest = revisions[-1]
        number = newest.criterion.revision
        if newest.state == "draft":
            criterion = patch_criterion(newest.criterion, number, body.change)
            revisions[-1] = Revision(criterion, newest.position)
            await store.update_revision(tx, revisions[-1])
        else:
            criterion = patch_criterion(newest.criterion, number + 1, body.change)
            revisions.append(Revision(criterion, newest.position))
            await store.write_revision(tx, revisions[-1])
        refuse_faults(_expiry_faults(criterion, legal_date(now)))
        act: Act = "edited" if newest.state == "draft" else "drafted"
        change = Change(criterion.revision, act, body.reason, None, criterion)
        await store.note_acts(tx, criterion_id, [change], _person(caller), now)
        response.headers["ETag"] = etag(await store.count_changes(tx.connection, criterion_id))
    return _criterion_out(revisions, caller)


@router.post("/selection-criteria/{criterion_id}/shadow", summary="Put a criterion on trial")
async def put_on_trial(
    criterion_id: CriterionPath,
    body: ActIn,
    request: Request,
    response: Response,
    caller: WriterIdentity,
    expected: RequiredIfMatch,
) -> CriterionOut:
    """From a day after today on, its hits are noted and change nothing. A revision on trial before it ends that day."""
    today = legal_date(now_of(request))
    day = body.effective_on or today + timedelta(days=1)
    return await _act(
        request,
        response,
        criterion_id,
        caller,
        expected,
        act="shadow",
        reason=body.reason,
        effective_on=day,
        change=lambda revision: lifecycle.shadow(revision, day, today),
    )


@router.post("/selection-criteria/{criterion_id}/live", summary="Ask for a criterion to go live")
async def ask_for_live(
    criterion_id: CriterionPath,
    body: ReasonIn,
    request: Request,
    response: Response,
    caller: WriterIdentity,
    expected: RequiredIfMatch,
) -> CriterionOut:
    """Ask; somebody else confirms, and until then it stays on trial."""
    return await _act(
        request,
        response,
        criterion_id,
        caller,
        expected,
        act="request-live",
        reason=body.reason,
        effective_on=None,
        change=lambda revision: lifecycle.request_live(revision, _person(caller)),
    )


@router.post("/selection-criteria/{criterion_id}/confirm", summary="Let a criterion go live")
async def confirm_live(
    criterion_id: CriterionPath,
    body: ActIn,
    request: Request,
    response: Response,
    caller: ConfirmerIdentity,
    expected: RequiredIfMatch,
) -> CriterionOut:
    """Confirm, as another person than the one who asked. From that day on it selects, in place of older revisions."""
    today = legal_date(now_of(request))
    day = body.effective_on or today + timedelta(days=1)
    return await _act(
        request,
        response,
        criterion_id,
        caller,
        expected,
        act="confirm-live",
        reason=body.reason,
        effective_on=day,
        change=lambda revision: lifecycle.confirm_live(revision, _person(caller), day, today),
    )


@router.post("/selection-criteria/{criterion_id}/retire", summary="Retire a criterion")
async def retire_criterion(
    criterion_id: CriterionPath,
    body: RetirementIn,
    request: Request,
    response: Response,
    caller: WriterIdentity,
    expected: RequiredIfMatch,
) -> CriterionOut:
    """Let it select no more from a day after today on. What it selected stays selected."""
    today = legal_date(now_of(request))
    day = body.effective_on or today + timedelta(days=1)
    return await _act(
        request,
        response,
        criterion_id,
        caller,
        expected,
        act="retire",
        reason=body.reason,
        effective_on=day,
        number=body.revision,
        change=lambda revision: lifecycle.retire(revision, day, today),
    )


@router.get("/selection-criteria/{criterion_id}/history", summary="What was done with a criterion")
async def list_criterion_history(
    criterion_id: CriterionPath, request: Request, response: Response, caller: StaffIdentity, page: CurrentPage
) -> Page[ChangeOut]:
    """Every act on it, oldest first: who, when, why, from which day on."""
    position = page.position(int)
    async with reading(engine_of(request)) as connection:
        _demand(criterion_id, await store.find_revisions(connection, criterion_id))
        rows = await store.list_changes(
            connection, criterion_id, after=position[0] if position else None, limit=page.fetch
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.sequence,),
        item=lambda row: _change_out(row, caller),
        request=request,
        response=response,
    )


async def _act(
    request: Request,
    response: Response,
    criterion_id: str,
    caller: Identity,
    expected: IfMatch,
    *,
    act: Act,
    reason: str,
    effective_on: date | None,
    change: Callable[[Revision], Revision],
    number: int | None = None,
) -> CriterionOut:
    """Change the state of one revision, end the older ones that it supersedes, and tell the event path."""
    now = now_of(request)
    async with transaction(engine_of(request)) as tx:
        revisions = await _lock(tx, criterion_id, expected)
        revision = revisions[-1] if number is None else _demand_revision(revisions, number)
        try:
            after = change(revision)
        except ActRefused as error:
            kind = Forbidden if error.code == "second-person-required" else Conflict
            raise kind(str(error), rule="criterion-lifecycle", code=error.code, remedy=error.remedy) from None
        acts = [Change(after.criterion.revision, act, reason, effective_on, None)]
        ended = lifecycle.supersede(revisions[: after.criterion.revision - 1], after) if act != "retire" else []
        acts += [Change(item.criterion.revision, "superseded", reason, item.retired_on, None) for item in ended]
        for item in sorted([after, *ended], key=lambda item: item.criterion.revision):
            await store.update_revision(tx, item)
            revisions[item.criterion.revision - 1] = item
        await store.note_acts(tx, criterion_id, acts, _person(caller), now)
        await rulebook.note_change(tx, "criterion", f"{criterion_id} {act}", caller.subject)
        response.headers["ETag"] = etag(await store.count_changes(tx.connection, criterion_id))
    return _criterion_out(revisions, caller)


async def _lock(tx: Transaction, criterion_id: str, expected: IfMatch) -> list[Revision]:
    revisions = _demand(criterion_id, await store.lock_revisions(tx, criterion_id))
    expected.check(await store.count_changes(tx.connection, criterion_id))
    return revisions


def _demand(criterion_id: str, revisions: list[Revision]) -> list[Revision]:
    if not revisions:
        raise NotFound(f"There is no criterion {criterion_id}.", remedy="Take an id from GET /selection-criteria.")
    return revisions


def _demand_revision(revisions: list[Revision], number: int) -> Revision:
    if number > len(revisions):
        raise NotFound(f"There is no revision {number}.", remedy=f"The newest one is {len(revisions)}.")
    return revisions[number - 1]


def _reserved(criterion_id: str) -> list[Fault]:
    return [Fault("id", f"{criterion_id} is taken.", "Take another id.")] if criterion_id in RESERVED_IDS else []


def _expiry_faults(criterion: Criterion, today: date) -> list[Fault]:
    if criterion.expires_on is None:
        return [Fault("expires_on", "A criterion expires.", "Say when; it can be prolonged by an edit.")]
    if criterion.expires_on <= today:
        return [Fault("expires_on", f"{criterion.expires_on} is not after today.", "Take a later day.")]
    return []


def _criterion_out(revisions: list[Revision], caller: Identity) -> CriterionOut:
    newest_first = [RevisionOut.of(item, caller) for item in reversed(revisions)]
    return CriterionOut(id=revisions[0].criterion.id, revisions=newest_first)


def _change_out(row: Any, caller: Identity) -> ChangeOut:
    definition = None
    if row.definition is not None:
        definition = show_criterion(from_document(row.criterion_id, row.revision, row.definition), caller)
    return ChangeOut(
        sequence=row.sequence,
        revision=row.revision,
        act=row.act,
        reason=row.reason,
        effective_on=row.effective_on,
        definition=definition,
        changed_by=row.changed_by,
        acting_for=row.acting_for,
        recorded_at=row.recorded_at,
    )


def _person(caller: Identity) -> Person:
    return Person(caller.subject, caller.acting_for)
