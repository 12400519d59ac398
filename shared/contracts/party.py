"""What routing says of parties beside the importer: who they are, whom to reach, what importers delegated to them."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shared.contracts.terms import Code, Contract, ImporterNumber, LegalDate, ShortText
from shared.contracts.words import Open
from shared.customs.parties import PartyKind

PartyState = Literal["active", "closed"]

# Open on purpose: a later kind of party is an id that today's readers keep.
PartyId = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]+(-[a-z]+)*:[0-9A-Z][0-9A-Z-]{0,31}$"),
    Field(
        description="Id of a party: filer:<filer code>, surety:<surety code>, agent:<number> or counsel:<number>.",
        examples=["filer:B76"],
    ),
]


class PartyContact(Contract):
    """Whom to reach at a party for a process, or for every process that has no contact of its own (`all`).

    `verified_on` is the day when somebody at CBP last found that it is right; a year later it is due again.
    """

    process: Annotated[Code, Field(examples=["protest"])]
    name: ShortText
    email: ShortText | None = None
    phone: ShortText | None = None
    verified_on: LegalDate | None = None


class PartyDelegation(Contract):
    """What an importer lets a party do in its name, from a legal day to another, both counted; null: until revoked.

    Of several for one id the highest version stands. From `revoked_on` on, that day included, it has no force. `scopes`
    are words of the glossary (see, respond, correct, protest, extend, refund, all); one that a reader does not know
    lets the party do nothing.
    """

    delegation_id: Code
    version: Annotated[int, Field(ge=1)]
    importer_number: ImporterNumber
    scopes: Annotated[tuple[Code, ...], Field(min_length=1, max_length=32)]
    from_on: LegalDate
    to_on: LegalDate | None = None
    revoked_on: LegalDate | None = None


class PartyChanged(Contract):
    """A party as it is, whole, and those of its delegations that changed.

    Of several for one party the highest version stands; a change of delegations alone tells the party's version again.
    A party is closed from `closed_on` on, that day included: then nothing that was delegated to it has force.
    """

    party_id: PartyId
    version: Annotated[int, Field(ge=1)]
    kind: Open[PartyKind]
    name: ShortText
    state: Open[PartyState]
    closed_on: LegalDate | None = None
    contacts: Annotated[tuple[PartyContact, ...], Field(max_length=64)] = ()
    delegations: Annotated[tuple[PartyDelegation, ...], Field(max_length=100)] = ()
