"""What routing says, in the words of the domain: accounts with their Center and address, appeals, bulletins."""

from services.notifications.domain.facts import AppealAct, Assignment, Broadcast
from services.notifications.handlers.grounds import grounds_of
from services.notifications.store.importers import Importer
from shared.contracts.envelope import Event
from shared.contracts.routing import AccountAssigned, AccountChanged, AppealDecided, BroadcastIssued
from shared.contracts.routing import PostalAddress as GivenAddress
from shared.customs.calendar import legal_date
from shared.customs.postal import PostalAddress


def on_account_assigned(event: Event[AccountAssigned]) -> Assignment | None:
    """An assignment of an account to a Center; None while it has none."""
    data = event.data
    if data.center is None:
        return None
    return Assignment(
        importer_number=data.importer_number,
        sequence=data.sequence,
        center=data.center,
        previous_center=data.previous_center,
        basis=data.basis,
        effective_on=data.effective_on,
        told_on=legal_date(event.time),
        grounds=grounds_of(data.reasons),
    )


def on_appeal_decided(event: Event[AppealDecided]) -> AppealAct:
    """What Field Operations decided on an appeal."""
    data = event.data
    return AppealAct(
        appeal_number=data.appeal_number,
        importer_number=data.importer_number,
        outcome=data.outcome,
        center=data.center,
        effective_on=data.effective_on,
        told_on=legal_date(data.decided_at),
        reasons=data.reasons,
    )


def on_broadcast_issued(event: Event[BroadcastIssued]) -> Broadcast:
    """A bulletin of a Center to some of its audience; other events name the rest."""
    data = event.data
    return Broadcast(
        broadcast_id=data.broadcast_id,
        center=data.center,
        importer_numbers=data.importer_numbers,
        subject=data.subject,
        text=data.text,
        effective_on=data.effective_on,
        told_on=legal_date(data.issued_at),
    )


def importer_of(data: AccountAssigned) -> Importer:
    """The importer as a recipient."""
    return Importer(
        importer_number=data.importer_number,
        name=data.name,
        email=data.contact_email,
        sequence=data.sequence,
        revision=data.revision or 0,
        address=_address_of(data.postal_address),
    )


def importer_changed(data: AccountChanged) -> Importer:
    """The importer as a recipient, from a revision of its account on."""
    return Importer(
        importer_number=data.importer_number,
        name=data.name,
        email=data.contact_email,
        sequence=0,
        revision=data.revision,
        address=_address_of(data.postal_address),
    )


def _address_of(given: GivenAddress | None) -> PostalAddress | None:
    if given is None:
        return None
    return PostalAddress(given.street, given.city, given.country, given.state, given.postal_code, given.attention)
