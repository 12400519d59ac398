"""What a batch of party-changed events says: the newest of each party and of each delegation, in the field's words."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.contracts.party import PartyChanged
from shared.customs.parties import Contact, Delegation, Party


@dataclass(frozen=True, slots=True)
class Heard:
    """Parties and delegations, each once and in order of its id."""

    parties: tuple[Party, ...] = ()
    delegations: tuple[Delegation, ...] = ()


def on_party_changed(changed: Iterable[PartyChanged]) -> Heard:
    """The newest version of every party and delegation that the events tell of, whatever their order."""
    parties: dict[str, Party] = {}
    delegations: dict[str, Delegation] = {}
    for data in changed:
        party = _party(data)
        known = parties.get(party.party_id)
        if known is None or known.version < party.version:
            parties[party.party_id] = party
        for delegation in _delegations(data):
            before = delegations.get(delegation.delegation_id)
            if before is None or before.version < delegation.version:
                delegations[delegation.delegation_id] = delegation
    return Heard(
        tuple(party for _, party in sorted(parties.items())),
        tuple(delegation for _, delegation in sorted(delegations.items())),
    )


def _party(data: PartyChanged) -> Party:
    return Party(
        party_id=data.party_id,
        version=data.version,
        kind=data.kind,
        name=data.name,
        state=data.state,
        closed_on=data.closed_on,
        contacts=tuple(
            Contact(each.process, each.name, each.email, each.phone, each.verified_on) for each in data.contacts
        ),
    )


def _delegations(data: PartyChanged) -> Iterable[Delegation]:
    return [
        Delegation(
            delegation_id=each.delegation_id,
            version=each.version,
            party_id=data.party_id,
            importer_number=each.importer_number,
            scopes=tuple(each.scopes),
            from_on=each.from_on,
            to_on=each.to_on,
            revoked_on=each.revoked_on,
        )
        for each in data.delegations
    ]
