"""Importer accounts: registration and listing."""

from datetime import date, datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.routing.api.common import SOURCE, RegistrarIdentity, StaffIdentity
from services.routing.store import accounts as account_store
from services.routing.store import assignments as assignment_store
from services.routing.store.accounts import AccountRecord
from services.routing.store.assignments import LatestAssignment, NewAssignment
from shared.bus import outbox
from shared.bus.outbox import Outgoing
from shared.contracts.routing import AccountAssigned
from shared.contracts.terms import CenterCode, ImporterNumber
from shared.customs.centers import centers
from shared.db.transaction import reading, transaction
from shared.runtime.clock import Clock
from shared.runtime.errors import Refused
from shared.runtime.ids import event_id
from shared.web.access import shown_importer_number
from shared.web.identity import Identity
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of

router = APIRouter()


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
        latest = await assignment_store.lock_and_load_latest(tx, list(wanted))
        new = [
            assignment
            for account in wanted.values()
            if (assignment := _next_assignment(account, latest.get(account.importer_number), caller.subject))
            is not None
        ]
        await assignment_store.append_assignments(tx, new)
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
