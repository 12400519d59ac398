"""Importer accounts as people write and read them over HTTP, and how they read in the terms of the rules."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.routing.domain.accounts import (
    ALWAYS,
    BrokerAuthorisation,
    Contact,
    GivenAccount,
    RelatedParty,
    Size,
    StandingLapse,
    Term,
    TrustedProgram,
)
from shared.contracts.terms import CenterCode, ImporterNumber
from shared.customs.postal import PostalAddress, fault_of
from shared.customs.trusted_traders import PROGRAM_NAME
from shared.web.fields import LegalDay

# PostgreSQL keeps every character but NUL.
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Why = Annotated[
    str,
    StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00]*$"),
    Field(description="Why; kept in the history."),
]
AddressLine = Annotated[str, StringConstraints(min_length=1, max_length=44, pattern=r"^[^\x00-\x1f]*$")]
ProgramName = Annotated[str, StringConstraints(pattern=f"^{PROGRAM_NAME}$")]
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

    first_on: LegalDay | None = Field(default=None, alias="from", description="First legal day; null: since ever.")
    last_on: LegalDay | None = Field(
        default=None, alias="to", description="Last legal day; null: until further notice."
    )

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
    verified_on: LegalDay | None = Field(default=None, description="When the Center last found that it is right.")

    @model_validator(mode="after")
    def _is_reachable(self) -> "ContactBody":
        if self.person is None and self.role is None:
            raise ValueError("a contact names a person or a role")
        if self.email is None and self.phone is None:
            raise ValueError("a contact has an e-mail address or a telephone number")
        return self


class PostalAddressBody(BaseModel):
    """Where letters go: one to which a letter can go, with what its country asks for."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "street": ["1 Example Plaza"],
                    "city": "Chicago",
                    "state": "IL",
                    "postal_code": "60601",
                    "country": "US",
                }
            ]
        },
    )

    street: Annotated[list[AddressLine], Field(min_length=1, max_length=3)]
    city: AddressLine
    country: Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")] = Field(
        default="US", description="Two letters of ISO 3166."
    )
    state: AddressLine | None = Field(default=None, description="In the United States its two letters.")
    postal_code: AddressLine | None = Field(default=None, description="In the United States the ZIP code.")
    attention: AddressLine | None = Field(default=None, description="A person or a department at the address.")

    @model_validator(mode="after")
    def _takes_letters(self) -> "PostalAddressBody":
        if (fault := fault_of(read_postal_address(self))) is not None:
            raise ValueError(f"no letter can go there: {fault}")
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
    size: Size = "small"
    trusted_programs: Programs = []
    center: CenterCode | None = Field(default=None, description="Null while no Center is assigned.")
    effective_on: LegalDay = Field(default=date(2017, 1, 19), description="First day of the assignment.")
    is_broker: bool = False
    contact_email: Email | None = None
    filer_code: FilerCode | None = None
    other_names: list[Name] | None = Field(default=None, max_length=32)
    contacts: list[ContactBody] | None = Field(default=None, max_length=100)
    brokers: list[BrokerBody] | None = Field(default=None, max_length=100)
    standing: list[LapseBody] | None = Field(default=None, max_length=100, description="Lapses of good standing.")
    related_parties: list[RelatedPartyBody] | None = Field(default=None, max_length=100)
    family: FamilyId | None = Field(default=None, description="A family that exists; see PUT /families/{family}.")
    registered_on: LegalDay | None = Field(default=None, description="First day of the account, where known.")
    postal_address: PostalAddressBody | None = Field(default=None, description="Where letters go, where known.")


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
    "postal_address": {
        "street": ["1 Example Plaza"],
        "city": "Chicago",
        "country": "US",
        "state": "IL",
        "postal_code": "60601",
        "attention": None,
    },
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
    postal_address: PostalAddressBody | None = Field(description="Where letters go; null while nobody has said it.")
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
    size: Size | None = None
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
    registered_on: LegalDay | None = None
    postal_address: PostalAddressBody | None = None

    @model_validator(mode="after")
    def _only_some_may_be_null(self) -> "AccountChangeIn":
        for name in self.named - {"contact_email", "filer_code", "family", "registered_on", "postal_address"}:
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


def read_given(body: AccountIn) -> GivenAccount:
    """An account to register, in the terms of the rules."""
    return GivenAccount(
        importer_number=body.importer_number,
        name=body.name,
        size=body.size,
        is_broker=body.is_broker,
        contact_email=body.contact_email,
        filer_code=body.filer_code,
        trusted_programs=read_programs(body.trusted_programs),
        named=frozenset(body.model_fields_set),
        center=body.center,
        effective_on=body.effective_on,
        other_names=tuple(body.other_names) if body.other_names is not None else None,
        contacts=read_contacts(body.contacts) if body.contacts is not None else None,
        brokers=read_brokers(body.brokers) if body.brokers is not None else None,
        standing=read_standing(body.standing) if body.standing is not None else None,
        related_parties=read_related_parties(body.related_parties) if body.related_parties is not None else None,
        family=body.family,
        registered_on=body.registered_on,
        postal_address=read_postal_address(body.postal_address) if body.postal_address is not None else None,
    )


def read_postal_address(given: PostalAddressBody) -> PostalAddress:
    """An address as a caller names it."""
    return PostalAddress(
        tuple(given.street), given.city, given.country, given.state, given.postal_code, given.attention
    )


def read_programs(given: Sequence[str | ProgramBody]) -> tuple[str | TrustedProgram, ...]:
    """Programs as a caller names them."""
    return tuple(item if isinstance(item, str) else TrustedProgram(item.program, item.term) for item in given)


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


def read_changes(body: AccountChangeIn) -> Mapping[str, Any]:
    """The fields that a change names, in the terms of the rules; None where a field is emptied."""
    read: Mapping[str, Callable[[Any], Any]] = {
        "trusted_programs": read_programs,
        "other_names": tuple,
        "contacts": read_contacts,
        "brokers": read_brokers,
        "standing": read_standing,
        "related_parties": read_related_parties,
        "postal_address": lambda given: None if given is None else read_postal_address(given),
    }
    return {name: read[name](getattr(body, name)) if name in read else getattr(body, name) for name in body.named}
