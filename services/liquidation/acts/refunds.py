"""Refunds after they were opened: readiness of the payee, certification and payment by two people, delay."""

from collections.abc import Sequence
from datetime import date, datetime

from services.liquidation.acts.refusals import conflict, refused
from services.liquidation.domain.money.bills import Payment
from services.liquidation.domain.money.interest import Undetermined, payee_kind
from services.liquidation.domain.money.payees import describe_payee_spells, payee_on
from services.liquidation.domain.money.refunds import Delay, Readiness, check_readiness, delay_of
from services.liquidation.domain.money.settings import MoneyPolicy
from services.liquidation.publishing import SOURCE, refund_changed
from services.liquidation.store import records
from services.liquidation.store import refunds as store
from services.liquidation.store.money_acts import MoneyAct, number_acts, write_acts
from services.liquidation.store.money_cases import MoneyCase, load_cases
from services.liquidation.store.payees import AccountRow
from services.liquidation.store.payments import find_programs_of
from services.liquidation.store.refunds import RefundRow
from services.liquidation.store.sight import find_matter_of
from shared.bus import outbox
from shared.bus.outbox import Outgoing
from shared.contracts.liquidation import RefundState
from shared.customs.calendar import legal_date
from shared.customs.money import format_cents
from shared.db.transaction import Transaction
from shared.runtime.access import demand, no_such
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Conflict
from shared.runtime.identity import Identity
from shared.runtime.two_people import demand_second_person


async def certify_refund(
    tx: Transaction, now: datetime, refund_number: str, meant: IfMatch, caller: Identity
) -> RefundRow:
    """Certify a refund today, when the payee can be paid.

    Rule refund-ach [S], 91 FR 21: raises `Refused` with what is missing; `Conflict` unless it waits to be certified.
    """
    today = legal_date(now)
    case, refund, authority = await _hold(tx, refund_number, meant, caller, "refund.certify", today)
    demand_alone(refund, (await find_programs_of(tx, [refund_number])).get(refund_number))
    demand_certifiable(refund)
    readiness = demand_ready(f"Refund {refund.refund_number}", case.accounts, today)
    refund.way, refund.missing, refund.reason = readiness.way, [], readiness.remedy
    refund.state, refund.certified_on = "certified", today
    refund.certified_by, refund.certified_for = caller.subject, caller.acting_for
    refund.revision += 1
    await _finish(tx, case, refund, today, "refund-ach", caller, authority, now)
    return refund


async def pay_refund(
    tx: Transaction,
    now: datetime,
    refund_number: str,
    meant: IfMatch,
    paid_on: date,
    caller: Identity,
    policy: MoneyPolicy,
) -> RefundRow:
    """Record that a certified refund was paid, with what CBP owes for its delay; by somebody who did not certify it.

    Rules refund-due [S], int-delinquent [P], 19 USC 1505(b), (d). Raises `Conflict` unless it is certified, `Forbidden`
    for the same person, `Refused` for a day out of place, or a delay whose interest lacks a fact.
    """
    today = legal_date(now)
    case, refund, authority = await _hold(tx, refund_number, meant, caller, "refund.pay", today)
    demand_alone(refund, (await find_programs_of(tx, [refund_number])).get(refund_number))
    _demand_payable(refund, paid_on, today, caller)
    delay = find_delay(refund, case.accounts, paid_on, policy, paid_on=paid_on)
    if isinstance(delay, Undetermined):
        raise refused(
            delay.rule,
            f"missing-{delay.missing}",
            f"The interest on the delay is not known: {delay.why}.",
            "Record what is missing: PUT /importers/{importer_number}/refund-account.",
        )
    refund.state, refund.paid_on = "paid", paid_on
    refund.paid_by, refund.paid_for = caller.subject, caller.acting_for
    refund.delay_cents, refund.delay_blocks = delay.interest_cents, list(delay.blocks)
    refund.revision += 1
    await _finish(tx, case, refund, paid_on, "refund-due", caller, authority, now)
    return refund


async def recheck_refunds(tx: Transaction, entry_numbers: Sequence[str], today: date, now: datetime) -> None:
    """Put refunds that are not certified where the payee's account has them now; tell of each that moved.

    The transaction holds the entries, and their importer's account.
    """
    cases = await load_cases(tx, entry_numbers)
    numbers = await number_acts(tx, list(cases))
    waiting = [each.refund_number for case in cases.values() for each in case.refunds if each.is_uncertified]
    programs = await find_programs_of(tx, waiting)
    paid_together = {number for number, (_, payment) in programs.items() if payment is not None}
    moved: list[RefundRow] = []
    acts: list[MoneyAct] = []
    events: list[Outgoing] = []
    for number, case in cases.items():
        readiness = find_readiness(case.accounts, today)
        for refund in case.refunds:
            if not refund.is_uncertified or refund.refund_number in paid_together:
                continue
            if not _move_to(refund, readiness):
                continue
            act = _describe_change(refund, numbers.next(number), today, "refund-ach", None, None)
            moved.append(refund)
            acts.append(act)
            program, _ = programs.get(refund.refund_number, (None, None))
            events.append(refund_changed(case.entry, act, now, refund, program=program))
    await store.write_refunds(tx, moved)
    await write_acts(tx, acts)
    await outbox.add(tx, SOURCE, events)


def find_delay(
    refund: RefundRow,
    accounts: Sequence[AccountRow],
    on: date,
    policy: MoneyPolicy,
    *,
    paid_on: date | None = None,
    settled: Sequence[Payment] = (),
) -> Delay | Undetermined:
    """What CBP owes because a refund is late, on a day; none for the time in which the payee could not be paid.

    `settled` is what was set off of it, which bears none from then on.
    """
    is_corporation = accounts[-1].is_corporation if accounts else None
    payee = payee_kind(refund.importer_number, is_corporation=is_corporation)
    spells = describe_payee_spells([account.state for account in accounts], refund.liquidated_on)
    return delay_of(refund.refund, on, payee, policy.settings, paid_on=paid_on, unready=spells, settled=settled)


def find_readiness(accounts: Sequence[AccountRow], on: date) -> Readiness:
    """Whether a refund certified on a day could be paid, and what is missing."""
    return check_readiness(payee_on([account.state for account in accounts], on), on)


async def _hold(
    tx: Transaction, refund_number: str, meant: IfMatch, caller: Identity, action: str, today: date
) -> tuple[MoneyCase, RefundRow, str]:
    known = await store.find_refund(tx.connection, refund_number)
    if known is None:
        raise no_such(f"refund {refund_number}")
    matter = await find_matter_of(tx.connection, known)
    authority = demand(caller, action, today, matter, f"refund {refund_number}")
    await records.exclude_cycles(tx)
    await records.lock_entries(tx, [known.entry_number], create=False)
    case = (await load_cases(tx, [known.entry_number]))[known.entry_number]
    refund = next(each for each in case.refunds if each.refund_number == refund_number)
    meant.check(refund.revision)
    return case, refund, authority


def demand_alone(refund: RefundRow, of_program: tuple[str, str | None] | None) -> None:
    """Raise `Conflict` for a refund of a program: it is certified and paid with all others of its payment."""
    if of_program is None:
        return
    program, payment = of_program
    where = f"payment {payment}" if payment is not None else f"the next payment of program {program}"
    raise conflict(
        "refund-due",
        "refund-in-payment",
        f"Refund {refund.refund_number} is paid with {where}, and not by itself.",
        f"Certify and pay the payment: POST /payments/{payment}/certifications."
        if payment is not None
        else "Wait until the posting day has ended: GET /programs/{program}/payments lists its payments.",
    )


def demand_certifiable(refund: RefundRow) -> None:
    """Raise `Conflict` unless the refund waits to be certified."""
    if not refund.is_uncertified:
        raise _wrong_state(refund, "only what waits or is ready can be certified")


def demand_ready(what: str, accounts: Sequence[AccountRow], on: date) -> Readiness:
    """How a refund or payment certified on a day is paid; raises `Refused` with what is missing."""
    readiness = find_readiness(accounts, on)
    if readiness.state != "ready":
        raise refused(
            "refund-ach",
            "refund-not-ready",
            f"{what} cannot be paid: {', '.join(readiness.missing)} is missing.",
            readiness.remedy,
        )
    return readiness


def demand_payable_by(refund: RefundRow, caller: Identity) -> None:
    """Raise `Conflict` unless the refund is certified, `Forbidden` to whoever had part in certifying it."""
    if refund.state != "certified" or refund.certified_on is None:
        raise _wrong_state(refund, "it is certified before it is paid")
    did = f"took part in certifying refund {refund.refund_number}"
    demand_second_person(caller, (refund.certified_by, refund.certified_for), did)


def _demand_payable(refund: RefundRow, paid_on: date, today: date, caller: Identity) -> None:
    demand_payable_by(refund, caller)
    assert refund.certified_on is not None
    if not refund.certified_on <= paid_on <= today:
        raise refused(
            "refund-due",
            "payment-day",
            f"Paid on {paid_on}: certified on {refund.certified_on}, and today is {today}.",
            "Give the day of payment.",
        )


def _move_to(refund: RefundRow, readiness: Readiness) -> bool:
    """Put a refund where its payee's readiness has it; gives whether it moved."""
    state: RefundState = "ready" if readiness.state == "ready" else "waiting-for-enrollment"
    if (state, readiness.way, list(readiness.missing)) == (refund.state, refund.way, refund.missing):
        return False
    refund.state, refund.way = state, readiness.way
    refund.missing, refund.reason = list(readiness.missing), readiness.remedy
    refund.revision += 1
    return True


async def _finish(
    tx: Transaction,
    case: MoneyCase,
    refund: RefundRow,
    on: date,
    rule: str,
    caller: Identity,
    authority: str,
    now: datetime,
) -> None:
    await store.write_refunds(tx, [refund])
    numbers = await number_acts(tx, [refund.entry_number])
    act = _describe_change(refund, numbers.next(refund.entry_number), on, rule, caller.signature, authority)
    await write_acts(tx, [act])
    await outbox.add(tx, SOURCE, [refund_changed(case.entry, act, now, refund)])


def _describe_change(
    refund: RefundRow, number: int, on: date, rule: str, actor: str | None, authority: str | None
) -> MoneyAct:
    return MoneyAct(
        refund.entry_number,
        f"refund:{refund.refund_number}:{refund.revision}",
        number,
        "refund-changed",
        on,
        rule,
        f"refund {refund.refund_number} of {format_cents(refund.refund_cents)}: {refund.state}. {refund.reason}",
        refund_number=refund.refund_number,
        cents=refund.refund_cents,
        actor=actor,
        authority=authority,
    )


def _wrong_state(refund: RefundRow, why: str) -> Conflict:
    return conflict(
        "refund-due",
        "refund-state",
        f"Refund {refund.refund_number} is {refund.state}: {why}.",
        "GET the refund: it says where it stands.",
    )
