"""Assignment proposals: made from the figures, confirmed, rejected or overridden by people of the Center."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.routing.acts import proposals as acts
from services.routing.api.common import ReasonOut
from services.routing.domain.policies import Ground
from services.routing.domain.proposals import State, format_points
from services.routing.store import proposals as store
from services.routing.store.proposals import StandingProposal
from shared.contracts.terms import CenterCode
from shared.customs.calendar import legal_date
from shared.db.transaction import reading, transaction
from shared.runtime.access import shown_importer_number
from shared.runtime.concurrency import etag
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.concurrency import RequiredIfMatch
from shared.web.fields import BigOrdinal, LegalDay
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of

router = APIRouter(tags=["assignment"])


"""Who confirms: the Validation and Compliance team, and the directors of the Center (processes 3.1)."""

ProposalId = Annotated[BigOrdinal, Path(description="Number of a proposal.", examples=[17])]
Why = Annotated[str, Field(min_length=1, max_length=500, description="The reason, for the record and the importer.")]


class RunIn(BaseModel):
    """As of which day to propose."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"as_of": "2026-03-02"}]})

    as_of: LegalDay | None = Field(default=None, description="Today unless given; not a day to come.")


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

    effective_on: LegalDay | None = Field(default=None, description="First day; today unless given, not before.")
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
    effective_on: LegalDay | None = Field(default=None, description="First day; today unless given, not before.")
    reason: Why


@router.post("/assignment-proposals/runs", summary="Propose Centers from the figures of a day")
async def run_proposals(body: RunIn, request: Request, caller: Annotated[Identity, allow("proposal.run")]) -> RunOut:
    """Look at every account, propose where the policy of that day says so; a second run of the month adds nothing."""
    now = now_of(request)
    as_of = body.as_of or legal_date(now)
    outcome = await acts.run_proposals(engine_of(request), as_of=as_of, proposed_by=caller.signature, now=now)
    return RunOut.model_validate(outcome, from_attributes=True)


@router.get("/assignment-proposals", summary="Assignment proposals")
async def list_proposals(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("proposal.read")],
    page: CurrentPage,
    state: Annotated[State | None, Query(description="Only those in this state.", examples=["open"])] = None,
    center: Annotated[str | None, Query(description="Only those from or to this Center.", examples=["CEE007"])] = None,
) -> Page[ProposalOut]:
    """Proposals in the order in which they were made."""
    position = page.position(BigOrdinal)
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
@tells("ETag")
async def read_proposal(
    proposal_id: ProposalId, request: Request, response: Response, caller: Annotated[Identity, allow("proposal.read")]
) -> ProposalOut:
    """The proposal with its figures, runner-up, margin, versions and what was decided."""
    async with reading(engine_of(request)) as connection:
        proposal = await store.find_proposal(connection, proposal_id)
    if proposal is None:
        raise acts.unknown_proposal(proposal_id)
    return _answer(proposal, caller, response)


@router.post("/assignment-proposals/{proposal_id}/confirm", summary="Give the account the proposed Center")
@tells("ETag")
async def confirm_proposal(
    proposal_id: ProposalId,
    body: ConfirmationIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("proposal.decide")],
    if_match: RequiredIfMatch,
) -> ProposalOut:
    """Append the assignment and tell everyone. Numbers of a family that were counted together move together.

    Open matters stay with the Center that started them; entries decided before keep their decision.
    """
    async with transaction(engine_of(request)) as tx:
        proposal = await acts.confirm_proposal(
            tx,
            caller,
            proposal_id,
            if_match,
            effective_on=body.effective_on,
            reason=body.reason,
            now=now_of(request),
        )
    return _answer(proposal, caller, response)


@router.post("/assignment-proposals/{proposal_id}/reject", summary="Leave the account as it is")
@tells("ETag")
async def reject_proposal(
    proposal_id: ProposalId,
    body: RejectionIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("proposal.decide")],
    if_match: RequiredIfMatch,
) -> ProposalOut:
    """Say no: the same Center is not proposed again for the months that the policy gives."""
    async with transaction(engine_of(request)) as tx:
        proposal = await acts.reject_proposal(
            tx, caller, proposal_id, if_match, reason=body.reason, now=now_of(request)
        )
    return _answer(proposal, caller, response)


@router.post("/assignment-proposals/{proposal_id}/override", summary="Give the account another Center")
@tells("ETag")
async def override_proposal(
    proposal_id: ProposalId,
    body: OverrideIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("proposal.decide")],
    if_match: RequiredIfMatch,
) -> ProposalOut:
    """Depart from the predominant goods on a ground of 19 CFR 101.10 that the policy allows."""
    async with transaction(engine_of(request)) as tx:
        proposal = await acts.override_proposal(
            tx,
            caller,
            proposal_id,
            if_match,
            center=body.center,
            ground=body.ground,
            effective_on=body.effective_on,
            reason=body.reason,
            now=now_of(request),
        )
    return _answer(proposal, caller, response)


def _answer(proposal: StandingProposal, caller: Identity, response: Response) -> ProposalOut:
    response.headers["ETag"] = etag(proposal.revision)
    return _proposal_out(proposal, caller)


def _proposal_out(proposal: StandingProposal, caller: Identity) -> ProposalOut:
    return ProposalOut(
        proposal_id=proposal.proposal_id,
        importer_number=shown_importer_number(caller, proposal.importer_number),
        family=proposal.family,
        state=proposal.state,
        as_of=proposal.as_of,
        present_center=proposal.present_center,
        proposed_center=proposal.proposed_center,
        runner_up=proposal.runner_up,
        margin_points=format_points(proposal.margin_basis_points),
        policy_version=proposal.policy_version,
        map_version=proposal.map_version,
        figures=proposal.figures,
        reasons=[ReasonOut(**reason) for reason in proposal.reasons],
        proposed_by=proposal.proposed_by,
        proposed_at=proposal.recorded_at,
        decided_by=proposal.decided_by,
        decided_acting_for=proposal.decided_acting_for,
        decided_at=proposal.decided_at,
        decided_center=proposal.decided_center,
        ground=proposal.ground,
        reason=proposal.reason,
        effective_on=proposal.effective_on,
    )
