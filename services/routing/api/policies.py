"""The assignment policy in versions: proposed by one person, confirmed by another, in force from a day."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.routing.acts import policies as acts
from services.routing.api.recommended import RecommendedOut, list_recommended
from services.routing.domain.policies import (
    DEFAULT_VERSION,
    GROUNDS,
    AssignmentPolicy,
    Ground,
    Measure,
    State,
    policy_on,
    shipped_policies,
    state_of_proposed,
    state_of_shipped,
)
from services.routing.store import policies as store
from services.routing.store.policies import ProposedPolicy
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.fields import LegalDay
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["assignment"])

PolicyVersion = Annotated[str, Path(description="Version of an assignment policy.", examples=[DEFAULT_VERSION])]
Why = Annotated[str, Field(min_length=1, max_length=500, description="The reason, for the record.")]

_EXAMPLE: dict[str, Any] = {
    "version": DEFAULT_VERSION,
    "state": "in-force",
    "effective_on": None,
    "measure": "goods",
    "minimum_lines": 20,
    "lead_points": 10,
    "months_ahead": 3,
    "broker_by_goods": True,
    "override_grounds": list(GROUNDS),
    "family_together": False,
    "rest_months": 6,
    "reason": "Shipped with the product.",
    "proposed_by": None,
    "proposed_at": None,
    "confirmed_by": None,
    "confirmed_at": None,
    "confirmed_reason": None,
    "sources": ["19 CFR 101.10; 88 FR 69026 (number of goods)"],
}
_SOURCES = [
    "measure goods: 19 CFR 101.10, predominant number of goods; what counts as one good is not defined in what was "
    "read: here one tariff classification of chapters 1-97 reported on a line.",
    "measure value: a trade source of 2017 says that CBP in practice used the highest value.",
    "override grounds: 19 CFR 101.10.",
    "broker_by_goods: believed, uncertain (U): the sentence of the rule was not readable in full.",
    "minimum_lines, lead_points, months_ahead, family_together, rest_months: choices of policy, not law.",
]


class PolicyOut(BaseModel):
    """A version of the assignment policy, whole, and who put it where it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    version: str
    state: State = Field(
        description="Available: shipped, not in force. Confirmed: in force from a day to come. Past: another took over."
    )
    effective_on: date | None = Field(description="First day; null for the shipped default, in force from the start.")
    measure: Measure
    minimum_lines: int
    lead_points: int = Field(description="Percentage points by which another Center must lead the present one.")
    months_ahead: int = Field(description="In the windows of how many consecutive months it must have led so.")
    broker_by_goods: bool
    override_grounds: list[Ground]
    family_together: bool
    rest_months: int
    reason: str
    proposed_by: str | None
    proposed_at: datetime | None
    confirmed_by: str | None
    confirmed_at: datetime | None
    confirmed_reason: str | None
    sources: list[str] = Field(description="What of the policy is law, what is believed, what is choice.")
    recommended: list[RecommendedOut] = Field(
        default=[], description="The recommendations of policy analysis that it came from; of one version."
    )


class PolicyIn(BaseModel):
    """A new version: another one as its base, and what differs."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "version": "value-2027",
                    "based_on": "value",
                    "lead_points": 15,
                    "reason": "SYNTHETIC order: value decides from 2027.",
                }
            ]
        },
    )

    version: str = Field(pattern="^[a-z0-9][a-z0-9.-]{0,63}$")
    based_on: str = Field(default=DEFAULT_VERSION, max_length=64)
    measure: Measure | None = None
    minimum_lines: int | None = Field(default=None, ge=1, le=1_000_000)
    lead_points: int | None = Field(default=None, ge=0, le=100)
    months_ahead: int | None = Field(default=None, ge=1, le=12)
    broker_by_goods: bool | None = None
    override_grounds: list[Ground] | None = Field(default=None, max_length=3)
    family_together: bool | None = None
    rest_months: int | None = Field(default=None, ge=0, le=60)
    reason: Why


class PolicyConfirmation(BaseModel):
    """The first day of a version and why it is confirmed."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"effective_on": "2027-01-04", "reason": "SYNTHETIC order no. 12."}]},
    )

    effective_on: LegalDay = Field(description="After today: decisions already made keep their policy.")
    reason: Why


@router.get("/assignment-policies", summary="The versions of the assignment policy")
async def list_assignment_policies(
    request: Request, _: Annotated[Identity, allow("assignment-policy.read")]
) -> list[PolicyOut]:
    """Every version: those shipped and those that people proposed, with the one in force today."""
    today = today_of(request)
    async with reading(engine_of(request)) as connection:
        proposed = await store.list_policies(connection)
    shipped = shipped_policies()
    confirmed = [(item.effective_on, item.policy) for item in proposed if item.effective_on is not None]
    in_force = policy_on([(date.min, shipped[DEFAULT_VERSION]), *confirmed], today).version
    return [
        *(_shipped_out(policy, in_force) for policy in shipped.values()),
        *(_proposed_out(item, in_force, today) for item in proposed),
    ]


@router.get("/assignment-policies/{version}", summary="One version of the assignment policy")
async def read_assignment_policy(
    version: PolicyVersion, request: Request, caller: Annotated[Identity, allow("assignment-policy.read")]
) -> PolicyOut:
    """The version, whole, with who proposed and confirmed it, when and why."""
    for policy in await list_assignment_policies(request, caller):
        if policy.version == version:
            async with reading(engine_of(request)) as connection:
                recommended = await list_recommended(connection, "assignment-policy", version)
            return policy.model_copy(update={"recommended": recommended})
    raise acts.unknown_policy(version)


@router.post("/assignment-policies", status_code=201, summary="Propose an assignment policy", response_model=PolicyOut)
async def propose_assignment_policy(
    body: PolicyIn,
    request: Request,
    caller: Annotated[Identity, allow("assignment-policy.propose")],
    call: CurrentIdempotentCall,
) -> Response:
    """Keep a new version. It changes nothing until another person confirms it; a version is never edited."""
    changes = body.model_dump(exclude={"version", "based_on", "reason"}, exclude_none=True)
    now = now_of(request)

    async def act(tx: Transaction) -> PolicyOut:
        proposed = await acts.propose_policy(
            tx, caller, body.version, based_on=body.based_on, changes=changes, reason=body.reason, now=now
        )
        return _proposed_out(proposed, None, legal_date(now))

    return await answer_once(request, call, act)


@router.post("/assignment-policies/{version}/confirm", summary="Put an assignment policy in force from a day")
async def confirm_assignment_policy(
    version: PolicyVersion,
    body: PolicyConfirmation,
    request: Request,
    caller: Annotated[Identity, allow("assignment-policy.confirm")],
) -> PolicyOut:
    """Confirm what another person proposed. What is decided for days before its first day keeps the policy it had."""
    now = now_of(request)
    async with transaction(engine_of(request)) as tx:
        confirmed = await acts.confirm_policy(
            tx, caller, version, effective_on=body.effective_on, reason=body.reason, now=now
        )
    return _proposed_out(confirmed, None, legal_date(now))


def _shipped_out(policy: AssignmentPolicy, in_force: str) -> PolicyOut:
    return PolicyOut.model_validate(
        {
            "version": policy.version,
            "state": state_of_shipped(policy.version, in_force),
            "effective_on": None,
            **policy.to_document(),
            "reason": "Shipped with the product.",
            "proposed_by": None,
            "proposed_at": None,
            "confirmed_by": None,
            "confirmed_at": None,
            "confirmed_reason": None,
            "sources": _SOURCES,
        }
    )


def _proposed_out(proposed: ProposedPolicy, in_force: str | None, today: date) -> PolicyOut:
    version = proposed.policy.version
    return PolicyOut.model_validate(
        {
            "version": version,
            "state": state_of_proposed(version, proposed.effective_on, in_force, today),
            "effective_on": proposed.effective_on,
            **proposed.policy.to_document(),
            "reason": proposed.reason,
            "proposed_by": proposed.proposed_by,
            "proposed_at": proposed.proposed_at,
            "confirmed_by": proposed.confirmed_by,
            "confirmed_at": proposed.confirmed_at,
            "confirmed_reason": proposed.confirmed_reason,
            "sources": _SOURCES,
        }
    )
