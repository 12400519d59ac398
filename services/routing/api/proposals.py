"""Assignment proposals: made from the figures, confirmed, rejected or overridden by people of the Center."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.routing.api.common import SOURCE, ReasonOut
from services.routing.assigning import assignment_events
from services.routing.domain.policy import CITATION, GROUNDS, AssignmentPolicy, Ground
from services.routing.domain.proposal import format_points
from services.routing.proposing import propose
from services.routing.store import accounts as account_store
from services.routing.store import assignments as assignment_store
from services.routing.store import directory as directory_store
from services.routing.store import policies as policy_store
from services.routing.store import proposals as store
from services.routing.store.assignments import NewAssignment
from services.routing.store.proposals import Decided
from shared.bus import outbox
from shared.contracts.terms import CenterCode
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.access import shown_importer_number
from shared.runtime.clock import Clock
from shared.runtime.concurrency import IfMatch, etag
from shared.runtime.errors import Conflict, Forbidden, NotFound, Refused
from shared.runtime.identity import Identity, RoleName
from shared.web.concurrency import RequiredIfMatch
from shared.web.identity import StaffIdentity, require
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of

router = APIRouter()

RunIdentity = Annotated[Identity, Depends(require(RoleName.OFFICE_OF_TRADE, RoleName.OPERATOR))]
ConfirmerIdentity = Annotated[
    Identity,
    Depends(require(RoleName.IMPORT_SPECIALIST, RoleName.ASSISTANT_CENTER_DIRECTOR, RoleName.CENTER_DIRECTOR)),
]
"""Who confirms: the Validation and Compliance team, and the directors of the Center (processes 3.1)."""

ProposalId = Annotated[int, Path(ge=1, description="Number of a proposal.", examples=[17])]
State = Literal["open", "confirmed", "rejected", "overridden", "superseded"]
Why = Annotated[str, Field(min_length=1, max_length=500, description="The reason, for the record and the importer.")]

_CONFIRMING_DIVISION = "validation-and-compliance"


class RunIn(BaseModel):
    """As of which day to propose."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"as_of": "2026-03-02"}]})

    as_of: date | None = Field(default=None, description="Today unless given; not a day to come.")


class RunOut(BaseModel):
    """What a run did."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "as_of": "2026-03-02",
                    "policy_version": "number-of-goods",
                    "map_version": "tariff-map-0123456789ab",
                    "accounts": 330000,
                    "proposed": 412,
                    "gave_way": 37,
                }
            ]
        }
    )

    as_of: date
    policy_version: str
    map_version: str
    accounts: int = Field(description="Accounts looked at.")
    proposed: int = Field(description="New proposals.")
    gave_way: int = Field(description="Open proposals of earlier runs that gave way to newer figures.")


class ProposalOut(BaseModel):
    """A proposal with the figures that it rests on and what was decided."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "proposal_id": 17,
                    "importer_number": "07-345678900",
                    "family": None,
                    "state": "open",
                    "as_of": "2026-03-02",
                    "present_center": None,
                    "proposed_center": "CEE007",
                    "runner_up": "CEE005",
                    "margin_points": "62.50",
                    "policy_version": "number-of-goods",
                    "map_version": "tariff-map-0123456789ab",
                    "figures": {"total": {"lines": 80, "goods": 80, "value_usd": 125000}},
                    "reasons": [
                        {
                            "code": "predominant-goods",
                            "text": "By number of goods, CEE007 has 81.25% and CEE005 18.75%.",
                            "fact": "number-of-goods",
                            "citation": "19 CFR 101.10; 88 FR 69026",
                        }
                    ],
                    "proposed_by": "schedule",
                    "proposed_at": "2026-03-02T06:00:00Z",
                    "decided_by": None,
                    "decided_acting_for": None,
                    "decided_at": None,
                    "decided_center": None,
                    "ground": None,
                    "reason": None,
                    "effective_on": None,
                }
            ]
        }
    )

    proposal_id: int
    importer_number: str = Field(description="Masked when it is a social security number of someone else.")
    family: str | None = Field(description="Where the numbers of a family were counted, and are decided, together.")
    state: State
    as_of: date
    present_center: str | None
    proposed_center: str
    runner_up: str | None
    margin_points: str = Field(description="Percentage points between the proposed Center and the runner-up.")
    policy_version: str
    map_version: str
    figures: dict[str, Any] = Field(description="Lines, goods and value by Center, and the ranking by every measure.")
    reasons: list[ReasonOut]
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_acting_for: str | None
    decided_at: datetime | None
    decided_center: str | None
    ground: Ground | None
    reason: str | None
    effective_on: date | None


class ConfirmationIn(BaseModel):
    """From when the proposed Center takes over, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"effective_on": "2026-04-01", "reason": "The goods are electronics."}]},
    )

    effective_on: date | None = Field(default=None, description="First day; today unless given, not before.")
    reason: Why


class RejectionIn(BaseModel):
    """Why the account stays as it is."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "A single project explains the peak."}]}
    )

    reason: Why


class OverrideIn(BaseModel):
    """Another Center than the figures point to, on one of the grounds of the regulation."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "center": "CEE003",
                    "ground": "intended-use",
                    "effective_on": "2026-04-01",
                    "reason": "All parts are built into vehicles.",
                }
            ]
        },
    )

    center: CenterCode
    ground: Ground
    effective_on: date | None = Field(default=None, description="First day; today unless given, not before.")
    reason: Why


@router.post("/assignment-proposals/runs", summary="Propose Centers from the figures of a day")
async def run_proposals(body: RunIn, request: Request, caller: RunIdentity) -> RunOut:
    """Look at every account, propose where the policy of that day says so; a second run of the month adds nothing."""
    clock: Clock = request.app.state.clock
    today = legal_date(clock.now())
    if body.as_of is not None and body.as_of > today:
        raise Refused(
            f"{body.as_of} is a day to come; today is {today}.",
            rule="run-day",
            code="day-to-come",
            remedy="Give today or an earlier day.",
        )
    outcome = await propose(engine_of(request), clock, as_of=body.as_of, proposed_by=caller.subject)
    return RunOut.model_validate(outcome, from_attributes=True)


@router.get("/assignment-proposals", summary="Assignment proposals")
async def list_proposals(
    request: Request,
    response: Response,
    caller: StaffIdentity,
    page: CurrentPage,
    state: Annotated[State | None, Query(description="Only those in this state.", examples=["open"])] = None,
    center: Annotated[str | None, Query(description="Only those from or to this Center.", examples=["CEE007"])] = None,
) -> Page[ProposalOut]:
    """Proposals in the order in which they were made."""
    position = page.position(int)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_proposals(
            connection, state=state, center=center, after=position[0] if position else None, limit=page.fetch
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.proposal_id,),
        item=lambda row: _proposal_out(row, caller),
        request=request,
        response=response,
    )


@router.get("/assignment-proposals/{proposal_id}", summary="One assignment proposal")
async def read_proposal(
    proposal_id: ProposalId, request: Request, response: Response, caller: StaffIdentity
) -> ProposalOut:
    """The proposal with its figures, runner-up, margin, versions and what was decided."""
    async with reading(engine_of(request)) as connection:
        row = await store.find_proposal(connection, proposal_id)
    if row is None:
        raise _unknown_proposal(proposal_id)
    response.headers["ETag"] = etag(row.revision)
    return _proposal_out(row, caller)


@router.post("/assignment-proposals/{proposal_id}/confirm", summary="Give the account the proposed Center")
async def confirm_proposal(
    proposal_id: ProposalId,
    body: ConfirmationIn,
    request: Request,
    response: Response,
    caller: ConfirmerIdentity,
    if_match: RequiredIfMatch,
) -> ProposalOut:
    """Append the assignment and tell everyone. Numbers of a family that were counted together move together.

    Open matters stay with the Center that started them; entries decided before keep their decision.
    """
    now = now_of(request)
    effective_on = _first_day(body.effective_on, now)
    async with transaction(engine_of(request)) as tx:
        rows = await _lock_open(tx, proposal_id, caller, if_match)
        center: str = rows[0].proposed_center
        await _demand_open_center(tx, center, effective_on)
        policy = await _policy_of(tx, rows[0])
        decided = Decided("confirmed", center, None, body.reason, effective_on, caller.subject, caller.acting_for, now)
        await _assign(tx, rows, decided, f"predominant-{policy.measure}", now)
        return await _decide(tx, rows, decided, caller, response)


@router.post("/assignment-proposals/{proposal_id}/reject", summary="Leave the account as it is")
async def reject_proposal(
    proposal_id: ProposalId,
    body: RejectionIn,
    request: Request,
    response: Response,
    caller: ConfirmerIdentity,
    if_match: RequiredIfMatch,
) -> ProposalOut:
    """Say no: the same Center is not proposed again for the months that the policy gives."""
    now = now_of(request)
    async with transaction(engine_of(request)) as tx:
        rows = await _lock_open(tx, proposal_id, caller, if_match)
        decided = Decided("rejected", None, None, body.reason, None, caller.subject, caller.acting_for, now)
        return await _decide(tx, rows, decided, caller, response)


@router.post("/assignment-proposals/{proposal_id}/override", summary="Give the account another Center")
async def override_proposal(
    proposal_id: ProposalId,
    body: OverrideIn,
    request: Request,
    response: Response,
    caller: ConfirmerIdentity,
    if_match: RequiredIfMatch,
) -> ProposalOut:
    """Depart from the predominant goods on a ground of 19 CFR 101.10 that the policy allows."""
    now = now_of(request)
    effective_on = _first_day(body.effective_on, now)
    async with transaction(engine_of(request)) as tx:
        rows = await _lock_open(tx, proposal_id, caller, if_match)
        if body.center == rows[0].proposed_center:
            raise Refused(
                f"{body.center} is the Center that was proposed.",
                rule="override",
                code="nothing-to-override",
                remedy="Confirm the proposal instead.",
            )
        policy = await _policy_of(tx, rows[0])
        if body.ground not in policy.override_grounds:
            raise Refused(
                f"The policy {policy.version} does not allow the ground {body.ground}.",
                rule="override-ground",
                code="ground-not-allowed",
                citation=CITATION,
                remedy=f"It allows: {', '.join(policy.override_grounds) or 'none'}.",
            )
        await _demand_open_center(tx, body.center, effective_on)
        decided = Decided(
            "overridden",
            body.center,
            body.ground,
            body.reason,
            effective_on,
            caller.subject,
            caller.acting_for,
            now,
        )
        await _assign(tx, rows, decided, "override", now)
        return await _decide(tx, rows, decided, caller, response)


async def _lock_open(tx: Transaction, proposal_id: int, caller: Identity, if_match: IfMatch) -> list[Any]:
    rows = await store.lock_with_family(tx, proposal_id)
    if not rows:
        raise _unknown_proposal(proposal_id)
    row = rows[0]
    if caller.centers and caller.centers.isdisjoint({row.present_center, row.proposed_center}):
        raise Forbidden(
            f"The proposal concerns {row.proposed_center}, which the token does not name.", code="other-center"
        )
    if caller.divisions and _CONFIRMING_DIVISION not in caller.divisions:
        raise Forbidden(
            f"Proposals are decided by the division {_CONFIRMING_DIVISION}.",
            code="other-division",
            remedy="Ask the Validation and Compliance division of the Center.",
        )
    if row.proposed_by in {caller.subject, caller.acting_for}:
        raise Forbidden(
            "Who started the run may not decide on its proposals.",
            rule="two-persons",
            code="second-person-required",
            remedy="Ask another person to decide.",
        )
    if_match.check(row.revision)
    if row.state != "open":
        raise Conflict(
            f"The proposal is {row.state} already.",
            rule="proposal-state",
            code="not-open",
            remedy="Look for an open proposal of the account, or run the proposals again.",
        )
    return rows


async def _assign(tx: Transaction, rows: Sequence[Any], decided: Decided, basis: str, now: datetime) -> None:
    """Append the assignments and publish them; refuse when an account has got another Center since the run."""
    proposals = {row.importer_number: row for row in rows}
    numbers = sorted(proposals)
    latest = await assignment_store.lock_and_load_latest(tx, numbers)
    assert decided.effective_on is not None
    new = []
    for number in numbers:
        row = proposals[number]
        before = latest.get(number)
        if (before.center if before else None) != row.present_center:
            raise Conflict(
                "The account has got another Center since the proposal was made.",
                rule="proposal-state",
                code="assignment-changed",
                remedy="Run the proposals again and look at the new one.",
            )
        new.append(
            NewAssignment(
                importer_number=number,
                sequence=before.sequence + 1 if before else 1,
                center=decided.center,
                previous_center=before.center if before else None,
                basis=basis,
                effective_on=decided.effective_on,
                reasons=orjson.dumps(_reasons(row, decided)).decode(),
                assigned_by=row.proposed_by,
                policy_version=row.policy_version,
                map_version=row.map_version,
                figures=orjson.dumps(row.figures).decode(),
                runner_up=row.runner_up,
                margin_basis_points=row.margin_basis_points,
                confirmed_by=decided.by,
                ground=decided.ground,
            )
        )
    await assignment_store.append_assignments(tx, new)
    accounts = await account_store.load_accounts(tx, numbers)
    await outbox.add(tx, SOURCE, assignment_events(new, accounts, now))


def _reasons(row: Any, decided: Decided) -> list[dict[str, Any]]:
    if decided.ground is None:
        said = {"code": "confirmed", "text": decided.reason, "fact": None, "citation": None}
        return [*row.reasons, said]
    why = {
        "code": "overridden",
        "text": f"{row.proposed_center} was proposed; the assignment departs from it for {GROUNDS[decided.ground]}.",
        "fact": decided.ground,
        "citation": CITATION,
    }
    said = {"code": "override-reason", "text": decided.reason, "fact": None, "citation": None}
    return [why, said, *row.reasons]


async def _decide(
    tx: Transaction, rows: Sequence[Any], decided: Decided, caller: Identity, response: Response
) -> ProposalOut:
    await store.decide_proposals(tx, [row.proposal_id for row in rows], decided)
    row = await store.find_proposal(tx.connection, rows[0].proposal_id)
    assert row is not None
    response.headers["ETag"] = etag(row.revision)
    return _proposal_out(row, caller)


async def _policy_of(tx: Transaction, row: Any) -> AssignmentPolicy:
    policy = await policy_store.find_any(tx.connection, row.policy_version)
    assert policy is not None  # versions are never removed
    return policy


async def _demand_open_center(tx: Transaction, center: str, on: date) -> None:
    directory = await directory_store.load(tx.connection)
    unit = directory.centers.get(center)
    if unit is None or not unit.is_open(on):
        raise Refused(
            f"{center} takes no work on {on}." if unit else f"{center} is not a Center.",
            rule="center-exists",
            code="center-not-open" if unit else "unknown-center",
            remedy="Take a Center that is open on that day from GET /centers.",
        )


def _first_day(wanted: date | None, now: datetime) -> date:
    today = legal_date(now)
    if wanted is not None and wanted < today:
        raise Refused(
            f"An assignment takes effect today, {today}, or later; {wanted} has passed.",
            rule="assignment-day",
            code="day-passed",
            remedy="Give today or a later day: decisions already made stay.",
        )
    return wanted or today


def _unknown_proposal(proposal_id: int) -> NotFound:
    return NotFound(
        f"There is no assignment proposal {proposal_id}.", remedy="Take a number from GET /assignment-proposals."
    )


def _proposal_out(row: Any, caller: Identity) -> ProposalOut:
    return ProposalOut(
        proposal_id=row.proposal_id,
        importer_number=shown_importer_number(caller, row.importer_number),
        family=row.family,
        state=row.state,
        as_of=row.as_of,
        present_center=row.present_center,
        proposed_center=row.proposed_center,
        runner_up=row.runner_up,
        margin_points=format_points(row.margin_basis_points),
        policy_version=row.policy_version,
        map_version=row.map_version,
        figures=row.figures,
        reasons=[ReasonOut(**reason) for reason in row.reasons],
        proposed_by=row.proposed_by,
        proposed_at=row.recorded_at,
        decided_by=row.decided_by,
        decided_acting_for=row.decided_acting_for,
        decided_at=row.decided_at,
        decided_center=row.decided_center,
        ground=row.ground,
        reason=row.reason,
        effective_on=row.effective_on,
    )
