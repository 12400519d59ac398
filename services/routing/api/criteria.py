"""Selection criteria: drafted, put on trial, live with two people, retired; and the history of each."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.routing.acts import criteria as acts
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
from services.routing.domain.criteria import Criterion, Fault, find_expiry_faults
from services.routing.domain.criteria_lifecycle import Act, Revision, State
from services.routing.store import criteria as store
from services.routing.store.criteria import RecordedAct
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.concurrency import etag
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.concurrency import RequiredIfMatch
from shared.web.fields import LegalDay, Ordinal
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of

router = APIRouter(tags=["selection criteria"])


CriterionPath = Annotated[str, Path(description="The criterion's id.", examples=["cheap-garments-vn"])]


class ReasonIn(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "Precise on trial."}]})

    reason: Annotated[str, Field(min_length=1, max_length=1000, description="Why, for its history.")]


class ActIn(ReasonIn):
    """Why, and from when on."""

    effective_on: LegalDay | None = Field(
        default=None, description="A day after today (Eastern); tomorrow unless given."
    )


class RetirementIn(ActIn):
    """Why, from when on, and which revision."""

    revision: Ordinal | None = Field(default=None, description="The newest one unless given.")


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
    caller: Annotated[Identity, allow("criterion.read")],
    page: CurrentPage,
    state: Annotated[State | None, Query(description="Only revisions in this state.")] = None,
    tariff: Annotated[
        str | None,
        Query(
            pattern="^[0-9]{2,10}$",
            description="Only those that name goods by number: this one, a part of it, or what it is part of.",
            examples=["8471300100"],
        ),
    ] = None,
) -> Page[RevisionOut]:
    """Every revision of every criterion, in order of id. What selects is for staff only."""
    position = page.position(str, int)
    async with reading(engine_of(request)) as connection:
        after = (position[0], position[1]) if position else None
        rows = await store.list_revisions(connection, state=state, tariff=tariff, after=after, limit=page.fetch)
    return build_page(
        rows,
        page,
        key=lambda row: (row.criterion.id, row.criterion.revision),
        item=lambda row: RevisionOut.of(row, caller),
        request=request,
        response=response,
    )


@router.post("/selection-criteria", status_code=201, summary="Draft a criterion", response_model=CriterionOut)
@tells("ETag")
async def draft_criterion(
    body: CriterionIn,
    request: Request,
    caller: Annotated[Identity, allow("criterion.write")],
    call: CurrentIdempotentCall,
) -> Response:
    """Keep a criterion as a draft, which selects nothing. A repeat under the same key drafts nothing more."""
    now = now_of(request)
    criterion = read_criterion(body.id, 1, body)
    refuse_faults(find_reserved(body.id) + find_expiry_faults(criterion, legal_date(now)))

    async def act(tx: Transaction) -> CriterionOut:
        revision = await acts.draft_criterion(tx, caller, criterion, reason=body.reason, now=now)
        return _criterion_out([revision], caller)

    return await answer_once(request, call, act, headers=lambda _: {"ETag": etag(1)})


@router.get("/selection-criteria/{criterion_id}", summary="A criterion")
@tells("ETag")
async def read_one_criterion(
    criterion_id: CriterionPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("criterion.read")],
) -> CriterionOut:
    """Its revisions, the newest first; the ETag is for whoever changes it."""
    async with reading(engine_of(request)) as connection:
        revisions = acts.demand_revisions(criterion_id, await store.find_revisions(connection, criterion_id))
        response.headers["ETag"] = etag(await store.count_changes(connection, criterion_id))
    return _criterion_out(revisions, caller)


@router.patch("/selection-criteria/{criterion_id}", summary="Change a criterion")
@tells("ETag")
async def edit_criterion(
    criterion_id: CriterionPath,
    body: CriterionPatch,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("criterion.write")],
    expected: RequiredIfMatch,
) -> CriterionOut:
    """Change a draft in place. What is no draft any more stays, and the change is a draft of the next revision."""
    now = now_of(request)

    def revise(criterion: Criterion, revision: int) -> Criterion:
        revised = patch_criterion(criterion, revision, body.change)
        refuse_faults(find_expiry_faults(revised, legal_date(now)))
        return revised

    async with transaction(engine_of(request)) as tx:
        revisions = await acts.edit_criterion(tx, caller, criterion_id, expected, revise, reason=body.reason, now=now)
        return await _answer(tx, revisions, caller, response)


@router.post("/selection-criteria/{criterion_id}/shadow", summary="Put a criterion on trial")
@tells("ETag")
async def put_on_trial(
    criterion_id: CriterionPath,
    body: ActIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("criterion.write")],
    expected: RequiredIfMatch,
) -> CriterionOut:
    """From a day after today on, its hits are noted and change nothing. A revision on trial before it ends that day."""
    async with transaction(engine_of(request)) as tx:
        revisions = await acts.put_on_trial(
            tx,
            caller,
            criterion_id,
            expected,
            effective_on=body.effective_on,
            reason=body.reason,
            now=now_of(request),
        )
        return await _answer(tx, revisions, caller, response)


@router.post("/selection-criteria/{criterion_id}/live", summary="Ask for a criterion to go live")
@tells("ETag")
async def ask_for_live(
    criterion_id: CriterionPath,
    body: ReasonIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("criterion.write")],
    expected: RequiredIfMatch,
) -> CriterionOut:
    """Ask; somebody else confirms, and until then it stays on trial."""
    async with transaction(engine_of(request)) as tx:
        revisions = await acts.ask_for_live(tx, caller, criterion_id, expected, reason=body.reason, now=now_of(request))
        return await _answer(tx, revisions, caller, response)


@router.post("/selection-criteria/{criterion_id}/confirm", summary="Let a criterion go live")
@tells("ETag")
async def confirm_live(
    criterion_id: CriterionPath,
    body: ActIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("criterion.confirm")],
    expected: RequiredIfMatch,
) -> CriterionOut:
    """Confirm, as another person than the one who asked. From that day on it selects, in place of older revisions."""
    async with transaction(engine_of(request)) as tx:
        revisions = await acts.confirm_live(
            tx,
            caller,
            criterion_id,
            expected,
            effective_on=body.effective_on,
            reason=body.reason,
            now=now_of(request),
        )
        return await _answer(tx, revisions, caller, response)


@router.post("/selection-criteria/{criterion_id}/retire", summary="Retire a criterion")
@tells("ETag")
async def retire_criterion(
    criterion_id: CriterionPath,
    body: RetirementIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("criterion.write")],
    expected: RequiredIfMatch,
) -> CriterionOut:
    """Let it select no more from a day after today on. What it selected stays selected."""
    async with transaction(engine_of(request)) as tx:
        revisions = await acts.retire_criterion(
            tx,
            caller,
            criterion_id,
            expected,
            revision=body.revision,
            effective_on=body.effective_on,
            reason=body.reason,
            now=now_of(request),
        )
        return await _answer(tx, revisions, caller, response)


@router.get("/selection-criteria/{criterion_id}/history", summary="What was done with a criterion")
async def list_criterion_history(
    criterion_id: CriterionPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("criterion.read")],
    page: CurrentPage,
) -> Page[ChangeOut]:
    """Every act on it, oldest first: who, when, why, from which day on."""
    position = page.position(int)
    async with reading(engine_of(request)) as connection:
        acts.demand_revisions(criterion_id, await store.find_revisions(connection, criterion_id))
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


async def _answer(tx: Transaction, revisions: list[Revision], caller: Identity, response: Response) -> CriterionOut:
    response.headers["ETag"] = etag(await store.count_changes(tx.connection, revisions[0].criterion.id))
    return _criterion_out(revisions, caller)


def find_reserved(criterion_id: str) -> list[Fault]:
    """What is wrong with an id that Centerline keeps for itself; nothing with any other."""
    return [Fault("id", f"{criterion_id} is taken.", "Take another id.")] if criterion_id in RESERVED_IDS else []


def _criterion_out(revisions: list[Revision], caller: Identity) -> CriterionOut:
    newest_first = [RevisionOut.of(item, caller) for item in reversed(revisions)]
    return CriterionOut(id=revisions[0].criterion.id, revisions=newest_first)


def _change_out(act: RecordedAct, caller: Identity) -> ChangeOut:
    change = act.change
    return ChangeOut(
        sequence=act.sequence,
        revision=change.revision,
        act=change.act,
        reason=change.reason,
        effective_on=change.effective_on,
        definition=show_criterion(change.definition, caller) if change.definition is not None else None,
        changed_by=act.changed_by,
        acting_for=act.acting_for,
        recorded_at=act.recorded_at,
    )
