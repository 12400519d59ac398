"""What the money of one act rests on, and what it comes to with the bill or refund that it takes the place of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.liquidation.domain.bill_clocks import (
    ELECTRONIC_REFUNDS_FROM,
    INTEREST_BLOCK_DAYS,
    principal_notices,
    surety_bills,
)
from services.liquidation.domain.bill_clocks import dunning_on as dunning_day
from services.liquidation.domain.law import LAW, LawSettings
from services.liquidation.domain.money.amounts import UNSPECIFIED_DUTY, UNSPECIFIED_FEES, Amounts, add_amounts
from services.liquidation.domain.money.assessment import Assessment, Deposit
from services.liquidation.domain.money.bills import Bill, Payment, Standing, settle
from services.liquidation.domain.money.interest import Undetermined
from services.liquidation.domain.money.refunds import PayeeFacts, Unready, check_readiness
from services.liquidation.domain.money.settings import MONEY, MoneySettings
from services.liquidation.domain.summary_clocks import monthly_statement_due, summary_due
from shared.customs.calendar import add_days

DepositReading = Literal["summary-due", "recorded-only"]
DueBasis = Literal["recorded", "monthly-statement", "summary-due", "unknown"]
NoticeKind = Literal["overdue", "dunning", "surety-demand"]


@dataclass(frozen=True, slots=True)
class MoneyPolicy:
    """How open questions are read, and from what the day of the deposit is taken when nobody recorded it."""

    settings: MoneySettings = MONEY
    deposit_reading: DepositReading = "summary-due"
    law: LawSettings = LAW


@dataclass(frozen=True, slots=True)
class DepositDue:
    """By when the estimated duties had to be deposited, and what that day rests on; None when it is not known."""

    on: date | None
    basis: DueBasis


@dataclass(frozen=True, slots=True)
class Balance:
    """An amount by class and its interest; cents, positive when owed to CBP."""

    principal: Amounts
    interest_cents: int

    @property
    def cents(self) -> int:
        """Principal and interest."""
        return sum(self.principal.values()) + self.interest_cents


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice about an unpaid bill, on its day and by its rule."""

    kind: NoticeKind
    on: date
    rule: str


@dataclass(frozen=True, slots=True)
class AccountState:
    """How a payee could be paid from a day on."""

    effective_on: date
    payee: PayeeFacts


NO_BALANCE = Balance({}, 0)


def name_effects(duty_cents: int, fees_cents: int) -> Amounts:
    """A change that says how much duty and fees, as the two classes that stand for what is not said.

    >>> name_effects(7000, 0)
    {'duty-unspecified': 7000}
    """
    named = ((UNSPECIFIED_DUTY, duty_cents), (UNSPECIFIED_FEES, fees_cents))
    return {class_code: cents for class_code, cents in named if cents}


def find_deposit_due(
    entry_date: date,
    released_on: date | None,
    deposited_on: date | None,
    *,
    recorded_on: date | None,
    pays_monthly: bool | None,
    policy: MoneyPolicy,
) -> DepositDue:
    """By when the deposit was required: as recorded, else by the payer's way of paying.

    Rules es-file [S], 19 CFR 142.12(b), 19 USC 1505(a): with the summary, ten working days after entry; deposit-pms
    [S], 19 CFR 24.25: a periodic payer's, on the 15th working day of the next month. Whether an importer pays so is
    not in the summary. When nobody recorded it, a deposit within the ten days is read as due on the last of them (by
    setting), and the day of a later one is not known: it may be late, or in time on a monthly statement.

    >>> find_deposit_due(date(2026, 3, 2), None, date(2026, 3, 12), recorded_on=None, pays_monthly=None,
    ...     policy=MoneyPolicy())
    DepositDue(on=datetime.date(2026, 3, 16), basis='summary-due')
    >>> find_deposit_due(date(2026, 3, 2), None, date(2026, 4, 21), recorded_on=None, pays_monthly=None,
    ...     policy=MoneyPolicy()).basis
    'unknown'
    """
    if recorded_on is not None:
        return DepositDue(recorded_on, "recorded")
    if pays_monthly:
        return DepositDue(monthly_statement_due(entry_date, released_on, policy.law), "monthly-statement")
    due = summary_due(entry_date, policy.law)
    if pays_monthly is False:
        return DepositDue(due, "summary-due")
    if policy.deposit_reading == "summary-due" and deposited_on is not None and deposited_on <= due:
        return DepositDue(due, "summary-due")
    return DepositDue(None, "unknown")


def find_later_deposits(bill: Bill, payments: Sequence[Payment], on: date) -> tuple[Deposit, ...] | Undetermined | None:
    """What payments on a bill put into deposit by a day, for the interest of a later act on the entry.

    A bill paid in one payment put its principal there on that day; one without a payment nothing, and None says that
    it is still to be replaced. `Undetermined` when it was paid in parts: to which class and whether to principal or
    interest a part goes is in no source (bill-payment-order says only that delinquency interest comes first).
    """
    if not payments:
        return None
    standing = settle(bill, payments, on)
    days = {payment.received_on for payment in payments}
    if isinstance(standing, Undetermined):
        return standing
    if standing.settled_on is None or standing.surplus_cents or len(days) > 1 or max(days) > on:
        why = f"what was paid on the bill of {bill.issued_on} is not one payment in full before {on}"
        return Undetermined("bill-payment-order", "deposit-date", why)
    return (Deposit(standing.settled_on, bill.principal),)


def carry_over(assessment: Assessment, carried: Balance) -> Balance:
    """What is billed or refunded: the change, and what was not paid of the act before, which this act replaces.

    Rules int-underpay, int-overpay [S], 19 USC 1505(c): interest runs to the reliquidation on what was short or too
    much all that time, so an unpaid bill and its blocks are not charged beside it. protest-allow [P]: on allowance a
    bill is cancelled or money refunded.
    """
    return Balance(
        add_amounts(carried.principal, assessment.principal), carried.interest_cents + assessment.interest_change_cents
    )


def describe_payee_spells(accounts: Sequence[AccountState], since: date) -> tuple[Unready, ...]:
    """The days since a day on which a refund could not be paid, by what was known of the payee on each.

    Rule refund-ach [S], 91 FR 21: for them CBP owes no interest on the delay.

    >>> ready = PayeeFacts(has_ach_enrollment=True, has_valid_bank_data=True)
    >>> describe_payee_spells([AccountState(date(2026, 3, 20), ready)], date(2026, 3, 1))
    (Unready(from_on=datetime.date(2026, 3, 1), until_on=datetime.date(2026, 3, 20)),)
    """
    changes = (*(account.effective_on for account in accounts), ELECTRONIC_REFUNDS_FROM)
    days = sorted({since, *(day for day in changes if day > since)})
    spells: list[Unready] = []
    for number, day in enumerate(days):
        until = days[number + 1] if number + 1 < len(days) else None
        if check_readiness(payee_on(accounts, day), day).state == "ready":
            continue
        if spells and spells[-1].until_on == day:
            spells[-1] = Unready(spells[-1].from_on, until)
        else:
            spells.append(Unready(day, until))
    return tuple(spells)


def payee_on(accounts: Sequence[AccountState], on: date) -> PayeeFacts:
    """What was known of a payee on a day: the last account that was in effect; nothing before the first."""
    known = [account for account in accounts if account.effective_on <= on]
    return known[-1].payee if known else PayeeFacts()


def find_notices(
    bill: Bill, payments: Sequence[Payment], after: date, until: date, *, has_surety: bool, policy: MoneyPolicy
) -> list[tuple[Notice, int]]:
    """The notices on an unpaid bill after a day and up to another, with the cents that were open on each day.

    Rules bill-notice-principal [S], 19 CFR 24.3a(d): every 30 days after the due day; bill-dunning [S], CSMS
    18-000234: on day 120; bill-notice-surety [U], 19 CFR 24.3a(d)(2): about day 60, then monthly. A day on which
    nothing was open, or on which it is not known how much, has none.
    """
    days = [
        *(Notice("overdue", on, "bill-notice-principal") for on in principal_notices(bill.issued_on, until)[1:]),
        Notice("dunning", dunning_day(bill.issued_on), "bill-dunning"),
    ]
    if has_surety:
        days += [
            Notice("surety-demand", on, "bill-notice-surety") for on in surety_bills(bill.issued_on, until, policy.law)
        ]
    due = sorted((each for each in days if after < each.on <= until), key=lambda each: (each.on, each.kind))
    found: list[tuple[Notice, int]] = []
    for notice in due:
        standing = settle(bill, payments, notice.on, policy.settings)
        if isinstance(standing, Standing) and standing.open_cents > 0:
            found.append((notice, standing.open_cents))
    return found


def find_next_step(bill: Bill, on: date, *, has_surety: bool, policy: MoneyPolicy) -> date:
    """The first day after a day on which an unpaid bill changes: it is delinquent, a block is charged, a notice is due.

    >>> bill = Bill(date(2026, 1, 16), date(2026, 1, 16), date(2026, 2, 15), {"duty": 500_00}, 0)
    >>> find_next_step(bill, date(2026, 1, 20), has_surety=False, policy=MoneyPolicy())
    datetime.date(2026, 2, 16)
    """
    horizon = add_days(max(on, bill.due_on), 2 * INTEREST_BLOCK_DAYS + 1)
    block = max((on - bill.liquidated_on).days - 1, 0) // INTEREST_BLOCK_DAYS + 1
    days = [
        add_days(bill.due_on, 1),
        add_days(bill.liquidated_on, block * INTEREST_BLOCK_DAYS + 1),
        dunning_day(bill.issued_on),
        *principal_notices(bill.issued_on, horizon),
        *(surety_bills(bill.issued_on, horizon, policy.law) if has_surety else ()),
    ]
    return min(day for day in days if day > on)
