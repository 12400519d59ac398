"""Parties and delegations as routing tells of them: built by its publishing, read as every reader does."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from services.routing.publishing import SOURCE, party_changed
from shared.bus.outbox import encode
from shared.contracts.decode import Rejection, decode
from shared.contracts.envelope import Event
from shared.customs.parties import Contact, Delegation, Party, kind_of_party
from tests.support.events import demand_known_words

AT = datetime(2026, 3, 2, 15, tzinfo=UTC)


def party(party_id: str = "filer:B76", version: int = 1, *contacts: Contact, closed_on: date | None = None) -> Party:
    """A party with these contacts; by its version the name tells states apart."""
    return Party(
        party_id=party_id,
        version=version,
        kind=kind_of_party(party_id),
        name=f"SYNTHETIC {party_id} {version}",
        state="active" if closed_on is None else "closed",
        closed_on=closed_on,
        contacts=contacts,
    )


def delegation(
    delegation_id: str = "delegation-1",
    version: int = 1,
    party_id: str = "agent:1001",
    importer_number: str = "07-345678900",
    scopes: Sequence[str] = ("all",),
    **days: date | None,
) -> Delegation:
    """What an importer delegated, from 1 January 2026 until revoked, unless told otherwise."""
    return Delegation(
        delegation_id=delegation_id,
        version=version,
        party_id=party_id,
        importer_number=importer_number,
        scopes=tuple(scopes),
        from_on=days.get("from_on") or date(2026, 1, 1),
        to_on=days.get("to_on"),
        revoked_on=days.get("revoked_on"),
    )


def told(about: Party, *delegations: Delegation, at: datetime = AT) -> Event[Any]:
    """The event that routing publishes of a party and these of its delegations."""
    topic, key, value = encode(party_changed(about, delegations, at), SOURCE)
    event = decode(topic, key.encode(), value, {}, 524_288)
    assert not isinstance(event, Rejection), event
    demand_known_words(event)
    return event
