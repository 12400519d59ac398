"""What the legal record says, in the words of the domain: acts on entries and on protests."""

from datetime import date, datetime
from typing import Final

from services.notifications.domain.facts import (
    DeclarationResult,
    EntryAct,
    LineOutcome,
    Money,
    PaymentAct,
    ProtestAct,
    ProtestFiled,
)
from services.notifications.domain.notices import (
    causes_notice,
    payment_change_causes_notice,
    protest_act_causes_notice,
)
from services.notifications.domain.reminding import NearDay, subject_of
from services.notifications.handlers.grounds import grounds_of
from shared.contracts.envelope import Event
from shared.contracts.liquidation import DeadlineNear, EntryChanged, LiquidationKind, ProtestChanged
from shared.contracts.payment import DeclarationJudged, PaymentChanged
from shared.contracts.words import known_words
from shared.customs.calendar import legal_date

_LIQUIDATION_KINDS: Final = frozenset(known_words(LiquidationKind))


def on_entry_changed(event: Event[EntryChanged]) -> EntryAct | None:
    """An act on an entry; None when nobody is told about it.

    What is not posted, and what a release did that did not say when it posted, is told on the day of its event.
    """
    data = event.data
    if not causes_notice(data.change, (reason.code for reason in data.reasons)):
        return None
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
        posted_on=data.posted_on or legal_date(event.time),
        scheduled_on=data.scheduled_on,
        previous_scheduled_on=data.previous_scheduled_on,
        deemed_on=data.deemed_on,
        kind=data.kind if data.kind in _LIQUIDATION_KINDS else None,
        rule=data.legal_basis.rule,
        citation=data.legal_basis.citation,
        grounds=grounds_of(data.reasons),
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
        protest_by=data.protest_by,
        voided_liquidation_on=data.voided_liquidation_on,
        corrected_by=data.corrected_by,
        program=data.program,
    )


def on_protest_changed(event: Event[ProtestChanged]) -> ProtestFiled | ProtestAct | None:
    """A protest that was filed, or an act on one; None when nobody is told about it."""
    data = event.data
    if data.change == "filed":
        return _protest_filed(data, legal_date(event.time))
    if data.act is None or not protest_act_causes_notice(data.act):
        return None
    return _protest_act(data, data.act, legal_date(event.time))


def _protest_filed(data: ProtestChanged, told_on: date) -> ProtestFiled:
    return ProtestFiled(
        protest_number=data.protest_number,
        sequence=data.sequence,
        importer_number=data.importer_number,
        entry_numbers=data.entries,
        received_on=legal_date(data.received_at),
        told_on=told_on,
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
        told_on=told_on,
        further_review_state=data.further_review_state,
        denied_on=data.denied_on,
        sue_by=data.sue_by,
        ask_set_aside_by=data.ask_set_aside_by,
        duty_effect_usd=data.effect.duty_usd if data.effect else None,
        fees_effect_usd=data.effect.fees_usd if data.effect else None,
        citation=data.legal_basis.citation,
        grounds=grounds_of(data.reasons),
        surety_code=_protesting_surety(data),
        outcomes=tuple(
            LineOutcome(each.entry_number, each.line_number, each.outcome, each.reasons) for each in data.outcomes
        ),
    )


def _protesting_surety(data: ProtestChanged) -> str | None:
    """The surety that filed the protest, which is then told of it as a party."""
    return data.filer_id if data.filer_role == "surety" else None


def on_payment_changed(event: Event[PaymentChanged]) -> PaymentAct | None:
    """What was done with a payment of a program; None when nobody is told about it."""
    data = event.data
    if not payment_change_causes_notice(data.change):
        return None
    return PaymentAct(
        payment=data.payment,
        sequence=data.sequence,
        change=data.change,
        program=data.program,
        remittance=data.remittance,
        importer_number=data.importer_number,
        is_designee=data.payee == "designee",
        posting_day=data.posted_on,
        told_on=legal_date(event.time),
        occurred_on=data.occurred_on,
        refunds=data.refunds,
        removed_usd=data.removed_usd,
        interest_usd=data.interest_usd,
        other_usd=data.other_usd,
        refund_usd=data.refund_usd,
        delay_usd=data.delay_usd,
        offset_usd=data.offset_usd,
        net_usd=data.net_usd,
        offsets=tuple((each.bill_number, each.offset_usd) for each in data.offsets),
        set_off_from=data.set_off_from,
        missing=data.missing,
        remedy=data.remedy,
        reason=data.reason,
        statement=data.statement,
        citation=data.legal_basis.citation,
    )


def on_declaration_judged(event: Event[DeclarationJudged]) -> DeclarationResult | None:
    """What became of a declaration; None where it names neither importer nor filer."""
    data = event.data
    if data.importer_number is None and data.filer_code is None:
        return None
    return DeclarationResult(
        declaration_id=data.declaration_id,
        program=data.program,
        importer_number=data.importer_number,
        filer_code=data.filer_code,
        told_on=legal_date(event.time),
        rows=data.rows,
        accepted=data.accepted,
        dropped=data.dropped,
        removed_usd=data.removed_usd,
        codes=tuple((each.code, each.entries) for each in data.codes),
        payees_not_ready=data.payees_not_ready,
        missing=data.missing,
        remedy=data.remedy,
        results=data.results,
    )


def on_deadline_near(event: Event[DeadlineNear]) -> NearDay | None:
    """A day that comes near; None where one is withdrawn, and for what only a later release knows."""
    data = event.data
    if data.change != "near":
        return None
    return NearDay(
        clock=data.clock,
        entry_number=data.entry_number,
        importer_number=data.importer_number,
        center=data.center,
        what=data.what,
        due_on=data.due_on,
        days_before=data.days_before,
        told_on=data.told_on,
        overtaken_on=data.overtaken_on,
        if_nothing_is_done=data.if_nothing_is_done,
        citation=data.legal_basis.citation,
    )


def on_deadline_withdrawn(event: Event[DeadlineNear]) -> tuple[str, datetime] | None:
    """The subject of what reminds of a day that is not its clock's any more, and when; None where that is not said."""
    data = event.data
    return (subject_of(data.clock, data.due_on), event.time) if data.change == "withdrawn" else None
