"""The handler: decide which notices a batch of events causes, write them with their postings and deliveries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from services.notifications.acts.calling import begin_webhooks
from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.domain.delivery import State, message_id_of
from services.notifications.domain.facts import Act
from services.notifications.domain.kind import Channel
from services.notifications.domain.notices import ANSWER_AT, notices_for
from services.notifications.domain.recipients import Matter, is_mailed, parties_told
from services.notifications.handlers.audiences import begin_directory_news, learn_of_audiences
from services.notifications.handlers.liquidation import (
    on_deadline_near,
    on_deadline_withdrawn,
    on_declaration_judged,
    on_entry_changed,
    on_payment_changed,
    on_protest_changed,
)
from services.notifications.handlers.refusals import on_event_refused
from services.notifications.handlers.routing import (
    importer_changed,
    importer_of,
    on_account_assigned,
    on_appeal_decided,
    on_broadcast_issued,
)
from services.notifications.handlers.workqueue import on_request_changed, on_request_issued, on_work_item_changed
from services.notifications.publishing import begun_told, changes_told
from services.notifications.store import bulletin as bulletin_store
from services.notifications.store import deliveries as delivery_store
from services.notifications.store import importers as importer_store
from services.notifications.store import notices as notice_store
from services.notifications.store import recipients as recipient_store
from services.notifications.store import reminders as reminder_store
from services.notifications.store import status_records as status_record_store
from services.notifications.store.deliveries import ChangedDelivery, NewDelivery
from services.notifications.store.importers import Importer
from services.notifications.store.notices import IssuedNotice, issue
from shared.bus.outbox import Outgoing
from shared.contracts.envelope import Event
from shared.contracts.liquidation import DeadlineNear, EntryChanged, ProtestChanged
from shared.contracts.party import PartyChanged
from shared.contracts.payment import DeclarationJudged, PaymentChanged
from shared.contracts.refusal import EventRefused
from shared.contracts.registry import carries
from shared.contracts.routing import AccountAssigned, AccountChanged, AppealDecided, BroadcastIssued
from shared.contracts.work import RequestChanged, RequestIssued, WorkItemChanged
from shared.customs.parties import Delegation, kind_of_party
from shared.db.transaction import Transaction
from shared.parties import store as party_store
from shared.parties.heard import Heard, on_party_changed
from shared.parties.store import Written
from shared.runtime.clock import Clock

TOPICS: Final = (
    "entry-changed",
    "protest-changed",
    "request-issued",
    "request-changed",
    "account-assigned",
    "account-changed",
    "appeal-decided",
    "broadcast-issued",
    "directory-changed",
    "entry-routed",
    "party-changed",
    "work-item-changed",
    "event-refused",
    "deadline-near",
    "payment-changed",
    "declaration-judged",
)


_FIRST_STATE: Final[Mapping[Channel, State]] = {
    "bulletin": State.POSTED,
    "email": State.QUEUED,
    "portal": State.DELIVERED,
}


@dataclass(frozen=True, slots=True)
class MailRules:
    """What begins with a mail: the host that its id names, how long a late address still brings it back, how long a
    filer, surety or agent that becomes known late is still told of it, and where a party reaches the work queue.
    """

    host: str
    late_address: timedelta
    late_party: timedelta
    answers_at: str


@dataclass(frozen=True, slots=True)
class Known:
    """Who may be told of notices beside their importers: the parties that are known, delegations by importer."""

    parties: frozenset[str]
    delegations: Mapping[str, Sequence[Delegation]]


class NotificationsHandler:
    """Applies what the other services say."""

    def __init__(self, clock: Clock, mail: MailRules) -> None:
        self._clock = clock
        self._mail = mail

    async def __call__(self, tx: Transaction, events: Sequence[Event[Any]], /) -> Sequence[Outgoing]:
        """Write whom there is to tell, decide who is told of what, write that."""
        issued = {key: _with_address(item, self._mail.answers_at) for key, item in issue_notices(events).items()}
        await learn_of_audiences(tx, events)
        await begin_directory_news(tx, events)
        importers = [
            *(importer_of(event.data) for event in events if carries(event, AccountAssigned)),
            *(importer_changed(event.data) for event in events if carries(event, AccountChanged)),
        ]
        heard = on_party_changed([event.data for event in events if carries(event, PartyChanged)])
        withdrawn = [on_deadline_withdrawn(event) for event in events if carries(event, DeadlineNear)]
        if gone := [each for each in withdrawn if each is not None]:
            await reminder_store.withdraw(tx, gone)
        if not issued and not importers and not heard.parties:
            return ()
        now = self._clock.now()
        known_importers, written = await _write_recipients(tx, importers, heard)
        woken = await self._wake(tx, known_importers, written, now)
        earlier = await self._load_earlier(tx, heard, written, now)
        new = await _write_notices(tx, issued)
        matters = [*earlier, *map(matter_of_issued, new)]
        known = await _load_known(tx, matters)
        beginning = [
            *(delivery for item in new for delivery in begin_deliveries(item, self._mail.host, now)),
            *(
                delivery
                for matter in matters
                for delivery in begin_party_deliveries(matter, known, self._mail.host, now)
            ),
        ]
        # Who was told of an earlier notice before is not told of it again by a webhook that is newer than it.
        begun = await delivery_store.write_deliveries(tx, beginning)
        begun += await delivery_store.write_deliveries(tx, await begin_webhooks(tx, begun, self._mail.host, now))
        caused_at = {item.notice_id: item.caused_at for item in new}
        return [
            *changes_told(woken, now),
            *(told for delivery in begun for told in begun_told([delivery], caused_at.get(delivery.notice_id, now))),
        ]

    async def _wake(
        self, tx: Transaction, importer_numbers: Sequence[str], written: Written, now: datetime
    ) -> list[ChangedDelivery]:
        """The notices that waited for what an account or a party says go on."""
        oldest = now - self._mail.late_address
        return [
            *await delivery_store.wake(tx, importer_numbers, now, oldest),
            *await delivery_store.wake_parties(tx, written.changed_parties, now, oldest),
        ]

    async def _load_earlier(self, tx: Transaction, heard: Heard, written: Written, now: datetime) -> list[Matter]:
        """Notices of which a party that has just become known is told too: their events overtook its own."""
        new = set(written.new_parties)
        granted = set(written.new_delegations)
        return await recipient_store.load_earlier_matters(
            tx,
            filer_codes={party.partition(":")[2] for party in new if kind_of_party(party) == "filer"},
            surety_codes={party.partition(":")[2] for party in new if kind_of_party(party) == "surety"},
            importer_numbers={each.importer_number for each in heard.delegations if each.delegation_id in granted},
            since=now - self._mail.late_party,
        )


async def _write_recipients(tx: Transaction, importers: Sequence[Importer], heard: Heard) -> tuple[list[str], Written]:
    """Write accounts and parties; gives the importers and the parties of which something is new.

    Notices and new parties do not pass each other unseen: of two transactions one waits and sees what the other wrote.
    Accounts are written before parties, as a sender holds them.
    """
    if not heard.parties:
        await recipient_store.share_recipients(tx)
        return await importer_store.write_importers(tx, importers), Written()
    await recipient_store.hold_recipients(tx)
    changed = await importer_store.write_importers(tx, importers)
    return changed, await party_store.write_heard(tx, heard)


async def _write_notices(tx: Transaction, issued: Mapping[str, IssuedNotice]) -> list[IssuedNotice]:
    """Write the notices that are new and post them."""
    new_ids = await notice_store.write_notices(tx, list(issued.values()))
    new = [item for notice_id, item in issued.items() if notice_id in new_ids]
    await bulletin_store.write_postings(tx, new)
    await status_record_store.write_records(tx, new)
    return new


async def _load_known(tx: Transaction, matters: Sequence[Matter]) -> Known:
    mailed = [matter for matter in matters if is_mailed(matter.kind)]
    parties = [party for matter in mailed for party in (matter.filer, matter.surety) if party is not None]
    importers = [matter.importer_number for matter in mailed if matter.importer_number is not None]
    return Known(
        await recipient_store.load_known_parties(tx, parties),
        await recipient_store.load_delegations(tx, importers),
    )


def issue_notices(events: Sequence[Event[Any]]) -> dict[str, IssuedNotice]:
    """The notices that events cause, by id: an act that is told twice causes the same notice."""
    issued: dict[str, IssuedNotice] = {}
    for event in events:
        act = act_of(event)
        for notice in notices_for(act) if act is not None else ():
            item = issue(notice, event.time)
            issued.setdefault(item.notice_id, item)
    return issued


def _with_address(item: IssuedNotice, base: str) -> IssuedNotice:
    """A notice that asks with the whole address at which it is answered; others as they are."""
    path = item.notice.body.get(ANSWER_AT)
    if path is None:
        return item
    body = {**item.notice.body, ANSWER_AT: f"{base.rstrip('/')}{path}"}
    return replace(item, notice=replace(item.notice, body=body))


def matter_of_issued(item: IssuedNotice) -> Matter:
    """What of a new notice decides who is told."""
    notice = item.notice
    return Matter(
        notice_id=item.notice_id,
        kind=notice.kind,
        importer_number=notice.importer_number,
        entry_number=notice.entry_number,
        filer_code=notice.filer_code,
        surety_code=notice.surety_code,
        issued_on=notice.issued_on,
    )


def begin_deliveries(item: IssuedNotice, host: str, now: datetime) -> list[NewDelivery]:
    """A delivery for each way of the notice: posted at once on the bulletin, queued by e-mail to the importer."""
    matter = matter_of_issued(item)
    named = {"public": "public", "importer": "importer", "filer": matter.filer or "filer"}
    return [_begin(matter, route.channel, named[route.recipient_role], host, now) for route in item.notice.routes]


def begin_party_deliveries(matter: Matter, known: Known, host: str, now: datetime) -> Iterable[NewDelivery]:
    """A delivery by e-mail to each party that is told beside the importer."""
    told = parties_told(matter, known.parties, known.delegations.get(matter.importer_number or "", ()))
    return [_begin(matter, "email", party, host, now) for party in told]


def _begin(matter: Matter, channel: Channel, recipient: str, host: str, now: datetime) -> NewDelivery:
    return NewDelivery(
        notice_id=matter.notice_id,
        channel=channel,
        recipient_role=recipient,
        kind=matter.kind,
        importer_number=matter.importer_number,
        entry_number=matter.entry_number,
        state=_FIRST_STATE[channel],
        message_id=message_id_of(matter.kind, matter.notice_id, recipient, host) if channel == "email" else None,
        at=now,
        lane=CATALOGUE[matter.kind].lane,
    )


def act_of(event: Event[Any]) -> Act | None:
    """What an event says, in the words of the domain; None when nobody is told about it."""
    if carries(event, EntryChanged):
        return on_entry_changed(event)
    if carries(event, ProtestChanged):
        return on_protest_changed(event)
    if carries(event, RequestIssued):
        return on_request_issued(event)
    if carries(event, RequestChanged):
        return on_request_changed(event)
    if carries(event, WorkItemChanged):
        return on_work_item_changed(event)
    if carries(event, AccountAssigned):
        return on_account_assigned(event)
    if carries(event, AppealDecided):
        return on_appeal_decided(event)
    if carries(event, BroadcastIssued):
        return on_broadcast_issued(event)
    if carries(event, EventRefused):
        return on_event_refused(event)
    if carries(event, DeadlineNear):
        return on_deadline_near(event)
    if carries(event, PaymentChanged):
        return on_payment_changed(event)
    if carries(event, DeclarationJudged):
        return on_declaration_judged(event)
    return None
