"""Refunds after they were opened: readiness of the payee, certification and payment by two people, delay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.assessments import POLICY, announce_money, determine
from services.liquidation.domain.money.balance import MoneyPolicy, describe_payee_spells, payee_on
from services.liquidation.domain.money.interest import PayeeKind, Undetermined, payee_kind
from services.liquidation.domain.money.refunds import Delay, Readiness, Refund, check_readiness, delay_of
from services.liquidation.publishing import SOURCE, find_rule
from services.liquidation.store import money as store
from services.liquidation.store import records
from services.liquidation.store.money import AccountRow, DepositRow, MoneyAct, MoneyCase, RefundRow
from shared.bus import outbox
from shared.bus.outbox import Outgoing
from shared.customs.calendar import legal_date
from shared.customs.money import format_cents
from shared.db.transaction import Transaction, transaction
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Conflict, NotFound, Refused
from shared.runtime.identity import Identity


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What is known of a payee from a day on; None where nothing is known."""

    effective_on: date
    is_corporation: bool | None
    pays_monthly: bool | None
    has_ach_enrollment: bool | None
    has_valid_bank_data: bool | None
    has_paper_waiver: bool


@dataclass(frozen=True, slots=True)
class DepositFacts:
    """When a deposit was required, a claim under 1520(d) made, an order on the case published; None: not known."""

    required_on: date | None
    claimed_on: date | None
    case_order_on: date | None


async def record_account(
    engine: AsyncEngine,
    now: datetime,
    importer_number: str,
    meant: IfMatch,
    facts: AccountFacts,
    caller: Identity,
    policy: MoneyPolicy = POLICY,
) -> AccountRow:
    """Record what is known of a payee; its waiting refunds are checked and what lacked it is assessed again.

    Raises `Stale`, and `Refused` for a day that has not come or is before what was recorded last.
    """
    today = legal_date(now)
    async with transaction(engine) as tx:
        await records.exclude_cycles(tx)
        await store.hold_account(tx, importer_number)
        waiting = await store.list_refunds_to_check(tx.connection, importer_number)
        undetermined = await store.find_undetermined(tx, importer_number)
        await records.lock_entries(tx, [*undetermined, *(number for _, number in waiting)], create=False)
        known = await store.load_accounts(tx.connection, importer_number)
        meant.check(known[-1].revision if known else 0)
        rule = find_rule("refund-ach")
        if facts.effective_on > today or (known and facts.effective_on < known[-1].effective_on):
            raise Refused(
                f"In effect on {facts.effective_on}: the last record is of "
                f"{known[-1].effective_on if known else 'no day'}, and today is {today}.",
                rule=rule.id,
                code="account-day",
                citation=rule.citation,
                remedy="Give the day since which it is so, not before the last record and not after today.",
            )
        row = AccountRow(
            importer_number,
            len(known) + 1,
            facts.effective_on,
            facts.is_corporation,
            facts.pays_monthly,
            facts.has_ach_enrollment,
            facts.has_valid_bank_data,
            facts.has_paper_waiver,
            caller.subject,
            caller.acting_for,
        )
        await store.write_account(tx, row)
        await _check_refunds(tx, [number for _, number in waiting], today, now)
        await determine(tx, undetermined, today, now, policy)
    return row


async def record_deposit(
    engine: AsyncEngine,
    now: datetime,
    entry_number: str,
    meant: IfMatch,
    facts: DepositFacts,
    caller: Identity,
    policy: MoneyPolicy = POLICY,
) -> DepositRow:
    """Record what the summary does not say of a deposit, and assess what lacked it. Raises `NotFound`, `Stale`."""
    today = legal_date(now)
    async with transaction(engine) as tx:
        await records.exclude_cycles(tx)
        if not await records.lock_entries(tx, [entry_number], create=False):
            raise NotFound(f"There is no entry {entry_number} in liquidation.", remedy="Check the number.")
        known = await store.find_deposit(tx.connection, entry_number)
        revision = known.revision if known is not None else 0
        meant.check(revision)
        row = DepositRow(
            entry_number,
            revision + 1,
            facts.required_on,
            facts.claimed_on,
            facts.case_order_on,
            caller.subject,
            caller.acting_for,
        )
        await store.write_deposit(tx, row)
        await determine(tx, [entry_number], today, now, policy)
    return row


async def certify_refund(
    engine: AsyncEngine, now: datetime, refund_number: str, meant: IfMatch, caller: Identity
) -> RefundRow:
    """Certify a refund today, when the payee can be paid.

    Rule refund-ach [S], 91 FR 21: raises `Refused` with what is missing; `Conflict` unless it waits to be certified.
    """
    today = legal_date(now)
    async with transaction(engine) as tx:
        case, refund = await _hold(tx, refund_number, meant)
        rule = find_rule("refund-ach")
        if refund.state not in ("waiting-for-enrollment", "ready"):
            raise _wrong_state(refund, "only what waits or is ready can be certified")
        readiness = find_readiness(case.accounts, today)
        if readiness.state != "ready":
            raise Refused(
                f"Refund {refund_number} cannot be paid: {', '.join(readiness.missing)} is missing.",
                rule=rule.id,
                code="refund-not-ready",
                citation=rule.citation,
                remedy=readiness.remedy,
            )
        refund.way, refund.missing, refund.reason = readiness.way, [], readiness.remedy
        refund.state, refund.certified_on = "certified", today
        refund.certified_by, refund.certified_for = caller.subject, caller.acting_for
        refund.revision += 1
        await _finish(tx, case, refund, "certified", today, rule.id, caller, now)
    return refund


async def pay_refund(
    engine: AsyncEngine,
    now: datetime,
    refund_number: str,
    meant: IfMatch,
    paid_on: date,
    caller: Identity,
    policy: MoneyPolicy = POLICY,
) -> RefundRow:
    """Record that a certified refund was paid, with what CBP owes for its delay; by somebody who did not certify it.

    Rules refund-due [S], int-delinquent [P], 19 USC 1505(b), (d). Raises `Conflict` unless it is certified, `Refused`
    for the same person, a day out of place, or a delay whose interest lacks a fact.
    """
    today = legal_date(now)
    async with transaction(engine) as tx:
        case, refund = await _hold(tx, refund_number, meant)
        rule = find_rule("refund-due")
        if refund.state != "certified" or refund.certified_on is None:
            raise _wrong_state(refund, "it is certified before it is paid")
        people = {refund.certified_by, refund.certified_for} - {None}
        if not people.isdisjoint({caller.subject, caller.acting_for}):
            raise Refused(
                f"{caller.subject} took part in certifying refund {refund_number}.",
                rule="four-eyes",
                code="same-person",
                remedy="Somebody else releases the payment.",
            )
        if not refund.certified_on <= paid_on <= today:
            raise Refused(
                f"Paid on {paid_on}: certified on {refund.certified_on}, and today is {today}.",
                rule=rule.id,
                code="payment-day",
                citation=rule.citation,
                remedy="Give the day of payment.",
            )
        delay = find_delay(refund, case.accounts, paid_on, policy, paid_on=paid_on)
        if isinstance(delay, Undetermined):
            unknown = find_rule(delay.rule)
            raise Refused(
                f"The interest on the delay is not known: {delay.why}.",
                rule=unknown.id,
                code=f"missing-{delay.missing}",
                citation=unknown.citation,
                remedy="Record what is missing: PUT /importers/{importer_number}/refund-account.",
            )
        refund.state, refund.paid_on = "paid", paid_on
        refund.paid_by, refund.paid_for = caller.subject, caller.acting_for
        refund.delay_cents = delay.interest_cents
        refund.delay_blocks = [store.show_block(block) for block in delay.blocks]
        refund.revision += 1
        await _finish(tx, case, refund, "paid", paid_on, rule.id, caller, now)
    return refund


def find_delay(
    refund: RefundRow,
    accounts: Sequence[AccountRow],
    on: date,
    policy: MoneyPolicy = POLICY,
    *,
    paid_on: date | None = None,
) -> Delay | Undetermined:
    """What CBP owes because a refund is late, on a day; none for the time in which the payee could not be paid."""
    is_corporation = accounts[-1].is_corporation if accounts else None
    payee: PayeeKind | None = payee_kind(refund.importer_number, is_corporation=is_corporation)
    spells = describe_payee_spells([account.state for account in accounts], refund.liquidated_on)
    owed = Refund(refund.liquidated_on, refund.due_on, refund.principal, refund.interest_cents)
    return delay_of(owed, on, payee, paid_on=paid_on, unready=spells, settings=policy.settings)


def find_readiness(accounts: Sequence[AccountRow], on: date) -> Readiness:
    """Whether a refund certified on a day could be paid, and what is missing."""
    return check_readiness(payee_on([account.state for account in accounts], on), on)


def is_rate_known(importer_number: str, accounts: Sequence[AccountRow]) -> bool:
    """Whether it is known which rate an overpayment of an importer bears (int-rate-source [S])."""
    is_corporation = accounts[-1].is_corporation if accounts else None
    return payee_kind(importer_number, is_corporation=is_corporation) is not None


async def _check_refunds(tx: Transaction, entry_numbers: Sequence[str], today: date, now: datetime) -> None:
    """Put the importer's refunds that wait or are ready where the account has them now; tell of each that moved."""
    cases = await store.load_cases(tx, entry_numbers)
    last = await store.load_last_acts(tx, list(cases))
    moved: list[RefundRow] = []
    acts: list[MoneyAct] = []
    events: list[Outgoing] = []
    for number, case in cases.items():
        for refund in case.refunds:
            if refund.state not in ("waiting-for-enrollment", "ready"):
                continue
            readiness = find_readiness(case.accounts, today)
            state = "ready" if readiness.state == "ready" else "waiting-for-enrollment"
            if (state, readiness.way, list(readiness.missing)) == (refund.state, refund.way, refund.missing):
                continue
            refund.state, refund.way = state, readiness.way
            refund.missing, refund.reason = list(readiness.missing), readiness.remedy
            refund.revision += 1
            moved.append(refund)
            last[number] = last.get(number, 0) + 1
            act = _act(refund, last[number], state, today, "refund-ach", None)
            acts.append(act)
            events.append(announce_money(case.entry, act, "refund-changed", now, _told(refund)))
    await store.write_refunds(tx, moved)
    await store.write_acts(tx, acts)
    await outbox.add(tx, SOURCE, events)


async def _hold(tx: Transaction, refund_number: str, meant: IfMatch) -> tuple[MoneyCase, RefundRow]:
    known = await store.find_refund(tx.connection, refund_number)
    if known is None:
        raise NotFound(f"There is no refund {refund_number}.", remedy="Check the number.")
    await records.exclude_cycles(tx)
    await records.lock_entries(tx, [known.entry_number], create=False)
    case = (await store.load_cases(tx, [known.entry_number]))[known.entry_number]
    refund = next(each for each in case.refunds if each.refund_number == refund_number)
    meant.check(refund.revision)
    return case, refund


async def _finish(
    tx: Transaction,
    case: MoneyCase,
    refund: RefundRow,
    what: str,
    on: date,
    rule: str,
    caller: Identity,
    now: datetime,
) -> None:
    await store.write_refunds(tx, [refund])
    last = await store.load_last_acts(tx, [refund.entry_number])
    act = _act(refund, last.get(refund.entry_number, 0) + 1, what, on, rule, caller.signature)
    await store.write_acts(tx, [act])
    await outbox.add(tx, SOURCE, [announce_money(case.entry, act, "refund-changed", now, _told(refund))])


def _act(refund: RefundRow, number: int, what: str, on: date, rule: str, actor: str | None) -> MoneyAct:
    return MoneyAct(
        refund.entry_number,
        f"refund:{refund.refund_number}:{refund.revision}",
        number,
        "refund-changed",
        on,
        rule,
        f"refund {refund.refund_number} of {format_cents(refund.refund_cents)}: {what}. {refund.reason}",
        refund_number=refund.refund_number,
        cents=refund.refund_cents,
        actor=actor,
    )


def _told(refund: RefundRow) -> dict[str, str | None]:
    return {
        "refund_number": refund.refund_number,
        "refund_state": refund.state,
        "refund_usd": format_cents(refund.refund_cents + (refund.delay_cents or 0)),
        "missing": refund.missing[0] if refund.missing else None,
    }


def _wrong_state(refund: RefundRow, why: str) -> Conflict:
    rule = find_rule("refund-due")
    return Conflict(
        f"Refund {refund.refund_number} is {refund.state}: {why}.",
        rule=rule.id,
        code="refund-state",
        citation=rule.citation,
        remedy="GET the refund: it says where it stands.",
    )
