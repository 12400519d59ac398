"""Parties beside the importer: filers, sureties, agents and counsel, and what an importer may delegate to them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

PartyKind = Literal["filer", "surety", "agent", "counsel"]
Scope = Literal["see", "respond", "correct", "protest", "extend", "refund", "all"]

PARTY_KINDS: Final[tuple[str, ...]] = get_args(PartyKind)
EVERY_PROCESS: Final = "all"
"""The process of a contact that is asked where none is named for a process."""

SCOPE_MEANINGS: Final[Mapping[Scope, str]] = MappingProxyType(
    {
        "see": "See the importer's entries, filings, protests and notices. Every other scope includes it.",
        "respond": "Answer requests for information and notices of action (CBP 28, CBP 29).",
        "correct": "Present post-summary corrections, reconciliations and prior disclosures.",
        "protest": "Protest, ask for further review, supply and withdraw.",
        "extend": "Ask for an extension of the time to liquidate.",
        "refund": "Claim refunds, preference after import and drawback, and follow bills and refunds.",
        "all": "Everything that the importer may do, but for delegating.",
    }
)
"""What an importer delegates, with its meaning: the closed list."""

_PARTY_ID: Final = re.compile("(filer|surety):[0-9A-Z]{3}|(agent|counsel):[0-9A-Z][0-9A-Z-]{0,31}")


def party_id(kind: PartyKind, code: str) -> str:
    """The id of a party: its kind with the filer code, the surety code, or the number of an agent or counsel.

    Raises `ValueError` for a code that parties of this kind do not have.

    >>> party_id("filer", "B76"), party_id("counsel", "2001")
    ('filer:B76', 'counsel:2001')
    """
    found = f"{kind}:{code}"
    if not is_party_id(found):
        raise ValueError(f"{code!r} is not the code of a {kind}")
    return found


def is_party_id(text: str) -> bool:
    """Whether the text is the id of a party.

    >>> is_party_id("surety:036"), is_party_id("surety:36")
    (True, False)
    """
    return _PARTY_ID.fullmatch(text) is not None


def kind_of_party(party: str) -> str:
    """The kind of a party, which its id begins with.

    >>> kind_of_party("agent:1001")
    'agent'
    """
    return party.partition(":")[0]


def covers(scopes: Iterable[str], wanted: Scope) -> bool:
    """Whether what was delegated lets somebody do what is wanted; scopes that nobody knows give nothing.

    >>> covers(["protest"], "see"), covers(["protest"], "extend"), covers(["all"], "extend"), covers(["later"], "see")
    (True, False, True, False)
    """
    held = {scope for scope in scopes if scope in SCOPE_MEANINGS}
    return wanted in held or "all" in held or (wanted == "see" and bool(held))


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to reach at a party for a process (`all`: where no other is named).

    `verified_on` is the day when somebody at CBP last found that it is right.
    """

    process: str
    name: str
    email: str | None = None
    phone: str | None = None
    verified_on: date | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """A filer, surety, agent or counsel; `version` counts its changes from 1, `closed_on` is the first day closed."""

    party_id: str
    version: int
    kind: str
    name: str
    state: str
    closed_on: date | None
    contacts: tuple[Contact, ...]

    def is_closed(self, on: date) -> bool:
        """Whether the party is closed on a legal day."""
        return self.closed_on is not None and self.closed_on <= on


@dataclass(frozen=True, slots=True)
class Delegation:
    """What an importer delegated to a party: from a legal day to another, both counted, None until revoked.

    `revoked_on` is the first day on which it has no force any more. `version` counts its changes from 1.
    """

    delegation_id: str
    version: int
    party_id: str
    importer_number: str
    scopes: tuple[str, ...]
    from_on: date
    to_on: date | None
    revoked_on: date | None

    def in_force(self, on: date) -> bool:
        """Whether it has force on a legal day, as far as it depends on its own days.

        >>> delegation = Delegation("1", 2, "agent:1001", "07-345678900", ("all",), date(2026, 3, 2), date(2026, 3, 31),
        ...     date(2026, 3, 20))
        >>> [delegation.in_force(date(2026, 3, day)) for day in (1, 2, 19, 20)]
        [False, True, True, False]
        """
        is_within = self.from_on <= on and (self.to_on is None or on <= self.to_on)
        return is_within and (self.revoked_on is None or on < self.revoked_on)


def contact_for(contacts: Sequence[Contact], process: str) -> Contact | None:
    """The contact for a process: the first of its own, else the first for every process, else None."""
    for wanted in (process, EVERY_PROCESS):
        for contact in contacts:
            if contact.process == wanted:
                return contact
    return None


def write_contacts(contacts: Sequence[Contact]) -> list[dict[str, Any]]:
    """Contacts as they are kept, in JSON values."""
    return [
        {
            "process": contact.process,
            "name": contact.name,
            "email": contact.email,
            "phone": contact.phone,
            "verified_on": contact.verified_on.isoformat() if contact.verified_on else None,
        }
        for contact in contacts
    ]


def read_contacts(stored: Sequence[Mapping[str, Any]]) -> tuple[Contact, ...]:
    """Contacts as they are kept."""
    return tuple(
        Contact(
            item["process"],
            item["name"],
            item["email"],
            item["phone"],
            date.fromisoformat(item["verified_on"]) if item["verified_on"] else None,
        )
        for item in stored
    )
