"""Batches of events in; notices with their postings and deliveries as rows, and what changed as events out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from services.notifications.domain.delivery import State
from services.notifications.domain.facts import (
    Act,
    Assignment,
    EntryAct,
    Ground,
    LineOutcome,
    Money,
    ProtestAct,
    ProtestFiled,
    Request,
)
from services.notifications.domain.notices import (
    causes_notice,
    notices_for,
    protest_act_causes_notice,
    request_causes_notice,
)
from services.notifications.outgoing import notice_changed
from services.notifications.store import bulletin as bulletin_store
from services.notifications.store import deliveries as delivery_store
from services.notifications.store import importers as importer_store
from services.notifications.store import notices as notice_store
from services.notifications.store.deliveries import Changed, NewDelivery
from services.notifications.store.importers import ImporterRow
from services.notifications.store.notices import IssuedNotice
from shared.bus.outbox import Outgoing
from shared.contracts.decision import Reasons
from shared.contracts.envelope import Event
from shared.contracts.liquidation import EntryChanged, LiquidationKind, ProtestChanged
from shared.contracts.registry import carries
from shared.contracts.routing import AccountAssigned
from shared.contracts.words import known_words
from shared.contracts.work import RequestIssued
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction
from shared.runtime.clock import Clock
from shared.runtime.ids import event_id

TOPICS = ("entry-changed", "protest-changed", "request-issued", "account-assigned", "work-item-changed")
_LIQUIDATION_KINDS: Final = frozenset(known_words(LiquidationKind))


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
        importers = [_importer(event.data) for event in events if carries(event, AccountAssigned)]
        if not issued and not importers:
            return ()
        now = self._clock.now()

        known_now = await importer_store.write_importers(tx, importers)
        woken = await delivery_store.wake(tx, known_now, now, now - self._mail.late_address)
        new_ids = await notice_store.write_notices(tx, list(issued.values()))
        new = [item for notice_id, item in issued.items() if notice_id in new_ids]
        begun = [delivery for item in new for delivery in begin_deliveries(item, self._mail.host, now)]
        await bulletin_store.write_postings(tx, new)
        await delivery_store.write_deliveries(tx, begun)
        return [
            *(notice_changed(item, now) for item in woken),
            *(notice_changed(_begun(item, issued), issued[item.notice_id].caused_at) for item in begun),
        ]


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
    data = event.data
    if carries(event, EntryChanged):
        is_told = causes_notice(data.change, (reason.code for reason in data.reasons))
        return _entry_act(data) if is_told else None
    if carries(event, ProtestChanged):
        if data.change == "filed":
            return _protest_filed(data)
        is_told = protest_act_causes_notice(data.act)
        return _protest_act(data, data.act, legal_date(event.time)) if data.act is not None and is_told else None
    if carries(event, RequestIssued):
        return _request(data) if request_causes_notice(data.form) else None
    if carries(event, AccountAssigned):
        return _assignment(data, data.center) if data.center is not None else None
    return None


def _entry_act(data: EntryChanged) -> EntryAct:
    return EntryAct(
        entry_number=data.entry_number,
        sequence=data.sequence,
        change=data.change,
        importer_number=data.importer_number,
        filer_code=data.filer_code,
        surety_code=data.surety_code,
        entry_type=data.entry_type,
        port_of_entry=data.port_of_entry,
        entry_date=data.entry_date,
        center=data.center,
        occurred_on=data.occurred_on,
        scheduled_on=data.scheduled_on,
        previous_scheduled_on=data.previous_scheduled_on,
        deemed_on=data.deemed_on,
        kind=data.kind if data.kind in _LIQUIDATION_KINDS else None,
        rule=data.legal_basis.rule,
        citation=data.legal_basis.citation,
        grounds=_grounds(data.reasons),
        state=data.to_state,
        money=Money(
            duty_effect_usd=data.effect.duty_usd if data.effect else None,
            fees_effect_usd=data.effect.fees_usd if data.effect else None,
            by_class=tuple((each.class_code, each.change_usd) for each in data.effect.by_class) if data.effect else (),
            interest_usd=data.interest_usd,
            bill_number=data.bill_number,
            bill_due_on=data.bill_due_on,
            bill_open_usd=data.bill_open_usd,
            refund_number=data.refund_number,
            refund_state=data.refund_state,
            refund_usd=data.refund_usd,
            missing=data.missing,
        ),
        liquidated_on=data.liquidated_on,
        voided_liquidation_on=data.voided_liquidation_on,
        corrected_by=data.corrected_by,
    )


def _protest_filed(data: ProtestChanged) -> ProtestFiled:
    return ProtestFiled(
        protest_number=data.protest_number,
        sequence=data.sequence,
        importer_number=data.importer_number,
        entry_numbers=data.entries,
        received_on=legal_date(data.received_at),
        decide_by=data.decide_by,
        is_further_review=data.further_review,
        citation=data.legal_basis.citation,
        surety_code=_protesting_surety(data),
    )


def _protest_act(data: ProtestChanged, act: str, told_on: date) -> ProtestAct:
    return ProtestAct(
        protest_number=data.protest_number,
        sequence=data.sequence,
        act=act,
        importer_number=data.importer_number,
        entry_numbers=data.entries,
        occurred_on=data.occurred_on or told_on,
        further_review_state=data.further_review_state,
        denied_on=data.denied_on,
        sue_by=data.sue_by,
        ask_set_aside_by=data.ask_set_aside_by,
        duty_effect_usd=data.effect.duty_usd if data.effect else None,
        fees_effect_usd=data.effect.fees_usd if data.effect else None,
        citation=data.legal_basis.citation,
        grounds=_grounds(data.reasons),
        surety_code=_protesting_surety(data),
        outcomes=tuple(
            LineOutcome(each.entry_number, each.line_number, each.outcome, each.reasons) for each in data.outcomes
        ),
    )


def _protesting_surety(data: ProtestChanged) -> str | None:
    """The surety that filed the protest, which is then told of it as a party."""
    return data.filer_id if data.filer_role == "surety" else None


def _request(data: RequestIssued) -> Request:
    return Request(
        request_id=data.request_id,
        form=data.form,
        importer_number=data.importer_number,
        entry_numbers=data.entry_numbers,
        center=data.center,
        questions=data.questions,
        issued_on=data.issued_on,
        due_on=data.due_on,
    )


def _assignment(data: AccountAssigned, center: str) -> Assignment:
    return Assignment(
        importer_number=data.importer_number,
        sequence=data.sequence,
        center=center,
        previous_center=data.previous_center,
        basis=data.basis,
        effective_on=data.effective_on,
        grounds=_grounds(data.reasons),
    )


def _grounds(reasons: Reasons) -> tuple[Ground, ...]:
    return tuple(Ground(reason.text, reason.citation, reason.code) for reason in reasons)


def _importer(data: AccountAssigned) -> ImporterRow:
    return ImporterRow(data.importer_number, data.name, data.contact_email, data.sequence)


def _begun(item: NewDelivery, issued: Mapping[str, IssuedNotice]) -> Changed:
    return Changed(
        notice_id=item.notice_id,
        channel=item.channel,
        recipient_role=item.recipient_role,
        sequence=1,
        kind=item.kind,
        importer_number=item.importer_number,
        entry_number=issued[item.notice_id].notice.entry_number,
        state=item.state,
    )
