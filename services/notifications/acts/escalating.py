"""Who was not reached is told another way: by a second contact, then by a letter."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.domain.delivery import LETTER, State, host_of, message_id_of
from services.notifications.domain.escalation import next_channel
from services.notifications.publishing import SOURCE, begun_told
from services.notifications.store import deliveries as store
from services.notifications.store.deliveries import Claimed, NewDelivery
from shared.bus import outbox
from shared.db.transaction import Transaction


async def go_on(tx: Transaction, unreached: Iterable[Claimed], now: datetime) -> Sequence[NewDelivery]:
    """Begin what follows deliveries that ended without reaching anybody, and tell it; each follows once."""
    following = [next_delivery for item in unreached if (next_delivery := following_of(item, now)) is not None]
    begun = await store.write_deliveries(tx, following)
    await outbox.add(tx, SOURCE, begun_told(begun, now))
    return begun


def following_of(item: Claimed, now: datetime) -> NewDelivery | None:
    """The delivery that follows one; a letter is queued for the mail room."""
    notice = item.notice
    kind = CATALOGUE.get(notice.kind)
    if kind is None:
        return None  # of a later release, which goes on with it
    has_second = item.recipient is not None and item.recipient.second is not None
    channel = next_channel(item.channel, item.recipient_role, has_second=has_second, is_lettered=kind.is_lettered)
    if channel is None:
        return None
    return NewDelivery(
        notice_id=str(notice.notice_id),
        channel=channel,
        recipient_role=item.recipient_role,
        kind=notice.kind,
        importer_number=notice.importer_number,
        entry_number=notice.entry_number,
        state=State.QUEUED,
        message_id=None
        if channel == LETTER
        else message_id_of(
            notice.kind, str(notice.notice_id), f"{item.recipient_role}.second", host_of(item.message_id)
        ),
        at=now,
        lane=kind.lane,
    )
