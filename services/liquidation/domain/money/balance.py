"""What the money of one act rests on, and what it comes to with the bill or refund that it takes the place of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.liquidation.domain.money.amounts import UNSPECIFIED_DUTY, UNSPECIFIED_FEES, Amounts, add_amounts
from services.liquidation.domain.money.assessment import Assessment, Deposit
from services.liquidation.domain.money.bills import Bill, Payment, settle
from services.liquidation.domain.money.interest import Undetermined
from services.liquidation.domain.money.settings import MoneyPolicy, MoneySettings
from services.liquidation.domain.summary_clocks import monthly_statement_due, summary_due

DueBasis = Literal["recorded", "monthly-statement", "summary-due", "unknown"]


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

    >>> from services.liquidation.domain.money.settings import POLICY
    >>> find_deposit_due(date(2026, 3, 2), None, date(2026, 3, 12), recorded_on=None, pays_monthly=None,
    ...     policy=POLICY)
    DepositDue(on=datetime.date(2026, 3, 16), basis='summary-due')
    >>> find_deposit_due(date(2026, 3, 2), None, date(2026, 4, 21), recorded_on=None, pays_monthly=None,
    ...     policy=POLICY).basis
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


def find_later_deposits(
    bill: Bill, payments: Sequence[Payment], on: date, settings: MoneySettings
) -> tuple[Deposit, ...] | Undetermined:
    """What payments on a bill put into deposit by a day, for the interest of a later act on the entry.

    A bill paid in one payment put its principal there on that day; one without a payment nothing. `Undetermined` when
    it was paid in parts: to which class and whether to principal or interest a part goes is in no source
    (bill-payment-order says only that delinquency interest comes first).
    """
    if not payments:
        return ()
    standing = settle(bill, payments, on, settings)
    if isinstance(standing, Undetermined):
        return standing
    days = {payment.received_on for payment in payments}
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
