"""Payments of programs as commands: certified and paid by two people, with every refund and set-off in one go."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.liquidation.acts.refunds import demand_ready, find_readiness
from services.liquidation.acts.refusals import conflict, refused
from services.liquidation.acts.set_offs import (
    apply_set_offs,
    certify_set_offs,
    find_outdated,
    outdated,
    release_set_offs,
)
from services.liquidation.domain.money.interest import Undetermined, payee_kind
from services.liquidation.domain.money.payees import describe_payee_spells
from services.liquidation.domain.money.refunds import Readiness, Refund, Unready, delay_of
from services.liquidation.domain.money.settings import MoneyPolicy
from services.liquidation.publishing import SOURCE, payment_changed
from services.liquidation.store import payments as store
from services.liquidation.store import records
from services.liquidation.store.payees import load_accounts
from services.liquidation.store.payments import LateTerms, OffsetRow, PaymentEvent, PaymentRow, Stop, Sums
from shared.bus import outbox
from shared.bus.outbox import Outgoing
from shared.contracts.payment import PaymentChange
from shared.customs.calendar import legal_date
from shared.customs.money import format_cents
from shared.db.transaction import Transaction
from shared.runtime.access import Matter, demand, no_such
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Conflict
from shared.runtime.identity import Identity
from shared.runtime.two_people import demand_second_person


@dataclass(frozen=True, slots=True)
class Sending:
    """When a payment was sent, in legal days, and at which moment of that day if it is said."""

    on: date
    at: datetime | None

    @property
    def told(self) -> str:
        """The moment in words; empty when it is not said."""
        return f" at {self.at.isoformat()}" if self.at is not None else ""

    def is_sound(self, now: datetime) -> bool:
        """Whether the moment is one of the day, and has come."""
        return self.at is None or (legal_date(self.at) == self.on and self.at <= now)

    def is_before(self, moment: datetime | None) -> bool:
        """Whether it was sent before a moment, as far as that is known; None is no moment."""
        if moment is None:
            return False
        return self.on < legal_date(moment) or (self.at is not None and self.at < moment)


async def certify_payment(
    tx: Transaction, now: datetime, payment: str, meant: IfMatch, caller: Identity, money: MoneyPolicy
) -> PaymentRow:
    """Certify a payment today: all refunds of it that stand, less what is set off, are to be paid.

    Rule refund-ach [S], 91 FR 21: raises `Refused` with what the payee lacks; `Conflict` while the program is stayed or
    a refund of it is to be reversed, while days to answer a set-off run or what is open on its bill is not known, or
    unless it waits to be certified. One that the bank returned is certified again under the same number, as its next
    part; so is one that changed since it was certified. What was set off of a refund is not paid again, also where a
    later act took the place of it: it is then counted on its entry.
    """
    today = legal_date(now)
    row, authority = await _hold(tx, payment, meant, caller, "payment.certify", today)
    sums = (await store.load_sums(tx, [payment])).get(payment, Sums())
    demand_certifiable(row, sums, is_changed=await has_changed(tx, row, sums, today, money))
    accounts = await load_accounts(tx.connection, row.payee_number)
    readiness = demand_ready(f"Payment {row.payment}", accounts, today)
    if row.state == "returned":
        row.part += 1
    _take(row, sums)
    row.delay_cents = 0
    offsets = await certify_set_offs(tx, row, today, money)
    row.offset_cents = sum(each.cents for each in offsets)
    row.state, row.way, row.missing, row.reason = "certified", readiness.way, [], readiness.remedy
    row.certified_on, row.certified_by, row.certified_for = today, caller.subject, caller.acting_for
    row.paid_on = row.paid_by = row.paid_for = None
    await store.certify_refunds(tx, row, f"Certified with payment {row.payment}.")
    await store.write_acts_of(tx, row, "certified", today, "refund-ach", caller.signature, authority)
    says = f"{row.refunds} refunds of {format_cents(row.refund_cents)}, {format_cents(row.net_cents)} to the bank"
    await _finish(tx, row, "certified", today, "refund-ach", says, offsets, caller, authority, now)
    return row


async def pay_payment(
    tx: Transaction,
    now: datetime,
    payment: str,
    meant: IfMatch,
    paid_on: date,
    caller: Identity,
    money: MoneyPolicy,
    *,
    sent_at: datetime | None = None,
) -> PaymentRow:
    """Record that a certified payment was sent, with interest for delay, by somebody who did not certify it.

    Rules refund-due [S], int-delinquent [P], 19 USC 1505(b), (d); 19 CFR 24.72: the bills that are set off are paid as
    of the same day. What was sent before an order stayed the program is recorded while the stay lasts too: on an
    earlier day, or at a moment (`sent_at`) before it. Raises `Conflict` unless it is certified as it stands, or for
    what was sent during a stay; `Forbidden` for the same person; `Refused` for a day out of place, or a delay whose
    interest lacks a fact.
    """
    today = legal_date(now)
    sent = Sending(paid_on, sent_at)
    row, authority = await _hold(tx, payment, meant, caller, "payment.pay", today, sent=sent)
    demand_payable_by(row, caller)
    assert row.certified_on is not None
    if not row.certified_on <= paid_on <= today or not sent.is_sound(now):
        raise refused(
            "refund-due",
            "payment-day",
            f"Paid on {paid_on}{sent.told}: certified on {row.certified_on}, and today is {today}.",
            "Give the day on which the bank was given the payment, and a moment of that day if any.",
        )
    if _is_changed(row, (await store.load_sums(tx, [payment])).get(payment, Sums())):
        raise outdated(row, "a later act took the place of a refund of it")
    late = await _find_delay(tx, row, paid_on, money)
    offsets = await apply_set_offs(tx, row, paid_on, today, caller, authority, money)
    row.state, row.paid_on, row.paid_by, row.paid_for = "paid", paid_on, caller.subject, caller.acting_for
    row.reason = f"Paid as {row.remittance}."
    row.delay_cents = await store.pay_refunds(tx, row, f"Paid with payment {row.remittance}.", late)
    await store.settle_refunds(tx, row, paid_on, sum(each.cents for each in offsets))
    await store.write_acts_of(tx, row, "paid", paid_on, "refund-due", caller.signature, authority)
    says = f"{format_cents(row.net_cents)} sent as {row.remittance}"
    await _finish(tx, row, "sent", paid_on, "refund-due", says, offsets, caller, authority, now)
    return row


async def return_payment(
    tx: Transaction, now: datetime, payment: str, meant: IfMatch, returned_on: date, why: str, caller: Identity
) -> PaymentRow:
    """Record that the bank returned a payment: its refunds are owed again, under the same number.

    What was set off stays set off, of each refund its share. Raises `Conflict` unless it is paid and something of it
    went to the bank, `Refused` for a day out of place.
    """
    today = legal_date(now)
    row, authority = await _hold(tx, payment, meant, caller, "payment.return", today, is_stoppable=False)
    demand_returnable(row)
    assert row.paid_on is not None
    if not row.paid_on <= returned_on <= today:
        raise refused(
            "refund-ach",
            "payment-day",
            f"Returned on {returned_on}: paid on {row.paid_on}, and today is {today}.",
            "Give the day on which the bank returned it.",
        )
    readiness = find_readiness(await load_accounts(tx.connection, row.payee_number), today)
    row.state, row.returned_on = "returned", returned_on
    row.way, row.missing, row.reason = readiness.way, list(readiness.missing), readiness.remedy
    billed, first = await store.find_billed_later(tx, payment)
    if billed:
        row.reason += (
            f" Later acts billed {billed} of its refunds as they were paid, the first of entry {first}: these are owed"
            " again, and the bills stand until a person settles them."
        )
    await store.return_refunds(tx, row)
    state = "waiting-for-enrollment" if row.missing else "ready"
    await store.write_acts_of(tx, row, state, returned_on, "refund-ach", caller.signature, authority)
    # What came back is what was sent, with interest for delay; of the next part that is reckoned anew.
    told = note(row, "returned", returned_on, "refund-ach", why, now, caller=caller, authority=authority)
    row.delay_cents = 0
    await write_notes(tx, [row], [told])
    return row


async def recheck_payments(tx: Transaction, rows: Sequence[PaymentRow], today: date, now: datetime) -> None:
    """Put payments that are not certified where their payee's account has them now; tell of each that moved.

    `rows` are held by the transaction and have one payee, of which nobody else records anything meanwhile.
    """
    if not rows:
        return
    readiness = find_readiness(await load_accounts(tx.connection, rows[0].payee_number), today)
    moved = [row for row in rows if _move_to(row, readiness)]
    if not moved:
        return
    await store.hold_entries_of(tx, [row.payment for row in moved])
    await store.ready_refunds(tx, moved)
    notes = [
        note(row, "ready" if readiness.state == "ready" else "waiting", today, "refund-ach", row.reason, now)
        for row in moved
    ]
    await write_notes(tx, moved, notes)


async def restate_payments(tx: Transaction, rows: Sequence[PaymentRow], today: date, now: datetime) -> list[PaymentRow]:
    """Bring held payments that were not sent to what of them stands; those of which nothing does are over.

    What is certified stays as it was certified until that is done again. Gives those that wait to be certified.
    """
    sums = await store.load_sums(tx, [row.payment for row in rows])
    gone: list[PaymentRow] = []
    for row in rows:
        row.checked_on = today
        standing = sums.get(row.payment, Sums())
        if standing.refunds == 0:
            gone.append(row)
        elif row.is_open and _is_changed(row, standing):
            _take(row, standing)
            row.revision += 1
    replaced_by = await store.load_replaced_by(tx, [row.payment for row in gone])
    for row in gone:
        settled = sums.get(row.payment, Sums())
        _take(row, settled)
        row.state, row.missing, row.delay_cents, row.offset_cents = "replaced", [], 0, settled.settled_cents
        row.replaced_by = replaced_by.get(row.payment, [])
        row.reason = _tell_replaced(row)
        await release_set_offs(tx, row, today, "nothing of the payment is left")
    notes = [note(row, "replaced", today, "refund-due", row.reason, now) for row in gone]
    await write_notes(tx, rows, notes)
    return [row for row in rows if row.is_open]


def _tell_replaced(row: PaymentRow) -> str:
    """What took the place of a payment's refunds, and what became of what was set off."""
    acts = "; ".join(
        f"{each['refunds']} by {each['act']}, the first of entry {each['first_entry']}"
        for each in row.replaced_by or ()
    )
    says = f"Later acts took the place of every refund of it ({acts})." if acts else "Nothing of it stands."
    if row.offset_cents:
        says += f" The {format_cents(row.offset_cents)} that was set off stays so, and counts as paid on these entries."
    return says


def note(
    row: PaymentRow,
    change: PaymentChange,
    on: date,
    rule: str,
    says: str,
    now: datetime,
    *,
    offsets: Sequence[OffsetRow] = (),
    caller: Identity | None = None,
    authority: str | None = None,
) -> tuple[PaymentEvent, Outgoing]:
    """What was done with a payment, as it is kept and as it is told; the payment counts it and has a new revision."""
    row.events += 1
    row.revision += 1
    event = PaymentEvent(
        row.payment,
        row.events,
        row.part,
        change,
        now,
        on,
        row.net_cents,
        says,
        caller.subject if caller is not None else None,
        caller.acting_for if caller is not None else None,
        authority,
    )
    return event, payment_changed(row, event, change, rule, offsets)


async def write_notes(
    tx: Transaction, rows: Sequence[PaymentRow], notes: Sequence[tuple[PaymentEvent, Outgoing]]
) -> None:
    """Write how payments stand, what was done, and what is told of it."""
    await store.write_payments(tx, rows)
    await store.write_events(tx, [event for event, _ in notes])
    await outbox.add(tx, SOURCE, [told for _, told in notes])


async def has_changed(tx: Transaction, row: PaymentRow, sums: Sums, today: date, money: MoneyPolicy) -> bool:
    """Whether a certified payment is another one by now: of its refunds, or of the bills that it is to settle."""
    if row.state != "certified":
        return False
    return _is_changed(row, sums) or await find_outdated(tx, row, today, money) is not None


def demand_certifiable(row: PaymentRow, sums: Sums, *, is_changed: bool) -> None:
    """Raise `Conflict` unless the payment waits to be certified, or changed since it was, and something of it stands.

    `sums` is what its refunds that stand come to.
    """
    if not row.is_open and not (row.state == "certified" and is_changed):
        raise _wrong_state(row, "only what waits, is ready or was returned can be certified")
    if sums.refunds == 0:
        raise _wrong_state(row, "later acts took the place of every refund of it")


def demand_payable_by(row: PaymentRow, caller: Identity) -> None:
    """Raise `Conflict` unless the payment is certified, `Forbidden` to whoever had part in certifying it."""
    if row.state != "certified" or row.certified_on is None:
        raise _wrong_state(row, "it is certified before it is paid")
    did = f"took part in certifying payment {row.payment}"
    demand_second_person(caller, (row.certified_by, row.certified_for), did)


def demand_returnable(row: PaymentRow) -> None:
    """Raise `Conflict` unless the payment is paid and something went to the bank: only that can come back."""
    if row.state != "paid":
        raise _wrong_state(row, "only what was paid can be returned")
    if row.net_cents == 0:
        raise _wrong_state(row, "all of it was set off, and nothing went to the bank")


def demand_unstopped(row: PaymentRow, stop: Stop | None) -> None:
    """Raise `Conflict` while nothing of the payment is certified or sent: a stay, or a reversal that is asked for."""
    if stop == "stayed":
        raise conflict(
            "refund-due",
            "program-stayed",
            f"An order stays program {row.program}: payment {row.payment} is stopped.",
            "Wait until the stay is lifted; the payment goes on then under the same number. What was sent before the"
            " stay is recorded with its day, on the day of the stay with sent_at.",
        )
    if stop == "reversing":
        raise conflict(
            "refund-due",
            "refund-reversing",
            f"Of payment {row.payment} a refund is to be reversed, which is not done yet.",
            "Wait until the reversal is done or refused; the payment is then of what stands.",
        )


async def _hold(
    tx: Transaction,
    payment: str,
    meant: IfMatch,
    caller: Identity,
    action: str,
    today: date,
    *,
    is_stoppable: bool = True,
    sent: Sending | None = None,
) -> tuple[PaymentRow, str]:
    known = await store.find_payment(tx.connection, payment)
    if known is None:
        raise no_such(f"payment {payment}")
    authority = demand(caller, action, today, Matter(known.importer_number), f"payment {payment}")
    await records.exclude_cycles(tx)
    (row,) = await store.load_payments(tx, [payment], hold=True)
    meant.check(row.revision)
    if is_stoppable:
        stop = (await store.find_stops(tx, row.program, [payment], hold=True)).get(payment)
        if stop == "stayed" and sent is not None and sent.is_before(await store.find_stayed_at(tx, row.program)):
            stop = None
        demand_unstopped(row, stop)
    await store.hold_entries_of(tx, [payment])
    return row, authority


async def _finish(
    tx: Transaction,
    row: PaymentRow,
    change: PaymentChange,
    on: date,
    rule: str,
    says: str,
    offsets: Sequence[OffsetRow],
    caller: Identity,
    authority: str,
    now: datetime,
) -> None:
    told = note(row, change, on, rule, says, now, offsets=offsets, caller=caller, authority=authority)
    await write_notes(tx, [row], [told])


async def _find_delay(tx: Transaction, row: PaymentRow, paid_on: date, money: MoneyPolicy) -> list[LateTerms]:
    """What the delay of each kind of refund of a payment bears; none for days on which the payee could not be paid.

    Days on which a part that was sent lay at the bank that returned it are such days.
    """
    terms = await store.load_late_terms(tx, row.payment, paid_on)
    if not terms:
        return []
    importer = await load_accounts(tx.connection, row.importer_number)
    payee = await load_accounts(tx.connection, row.payee_number)
    kind = payee_kind(row.importer_number, is_corporation=importer[-1].is_corporation if importer else None)
    states, sent = [account.state for account in payee], await _find_sendings(tx, row)
    found: list[LateTerms] = []
    for each in terms:
        spells = (*describe_payee_spells(states, each.liquidated_on), *sent)
        refund = Refund(each.liquidated_on, each.due_on, {"duty-unspecified": each.refund_cents}, 0)
        delay = delay_of(refund, paid_on, kind, money.settings, paid_on=paid_on, unready=spells, settled=each.settled)
        if isinstance(delay, Undetermined):
            raise refused(
                delay.rule,
                f"missing-{delay.missing}",
                f"The interest on the delay is not known: {delay.why}.",
                "Record what is missing: PUT /importers/{importer_number}/refund-account.",
            )
        found.append(replace(each, delay_cents=delay.interest_cents, blocks=delay.blocks))
    return found


async def _find_sendings(tx: Transaction, row: PaymentRow) -> list[Unready]:
    """The days from each sending of a payment until the bank returned it."""
    if row.part == 1:
        return []
    found: list[Unready] = []
    sent_on: date | None = None
    for event in await store.list_events(tx.connection, row.payment):
        if event.change == "sent":
            sent_on = event.occurred_on
        elif event.change == "returned" and sent_on is not None:
            found.append(Unready(sent_on, event.occurred_on))
    return found


def _move_to(row: PaymentRow, readiness: Readiness) -> bool:
    """Put a payment where its payee's readiness has it; gives whether it moved. One that came back stays returned."""
    if (readiness.way, list(readiness.missing)) == (row.way, row.missing):
        return False
    if row.state != "returned":
        row.state = readiness.state
    row.way, row.missing, row.reason = readiness.way, list(readiness.missing), readiness.remedy
    return True


def _is_changed(row: PaymentRow, sums: Sums) -> bool:
    return (row.refunds, row.refund_cents) != (sums.refunds, sums.refund_cents)


def _take(row: PaymentRow, sums: Sums) -> None:
    row.refunds, row.removed_cents = sums.refunds, sums.removed_cents
    row.interest_cents, row.refund_cents = sums.interest_cents, sums.refund_cents


def _wrong_state(row: PaymentRow, why: str) -> Conflict:
    return conflict(
        "refund-due",
        "payment-state",
        f"Payment {row.payment} is {row.state}: {why}.",
        "GET the payment: it says where it stands.",
    )
