"""When bills and refunds are due and noticed, and for which days interest runs; no money is computed here."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.rules.rule import Finding
from shared.customs.calendar import add_days, add_months

BILL_DAYS: Final = 30
INTEREST_BLOCK_DAYS: Final = 30
REFUND_DAYS: Final = 30
NOTICE_EVERY_DAYS: Final = 30
DUNNING_DAYS: Final = 120
ELECTRONIC_REFUNDS_FROM: Final = date(2026, 2, 6)
MONTHS_OF_QUARTER: Final = 3


@dataclass(frozen=True, slots=True)
class InterestSpan:
    """From which day to which day interest runs under a rule; the days are the difference of the two."""

    rule: str
    begins_on: date
    ends_on: date


def bill_due(billed_on: date) -> date:
    """The last day to pay a bill without delinquency, protested or not.

    Rule bill-due [S], 19 USC 1505(b), (d), 19 CFR 24.3(e), CSMS 18-000234: 30 days after its date.

    >>> bill_due(date(2026, 8, 14))
    datetime.date(2026, 9, 13)
    """
    return add_days(billed_on, BILL_DAYS)


def bill_delinquent_on(billed_on: date) -> date:
    """The day on which an unpaid bill is delinquent: day 31 (bill-due [S], 19 USC 1505(d), CSMS 18-000234).

    >>> bill_delinquent_on(date(2026, 8, 14))
    datetime.date(2026, 9, 14)
    """
    return add_days(bill_due(billed_on), 1)


def underpayment_span(deposit_required_on: date, liquidated_on: date) -> InterestSpan:
    """For which days an underpayment bears interest; `liquidated_on` may be the reliquidation.

    Rule int-underpay [S], 19 USC 1505(c): from the day on which the deposit was required.

    >>> underpayment_span(date(2026, 3, 16), date(2027, 1, 15)).begins_on
    datetime.date(2026, 3, 16)
    """
    return InterestSpan("int-underpay", deposit_required_on, liquidated_on)


def overpayment_span(
    deposited_on: date, liquidated_on: date, preference_claimed_on: date | None = None
) -> InterestSpan:
    """For which days a refund bears interest; after a claim under 1520(d) from the claim only.

    Rules int-overpay [S], int-overpay-1520d [M], 19 USC 1505(c).

    >>> overpayment_span(date(2026, 3, 12), date(2027, 1, 15)).begins_on
    datetime.date(2026, 3, 12)
    """
    if preference_claimed_on is not None:
        return InterestSpan("int-overpay-1520d", max(deposited_on, preference_claimed_on), liquidated_on)
    return InterestSpan("int-overpay", deposited_on, liquidated_on)


def count_delinquent_blocks(liquidated_on: date, billed_on: date, paid_on: date) -> int:
    """How many whole blocks of 30 days since liquidation bear interest on a bill paid on a day.

    Rule int-delinquent [P], 19 USC 1505(d), CSMS 18-000234: none when paid by the due day, and none for the block in
    which it is paid. Day 1 of the first block is the day after liquidation.

    >>> count_delinquent_blocks(date(2026, 8, 14), date(2026, 8, 14), date(2026, 9, 14))  # day 31, the second block
    1
    >>> count_delinquent_blocks(date(2026, 8, 14), date(2026, 8, 14), date(2026, 10, 13))  # day 60, the second block
    1
    """
    if paid_on <= bill_due(billed_on):
        return 0
    return ((paid_on - liquidated_on).days - 1) // INTEREST_BLOCK_DAYS


def refund_due(liquidated_on: date) -> date:
    """By when a refund is paid; afterwards interest runs against CBP.

    Rule refund-due [S], 19 USC 1505(b): 30 days after liquidation or reliquidation.

    >>> refund_due(date(2026, 8, 14))
    datetime.date(2026, 9, 13)
    """
    return add_days(liquidated_on, REFUND_DAYS)


def judge_refund_way(certified_on: date, *, has_account: bool, has_waiver: bool = False) -> Finding:
    """How a refund is paid.

    Rule refund-ach [S], 91 FR 21 (CBP Dec. 25-18): since 6 February 2026 by ACH, on paper only by waiver; without ACH
    data it is rejected, and no interest under 1505(d) runs for that time.

    >>> judge_refund_way(date(2026, 2, 6), has_account=False).outcome
    'hold'
    """
    if certified_on < ELECTRONIC_REFUNDS_FROM:
        return Finding("refund-ach", "either-way", f"certified {certified_on}, before {ELECTRONIC_REFUNDS_FROM}")
    if has_account:
        return Finding("refund-ach", "ach", "the payee is enrolled")
    return Finding("refund-ach", "paper" if has_waiver else "hold", "the payee is not enrolled")


def quarter_of(on: date) -> date:
    """The first day of the quarter whose rate holds on a day.

    Rule int-rate-source [S], 19 USC 1505, T.D. 85-93: rates hold for a calendar quarter.

    >>> quarter_of(date(2026, 3, 31)), quarter_of(date(2026, 4, 1))
    (datetime.date(2026, 1, 1), datetime.date(2026, 4, 1))
    """
    return on.replace(month=on.month - (on.month - 1) % MONTHS_OF_QUARTER, day=1)


def first_overdue_notice(billed_on: date) -> date:
    """The day of the first notice to the principal after a bill was due.

    Rule bill-notice-principal [S], 19 CFR 24.3a(d), CSMS 18-000234: when the bill is issued, and every 30 days after it
    was due.

    >>> first_overdue_notice(date(2026, 8, 14))
    datetime.date(2026, 10, 13)
    """
    return add_days(bill_due(billed_on), NOTICE_EVERY_DAYS)


def principal_notices(billed_on: date, until: date) -> tuple[date, ...]:
    """The days on which the principal is notified of an unpaid bill, up to a day (bill-notice-principal [S]).

    >>> principal_notices(date(2026, 8, 14), date(2026, 11, 12))
    (datetime.date(2026, 8, 14), datetime.date(2026, 10, 13), datetime.date(2026, 11, 12))
    """
    found = [billed_on]
    on = first_overdue_notice(billed_on)
    while on <= until:
        found.append(on)
        on = add_days(on, NOTICE_EVERY_DAYS)
    return tuple(found)


def first_surety_bill(billed_on: date, law: LawSettings) -> date:
    """About when the surety of a principal who has not paid is billed first.

    Rule bill-notice-surety [U], 19 CFR 24.3a(d)(2): about 60 days after the bill.

    >>> from services.liquidation.domain.law import LAW
    >>> first_surety_bill(date(2026, 8, 14), LAW)
    datetime.date(2026, 10, 13)
    """
    return add_days(billed_on, law.surety_bill_days)


def surety_bills(billed_on: date, until: date, law: LawSettings) -> tuple[date, ...]:
    """About when the surety is billed, up to a day: then monthly (bill-notice-surety [U], 19 CFR 24.3a(d)(2)).

    Raises `ValueError` for settings with less than a month between bills.

    >>> from services.liquidation.domain.law import LAW
    >>> surety_bills(date(2026, 8, 14), date(2026, 11, 30), LAW)
    (datetime.date(2026, 10, 13), datetime.date(2026, 11, 13))
    """
    if law.surety_bill_every_months < 1:
        raise ValueError(f"{law.surety_bill_every_months} months between bills to the surety: at least one is needed")
    first = first_surety_bill(billed_on, law)
    found: list[date] = []
    while (on := add_months(first, len(found) * law.surety_bill_every_months)) <= until:
        found.append(on)
    return tuple(found)


def dunning_on(billed_on: date) -> date:
    """The day of the dunning letter.

    Rule bill-dunning [S], CSMS 18-000234: 120 days after the bill.

    >>> dunning_on(date(2026, 8, 14))
    datetime.date(2026, 12, 12)
    """
    return add_days(billed_on, DUNNING_DAYS)


def judge_sanction(*, is_protested_in_time: bool, is_protest_decided: bool) -> Finding:
    """Whether an unpaid bill may be set off or sanctioned; interest keeps running either way.

    Rule bill-setoff-hold [S], 19 CFR 24.72, 142.14, CSMS 18-000234.

    >>> judge_sanction(is_protested_in_time=True, is_protest_decided=False).outcome
    'hold'
    """
    holds = is_protested_in_time and not is_protest_decided
    return Finding("bill-setoff-hold", "hold" if holds else "may-sanction", "interest keeps running")
