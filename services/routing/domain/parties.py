"""The rules of parties and delegations: who may grant and end them, when two overlap, what a change changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from shared.customs.calendar import add_years
from shared.customs.parties import Contact, Delegation, Party, kind_of_party, write_contacts

Act = Literal["granted", "revoked", "renounced"]
State = Literal["active", "closed"]
Standing = Literal["importer", "delegate", "registrar"]
"""As what somebody acts on a delegation: its importer, the party that it was given to, a registrar on paper."""


@dataclass(frozen=True, slots=True)
class GivenParty:
    """A party as somebody registers it. `closed_on` is the first day on which it is closed, None while it is active.

    Contacts that are None stay as they are known.
    """

    party_id: str
    name: str
    closed_on: date | None
    contacts: tuple[Contact, ...] | None


@dataclass(frozen=True, slots=True)
class PartyFieldChange:
    """One field of a party with its value before and after, as JSON values."""

    name: str
    before: Any
    after: Any


def register(given: GivenParty, known: Party | None) -> Party:
    """The party after a registration: a new one has version 1, one that changes the next, else it is as it was."""
    state: State = "active" if given.closed_on is None else "closed"
    if known is None:
        return Party(
            party_id=given.party_id,
            version=1,
            kind=kind_of_party(given.party_id),
            name=given.name,
            state=state,
            closed_on=given.closed_on,
            contacts=given.contacts or (),
        )
    contacts = known.contacts if given.contacts is None else given.contacts
    return revise(replace(known, name=given.name, state=state, closed_on=given.closed_on, contacts=contacts), known)


def revise(after: Party, before: Party) -> Party:
    """The party as its next version where it differs from what it was, else as it was."""
    return replace(after, version=before.version + 1) if after != before else before


def list_changes(before: Party | None, after: Party) -> tuple[PartyFieldChange, ...]:
    """The fields in which two states of a party differ; all of them for a new one."""
    old = _document(before) if before is not None else {}
    return tuple(
        PartyFieldChange(name, old.get(name), value)
        for name, value in _document(after).items()
        if before is None or old[name] != value
    )


def keep_verification(given: Sequence[Contact], known: Sequence[Contact]) -> tuple[Contact, ...]:
    """The contacts as the party itself gives them: verified only where nothing but that word is new."""
    verified = {replace(contact, verified_on=None): contact.verified_on for contact in known}
    return tuple(replace(contact, verified_on=verified.get(replace(contact, verified_on=None))) for contact in given)


def is_verification_due(contact: Contact, today: date) -> bool:
    """Whether a contact was never verified, or a year ago or longer.

    Verified on 2 March 2026, it is due again on 2 March 2027.
    """
    return contact.verified_on is None or add_years(contact.verified_on, 1) <= today


def grant_standing(*, is_importer: bool, is_registrar: bool) -> Standing | None:
    """As what somebody may delegate: the importer for its own number, a registrar for a paper; None: not at all.

    What was delegated cannot be delegated on, so no agent, filer or counsel may, whatever it holds.
    """
    if is_importer:
        return "importer"
    return "registrar" if is_registrar else None


def end_standing(*, is_importer: bool, is_delegate: bool, is_registrar: bool) -> Standing | None:
    """As what somebody may end a delegation: the importer and the delegate at any time, a registrar for a paper."""
    if is_importer:
        return "importer"
    if is_delegate:
        return "delegate"
    return "registrar" if is_registrar else None


def ending_act(standing: Standing) -> Act:
    """What ending a delegation is called: who renounces gives up what it was given.

    >>> ending_act("delegate"), ending_act("registrar")
    ('renounced', 'revoked')
    """
    return "renounced" if standing == "delegate" else "revoked"


def find_overlap(wanted: Delegation, known: Iterable[Delegation]) -> Delegation | None:
    """A delegation of the same importer to the same party that has a scope and a day in common with a new one.

    Two of these would leave a right in force after one of them is revoked. `all` has every scope in common.
    """
    for other in known:
        is_same = (other.party_id, other.importer_number) == (wanted.party_id, wanted.importer_number)
        if is_same and _share_scope(wanted.scopes, other.scopes) and _share_day(wanted, other):
            return other
    return None


def revoke(delegation: Delegation, on: date) -> Delegation | None:
    """The delegation without force from a day on; None when it has none by then anyhow."""
    if delegation.revoked_on is not None and delegation.revoked_on <= on:
        return None
    if delegation.to_on is not None and delegation.to_on < on:
        return None
    return replace(delegation, version=delegation.version + 1, revoked_on=on)


def _share_scope(one: Sequence[str], other: Sequence[str]) -> bool:
    return "all" in one or "all" in other or not set(one).isdisjoint(other)


def _share_day(one: Delegation, other: Delegation) -> bool:
    first = max(one.from_on, other.from_on)
    return one.in_force(first) and other.in_force(first)


def _document(party: Party) -> dict[str, Any]:
    return {
        "name": party.name,
        "state": party.state,
        "closed_on": party.closed_on.isoformat() if party.closed_on else None,
        "contacts": write_contacts(party.contacts),
    }
