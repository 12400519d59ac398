"""A receiver of webhooks that is turned off by itself: its owner is told, once each time, by mail and in the inbox."""

from datetime import datetime

from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.domain.delivery import State, message_id_of
from services.notifications.domain.facts import WebhookOff
from services.notifications.domain.notices import notices_for
from services.notifications.domain.webhooks import Webhook
from services.notifications.publishing import SOURCE, begun_told
from services.notifications.store import deliveries as delivery_store
from services.notifications.store import notices as notice_store
from services.notifications.store import webhooks as webhook_store
from services.notifications.store.deliveries import NewDelivery
from services.notifications.store.notices import IssuedNotice, issue
from shared.bus import outbox
from shared.customs.calendar import legal_date
from shared.customs.parties import is_party_id
from shared.db.transaction import Transaction


async def turn_off(tx: Transaction, webhook: Webhook, why: str, host: str, now: datetime) -> None:
    """Call a receiver no more, and tell its owner; one that is off already stays so in silence.

    `host` is what the Message-ID of the mail ends in.
    """
    times = await webhook_store.turn_off(tx, webhook.webhook_id, why)
    if times is None:
        return
    off = WebhookOff(
        webhook_id=str(webhook.webhook_id),
        times=times,
        recipient=webhook.recipient,
        host=webhook.host,
        reason=f"The receiver was turned off: {why}.",
        told_on=legal_date(now),
    )
    issued = [issue(notice, now) for notice in notices_for(off)]
    await notice_store.write_notices(tx, issued)
    begun = await delivery_store.write_deliveries(tx, [_mail_to(webhook.recipient, item, host, now) for item in issued])
    await outbox.add(tx, SOURCE, begun_told(begun, now))


def _mail_to(owner: str, item: IssuedNotice, host: str, now: datetime) -> NewDelivery:
    notice = item.notice
    recipient = owner if is_party_id(owner) else "importer"
    return NewDelivery(
        notice_id=item.notice_id,
        channel="email",
        recipient_role=recipient,
        kind=notice.kind,
        importer_number=notice.importer_number,
        entry_number=None,
        state=State.QUEUED,
        message_id=message_id_of(notice.kind, item.notice_id, recipient, host),
        at=now,
        lane=CATALOGUE[notice.kind].lane,
    )
