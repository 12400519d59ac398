"""Webhooks get what their recipients are told: a delivery to each, beside the mail or the inbox."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.notifications.domain.delivery import State
from services.notifications.domain.kind import Lane
from services.notifications.store import webhooks as webhook_store
from services.notifications.store.deliveries import NewDelivery
from shared.db.transaction import Transaction


async def begin_webhooks(tx: Transaction, begun: Sequence[NewDelivery], host: str, now: datetime) -> list[NewDelivery]:
    """A delivery to each webhook of those who are told by mail or in their inbox."""
    told = [(each, _account(each)) for each in begun if each.channel in {"email", "portal"}]
    recipients = {account for _, account in told if account is not None}
    active = await webhook_store.load_active(tx, recipients)
    if not active:
        return []
    found: dict[tuple[str, str, str], NewDelivery] = {}
    for delivery, account in told:
        for webhook in active.get(account or "", ()):
            if webhook.wants(delivery.kind):
                key = (delivery.notice_id, webhook.channel, delivery.recipient_role)
                message_id = f"<{delivery.notice_id}@{host}>"
                found[key] = replace(
                    delivery,
                    channel=webhook.channel,
                    state=State.QUEUED,
                    message_id=message_id,
                    at=now,
                    lane=Lane.WEBHOOK,
                )
    return list(found.values())


def _account(delivery: NewDelivery) -> str | None:
    """Under which name the recipient of a delivery registers webhooks."""
    return delivery.importer_number if delivery.recipient_role == "importer" else delivery.recipient_role
