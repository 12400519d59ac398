"""The events that notifications publishes: one for each change of a delivery's state."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from services.notifications.store.deliveries import ChangedDelivery, NewDelivery
from shared.bus.outbox import Outgoing
from shared.contracts.notice import NoticeChanged
from shared.customs.parties import is_party_id, kind_of_party
from shared.runtime.ids import event_id

SOURCE: Final = "urn:centerline:notifications"


def changes_told(changes: Iterable[ChangedDelivery], at: datetime) -> list[Outgoing]:
    """The events of ledger lines. What a filer alone is told of its messages names no importer, and stays here."""
    return [notice_changed(change, at) for change in changes if change.importer_number is not None]


def begun_told(deliveries: Iterable[NewDelivery], at: datetime) -> list[Outgoing]:
    """The events of deliveries that begin."""
    return changes_told(
        (
            ChangedDelivery(
                notice_id=each.notice_id,
                channel=each.channel,
                recipient_role=each.recipient_role,
                sequence=1,
                kind=each.kind,
                importer_number=each.importer_number,
                entry_number=each.entry_number,
                state=each.state,
            )
            for each in deliveries
        ),
        at,
    )


def notice_changed(changed: ChangedDelivery, at: datetime) -> Outgoing:
    """The event of one ledger line; its id is that of the line, so that a repeat is recognised.

    A party is told by its kind as the role, and by its id.
    """
    assert changed.importer_number is not None  # `changes_told` sees to it
    is_party = is_party_id(changed.recipient_role)
    data = NoticeChanged(
        notice_id=changed.notice_id,
        sequence=changed.sequence,
        kind=changed.kind,
        state=changed.state.value,
        channel=changed.channel,
        recipient_role=kind_of_party(changed.recipient_role),
        recipient=changed.recipient_role if is_party else None,
        importer_number=changed.importer_number,
        entry_number=changed.entry_number,
        at=at,
    )
    line = (changed.notice_id, changed.channel, changed.recipient_role, str(changed.sequence))
    return Outgoing(event_id("notice-changed", *line), data, at)
