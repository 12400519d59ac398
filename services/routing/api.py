"""The HTTP side of routing: decisions with their reasons, importer accounts, the directory of Centers."""

from datetime import date, datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.routing.store import accounts as account_store
from services.routing.store import decisions as decision_store
from services.routing.store.accounts import AccountRecord, LatestAssignment, NewAssignment
from shared.bus import outbox
from shared.bus.outbox import Outgoing
from shared.contracts.routing import AccountAssigned
from shared.contracts.terms import CenterCode, ImporterNumber
from shared.customs.centers import centers
from shared.db.transaction import reading, transaction
from shared.runtime.clock import Clock
from shared.runtime.errors import NotFound, Refused
from shared.runtime.ids import event_id
from shared.web.access import STAFF, demand_sight, is_staff, shown_importer_number
from shared.web.identity import CurrentIdentity, Identity, RoleName, require
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import canonical_entry_number, engine_of

router = APIRouter()

SOURCE = "urn:centerline:routing"

StaffIdentity = Annotated[Identity, Depends(require(*sorted(STAFF)))]
RegistrarIdentity = Annotated[
    Identity, Depends(require(RoleName.OFFICE_OF_TRADE, RoleName.OPERATOR, RoleName.ASSISTANT_CENTER_DIRECTOR))
]
EntryNumberPath = Annotated[str, Path(description="Entry number, with or without hyphens.", examples=["B7603245278"])]


class ReasonOut(BaseModel):
    """One ground of a decision."""

    code: str
    text: str
    fact: str | None = None
    citation: str | None = None


class DecisionOut(BaseModel):
    """The routing decision for one version of an entry."""

    version: int
    center: str = Field(examples=["CEE007"])
    basis: str = Field(examples=["account"])
    division: str
    lane: str
    processes: list[str]
    predominant_tariff: str | None
    value_usd: int
    line_count: int
    reasons: list[ReasonOut]
    rule_versions: dict[str, str]
    decided_on_filing_of: datetime


class ConflictOut(BaseModel):
    """An event that contradicts the record, and which one stands."""

    kind: str
    detail: str
    event_source: str
    event_id: str


class EntryRoutingOut(BaseModel):
    """Everything that routing knows of an entry: decisions by version, release, conflicts."""

    entry_number: str
    importer_number: str | None = Field(description="Masked when it is a social security number of someone else.")
    current: DecisionOut | None
    history: list[DecisionOut]
    released_at: datetime | None
    port_of_release: str | None
    conflicts: list[ConflictOut]


class AccountIn(BaseModel):
    """An importer account to register, with its Center when it has one."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "importer_number": "07-345678900",
                    "name": "SYNTHETIC IMPORTER 0001",
                    "size": "small",
                    "trusted_programs": ["CTPAT"],
                    "center": "CEE007",
                    "effective_on": "2025-01-01",
                    "contact_email": "trade@importer.example",
                }
            ]
        },
    )

    importer_number: ImporterNumber
    name: str = Field(min_length=1, max_length=200)
    size: str = Field(default="small", pattern="^(small|mid|large)$")
    trusted_programs: list[str] = Field(default=[], max_length=16)
    center: CenterCode | None = Field(default=None, description="Null while no Center is assigned.")
    effective_on: date = Field(default=date(2017, 1, 19), description="First day of the assignment.")
    is_broker: bool = False
    contact_email: str | None = Field(default=None, pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)
    filer_code: str | None = Field(default=None, pattern="^[0-9A-Z]{3}$")


class AccountsIn(BaseModel):
    """Up to 1,000 accounts to register at once."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "accounts": [
                        {"importer_number": "07-345678900", "name": "SYNTHETIC IMPORTER 0001", "center": "CEE007"}
                    ]
                }
            ]
        }
    )

    accounts: list[AccountIn] = Field(min_length=1, max_length=1000)


class Registered(BaseModel):
    """What registration did."""

    accounts: int
    assignments: int = Field(description="Assignments that are new or changed; the others stood already.")


class AccountOut(BaseModel):
    """An importer account with its newest assignment."""

    importer_number: str
    name: str
    size: str
    is_broker: bool
    trusted_programs: list[str]
    center: str | None
    basis: str | None
    effective_on: date | None


class AssignmentOut(BaseModel):
    """An importer's Center, since when and why, with all earlier assignments."""

    importer_number: str
    name: str
    center: str | None
    explanation: str = Field(examples=["SYNTHETIC IMPORTER 0001 belongs to CEE007 (Electronics) since 2025-01-01."])
    history: list[dict[str, Any]]


class CenterOut(BaseModel):
    """A Center of Excellence and Expertise."""

    code: str
    name: str
    office_city: str
    state: str


class RoutingFigures(BaseModel):
    """Entries by the newest decision of each."""

    entries: int
    by_center: dict[str, int]
    by_basis: dict[str, int]
    by_lane: dict[str, int]


@router.get("/entries/{entry_number}/routing", summary="Where an entry goes and why")
async def read_entry_routing(
    entry_number: EntryNumberPath, request: Request, caller: CurrentIdentity
) -> EntryRoutingOut:
    """Every decision with its reasons, the release, and what contradicts the record."""
    number = canonical_entry_number(entry_number)
    async with reading(engine_of(request)) as connection:
        decisions = await decision_store.find_decisions(connection, number)
        release = await decision_store.find_release(connection, number)
        conflicts = await decision_store.find_conflicts(connection, number)
    if not decisions and (release is None or not is_staff(caller)):
        raise NotFound(
            f"There is no entry {number} in routing.", remedy="Check the number; a filing may still be on its way."
        )
    importer = decisions[-1].importer_number if decisions else None
    if importer is not None:
        demand_sight(caller, f"entry {number}", importer_number=importer, filer_code=number[:3])
    history = [_decision_out(row) for row in decisions]
    return EntryRoutingOut(
        entry_number=number,
        importer_number=shown_importer_number(caller, importer) if importer else None,
        current=history[-1] if history else None,
        history=history,
        released_at=release.released_at if release else None,
        port_of_release=release.port_of_release if release else None,
        conflicts=[ConflictOut.model_validate(row, from_attributes=True) for row in conflicts],
    )


@router.post("/importers", status_code=201, summary="Register importer accounts")
async def register_importers(body: AccountsIn, request: Request, caller: RegistrarIdentity) -> Registered:
    """Create accounts or bring them up to date. Sending the same again changes nothing.

    An assignment is appended when the Center differs from the newest one; entries decided before keep their decision.
    """
    known = centers()
    for position, account in enumerate(body.accounts):
        if account.center is not None and account.center not in known:
            raise Refused(
                f"accounts.{position}.center: {account.center} is not a Center.",
                rule="center-exists",
                code="unknown-center",
                remedy="Take a code from GET /centers, or null when no Center is assigned.",
            )
    wanted = {account.importer_number: account for account in body.accounts}
    clock: Clock = request.app.state.clock
    async with transaction(engine_of(request)) as tx:
        await account_store.write_accounts(tx, [_account_record(account) for account in wanted.values()])
        latest = await account_store.lock_and_load_latest(tx, list(wanted))
        new = [
            assignment
            for account in wanted.values()
            if (assignment := _next_assignment(account, latest.get(account.importer_number), caller.subject))
            is not None
        ]
        await account_store.append_assignments(tx, new)
        now = clock.now()
        events = [_account_assigned(item, wanted[item.importer_number], now) for item in new]
        await outbox.add(tx, SOURCE, events)
    return Registered(accounts=len(wanted), assignments=len(new))


@router.get("/importers", summary="Importer accounts")
async def list_importers(
    request: Request,
    response: Response,
    caller: StaffIdentity,
    page: CurrentPage,
    center: Annotated[str | None, Query(description="Only accounts of this Center.", examples=["CEE007"])] = None,
) -> Page[AccountOut]:
    """Accounts in order of number, with their newest assignment."""
    position = page.position(str)
    async with reading(engine_of(request)) as connection:
        rows = await account_store.list_accounts(
            connection, center=center, after=position[0] if position else None, limit=page.fetch
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.importer_number,),
        item=lambda row: _account_out(row, caller),
        request=request,
        response=response,
    )


@router.get("/importers/{importer_number}/assignment", summary="Which Center an importer has, and why")
async def read_assignment(importer_number: str, request: Request, caller: CurrentIdentity) -> AssignmentOut:
    """The Center, since when, on which basis, in one sentence and as data."""
    demand_sight(caller, f"importer {importer_number}", importer_number=importer_number)
    async with reading(engine_of(request)) as connection:
        account = await account_store.find_account(connection, importer_number)
        history = await account_store.find_assignments(connection, importer_number)
    if account is None:
        raise NotFound(
            f"There is no account for importer {shown_importer_number(caller, importer_number)}.",
            remedy="Register the importer with POST /importers.",
        )
    current = history[-1] if history else None
    return AssignmentOut(
        importer_number=shown_importer_number(caller, importer_number),
        name=account.name,
        center=current.center if current else None,
        explanation=_explain_assignment(account.name, current),
        history=[
            {
                "sequence": row.sequence,
                "center": row.center,
                "basis": row.basis,
                "effective_on": row.effective_on.isoformat(),
                "assigned_by": row.assigned_by,
                "reasons": row.reasons,
            }
            for row in history
        ],
    )


@router.get("/centers", summary="The Centers")
async def list_centers() -> list[CenterOut]:
    """Every Center with its managing office."""
    return [CenterOut.model_validate(center, from_attributes=True) for center in centers().values()]


@router.get("/figures", summary="Entries by Center, basis and lane")
async def read_routing_figures(request: Request, _: StaffIdentity) -> RoutingFigures:
    """Counts over the newest decision of every entry."""
    async with reading(engine_of(request)) as connection:
        rows = await decision_store.count_decisions(connection)
    figures = RoutingFigures(entries=0, by_center={}, by_basis={}, by_lane={})
    for row in sorted(rows, key=lambda row: (row.center, row.basis, row.lane)):
        figures.entries += row.entries
        for table, name in (
            (figures.by_center, row.center),
            (figures.by_basis, row.basis),
            (figures.by_lane, row.lane),
        ):
            table[name] = table.get(name, 0) + row.entries
    return figures


def _decision_out(row: Any) -> DecisionOut:
    return DecisionOut.model_validate({**row.decision, "decided_on_filing_of": row.filed_at})


def _account_record(account: AccountIn) -> AccountRecord:
    return AccountRecord(
        account.importer_number,
        account.name,
        account.size,
        account.is_broker,
        account.contact_email,
        account.filer_code,
        tuple(account.trusted_programs),
    )


def _next_assignment(account: AccountIn, latest: LatestAssignment | None, subject: str) -> NewAssignment | None:
    if latest is not None and latest.center == account.center:
        return None
    reasons = [
        {"code": "registered", "text": "Assigned as registered with the account.", "fact": None, "citation": None}
    ]
    return NewAssignment(
        importer_number=account.importer_number,
        sequence=latest.sequence + 1 if latest else 1,
        center=account.center,
        previous_center=latest.center if latest else None,
        basis="registered" if account.center else "unaligned",
        effective_on=account.effective_on,
        reasons=orjson.dumps(reasons).decode(),
        assigned_by=subject,
    )


def _account_assigned(item: NewAssignment, account: AccountIn, now: datetime) -> Outgoing:
    data = AccountAssigned(
        importer_number=item.importer_number,
        sequence=item.sequence,
        name=account.name,
        contact_email=account.contact_email,
        center=item.center,
        previous_center=item.previous_center,
        basis=item.basis,
        effective_on=item.effective_on,
        trusted_programs=tuple(account.trusted_programs),
    )
    return Outgoing(event_id("account-assigned", item.importer_number, str(item.sequence)), data, now)


def _account_out(row: Any, caller: Identity) -> AccountOut:
    return AccountOut(
        importer_number=shown_importer_number(caller, row.importer_number),
        name=row.name,
        size=row.size,
        is_broker=row.is_broker,
        trusted_programs=row.trusted_programs,
        center=row.center,
        basis=row.basis,
        effective_on=row.effective_on,
    )


def _explain_assignment(name: str, current: Any | None) -> str:
    if current is None or current.center is None:
        return (
            f"{name} has no Center yet: its entries go by the predominant number of goods on each (19 CFR 101.10). "
            "It may ask for an assignment in writing at any time."
        )
    center = centers()[current.center]
    return (
        f"{name} belongs to {center.code} ({center.name}) since {current.effective_on}, basis {current.basis}. "
        "It may appeal in writing at any time to the Office of Field Operations (19 CFR 101.10)."
    )
