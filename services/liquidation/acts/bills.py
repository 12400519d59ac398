"""Bills after they were issued: payments, delinquency by blocks of 30 days, notices to the importer and the surety."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Final

from services.liquidation.acts.refusals import conflict, refused
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.money.bills import (
    Notice,
    Payment,
    ProtestDays,
    find_next_step,
    find_notices,
    may_set_off,
    settle,
)
from services.liquidation.domain.money.interest import Undetermined
from services.liquidation.domain.money.settings import MoneyPolicy
from services.liquidation.domain.protest.timeliness import protest_window
from services.liquidation.publishing import SOURCE, bill_noticed
from services.liquidation.store import bills as store
from services.liquidation.store import records
from services.liquidation.store.bills import BillRow, Payer, PaymentRow, SteppingBill
from services.liquidation.store.money_acts import ActNumbers, MoneyAct, number_acts, write_acts
from services.liquidation.store.money_cases import MoneyCase, load_cases
from services.liquidation.store.sight import find_matter_of
from shared.bus import outbox
from shared.bus.outbox import Outgoing
from shared.customs.calendar import legal_date
from shared.customs.money import format_cents
from shared.db.transaction import Connections, Transaction
from shared.runtime.access import demand, no_such
from shared.runtime.clock import Clock
from shared.runtime.identity import Identity
from shared.runtime.slices import work_through

BATCH: Final = 500
"""Bills that one transaction of the daily job takes."""


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """Money received on a bill."""

    received_on: date
    cents: int
    payer: Payer
    reference: str


@dataclass(frozen=True, slots=True)
class RecordedPayment:
    """A payment and its bill as it stands with it."""

    payment: PaymentRow
    bill: BillRow


async def post_payment(
    tx: Transaction, now: datetime, bill_number: str, request: PaymentRequest, caller: Identity, policy: MoneyPolicy
) -> RecordedPayment:
    """Record a payment and how the bill stands today.

    Rule bill-payment-order [S], 19 CFR 24.3a(c)(4): as of the day of receipt. Raises `NotFound`, `Refused` for a day
    that has not come or is before the bill, `Conflict` when a later act replaced the bill.
    """
    today = legal_date(now)
    bill, payments, authority = await _hold_bill(tx, bill_number, caller, today)
    return await record_on(tx, bill, payments, request, today, caller, authority, policy)


async def record_on(
    tx: Transaction,
    bill: BillRow,
    payments: list[Payment],
    request: PaymentRequest,
    today: date,
    caller: Identity,
    authority: str,
    policy: MoneyPolicy,
) -> RecordedPayment:
    """Record a payment on a bill whose entry this transaction holds, whether it came in or is set off (19 CFR 24.72).

    `payments` are those received so far; the new one is added. Raises as `post_payment`.
    """
    _demand_payable(bill, request.received_on, today)
    payment = PaymentRow(
        bill.bill_number,
        len(payments) + 1,
        request.received_on,
        request.cents,
        request.payer,
        request.reference,
        caller.subject,
        caller.acting_for,
    )
    payments.append(Payment(request.received_on, request.cents))
    _bring_to(bill, payments, today, policy)
    await store.write_payment(tx, payment)
    await store.write_bills(tx, [bill])
    number = (await number_acts(tx, [bill.entry_number])).next(bill.entry_number)
    await write_acts(tx, [_act_of_payment(payment, bill.entry_number, number, caller, authority)])
    return RecordedPayment(payment, bill)


def may_be_set_off(row: BillRow, holding: ProtestDays | None, today: date, law: LawSettings) -> bool:
    """Whether a bill may be set off today, by the last arguable day to protest. Rule bill-setoff-hold [S]."""
    until = protest_window(max(row.liquidated_on, row.issued_on), None, law).last_arguable
    filed_on, settled_on = holding or (None, None)
    return row.state == "delinquent" and may_set_off(today, until, filed_on, settled_on)


async def run_bill_clocks(database: Connections, clock: Clock, policy: MoneyPolicy) -> int:
    """Bring unpaid bills to today: delinquency, blocks, notices and demands, each dated on its own day.

    A daily job: running it again writes nothing, running it late gives the same notices of the same days, which say on
    which day they were sent. Gives how many notices went out.
    """
    now = clock.now()

    async def find_stepping(tx: Transaction, _: SteppingBill | None, left_out: Sequence[str]) -> Sequence[SteppingBill]:
        return await store.find_stepping(tx, legal_date(now), left_out, BATCH)

    async def notice(tx: Transaction, stepping: Sequence[SteppingBill]) -> int:
        await records.exclude_cycles(tx)
        numbers = sorted({each.entry_number for each in stepping})
        await records.lock_entries(tx, numbers, create=False)
        return await _notice_bills(tx, numbers, {each.bill_number for each in stepping}, now, policy)

    return await work_through(database, find_stepping, notice, key_of=attrgetter("bill_number"))


async def _notice_bills(
    tx: Transaction, entry_numbers: list[str], bill_numbers: Collection[str], now: datetime, policy: MoneyPolicy
) -> int:
    """Bring these bills of held entries to today and send the notices that fell due; gives how many."""
    today = legal_date(now)
    numbers = await number_acts(tx, entry_numbers)
    stood: list[BillRow] = []
    acts: list[MoneyAct] = []
    events: list[Outgoing] = []
    for case in (await load_cases(tx, entry_numbers)).values():
        for bill in [each for each in case.bills if each.bill_number in bill_numbers]:
            for act, event in _notices_on(case, bill, today, now, numbers, policy):
                acts.append(act)
                events.append(event)
            _bring_to(bill, case.payments[bill.bill_number], today, policy)
            bill.noticed_through = today
            stood.append(bill)
    await store.write_bills(tx, stood)
    await write_acts(tx, acts)
    await outbox.add(tx, SOURCE, events)
    return len(acts)


def _notices_on(
    case: MoneyCase, bill: BillRow, today: date, now: datetime, numbers: ActNumbers, policy: MoneyPolicy
) -> list[tuple[MoneyAct, Outgoing]]:
    """The notices on a bill since it was looked at last, each an act on the entry with its event."""
    if bill.state in ("replaced", "paid"):
        return []
    payments = case.payments[bill.bill_number]
    due = find_notices(bill.bill, payments, bill.noticed_through, today, has_surety=bill.has_surety, policy=policy)
    standing = settle(bill.bill, payments, today, policy.settings)
    if isinstance(standing, Undetermined) or standing.open_cents <= 0:
        return []
    found = []
    # What goes out today says what is open today: of several that were missed the last of each kind is enough.
    for notice in {each.kind: each for each, _ in due}.values():
        act = _act_of_notice(notice, bill, numbers.next(bill.entry_number), standing.open_cents, today)
        found.append((act, bill_noticed(case.entry, act, now, bill, standing.open_cents, policy.law)))
    return found


async def _hold_bill(
    tx: Transaction, bill_number: str, caller: Identity, today: date
) -> tuple[BillRow, list[Payment], str]:
    known = await store.find_bill(tx.connection, bill_number)
    if known is None:
        raise no_such(f"bill {bill_number}")
    matter = await find_matter_of(tx.connection, known)
    authority = demand(caller, "bill.record-payment", today, matter, f"bill {bill_number}")
    await records.exclude_cycles(tx)
    await records.lock_entries(tx, [known.entry_number], create=False)
    case = (await load_cases(tx, [known.entry_number]))[known.entry_number]
    bill = next(each for each in case.bills if each.bill_number == bill_number)
    return bill, case.payments[bill_number], authority


def demand_standing(bill: BillRow) -> None:
    """Raise `Conflict` when a later act replaced the bill: nothing is owed on it."""
    if bill.state == "replaced":
        raise conflict(
            "bill-payment-order",
            "bill-replaced",
            f"Bill {bill.bill_number} was replaced by {bill.replaced_by}: nothing is owed on it.",
            "Record the payment on the bill that took its place; GET /bills lists those of the entry.",
        )


def demand_day_of(bill: BillRow, on: date) -> None:
    """Refuse a day on which the bill was not issued yet; raises `Refused`."""
    if on < bill.issued_on:
        raise refused(
            "bill-payment-order",
            "payment-day",
            f"On {on} nothing was owed yet: the bill was issued on {bill.issued_on}.",
            "Give a day on or after that of the bill.",
        )


def _demand_payable(bill: BillRow, received_on: date, today: date) -> None:
    demand_standing(bill)
    if not bill.issued_on <= received_on <= today:
        raise refused(
            "bill-payment-order",
            "payment-day",
            f"Received on {received_on}: the bill was issued on {bill.issued_on}, and today is {today}.",
            "Give the day on which the payment was received.",
        )


def _act_of_payment(payment: PaymentRow, entry_number: str, number: int, caller: Identity, authority: str) -> MoneyAct:
    return MoneyAct(
        entry_number,
        f"payment:{payment.bill_number}:{payment.number}",
        number,
        "bill-paid",
        payment.received_on,
        "bill-payment-order",
        f"{format_cents(payment.cents)} received from the {payment.payer}, {payment.reference}",
        bill_number=payment.bill_number,
        cents=payment.cents,
        actor=caller.signature,
        authority=authority,
    )


def _act_of_notice(notice: Notice, bill: BillRow, number: int, open_cents: int, today: date) -> MoneyAct:
    """A notice or demand of the day on which it goes out; one that goes out late says when it fell due."""
    late = f", which fell due on {notice.on}" if today != notice.on else ""
    words = {
        "overdue": "unpaid after its due day",
        "dunning": "dunning letter, 120 days after the bill",
        "surety-demand": f"demanded of surety {bill.surety_code}, within what is left of its bond",
    }
    return MoneyAct(
        bill.entry_number,
        f"{notice.kind}:{bill.bill_number}:{notice.on}",
        number,
        "surety-billed" if notice.kind == "surety-demand" else "bill-overdue",
        today,
        notice.rule,
        f"bill {bill.bill_number}: {format_cents(open_cents)} open, {words[notice.kind]}{late}",
        bill_number=bill.bill_number,
        cents=open_cents,
    )


def _bring_to(bill: BillRow, payments: list[Payment], on: date, policy: MoneyPolicy) -> None:
    """Put down how a bill stands on a day; when a rate is not known it stands as before, with the reason."""
    bill.stood_on = on
    standing = settle(bill.bill, payments, on, policy.settings)
    next_step_on = find_next_step(bill.bill, on, has_surety=bill.has_surety, policy=policy)
    if isinstance(standing, Undetermined):
        bill.unknown_because, bill.next_step_on = standing.why, next_step_on
        return
    bill.unknown_because = None
    bill.open_cents, bill.delinquency_cents = standing.open_cents, standing.delinquency_cents
    bill.surplus_cents, bill.settled_on = standing.surplus_cents, standing.settled_on
    bill.blocks = list(standing.blocks)
    is_paid = standing.open_cents == 0
    bill.state = "paid" if is_paid else "delinquent" if standing.is_delinquent else "open"
    bill.next_step_on = None if is_paid else next_step_on
