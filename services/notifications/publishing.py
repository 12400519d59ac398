"""The events that notifications publishes: one for each change of a delivery's state, and replies of parties."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from services.notifications.store.deliveries import ChangedDelivery, NewDelivery
from services.notifications.store.notices import WrittenNotice
from services.notifications.store.replies import GivenReply
from shared.bus.outbox import Outgoing
from shared.contracts.notice import NoticeChanged
from shared.contracts.post_entry import FiledBy, FilingKind, PostEntryFiled
from shared.customs.parties import is_party_id, kind_of_party
from shared.runtime.ids import event_id

SOURCE: Final = "urn:centerline:notifications"


def changes_told(changes: Iterable[ChangedDelivery], at: datetime) -> list[Outgoing]:
    """The events of ledger lines. What a filer alone is told of its messages names no importer, and stays here."""
    return [notice_changed(change, at) for change in changes if change.importer_number is not None]


def reply_filed(given: GivenReply, notice: WrittenNotice, importer_number: str, filed_by: FiledBy) -> Outgoing:
    """A reply as a post-entry filing of the party: routed and answered like any other response.

    One to a CBP 28 or 29 names the request that it answers.
    """
    body: dict[str, Any] = {"notice_id": str(notice.notice_id), "notice_kind": notice.kind, "text": given.text}
    if given.files:
        body["files"] = list(given.files)
    if "request_id" in notice.body:
        body["answers_request"] = notice.body["request_id"]
    data = PostEntryFiled(
        filing_number=given.filing_number,
        kind=FilingKind.RESPONSE,
        importer_number=importer_number,
        filed_by=filed_by,
        received_at=given.replied_at,
        entries=notice.entry_numbers,
        body=body,
    )
    return Outgoing(event_id("reply-filed", given.filing_number), data, given.replied_at)


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
