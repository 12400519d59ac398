"""A refund of what a liquidation found too much: whether it can be paid, what is missing, what delay costs CBP."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from services.liquidation.domain.bill_clocks import ELECTRONIC_REFUNDS_FROM, INTEREST_BLOCK_DAYS, refund_due
from services.liquidation.domain.money.amounts import Amounts, add_amounts
from services.liquidation.domain.money.assessment import Assessment, Deposit
from services.liquidation.domain.money.bills import Block, Payment, block_ends
from services.liquidation.domain.money.interest import PayeeKind, Undetermined, interest_kind
from services.liquidation.domain.money.settings import MoneySettings
from shared.customs.calendar import add_days
from shared.customs.interest import InterestRateUnknown, accrue

RefundWay = Literal["ach", "paper"]
RefundState = Literal["waiting", "ready", "paid"]
Lack = Literal["payee", "ach-enrollment", "bank-data"]


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund: differences by class and interest to liquidation as positive cents where CBP owes."""

    liquidated_on: date
    due_on: date
    principal: Amounts
    interest_cents: int

    @property
    def refund_cents(self) -> int:
        """Principal and interest to liquidation."""
        return sum(self.principal.values()) + self.interest_cents


@dataclass(frozen=True, slots=True)
class SettledRefund:
    """A refund of which a part was set off against bills: what of it moved and when, what is still owed; cents.

    `moved` is principal, negative as CBP gave it; `interest_cents` is what was settled of the interest. `left` is the
    refund of what is not settled.
    """

    moved: tuple[Deposit, ...]
    interest_cents: int
    left: Refund


@dataclass(frozen=True, slots=True)
class PayeeFacts:
    """What is known of how a payee can be paid; None where nothing is known.

    `is_identified`: who the refund goes to is settled (19 CFR 24.36(b), (c)). `has_ach_enrollment` and
    `has_valid_bank_data` are of the payee's ACE account; `has_paper_waiver` a waiver of electronic payment.
    """

    is_identified: bool = True
    has_ach_enrollment: bool | None = None
    has_valid_bank_data: bool | None = None
    has_paper_waiver: bool = False


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a refund can be paid, how, what is missing, and what the payee should do, in a sentence."""

    state: Literal["waiting", "ready"]
    way: RefundWay
    missing: tuple[Lack, ...]
    remedy: str
    rule: str = "refund-ach"


@dataclass(frozen=True, slots=True)
class Unready:
    """Days on which a certified refund could not be paid for want of the payee's data; `until_on` is the first that it
    could, None while it cannot."""

    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Delay:
    """Delinquency interest against CBP: the blocks that bear it. `skipped` are those for which the payee could not be
    paid, by number."""

    is_delinquent: bool
    blocks: tuple[Block, ...]
    skipped: tuple[int, ...]

    @property
    def interest_cents(self) -> int:
        """What is added to the refund."""
        return sum(block.interest_cents for block in self.blocks)


def open_refund(assessment: Assessment, liquidated_on: date) -> Refund:
    """The refund of an assessment. Raises `ValueError` when nothing is to be refunded.

    Rule refund-due [S], 19 USC 1505(b), 19 CFR 24.36(a)(2): paid within 30 days of liquidation or reliquidation.
    """
    if assessment.outcome != "refund":
        raise ValueError(f"a refund follows a refund, not {assessment.outcome}")
    return Refund(
        liquidated_on,
        refund_due(liquidated_on),
        {class_code: -cents for class_code, cents in assessment.principal.items()},
        -assessment.interest_change_cents,
    )


def settle_refund(refund: Refund, settled: Sequence[Payment]) -> SettledRefund:
    """What set-offs settled of a refund, on their days, and what is left of it. Cents.

    Rule bill-setoff-hold [S], 19 CFR 24.72: what is set off is paid. To what of a refund it goes is in no source [U]:
    here to interest first, as on a bill (bill-payment-order [S], 19 CFR 24.3a(c)(4)), then to the classes that are
    owed, in their order. Raises `ValueError` for more than the refund.

    >>> refund = Refund(date(2026, 6, 15), date(2026, 7, 15), {"additional-duty": 983_32}, 16_68)
    >>> part = settle_refund(refund, [Payment(date(2026, 7, 15), 300_00)])
    >>> part.moved, part.interest_cents, part.left.refund_cents
    ((Deposit(on=datetime.date(2026, 7, 15), amounts={'additional-duty': -28332}),), 1668, 70000)
    """
    if sum(each.cents for each in settled) > max(refund.refund_cents, 0):
        raise ValueError(f"more is set off than the {refund.refund_cents} cents of the refund")
    principal, interest = dict(refund.principal), refund.interest_cents
    moved: list[Deposit] = []
    for payment in sorted(settled, key=lambda each: each.received_on):
        to_interest = min(payment.cents, max(interest, 0))
        interest -= to_interest
        to_place = payment.cents - to_interest
        placed: dict[str, int] = {}
        for class_code in sorted(principal):
            if (cents := min(to_place, principal[class_code])) > 0:
                placed[class_code] = -cents
                to_place -= cents
        principal = dict(add_amounts(principal, placed))
        if placed:
            moved.append(Deposit(payment.received_on, placed))
    left = Refund(refund.liquidated_on, refund.due_on, principal, interest)
    return SettledRefund(tuple(moved), refund.interest_cents - interest, left)


def check_readiness(payee: PayeeFacts, certified_on: date) -> Readiness:
    """Whether a refund certified on a day can be paid, and what is missing. What is not known counts as missing.

    Rule refund-ach [S], 91 FR 21 (CBP Dec. 25-18): certified since 6 February 2026 it is paid by ACH to the account
    enrolled in ACE, on paper only by waiver; without the data the payment is rejected.

    >>> check_readiness(PayeeFacts(has_ach_enrollment=False), date(2026, 2, 5)).way
    'paper'
    >>> check_readiness(PayeeFacts(has_ach_enrollment=False), date(2026, 2, 6)).missing
    ('ach-enrollment',)
    """
    who: tuple[Lack, ...] = () if payee.is_identified else ("payee",)
    if payee.has_ach_enrollment and payee.has_valid_bank_data:
        return _readiness(who, "ach", "Paid by ACH to the account enrolled in ACE.")
    if payee.has_paper_waiver:
        return _readiness(who, "paper", "Paid by check: a waiver of electronic payment.")
    if certified_on < ELECTRONIC_REFUNDS_FROM:
        return _readiness(who, "paper", f"Paid by check: certified before {ELECTRONIC_REFUNDS_FROM}.")
    lack: Lack = "bank-data" if payee.has_ach_enrollment else "ach-enrollment"
    return _readiness((*who, lack), "ach", "")


_REMEDIES: Final[dict[Lack, str]] = {
    "payee": "Settle who the refund goes to (19 CFR 24.36(b), (c)).",
    "ach-enrollment": "Enroll for ACH refunds in the ACE account, or obtain a waiver of electronic payment.",
    "bank-data": "Complete or correct the bank data of the ACH enrollment in the ACE account.",
}


def _readiness(missing: tuple[Lack, ...], way: RefundWay, when_ready: str) -> Readiness:
    if not missing:
        return Readiness("ready", way, (), when_ready)
    return Readiness("waiting", way, missing, " ".join(_REMEDIES[lack] for lack in missing))


def state_of(readiness: Readiness, paid_on: date | None, on: date) -> RefundState:
    """The state of a refund on a day: paid, else ready, else waiting for what is missing.

    >>> state_of(check_readiness(PayeeFacts(), date(2026, 3, 1)), None, date(2026, 3, 1))
    'waiting'
    """
    if paid_on is not None and paid_on <= on:
        return "paid"
    return readiness.state


def delay_of(
    refund: Refund,
    on: date,
    payee: PayeeKind | None,
    settings: MoneySettings,
    *,
    paid_on: date | None = None,
    unready: Sequence[Unready] = (),
    settled: Sequence[Payment] = (),
) -> Delay | Undetermined:
    """What CBP owes more because a refund is late, on a day or, once it is paid, on the day of payment.

    Rules refund-due [S], int-delinquent [P], 19 USC 1505(d), 19 CFR 24.36(a)(3): not paid within 30 days, it bears
    interest at the overpayment rate for each whole block of 30 days since liquidation, and none for the block in which
    it is paid. refund-ach [S], 91 FR 21: none for the time in which it could not be paid for want of ACH data; how that
    time meets the blocks is a setting [U]. `Undetermined` when the kind of the payee or a rate is not known. Rounding:
    each block to the nearest cent, a half cent up. What was set off meanwhile (`settled`) bears none from the block in
    which it was.

    100,000.00 of a non-corporate payee, liquidated on 2026-01-16 and paid on day 70: two blocks at 7 %.

    >>> from services.liquidation.domain.money.settings import MONEY
    >>> refund = Refund(date(2026, 1, 16), date(2026, 2, 15), {"duty": 100_000_00}, 0)
    >>> [block.interest_cents for block in delay_of(refund, date(2026, 3, 27), "non-corporate", MONEY).blocks]
    [57695, 57695]
    """
    at = on if paid_on is None else min(on, paid_on)
    if at <= refund.due_on:
        return Delay(is_delinquent=False, blocks=(), skipped=())
    kind = interest_kind("cbp", payee)
    blocks: list[Block] = []
    skipped: list[int] = []
    balance = refund.refund_cents
    settling = deque(sorted(settled, key=lambda each: each.received_on))
    for number, end in enumerate(block_ends(refund.liquidated_on, at), start=1):
        start = add_days(end, -INTEREST_BLOCK_DAYS)
        while settling and settling[0].received_on <= end:
            balance = max(balance - settling.popleft().cents, 0)
        if balance == 0:
            continue
        if _is_unready(unready, start, end, settings):
            skipped.append(number)
            continue
        if kind is None:
            return Undetermined(
                "refund-due",
                "payee-kind",
                "the rate against CBP depends on whether the importer is a corporation, and that is not known",
            )
        try:
            interest = accrue(balance, start, end, kind=kind, days_in_leap_year=settings.days_in_leap_year)
        except InterestRateUnknown as unknown:
            return Undetermined("int-rate-source", "interest-rate", str(unknown))
        blocks.append(Block(number, end, balance, interest))
        if settings.delinquency_base == "unpaid-balance":
            balance += interest
    return Delay(is_delinquent=paid_on is None or paid_on > on, blocks=tuple(blocks), skipped=tuple(skipped))


def _is_unready(unready: Sequence[Unready], start: date, end: date, settings: MoneySettings) -> bool:
    """Whether the payee could not be paid on any day of a block, its first being the day after `start`."""
    first = end if settings.unready_block == "last-day" else add_days(start, 1)
    return any(spell.from_on <= end and (spell.until_on is None or first < spell.until_on) for spell in unready)
