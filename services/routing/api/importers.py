"""Importer accounts: registration, listing, one account whole, changes and their history."""

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.routing.api.common import RegistrarIdentity
from services.routing.api.registration import (
    AccountIn,
    BrokerBody,
    ContactBody,
    Email,
    FamilyId,
    FilerCode,
    LapseBody,
    Name,
    ProgramBody,
    ProgramName,
    Programs,
    Registrar,
    RelatedPartyBody,
    Why,
    open_registration,
    read_brokers,
    read_contacts,
    read_programs,
    read_related_parties,
    read_standing,
)
from services.routing.api.sight import demand_account, no_account
from services.routing.domain.accounts import (
    AccountRecord,
    is_in_good_standing,
    keep_known_terms,
    keep_verification,
    list_changes,
    may_represent,
    programs_on,
    write_document,
)
from services.routing.domain.accounts import read_programs as read_stored_programs
from services.routing.store import accounts as account_store
from services.routing.store import assignments as assignment_store
from services.routing.store import families as family_store
from services.routing.store.accounts import AccountChange, AccountFilter
from shared.contracts.terms import IMPORTER_NUMBER_PATTERN, CenterCode
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.access import is_staff, may_see, shown_importer_number
from shared.runtime.clock import Clock
from shared.runtime.concurrency import etag
from shared.runtime.errors import Forbidden, Refused
from shared.runtime.identity import Identity, RoleName
from shared.web.concurrency import RequiredIfMatch
from shared.web.identity import CurrentIdentity, StaffIdentity
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.problem import problem_responses
from shared.web.requests import engine_of

router = APIRouter()

ImporterNumberPath = Annotated[
    str,
    Path(
        pattern=IMPORTER_NUMBER_PATTERN,
        description="Importer of record number, of any of the three shapes.",
        examples=["07-345678900"],
    ),
]

REGISTRARS: Final = frozenset({RoleName.OFFICE_OF_TRADE, RoleName.OPERATOR, RoleName.ASSISTANT_CENTER_DIRECTOR})
_BY_ACCOUNT_MANAGER: Final = frozenset({"contacts", "other_names", "related_parties"})
_BY_HOLDER: Final = frozenset({"contacts", "brokers"})
_FIELD_OF_CODE: Final = {"unknown-center": "center", "unknown-family": "family"}

_EXAMPLE_ACCOUNT: Final[dict[str, Any]] = {
    "importer_number": "07-345678900",
    "name": "SYNTHETIC IMPORTER 0001",
    "other_names": ["SYNTHETIC TRADE NAME"],
    "size": "mid",
    "is_broker": False,
    "filer_code": None,
    "contact_email": "trade@importer.example",
    "family": "SYNTHETIC-GROUP",
    "registered_on": "2019-05-01",
    "trusted_programs": [{"program": "CTPAT", "from": "2020-01-01", "to": None}],
    "programs_in_force": ["CTPAT"],
    "is_in_good_standing": True,
    "standing": [],
    "contacts": [
        {
            "process": "entry-summary-review",
            "person": "Pat Synthetic",
            "role": "customs manager",
            "email": "pat@importer.example",
            "phone": None,
            "from": "2024-01-01",
            "to": None,
            "verified_on": "2026-01-15",
        }
    ],
    "brokers": [{"filer_code": "B76", "name": "SYNTHETIC BROKER", "processes": [], "from": "2024-01-01", "to": None}],
    "related_parties": [{"relation": "parent", "importer_number": None, "name": "SYNTHETIC HOLDING"}],
    "center": "CEE007",
    "basis": "registered",
    "effective_on": "2025-01-01",
    "revision": 3,
}


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
    trusted_programs: list[str] = Field(description="Those in force today.")
    family: str | None
    center: str | None
    basis: str | None
    effective_on: date | None


class AccountDetails(BaseModel):
    """A whole account. A broker sees its own authorisation and the contacts of its processes, nothing on standing."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE_ACCOUNT]})

    importer_number: str
    name: str
    other_names: list[str]
    size: str
    is_broker: bool
    filer_code: str | None
    contact_email: str | None
    family: str | None
    registered_on: date | None = Field(description="First day of the account; null while nobody has said it.")
    trusted_programs: list[ProgramBody]
    programs_in_force: list[str] = Field(description="The programs in force today.")
    is_in_good_standing: bool | None = Field(description="Today; null for those who may not know.")
    standing: list[LapseBody] = Field(description="Lapses of good standing.")
    contacts: list[ContactBody]
    brokers: list[BrokerBody]
    related_parties: list[dict[str, str | None]]
    center: str | None = Field(description="Of the newest assignment; GET /importers/{n}/assignment explains it.")
    basis: str | None
    effective_on: date | None
    revision: int


class AccountChangeIn(BaseModel):
    """A change of an account: what is absent stays, a list replaces the list that is known."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "reason": "CTPAT certificate seen.",
                    "trusted_programs": [{"program": "CTPAT", "from": "2026-04-01", "to": None}],
                }
            ]
        },
    )

    reason: Why
    name: Name | None = None
    size: Literal["small", "mid", "large"] | None = None
    is_broker: bool | None = None
    contact_email: Email | None = None
    filer_code: FilerCode | None = None
    trusted_programs: Programs | None = None
    other_names: Annotated[list[Name], Field(max_length=32)] | None = None
    contacts: Annotated[list[ContactBody], Field(max_length=100)] | None = None
    brokers: Annotated[list[BrokerBody], Field(max_length=100)] | None = None
    standing: Annotated[list[LapseBody], Field(max_length=100)] | None = None
    related_parties: Annotated[list[RelatedPartyBody], Field(max_length=100)] | None = None
    family: FamilyId | None = None
    registered_on: date | None = None

    @model_validator(mode="after")
    def _only_some_may_be_null(self) -> "AccountChangeIn":
        for name in self.named - {"contact_email", "filer_code", "family", "registered_on"}:
            if getattr(self, name) is None:
                raise ValueError(f"`{name}` cannot be null; leave it out to keep it, send [] to empty a list")
        return self

    @property
    def named(self) -> frozenset[str]:
        """The fields that the change names."""
        return frozenset(self.model_fields_set - {"reason"})


class AccountChangeOut(BaseModel):
    """One change in the history of an account."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "revision": 2,
                    "action": "changed",
                    "changes": [{"field": "size", "from": "small", "to": "mid"}],
                    "reason": "Size class reviewed.",
                    "changed_by": "kim",
                    "acting_for": None,
                    "recorded_at": "2026-03-02T19:03:11Z",
                }
            ]
        }
    )

    revision: int
    action: str = Field(description="`registered` or `changed`.")
    changes: list[dict[str, Any]] = Field(description="Each field that changed, with what it was and became.")
    reason: str
    changed_by: str
    acting_for: str | None
    recorded_at: datetime


@router.post("/importers", status_code=201, summary="Register importer accounts")
async def register_importers(body: AccountsIn, request: Request, caller: RegistrarIdentity) -> Registered:
    """Create accounts or bring them up to date. Sending the same again changes nothing.

    An assignment is appended when the Center differs from the newest one; entries decided before keep their decision.
    Of several bodies for one number the last counts. For thousands of accounts use POST /importers/imports.
    """
    wanted = {account.importer_number: account for account in body.accounts}
    clock: Clock = request.app.state.clock
    async with transaction(engine_of(request)) as tx:
        registrar = Registrar.of(caller, clock.now(), "Registered.")
        registration = await open_registration(tx, list(wanted.values()), registrar)
        for position, account in enumerate(body.accounts):
            if wanted[account.importer_number] is account:
                try:
                    registration.register(account)
                except Refused as error:
                    field = _FIELD_OF_CODE[error.code]
                    raise Refused(
                        f"accounts.{position}.{field}: {error.detail}",
                        rule=error.rule,
                        code=error.code,
                        remedy=error.remedy,
                    ) from None
        assignments = await registration.write(tx)
    return Registered(accounts=len(wanted), assignments=assignments)


@router.get("/importers", summary="Importer accounts")
async def list_importers(
    request: Request,
    response: Response,
    caller: StaffIdentity,
    page: CurrentPage,
    center: Annotated[
        CenterCode | None, Query(description="Only accounts of this Center.", examples=["CEE007"])
    ] = None,
    family: Annotated[FamilyId | None, Query(description="Only accounts of this family.")] = None,
    program: Annotated[
        ProgramName | None,
        Query(description="Only accounts that are in this trusted-trader program today.", examples=["CTPAT"]),
    ] = None,
    size: Annotated[Literal["small", "mid", "large"] | None, Query(description="Only accounts of this size.")] = None,
    q: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=200,
            pattern=r"^[^\x00]*$",
            description="How the name or the number begins; a social security number is found by its whole only.",
        ),
    ] = None,
) -> Page[AccountOut]:
    """Accounts in the order in which they were registered, with their newest assignment."""
    position = page.position(int)
    today = _today(request)
    wanted = AccountFilter(today, center, family, program, size, q)
    async with reading(engine_of(request)) as connection:
        rows = await account_store.list_accounts(
            connection, wanted, after=position[0] if position else None, limit=page.fetch
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.ordinal,),
        item=lambda row: _account_out(row, caller, today),
        request=request,
        response=response,
    )


@router.get("/importers/{importer_number}", summary="One importer account")
async def read_importer(
    importer_number: ImporterNumberPath, request: Request, response: Response, caller: CurrentIdentity
) -> AccountDetails:
    """The whole account, for staff, its holder, and the brokers that may act for it today.

    The ETag is what PATCH wants in If-Match.
    """
    async with reading(engine_of(request)) as connection:
        account = await account_store.find_account_record(connection, importer_number)
        history = await assignment_store.find_assignments(connection, importer_number)
    account = demand_account(caller, importer_number, account, _today(request))
    assert account is not None  # else the sight was refused
    response.headers["ETag"] = etag(account.revision)
    return _account_details(caller, account, history[-1] if history else None, _today(request))


@router.patch(
    "/importers/{importer_number}",
    summary="Change an importer account",
    responses=problem_responses([412, 428]),
)
async def change_importer(
    importer_number: ImporterNumberPath,
    body: AccountChangeIn,
    request: Request,
    response: Response,
    caller: CurrentIdentity,
    if_match: RequiredIfMatch,
) -> AccountDetails:
    """Change what the body names, and note who, when, why and what in the history.

    Registrars may change everything; national account managers contacts, other names and related parties; the holder
    its contacts and brokers, where only the Center can say that a contact is verified. The Center is not changed
    here: assignments have their own proposals and appeals. Decisions already made keep what they rested on.
    """
    clock: Clock = request.app.state.clock
    now = clock.now()
    async with transaction(engine_of(request)) as tx:
        await account_store.lock_registration(tx)
        before = (await account_store.load_accounts(tx, [importer_number])).get(importer_number)
        before = demand_account(caller, importer_number, before, legal_date(now))
        assert before is not None  # else the sight was refused
        _demand_right(caller, importer_number, body)
        if_match.check(before.revision)
        after = await _apply(tx, caller, body, before)
        changed = list_changes(before, after)
        if changed:
            after = account_store.next_revision(after)
            await account_store.write_accounts(tx, [after])
            await account_store.append_changes(
                tx,
                [
                    AccountChange(
                        importer_number,
                        after.revision,
                        "changed",
                        changed,
                        body.reason,
                        caller.subject,
                        caller.acting_for,
                        now,
                    )
                ],
            )
        history = await assignment_store.find_assignments(tx.connection, importer_number)
    response.headers["ETag"] = etag(after.revision)
    return _account_details(caller, after, history[-1] if history else None, legal_date(now))


@router.get("/importers/{importer_number}/history", summary="What changed in an importer account")
async def read_importer_history(
    importer_number: ImporterNumberPath,
    request: Request,
    response: Response,
    caller: CurrentIdentity,
    page: CurrentPage,
) -> Page[AccountChangeOut]:
    """Every change, oldest first: who, when, why, each field with what it was and became. For staff and the holder."""
    position = page.position(int)
    async with reading(engine_of(request)) as connection:
        account = await account_store.find_account_record(connection, importer_number)
        if account is None or not may_see(caller, importer_number=importer_number):
            raise no_account(caller, importer_number)
        changes = await account_store.find_account_changes(
            connection, importer_number, after=position[0] if position else None, limit=page.fetch
        )
    return build_page(
        changes,
        page,
        key=lambda change: (change.revision,),
        item=lambda change: AccountChangeOut(
            revision=change.revision,
            action=change.action,
            changes=_shown(caller, change.changes),
            reason=change.reason,
            changed_by=change.changed_by,
            acting_for=change.acting_for,
            recorded_at=change.recorded_at,
        ),
        request=request,
        response=response,
    )


def _today(request: Request) -> date:
    clock: Clock = request.app.state.clock
    return legal_date(clock.now())


def _demand_right(caller: Identity, importer_number: str, body: AccountChangeIn) -> None:
    allowed: frozenset[str] = frozenset()
    if caller.has_role(*REGISTRARS):
        return
    if caller.has_role(RoleName.NATIONAL_ACCOUNT_MANAGER):
        allowed |= _BY_ACCOUNT_MANAGER
    if importer_number in caller.importer_numbers:
        allowed |= _BY_HOLDER
    if beyond := sorted(body.named - allowed):
        may = ", ".join(sorted(allowed)) or "nothing"
        raise Forbidden(
            f"You may not change {', '.join(beyond)}; you may change {may}.",
            code="field-not-yours",
            remedy="Leave these fields out, or ask the Center to change them.",
        )


async def _apply(tx: Transaction, caller: Identity, body: AccountChangeIn, before: AccountRecord) -> AccountRecord:
    changes: dict[str, Any] = {
        name: getattr(body, name)
        for name in body.named & {"name", "size", "is_broker", "contact_email", "filer_code", "family", "registered_on"}
    }
    if body.family is not None and not await family_store.find_known_families(tx.connection, [body.family]):
        raise Refused(
            f"There is no account family {body.family}.",
            rule="family-exists",
            code="unknown-family",
            remedy="Create it with PUT /families/{family} first.",
        )
    if body.trusted_programs is not None:
        changes["trusted_programs"] = keep_known_terms(read_programs(body.trusted_programs), before.trusted_programs)
    if body.other_names is not None:
        changes["other_names"] = tuple(body.other_names)
    if body.contacts is not None:
        contacts = read_contacts(body.contacts)
        changes["contacts"] = contacts if is_staff(caller) else keep_verification(contacts, before.contacts)
    if body.brokers is not None:
        changes["brokers"] = read_brokers(body.brokers)
    if body.standing is not None:
        changes["standing"] = read_standing(body.standing)
    if body.related_parties is not None:
        changes["related_parties"] = read_related_parties(body.related_parties)
    return replace(before, **changes)


def _account_out(row: Any, caller: Identity, today: date) -> AccountOut:
    return AccountOut(
        importer_number=shown_importer_number(caller, row.importer_number),
        name=row.name,
        size=row.size,
        is_broker=row.is_broker,
        trusted_programs=list(programs_on(read_stored_programs(row.trusted_programs), today)),
        family=row.family,
        center=row.center,
        basis=row.basis,
        effective_on=row.effective_on,
    )


def _account_details(caller: Identity, account: AccountRecord, newest: Any | None, today: date) -> AccountDetails:
    document = write_document(account)
    is_whole = may_see(caller, importer_number=account.importer_number)
    if not is_whole:
        filer_code = caller.filer_code or ""
        document["brokers"] = [item for item in document["brokers"] if item["filer_code"] == filer_code]
        document["contacts"] = [
            item for item in document["contacts"] if may_represent(account.brokers, filer_code, item["process"], today)
        ]
        document["standing"] = document["related_parties"] = []
    return AccountDetails.model_validate(
        {
            **document,
            "related_parties": _shown(caller, document["related_parties"]),
            "importer_number": shown_importer_number(caller, account.importer_number),
            "programs_in_force": programs_on(account.trusted_programs, today),
            "is_in_good_standing": is_in_good_standing(account.standing, today) if is_whole else None,
            "center": newest.center if newest else None,
            "basis": newest.basis if newest else None,
            "effective_on": newest.effective_on if newest else None,
            "revision": account.revision,
        }
    )


def _shown(caller: Identity, value: Any) -> Any:
    """The JSON value as the caller may see it: importer numbers in it masked where they must be."""
    if isinstance(value, list):
        return [_shown(caller, item) for item in value]
    if isinstance(value, dict):
        return {
            name: shown_importer_number(caller, item)
            if name == "importer_number" and item is not None
            else _shown(caller, item)
            for name, item in value.items()
        }
    return value
