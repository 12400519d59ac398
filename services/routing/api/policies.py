"""The assignment policy in versions: proposed by one person, confirmed by another, in force from a day."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.routing.domain.policy import (
    DEFAULT_VERSION,
    GROUNDS,
    AssignmentPolicy,
    Ground,
    Measure,
    from_document,
    shipped_policies,
)
from services.routing.store import policies as store
from services.routing.store import rulebook
from shared.customs.calendar import legal_date
from shared.db.idempotency import recall, remember
from shared.db.transaction import reading, transaction
from shared.runtime.errors import Conflict, Forbidden, NotFound, Refused
from shared.runtime.identity import Identity, RoleName
from shared.web.idempotency import CurrentIdempotentCall, replay
from shared.web.identity import CurrentIdentity, require
from shared.web.requests import engine_of, now_of

router = APIRouter()

PolicyIdentity = Annotated[Identity, Depends(require(RoleName.OFFICE_OF_TRADE, RoleName.OPERATOR))]
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
    state: Literal["available", "proposed", "confirmed", "in-force", "past"] = Field(
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

    effective_on: date = Field(description="After today: decisions already made keep their policy.")
    reason: Why


@router.get("/assignment-policies", summary="The versions of the assignment policy")
async def list_assignment_policies(request: Request, _: CurrentIdentity) -> list[PolicyOut]:
    """Every version: those shipped and those that people proposed, with the one in force today."""
    today = legal_date(now_of(request))
    async with reading(engine_of(request)) as connection:
        rows = await store.list_policies(connection)
    current = _version_in_force(rows, today)
    shipped = [
        _policy_out(policy, None, _state_of_shipped(policy.version, current)) for policy in shipped_policies().values()
    ]
    return [*shipped, *(_row_out(row, current, today) for row in rows)]


@router.get("/assignment-policies/{version}", summary="One version of the assignment policy")
async def read_assignment_policy(version: PolicyVersion, request: Request, caller: CurrentIdentity) -> PolicyOut:
    """The version, whole, with who proposed and confirmed it, when and why."""
    for policy in await list_assignment_policies(request, caller):
        if policy.version == version:
            return policy
    raise unknown_policy(version)


@router.post("/assignment-policies", status_code=201, summary="Propose an assignment policy", response_model=PolicyOut)
async def propose_assignment_policy(
    body: PolicyIn, request: Request, caller: PolicyIdentity, call: CurrentIdempotentCall
) -> PolicyOut | Response:
    """Keep a new version. It changes nothing until another person confirms it; a version is never edited."""
    now = now_of(request)
    async with transaction(engine_of(request)) as tx:
        remembered = await recall(tx.connection, call)
        if remembered is not None:
            return replay(remembered)
        await store.lock(tx)
        if body.version in shipped_policies() or await store.find_policy(tx.connection, body.version) is not None:
            raise Conflict(
                f"There is an assignment policy {body.version} already.",
                rule="policy-version",
                code="version-taken",
                remedy="A version is never edited: give the new one another name.",
            )
        base = await store.find_any(tx.connection, body.based_on)
        if base is None:
            raise unknown_policy(body.based_on)
        changes = body.model_dump(exclude={"version", "based_on", "reason"}, exclude_none=True)
        policy = from_document(body.version, {**base.to_document(), **changes})
        await store.append_policy(
            tx, policy, reason=body.reason, proposed_by=caller.subject, acting_for=caller.acting_for, recorded_at=now
        )
        answer = _row_out(await store.find_policy(tx.connection, policy.version), None, legal_date(now))
        await remember(
            tx.connection,
            call,
            status=201,
            response=answer.model_dump(mode="json"),
            now=now,
        )
    return answer


@router.post("/assignment-policies/{version}/confirm", summary="Put an assignment policy in force from a day")
async def confirm_assignment_policy(
    version: PolicyVersion, body: PolicyConfirmation, request: Request, caller: PolicyIdentity
) -> PolicyOut:
    """Confirm what another person proposed. What is decided for days before its first day keeps the policy it had."""
    now = now_of(request)
    today = legal_date(now)
    async with transaction(engine_of(request)) as tx:
        await store.lock(tx)
        row = await store.find_policy(tx.connection, version)
        if row is None:
            raise unknown_policy(version)
        if row.effective_on is not None:
            raise Conflict(
                f"{version} is confirmed already, from {row.effective_on}.",
                rule="policy-state",
                code="already-confirmed",
                remedy="Propose a new version to change it.",
            )
        if {caller.subject, caller.acting_for or caller.subject} & {row.proposed_by, row.proposed_acting_for}:
            raise Forbidden(
                "Who proposed a policy may not confirm it.",
                rule="two-persons",
                code="second-person-required",
                remedy="Ask another person to confirm it.",
            )
        if body.effective_on <= today:
            raise Refused(
                f"A policy takes effect after today, {today}: decisions already made keep theirs.",
                rule="policy-day",
                code="not-after-today",
                remedy="Give a later day.",
            )
        if any(item.effective_on == body.effective_on for item in await store.load_confirmed(tx.connection)):
            raise Conflict(
                f"Another policy takes effect on {body.effective_on}.",
                rule="policy-day",
                code="day-taken",
                remedy="Give another day.",
            )
        await store.confirm_policy(
            tx,
            version,
            effective_on=body.effective_on,
            reason=body.reason,
            confirmed_by=caller.subject,
            acting_for=caller.acting_for,
            confirmed_at=now,
        )
        await rulebook.note_change(tx, "assignment-policy", version, caller.subject)
        return _row_out(await store.find_policy(tx.connection, version), None, today)


def unknown_policy(version: str) -> NotFound:
    """The refusal that names the remedy."""
    return NotFound(f"There is no assignment policy {version}.", remedy="Take a version from GET /assignment-policies.")


def _version_in_force(rows: Any, today: date) -> str:
    days: list[tuple[date, str]] = [(row.effective_on, row.version) for row in rows if row.effective_on is not None]
    return max([(date.min, DEFAULT_VERSION), *((day, version) for day, version in days if day <= today)])[1]


def _state_of_shipped(version: str, current: str) -> str:
    if version == current:
        return "in-force"
    return "past" if version == DEFAULT_VERSION else "available"


def _row_out(row: Any, current: str | None, today: date) -> PolicyOut:
    policy = from_document(row.version, row.document)
    if row.effective_on is None:
        return _policy_out(policy, row, "proposed")
    if row.effective_on > today:
        return _policy_out(policy, row, "confirmed")
    return _policy_out(policy, row, "in-force" if row.version == current else "past")


def _policy_out(policy: AssignmentPolicy, row: Any | None, state: str) -> PolicyOut:
    return PolicyOut.model_validate(
        {
            "version": policy.version,
            "state": state,
            "effective_on": row.effective_on if row else None,
            **policy.to_document(),
            "reason": row.reason if row else "Shipped with the product.",
            "proposed_by": row.proposed_by if row else None,
            "proposed_at": row.recorded_at if row else None,
            "confirmed_by": row.confirmed_by if row else None,
            "confirmed_at": row.confirmed_at if row else None,
            "confirmed_reason": row.confirmed_reason if row else None,
            "sources": _SOURCES,
        }
    )
