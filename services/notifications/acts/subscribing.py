"""A party asks to be told news of a Center, or no more: by the API, or by the link in a mail without a login."""

from datetime import datetime
from typing import NamedTuple

from services.notifications.acts.inbox import demand_recipient
from services.notifications.domain.subscriptions import Links, Subscription, Topic, read_token, topic_of
from services.notifications.store import deliveries as delivery_store
from services.notifications.store import notices as notice_store
from services.notifications.store import subscriptions as store
from services.notifications.store.notices import WrittenNotice
from shared.customs.centers import centers
from shared.db.transaction import Transaction
from shared.runtime.errors import NotFound, Refused
from shared.runtime.identity import Identity

BY_LINK = "whoever has the link"


class Offered(NamedTuple):
    """What a link ends: news of a topic of a Center to a recipient, which the link itself does not name."""

    recipient: str
    topic: Topic
    center: str


async def subscribe(
    tx: Transaction, caller: Identity, recipient: str, topic: Topic, center: str, *, is_on: bool, now: datetime
) -> Subscription:
    """Write what a recipient asks for. Raises `Refused` for one that the caller does not speak for, or no Center."""
    demand_recipient(caller, recipient)
    if center not in centers():
        raise Refused(
            f"There is no Center {center}.",
            rule="center-exists",
            code="unknown-center",
            remedy="Take a code from GET /centers of routing.",
        )
    return await store.write_subscription(
        tx, recipient, topic, center, is_on=is_on, way="api", by=caller.signature, now=now
    )


async def find_offered(tx: Transaction, links: Links, token: str) -> Offered:
    """What a link ends. Raises `NotFound` for one that this service did not make, whatever is wrong with it."""
    read = read_token(token)
    notice = await notice_store.find_notice(tx.connection, read[0]) if read is not None else None
    topic = topic_of(notice.kind, notice.variant) if notice is not None else None
    if read is None or notice is None or topic is None or notice.center is None:
        raise _no_link()
    notice_id, tag = read
    roles = {each.recipient_role for each in await delivery_store.find_deliveries(tx.connection, notice_id)}
    role = next((each for each in sorted(roles) if links.is_of(tag, notice_id, each)), None)
    recipient = None if role is None else _recipient(notice, role)
    if recipient is None:
        raise _no_link()
    return Offered(recipient, topic, notice.center)


async def unsubscribe(tx: Transaction, links: Links, token: str, now: datetime) -> Offered:
    """End what a link ends; doing so again changes nothing. Nothing else is ended by it."""
    offered = await find_offered(tx, links, token)
    known = await store.list_subscriptions(tx.connection, [offered.recipient])
    is_off = any((each.topic, each.center, each.is_on) == (offered.topic, offered.center, False) for each in known)
    if not is_off:
        await store.write_subscription(tx, *offered, is_on=False, way="link", by=BY_LINK, now=now)
    return offered


def _recipient(notice: WrittenNotice, role: str) -> str | None:
    return notice.importer_number if role == "importer" else role


def _no_link() -> NotFound:
    return NotFound(
        "This is no link of ours.",
        rule="unsubscribe-link",
        code="no-unsubscribe-link",
        remedy="Take the link from the mail, whole; PUT /subscriptions does the same with a token.",
    )
