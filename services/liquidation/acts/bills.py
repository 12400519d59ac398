"""Bills after they were issued: payments, delinquency by blocks of 30 days, notices to the importer and the surety."""

from dataclasses import dataclass
from datetime import date, datetime

from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.responses import JSONResponse

from services.liquidation.acts.assessments import POLICY, announce_money
from services.liquidation.domain.money.balance import MoneyPolicy, Notice, find_next_step, find_notices
from services.liquidation.domain.money.bills import Payment, settle
from services.liquidation.domain.money.interest import Undetermined
from services.liquidation.publishing import SOURCE, find_rule
from services.liquidation.store import money as store
from services.liquidation.store import records
from services.liquidation.store.money import BillRow, MoneyAct, PaymentRow
from shared.bus import outbox
from shared.bus.outbox import Outgoing
from shared.contracts.liquidation import EntryChange
from shared.customs.calendar import legal_date
from shared.customs.money import format_cents
from shared.db.idempotency import IdempotentCall, recall, remember
from shared.db.transaction import transaction
from shared.runtime.clock import Clock
from shared.runtime.errors import Conflict, NotFound, Refused
from shared.runtime.identity import Identity
from shared.web.idempotency import replay

BATCH = 500
"""Bills that one transaction of the daily job takes."""


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """Money received on a bill; `payer` is importer or surety."""

    received_on: date
    cents: int
    payer: str
    reference: str


async def post_payment(
    engine: AsyncEngine,
    now: datetime,
    call: IdempotentCall,
    bill_number: str,
    request: PaymentRequest,
    caller: Identity,
    policy: MoneyPolicy = POLICY,
) -> Response:
    """Record a payment and how the bill stands today; gives the answer of the first call with this key.

    Rule bill-payment-order [S], 19 CFR 24.3a(c)(4): as of the day of receipt. Raises `NotFound`, `Refused` for a day
    that has not come or is before the bill, `Conflict` when a later act replaced the bill.
    """
    today = legal_date(now)
    async with transaction(engine) as tx:
        if (before := await recall(tx.connection, call)) is not None:
            return replay(before)
        known = await store.find_bill(tx.connection, bill_number)
        if known is None:
            raise NotFound(f"There is no bill {bill_number}.", remedy="Check the number.")
        await records.exclude_cycles(tx)
        await records.lock_entries(tx, [known.entry_number], create=False)
        case = (await store.load_cases(tx, [known.entry_number]))[known.entry_number]
        bill = next(each for each in case.bills if each.bill_number == bill_number)
        rule = find_rule("bill-payment-order")
        if bill.state == "replaced":
            raise Conflict(
                f"Bill {bill_number} was replaced by {bill.replaced_by}: nothing is owed on it.",
                rule=rule.id,
                code="bill-replaced",
                citation=rule.citation,
                remedy="Record the payment on the bill that took its place; GET /bills lists those of the entry.",
            )
        if not bill.issued_on <= request.received_on <= today:
            raise Refused(
                f"Received on {request.received_on}: the bill was issued on {bill.issued_on}, and today is {today}.",
                rule=rule.id,
                code="payment-day",
                citation=rule.citation,
                remedy="Give the day on which the payment was received.",
            )
        payments = case.payments[bill_number]
        number = len(payments) + 1
        payments.append(Payment(request.received_on, request.cents))
        _stand(bill, payments, today, policy)
        await store.write_payment(
            tx,
            PaymentRow(
                bill_number,
                number,
                request.received_on,
                request.cents,
                request.payer,
                request.reference,
                caller.subject,
                caller.acting_for,
            ),
        )
        await store.write_bills(tx, [bill])
        last = await store.load_last_acts(tx, [bill.entry_number])
        act = MoneyAct(
            bill.entry_number,
            f"payment:{bill_number}:{number}",
            last.get(bill.entry_number, 0) + 1,
            "bill-paid",
            request.received_on,
            rule.id,
            f"{format_cents(request.cents)} received from the {request.payer}, {request.reference}",
            bill_number=bill_number,
            cents=request.cents,
            actor=caller.signature,
        )
        await store.write_acts(tx, [act])
        answer = {
            "bill_number": bill_number,
            "number": number,
            "received_on": str(request.received_on),
            "amount_usd": format_cents(request.cents),
            "payer": request.payer,
            "reference": request.reference,
            "bill_state": bill.state,
            "open_usd": format_cents(bill.open_cents),
            "surplus_usd": format_cents(bill.surplus_cents),
        }
        await remember(tx.connection, call, status=201, response=answer, now=now)
    return JSONResponse(answer, 201)


async def run_bill_clocks(engine: AsyncEngine, clock: Clock, policy: MoneyPolicy = POLICY) -> int:
    """Bring unpaid bills to today: delinquency, blocks, notices and demands, each dated on its own day.

    A daily job: running it again writes nothing, running it late gives the same notices on the same days. Gives how
    many notices went out.
    """
    now = clock.now()
    today, sent = legal_date(now), 0
    while True:
        async with transaction(engine) as tx:
            await records.exclude_cycles(tx)
            stepping = await store.find_stepping(tx, today, BATCH)
            if not stepping:
                return sent
            numbers = sorted({entry_number for _, entry_number in stepping})
            await records.lock_entries(tx, numbers, create=False)
            cases = await store.load_cases(tx, numbers)
            last = await store.load_last_acts(tx, numbers)
            wanted = {bill_number for bill_number, _ in stepping}
            stood: list[BillRow] = []
            acts: list[MoneyAct] = []
            events: list[Outgoing] = []
            for number, case in cases.items():
                for bill in case.bills:
                    if bill.bill_number not in wanted:
                        continue
                    notices = _notices(bill, case.payments[bill.bill_number], today, policy)
                    _stand(bill, case.payments[bill.bill_number], today, policy)
                    bill.noticed_through = today
                    stood.append(bill)
                    for notice, open_cents in notices:
                        last[number] = last.get(number, 0) + 1
                        act, change = _act_of(notice, bill, last[number], open_cents)
                        acts.append(act)
                        told = {
                            "bill_number": bill.bill_number,
                            "bill_due_on": bill.due_on,
                            "bill_open_usd": format_cents(open_cents),
                        }
                        events.append(announce_money(case.entry, act, change, now, told))
            await store.write_bills(tx, stood)
            await store.write_acts(tx, acts)
            await outbox.add(tx, SOURCE, events)
            sent += len(acts)


def _notices(bill: BillRow, payments: list[Payment], today: date, policy: MoneyPolicy) -> list[tuple[Notice, int]]:
    if bill.state in ("replaced", "paid"):
        return []
    has_surety = bill.surety_code is not None
    return find_notices(bill.bill, payments, bill.noticed_through, today, has_surety=has_surety, policy=policy)


def _act_of(notice: Notice, bill: BillRow, number: int, open_cents: int) -> tuple[MoneyAct, EntryChange]:
    change: EntryChange = "surety-billed" if notice.kind == "surety-demand" else "bill-overdue"
    words = {
        "overdue": "unpaid after its due day",
        "dunning": "dunning letter, 120 days after the bill",
        "surety-demand": f"demanded of surety {bill.surety_code}, within what is left of its bond",
    }
    act = MoneyAct(
        bill.entry_number,
        f"{notice.kind}:{bill.bill_number}:{notice.on}",
        number,
        change,
        notice.on,
        notice.rule,
        f"bill {bill.bill_number}: {format_cents(open_cents)} open, {words[notice.kind]}",
        bill_number=bill.bill_number,
        cents=open_cents,
    )
    return act, change


def _stand(bill: BillRow, payments: list[Payment], on: date, policy: MoneyPolicy) -> None:
    """How a bill stands on a day; when a rate is not known it stands as before, with the reason."""
    bill.stood_on = on
    standing = settle(bill.bill, payments, on, policy.settings)
    has_surety = bill.surety_code is not None
    next_step_on = find_next_step(bill.bill, on, has_surety=has_surety, policy=policy)
    if isinstance(standing, Undetermined):
        bill.unknown_because, bill.next_step_on = standing.why, next_step_on
        return
    bill.unknown_because = None
    bill.open_cents = standing.open_cents
    bill.delinquency_cents = sum(block.interest_cents for block in standing.blocks)
    bill.surplus_cents, bill.settled_on = standing.surplus_cents, standing.settled_on
    bill.blocks = [store.show_block(block) for block in standing.blocks]
    is_paid = standing.open_cents == 0
    bill.state = "paid" if is_paid else "delinquent" if standing.is_delinquent else "open"
    bill.next_step_on = None if is_paid else next_step_on
