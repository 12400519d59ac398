"""What registration of an account takes and does, one at a time or by the thousand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.routing.api.common import SOURCE
from services.routing.assigning import assignment_events
from services.routing.domain.accounts import (
    ALWAYS,
    AccountRecord,
    BrokerAuthorisation,
    Contact,
    RelatedParty,
    StandingLapse,
    Term,
    TrustedProgram,
    keep_known_terms,
    list_changes,
)
from services.routing.domain.center import CITATION
from services.routing.store import accounts as account_store
from services.routing.store import assignments as assignment_store
from services.routing.store import directory as directory_store
from services.routing.store import families as family_store
from services.routing.store.accounts import AccountChange
from services.routing.store.assignments import LatestAssignment, NewAssignment
from shared.bus import outbox
from shared.contracts.terms import CenterCode, ImporterNumber
from shared.db.transaction import Transaction
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity

# PostgreSQL keeps every character but NUL.
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Why = Annotated[
    str,
    StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00]*$"),
    Field(description="Why; kept in the history."),
]
ProgramName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,63}$")]
ProcessCode = Annotated[
    str,
    StringConstraints(pattern="^[a-z0-9][a-z0-9-]{0,63}$"),
    Field(description="A process.", examples=["entry-summary-review"]),
]
FilerCode = Annotated[str, StringConstraints(pattern="^[0-9A-Z]{3}$"), Field(examples=["B76"])]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s\x00]+@[^@\s\x00]+$", max_length=254)]
FamilyId = Annotated[
    str,
    StringConstraints(pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"),
    Field(description="An account family.", examples=["SYNTHETIC-GROUP"]),
]


class Dated(BaseModel):
    """Something that holds for a term of legal days."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    first_on: date | None = Field(default=None, alias="from", description="First legal day; null: since ever.")
    last_on: date | None = Field(default=None, alias="to", description="Last legal day; null: until further notice.")

    @model_validator(mode="after")
    def _in_order(self) -> "Dated":
        if self.first_on is not None and self.last_on is not None and self.last_on < self.first_on:
            raise ValueError("`to` lies before `from`")
        return self

    @property
    def term(self) -> Term:
        """The days."""
        return ALWAYS if self.first_on is None and self.last_on is None else Term(self.first_on, self.last_on)


class ProgramBody(Dated):
    """A trusted-trader program with its dates."""

    program: ProgramName = Field(examples=["CTPAT"])


class ContactBody(Dated):
    """Whom to reach for a process: a person, a role, or both."""

    process: ProcessCode | None = Field(default=None, description="Null: for every process.")
    person: Name | None = None
    role: Name | None = Field(default=None, examples=["customs manager"])
    email: Email | None = None
    phone: Annotated[str, StringConstraints(pattern=r"^[0-9+().x -]{3,40}$")] | None = None
    verified_on: date | None = Field(default=None, description="When the Center last found that it is right.")

    @model_validator(mode="after")
    def _is_reachable(self) -> "ContactBody":
        if self.person is None and self.role is None:
            raise ValueError("a contact names a person or a role")
        if self.email is None and self.phone is None:
            raise ValueError("a contact has an e-mail address or a telephone number")
        return self


class BrokerBody(Dated):
    """A broker that may act for the account."""

    filer_code: FilerCode
    name: Name
    processes: list[ProcessCode] = Field(default=[], max_length=32, description="Empty: every process.")


class LapseBody(Dated):
    """A term in which the account is not in good standing."""

    reason: Why


class RelatedPartyBody(BaseModel):
    """Somebody with whom the account is related, by number or by name."""

    model_config = ConfigDict(extra="forbid")

    relation: Name = Field(examples=["parent"])
    importer_number: ImporterNumber | None = None
    name: Name | None = None

    @model_validator(mode="after")
    def _is_named(self) -> "RelatedPartyBody":
        if self.importer_number is None and self.name is None:
            raise ValueError("a related party has an importer number or a name")
        return self


Programs = Annotated[
    list[ProgramName | ProgramBody],
    Field(
        max_length=16,
        description="Names, or programs with dates. A bare name keeps the dates that are known for it, and without "
        "any it is in force always.",
    ),
]


class AccountIn(BaseModel):
    """An importer account to register, with its Center when it has one.

    What follows `filer_code` is left as it is when it is absent.
    """

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
    name: Name
    size: Literal["small", "mid", "large"] = "small"
    trusted_programs: Programs = []
    center: CenterCode | None = Field(default=None, description="Null while no Center is assigned.")
    effective_on: date = Field(default=date(2017, 1, 19), description="First day of the assignment.")
    is_broker: bool = False
    contact_email: Email | None = None
    filer_code: FilerCode | None = None
    other_names: list[Name] | None = Field(default=None, max_length=32)
    contacts: list[ContactBody] | None = Field(default=None, max_length=100)
    brokers: list[BrokerBody] | None = Field(default=None, max_length=100)
    standing: list[LapseBody] | None = Field(default=None, max_length=100, description="Lapses of good standing.")
    related_parties: list[RelatedPartyBody] | None = Field(default=None, max_length=100)
    family: FamilyId | None = Field(default=None, description="A family that exists; see PUT /families/{family}.")
    registered_on: date | None = Field(default=None, description="First day of the account, where known.")


Outcome = Literal["created", "updated", "unchanged"]


@dataclass(frozen=True, slots=True)
class RegisteredAccount:
    """What one account's registration did; `assigned`: its Center is new or another one."""

    outcome: Outcome
    assigned: bool


@dataclass(frozen=True, slots=True)
class Registrar:
    """Who registers, when and why."""

    subject: str
    acting_for: str | None
    now: datetime
    reason: str

    @classmethod
    def of(cls, caller: Identity, now: datetime, reason: str) -> "Registrar":
        """The caller as registrar."""
        return cls(caller.subject, caller.acting_for, now, reason)


class Registration:
    """One transaction's registrations: what was known before, then account after account, written at the end.

    Several registrations of one number follow one another, as if each had come alone.
    """

    def __init__(
        self,
        registrar: Registrar,
        known: Mapping[str, AccountRecord],
        latest: Mapping[str, LatestAssignment],
        centers: frozenset[str],
        families: frozenset[str],
    ) -> None:
        self._registrar = registrar
        self._accounts = dict(known)
        self._latest = dict(latest)
        self._centers = centers
        self._families = families
        self._touched: dict[str, AccountRecord] = {}
        self._changes: list[AccountChange] = []
        self._assignments: list[NewAssignment] = []

    def register(self, given: AccountIn, *, keeps_absent: bool = False) -> RegisteredAccount:
        """Create the account or bring it up to date; raises `Refused` when it names what does not exist.

        `keeps_absent`: what is absent, the Center too, stays as it is known; else it means the default, and no Center.
        """
        if given.center is not None and given.center not in self._centers:
            raise Refused(
                f"{given.center} is not a Center.",
                rule="center-exists",
                code="unknown-center",
                remedy="Take a code from GET /centers, or null when no Center is assigned.",
            )
        if given.family is not None and given.family not in self._families:
            raise Refused(
                f"There is no account family {given.family}.",
                rule="family-exists",
                code="unknown-family",
                remedy="Create it with PUT /families/{family}, then register the account.",
            )
        number = given.importer_number
        is_silent = keeps_absent and "center" not in given.model_fields_set and number in self._latest
        if not is_silent:
            self._demand_registered(given)
        before = self._accounts.get(number)
        after = merge(given, before, keeps_absent=keeps_absent)
        outcome: Outcome = "created"
        if before is not None:
            changed = list_changes(before, after)
            outcome = "updated" if changed else "unchanged"
            if changed:
                after = account_store.next_revision(after)
                self._note(after, "changed", changed)
        else:
            self._note(after, "registered", ())
        return RegisteredAccount(outcome, not is_silent and self._assign(given))

    async def write(self, tx: Transaction) -> int:
        """Write what is new, publish the assignments; gives how many these are."""
        await account_store.write_accounts(tx, list(self._touched.values()))
        await account_store.append_changes(tx, self._changes)
        await assignment_store.append_assignments(tx, self._assignments)
        events = assignment_events(self._assignments, self._accounts, self._registrar.now)
        await outbox.add(tx, SOURCE, events)
        return len(self._assignments)

    def _note(self, after: AccountRecord, action: str, changed: Sequence[Any]) -> None:
        self._accounts[after.importer_number] = self._touched[after.importer_number] = after
        registrar = self._registrar
        self._changes.append(
            AccountChange(
                after.importer_number,
                after.revision,
                action,
                tuple(changed),
                registrar.reason,
                registrar.subject,
                registrar.acting_for,
                registrar.now,
            )
        )

    def _demand_registered(self, given: AccountIn) -> None:
        """Refuse another Center for an account whose Center was decided: registration is no way around the decision."""
        latest = self._latest.get(given.importer_number)
        if latest is not None and latest.center != given.center and not latest.is_registered:
            raise Refused(
                f"The account was given {latest.center} on {latest.effective_on} by a decision ({latest.basis}).",
                rule="assignment-is-decided",
                code="assignment-decided",
                citation=CITATION,
                remedy="Leave the Center as it is; another one takes a proposal with an override, or an appeal.",
            )

    def _assign(self, given: AccountIn) -> bool:
        number = given.importer_number
        latest = self._latest.get(number)
        if latest is not None and latest.center == given.center:
            return False
        item = NewAssignment(
            importer_number=number,
            sequence=latest.sequence + 1 if latest else 1,
            center=given.center,
            previous_center=latest.center if latest else None,
            basis="registered" if given.center else "unaligned",
            effective_on=given.effective_on,
            reasons=_REASONS,
            assigned_by=self._registrar.subject,
        )
        self._latest[number] = LatestAssignment(item.sequence, item.center, item.effective_on, item.basis)
        self._assignments.append(item)
        return True


async def open_registration(tx: Transaction, given: Sequence[AccountIn], registrar: Registrar) -> Registration:
    """Lock what these accounts need and load what is known of them."""
    numbers = sorted({account.importer_number for account in given})
    await account_store.lock_registration(tx)
    latest = await assignment_store.lock_and_load_latest(tx, numbers)
    known = await account_store.load_accounts(tx, numbers)
    families = sorted({account.family for account in given if account.family is not None})
    return Registration(
        registrar,
        known,
        latest,
        await load_center_codes(tx),
        await family_store.find_known_families(tx.connection, families),
    )


async def load_center_codes(tx: Transaction) -> frozenset[str]:
    """Every Center that the directory has, open or closed: an assignment may lie in the past."""
    return frozenset((await directory_store.load(tx.connection)).centers)


def merge(given: AccountIn, known: AccountRecord | None, *, keeps_absent: bool) -> AccountRecord:
    """The account after a registration. What is new since the first release stays when it is absent; so does the
    rest with `keeps_absent`, and is the default of the field without.
    """
    values: dict[str, Any] = {
        "name": given.name,
        "size": given.size,
        "is_broker": given.is_broker,
        "contact_email": given.contact_email,
        "filer_code": given.filer_code,
        "trusted_programs": keep_known_terms(
            read_programs(given.trusted_programs), known.trusted_programs if known else ()
        ),
    }
    if keeps_absent and known is not None:
        values = {name: value for name, value in values.items() if name in given.model_fields_set}
    if given.other_names is not None:
        values["other_names"] = tuple(given.other_names)
    if given.contacts is not None:
        values["contacts"] = read_contacts(given.contacts)
    if given.brokers is not None:
        values["brokers"] = read_brokers(given.brokers)
    if given.standing is not None:
        values["standing"] = read_standing(given.standing)
    if given.related_parties is not None:
        values["related_parties"] = read_related_parties(given.related_parties)
    if given.family is not None:
        values["family"] = given.family
    if given.registered_on is not None:
        values["registered_on"] = given.registered_on
    return replace(known, **values) if known else AccountRecord(given.importer_number, **values)


def read_programs(given: Sequence[str | ProgramBody]) -> list[str | TrustedProgram]:
    """Programs as a caller names them."""
    return [item if isinstance(item, str) else TrustedProgram(item.program, item.term) for item in given]


def read_contacts(given: Sequence[ContactBody]) -> tuple[Contact, ...]:
    """Contacts as a caller names them."""
    return tuple(
        Contact(item.process, item.person, item.role, item.email, item.phone, item.term, item.verified_on)
        for item in given
    )


def read_brokers(given: Sequence[BrokerBody]) -> tuple[BrokerAuthorisation, ...]:
    """Authorisations of brokers as a caller names them."""
    return tuple(BrokerAuthorisation(item.filer_code, item.name, tuple(item.processes), item.term) for item in given)


def read_standing(given: Sequence[LapseBody]) -> tuple[StandingLapse, ...]:
    """Lapses of good standing as a caller names them."""
    return tuple(StandingLapse(item.reason, item.term) for item in given)


def read_related_parties(given: Sequence[RelatedPartyBody]) -> tuple[RelatedParty, ...]:
    """Related parties as a caller names them."""
    return tuple(RelatedParty(item.relation, item.importer_number, item.name) for item in given)


_REASONS: Final = orjson.dumps(
    [{"code": "registered", "text": "Assigned as registered with the account.", "fact": None, "citation": None}]
).decode()
