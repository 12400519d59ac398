"""Parties and delegations as people write and read them over HTTP."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.routing.api.account_models import Email, Name, Why
from services.routing.domain.parties import GivenParty
from shared.contracts.terms import ImporterNumber
from shared.customs.parties import EVERY_PROCESS, SCOPE_MEANINGS, Contact, PartyKind, Scope
from shared.web.fields import LegalDay

PARTY_ID_PATTERN: Final = "^((filer|surety):[0-9A-Z]{3}|(agent|counsel):[0-9A-Z][0-9A-Z-]{0,31})$"

PartyIdIn = Annotated[
    str,
    StringConstraints(pattern=PARTY_ID_PATTERN),
    Field(description="filer:<filer code>, surety:<surety code>, agent:<number>, counsel:<number>."),
]
_SCOPES: Final = " ".join(f"`{scope}`: {meaning}" for scope, meaning in SCOPE_MEANINGS.items())


class PartyContactBody(BaseModel):
    """Whom to reach at a party for a process."""

    model_config = ConfigDict(extra="forbid")

    process: Annotated[str, StringConstraints(pattern="^[a-z0-9][a-z0-9-]{0,63}$")] = Field(
        default=EVERY_PROCESS, description="`all`: where no other contact is named.", examples=["protest"]
    )
    name: Name = Field(examples=["SYNTHETIC PROTEST DESK"])
    email: Email | None = Field(default=None, examples=["protests@broker.example"])
    phone: Annotated[str, StringConstraints(pattern=r"^[0-9+().x -]{3,40}$")] | None = None
    verified_on: LegalDay | None = Field(
        default=None, description="When the Center last found that it is right; only registrars say so."
    )

    @model_validator(mode="after")
    def _is_reachable(self) -> "PartyContactBody":
        if self.email is None and self.phone is None:
            raise ValueError("a contact has an e-mail address or a telephone number")
        return self

    def read(self) -> Contact:
        """The contact in the terms of the rules."""
        return Contact(self.process, self.name, self.email, self.phone, self.verified_on)


PartyContacts = Annotated[list[PartyContactBody], Field(max_length=64)]


class PartyBody(BaseModel):
    """What is said of a party when it is registered or changed."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "SYNTHETIC BROKER",
                    "contacts": [{"process": "all", "name": "ENTRY DESK", "email": "entries@broker.example"}],
                    "reason": "Registered by its licence.",
                }
            ]
        },
    )

    name: Name
    closed_on: LegalDay | None = Field(
        default=None, description="First legal day on which it is closed, not one to come; null: it is active."
    )
    contacts: PartyContacts | None = Field(default=None, description="Left as they are known when absent.")
    reason: Why

    def read(self, party_id: str) -> GivenParty:
        """The party in the terms of the rules."""
        contacts = None if self.contacts is None else tuple(contact.read() for contact in self.contacts)
        return GivenParty(party_id, self.name, self.closed_on, contacts)


class PartyRow(BaseModel):
    """One of several parties to register."""

    model_config = ConfigDict(extra="forbid")

    party_id: PartyIdIn
    name: Name
    closed_on: LegalDay | None = None
    contacts: PartyContacts | None = None

    def read(self) -> GivenParty:
        """The party in the terms of the rules."""
        contacts = None if self.contacts is None else tuple(contact.read() for contact in self.contacts)
        return GivenParty(self.party_id, self.name, self.closed_on, contacts)


class PartiesIn(BaseModel):
    """Parties to register."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "parties": [
                        {
                            "party_id": "filer:B76",
                            "name": "SYNTHETIC BROKER",
                            "contacts": [{"process": "all", "name": "ENTRY DESK", "email": "entries@broker.example"}],
                        }
                    ],
                    "reason": "From the list of filers.",
                }
            ]
        },
    )

    parties: list[PartyRow] = Field(min_length=1, max_length=500)
    reason: Why


class PartiesRegistered(BaseModel):
    """What a call registered."""

    parties: int = Field(description="How many the call named.")
    changed: int = Field(description="How many of them are new or changed.")


class PartyContactsIn(BaseModel):
    """All contacts of a party."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "contacts": [
                        {"process": "all", "name": "ENTRY DESK", "email": "entries@broker.example"},
                        {"process": "protest", "name": "PROTEST DESK", "email": "protests@broker.example"},
                    ],
                    "reason": "A desk of its own for protests.",
                }
            ]
        },
    )

    contacts: PartyContacts
    reason: Why


class PartyContactOut(BaseModel):
    """Whom to reach at a party for a process."""

    process: str
    name: str
    email: str | None
    phone: str | None
    verified_on: date | None
    is_verification_due: bool = Field(description="Never verified, or a year ago or longer.")


class PartyOut(BaseModel):
    """A party in the list."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "party_id": "filer:B76",
                    "kind": "filer",
                    "name": "SYNTHETIC BROKER",
                    "state": "active",
                    "closed_on": None,
                }
            ]
        }
    )

    party_id: str
    kind: PartyKind
    name: str
    state: Literal["active", "closed"]
    closed_on: date | None = Field(description="First legal day on which it is closed.")


class PartyDetails(PartyOut):
    """A party, with its contacts for those who see them."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "party_id": "filer:B76",
                    "kind": "filer",
                    "name": "SYNTHETIC BROKER",
                    "state": "active",
                    "closed_on": None,
                    "contacts": [
                        {
                            "process": "all",
                            "name": "ENTRY DESK",
                            "email": "entries@broker.example",
                            "phone": None,
                            "verified_on": "2026-01-05",
                            "is_verification_due": False,
                        }
                    ],
                    "version": 1,
                }
            ]
        }
    )

    contacts: list[PartyContactOut] | None = Field(
        description="For staff, the party itself and importers that delegated to it; null for others."
    )
    version: int


class PartyChangeOut(BaseModel):
    """One change of a party."""

    version: int
    act: str
    changes: list[dict[str, Any]]
    reason: str
    changed_by: str | None = Field(description="Null for what others did, unless to staff.")
    acting_for: str | None
    recorded_at: datetime


class DelegationIn(BaseModel):
    """What an importer delegates to a party."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "importer_number": "07-345678900",
                    "scopes": ["respond", "protest"],
                    "from_on": "2026-03-02",
                    "to_on": "2027-03-01",
                    "reason": "Our broker answers and protests for us.",
                }
            ]
        },
    )

    importer_number: ImporterNumber
    scopes: list[Scope] = Field(min_length=1, max_length=7, description=_SCOPES)
    from_on: LegalDay | None = Field(default=None, description="First legal day; today unless given.")
    to_on: LegalDay | None = Field(default=None, description="Last legal day, counted; null: until revoked.")
    reason: Why


class DelegationEndIn(BaseModel):
    """Why a delegation ends, and from when on it has no force."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "We changed our broker.", "revoked_on": None}]}
    )

    revoked_on: LegalDay | None = Field(
        default=None, description="First legal day without force, today or later; today unless given."
    )
    reason: Why


class DelegationOut(BaseModel):
    """What an importer delegated to a party."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "delegation_id": "5b1c1c1e-8a0f-6f0e-1c1e-8a0f6f0e1c1e",
                    "party_id": "filer:B76",
                    "importer_number": "07-345678900",
                    "scopes": ["respond", "protest"],
                    "from_on": "2026-03-02",
                    "to_on": "2027-03-01",
                    "revoked_on": None,
                    "is_in_force": True,
                    "version": 1,
                }
            ]
        }
    )

    delegation_id: str
    party_id: str
    importer_number: str
    scopes: list[str]
    from_on: date
    to_on: date | None = Field(description="Last legal day, counted; null: until revoked.")
    revoked_on: date | None = Field(description="First legal day on which it has no force any more.")
    is_in_force: bool = Field(description="Whether the party may act under it today.")
    version: int


class DelegationActOut(BaseModel):
    """One act on a delegation."""

    version: int
    act: Literal["granted", "revoked", "renounced"]
    is_on_paper: bool = Field(description="Registered by the Center for somebody who signed a paper.")
    revoked_on: date | None
    reason: str
    done_by: str | None = Field(description="Null for what others did, unless to staff.")
    acting_for: str | None
    done_at: datetime


class DelegationDetails(DelegationOut):
    """A delegation with every act on it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "delegation_id": "5b1c1c1e-8a0f-6f0e-1c1e-8a0f6f0e1c1e",
                    "party_id": "filer:B76",
                    "importer_number": "07-345678900",
                    "scopes": ["respond", "protest"],
                    "from_on": "2026-03-02",
                    "to_on": "2027-03-01",
                    "revoked_on": None,
                    "is_in_force": True,
                    "version": 1,
                    "history": [
                        {
                            "version": 1,
                            "act": "granted",
                            "is_on_paper": False,
                            "revoked_on": None,
                            "reason": "Our broker answers and protests for us.",
                            "done_by": "holder",
                            "acting_for": None,
                            "done_at": "2026-03-02T15:00:00Z",
                        }
                    ],
                }
            ]
        }
    )

    history: list[DelegationActOut] = Field(description="Oldest act first.")
