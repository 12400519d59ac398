"""What comes back for a mail: delivery status notifications (RFC 3464), for the delivery that the address names."""

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from typing import Final

from services.notifications.acts.escalating import go_on
from services.notifications.domain.addresses import MailAddresses, read_return_path
from services.notifications.domain.delivery import DIGEST, MAIL_CHANNELS, State
from services.notifications.publishing import SOURCE, changes_told
from services.notifications.store import deliveries as store
from shared.bus import outbox
from shared.db.transaction import Connections, transaction
from shared.runtime.clock import Clock

_STATES: Final = {"failed": State.BOUNCED, "delivered": State.DELIVERED}
_LONGEST_DETAIL: Final = 300


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What a mail server says of one recipient: `action` as in RFC 3464, 2.3.3, with its status and its words."""

    action: str
    detail: str


def read_report(message: bytes) -> StatusReport | None:
    """The first report on a recipient in a mail; None when it holds none, as an answer out of the office.

    >>> read_report(b"Subject: I am away\\r\\n\\r\\nUntil Monday.") is None
    True
    """
    parsed = email.message_from_bytes(message, policy=email.policy.compat32)
    for fields in _groups_of(parsed):
        action = str(fields.get("Action", "")).strip().lower()
        if action:
            words = (str(fields.get("Status", "")), str(fields.get("Diagnostic-Code", "")))
            detail = " ".join(" ".join(words).split())
            return StatusReport(action, "".join(each for each in detail if each.isprintable())[:_LONGEST_DETAIL])
    return None


def _groups_of(message: Message) -> Iterator[Message]:
    """The groups of fields of every part message/delivery-status: of the mail first, then of each recipient."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            payload = part.get_payload()
            if isinstance(payload, list):
                yield from (each for each in payload if isinstance(each, Message))


class Bounces:
    """Writes down what comes back. An address that this service did not make is refused before any mail is read."""

    def __init__(self, database: Connections, clock: Clock, addresses: MailAddresses) -> None:
        self._database = database
        self._clock = clock
        self._addresses = addresses

    def is_known(self, address: str) -> bool:
        """Whether an address has the form of one that bounces go to; whose it is is looked up with the mail."""
        host = address.rpartition("@")[2].lower()
        return host == (self._addresses.bounce_host or "").lower() and read_return_path(address) is not None

    async def take(self, address: str, message: bytes) -> bool:
        """Apply what came to an address; whether it changed anything. A report that comes again changes nothing.

        Raises `Transient` when the database is away: the server that sent it keeps it and comes again.
        """
        named, report = read_return_path(address), read_report(message)
        state = _STATES.get(report.action) if report is not None else None
        if named is None or report is None or state is None:
            return False
        notice_id, tag = named
        now = self._clock.now()
        async with transaction(self._database) as tx:
            for delivery in await store.find_deliveries(tx.connection, notice_id):
                key = (notice_id, delivery.channel, delivery.recipient_role)
                if delivery.channel not in MAIL_CHANNELS or not self._addresses.is_of(tag, *key):
                    continue
                message_id = delivery.message_id or ""
                is_digest = message_id.startswith(DIGEST)
                keys = await store.list_told_together(tx.connection, message_id) if is_digest else [key]
                found = [await store.come_back(tx, *each, state, report.detail or None, now) for each in keys]
                changed = [each for each in found if each is not None]
                await outbox.add(tx, SOURCE, changes_told([told for _, told in changed], now))
                if state is State.BOUNCED:
                    await go_on(tx, [item for item, _ in changed], now)
                return bool(changed)
        return False
