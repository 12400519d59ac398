"""The handler: decide which notices a batch of events causes, write them with their postings and deliveries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from services.notifications.domain.delivery import State
from services.notifications.domain.facts import Act
from services.notifications.domain.notices import notices_for
from services.notifications.handlers.liquidation import on_entry_changed, on_protest_changed
from services.notifications.handlers.routing import importer_of, on_account_assigned
from services.notifications.handlers.workqueue import on_request_issued
from services.notifications.publishing import notice_changed
from services.notifications.store import bulletin as bulletin_store
from services.notifications.store import deliveries as delivery_store
from services.notifications.store import importers as importer_store
from services.notifications.store import notices as notice_store
from services.notifications.store.deliveries import ChangedDelivery, NewDelivery
from services.notifications.store.importers import Importer
from services.notifications.store.notices import IssuedNotice
from shared.bus.outbox import Outgoing
from shared.contracts.envelope import Event
from shared.contracts.liquidation import EntryChanged, ProtestChanged
from shared.contracts.registry import carries
from shared.contracts.routing import AccountAssigned
from shared.contracts.work import RequestIssued
from shared.db.transaction import Transaction
from shared.runtime.clock import Clock
from shared.runtime.ids import event_id

TOPICS: Final = ("entry-changed", "protest-changed", "request-issued", "account-assigned", "work-item-changed")


@dataclass(frozen=True, slots=True)
class MailRules:
    """What begins with a mail: the host that its id names, and how long a late address still brings it back."""

    host: str
    late_address: timedelta


class NotificationsHandler:
    """Applies what the other services say."""

    def __init__(self, clock: Clock, mail: MailRules) -> None:
        self._clock = clock
        self._mail = mail

    async def __call__(self, tx: Transaction, events: Sequence[Event[Any]], /) -> Sequence[Outgoing]:
        """Decide and write; there is nothing to load, because a notice follows from its event alone."""
        issued = issue_notices(events)
        importers = [importer_of(event.data) for event in events if carries(event, AccountAssigned)]
        if not issued and not importers:
            return ()
        now = self._clock.now()
        woken = await self._write_importers(tx, importers, now)
        return [*woken, *await self._write_notices(tx, issued, now)]

    async def _write_importers(self, tx: Transaction, importers: Sequence[Importer], now: datetime) -> list[Outgoing]:
        """Write accounts; the notices that waited for what they say go on."""
        known_now = await importer_store.write_importers(tx, importers)
        woken = await delivery_store.wake(tx, known_now, now, now - self._mail.late_address)
        return [notice_changed(delivery, now) for delivery in woken]

    async def _write_notices(
        self, tx: Transaction, issued: Mapping[str, IssuedNotice], now: datetime
    ) -> list[Outgoing]:
        """Write the notices that are new, post them and begin their deliveries."""
        new_ids = await notice_store.write_notices(tx, list(issued.values()))
        new = [item for notice_id, item in issued.items() if notice_id in new_ids]
        begun = [(item, delivery) for item in new for delivery in begin_deliveries(item, self._mail.host, now)]
        await bulletin_store.write_postings(tx, new)
        await delivery_store.write_deliveries(tx, [delivery for _, delivery in begun])
        return [notice_changed(_begun(item, delivery), item.caused_at) for item, delivery in begun]


def issue_notices(events: Sequence[Event[Any]]) -> dict[str, IssuedNotice]:
    """The notices that events cause, by id: an act that is told twice causes the same notice."""
    issued: dict[str, IssuedNotice] = {}
    for event in events:
        act = act_of(event)
        for notice in notices_for(act) if act is not None else ():
            notice_id = event_id("notice", notice.kind, notice.subject, str(notice.sequence))
            issued.setdefault(notice_id, IssuedNotice(notice_id, notice, event.time))
    return issued


def begin_deliveries(item: IssuedNotice, host: str, now: datetime) -> list[NewDelivery]:
    """A delivery for each way of the notice: posted at once on the bulletin, queued by e-mail."""
    notice = item.notice
    return [
        NewDelivery(
            notice_id=item.notice_id,
            channel=route.channel,
            recipient_role=route.recipient_role,
            kind=notice.kind,
            importer_number=notice.importer_number,
            state=State.POSTED if route.channel == "bulletin" else State.QUEUED,
            message_id=f"<{notice.kind}.{item.notice_id}.{route.recipient_role}@{host}>"
            if route.channel == "email"
            else None,
            at=now,
        )
        for route in notice.catalogued.routes
    ]


def act_of(event: Event[Any]) -> Act | None:
    """What an event says, in the words of the domain; None when nobody is told about it."""
    if carries(event, EntryChanged):
        return on_entry_changed(event)
    if carries(event, ProtestChanged):
        return on_protest_changed(event)
    if carries(event, RequestIssued):
        return on_request_issued(event)
    if carries(event, AccountAssigned):
        return on_account_assigned(event)
    return None


def _begun(item: IssuedNotice, delivery: NewDelivery) -> ChangedDelivery:
    return ChangedDelivery(
        notice_id=item.notice_id,
        channel=delivery.channel,
        recipient_role=delivery.recipient_role,
        sequence=1,
        kind=delivery.kind,
        importer_number=delivery.importer_number,
        entry_number=item.notice.entry_number,
        state=delivery.state,
    )
