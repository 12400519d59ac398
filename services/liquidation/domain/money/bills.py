"""A bill for what a liquidation found due: what it bears when it is late, and what a payment settles."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from services.liquidation.domain.bill_clocks import (
    INTEREST_BLOCK_DAYS,
    bill_due,
    dunning_on,
    principal_notices,
    surety_bills,
)
from services.liquidation.domain.money.amounts import Amounts, total_cents
from services.liquidation.domain.money.assessment import Assessment
from services.liquidation.domain.money.interest import Undetermined
from services.liquidation.domain.money.settings import MoneyPolicy, MoneySettings
from shared.customs.calendar import add_days
from shared.customs.interest import InterestRateUnknown, accrue

NoticeKind = Literal["overdue", "dunning", "surety-demand"]


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill: differences by class and interest to liquidation, in cents.

    A class in favor of the importer is negative; all together are what is billed. `liquidated_on` is the liquidation or
    reliquidation that found them due.
    """

    liquidated_on: date
    issued_on: date
    due_on: date
    principal: Amounts
    interest_cents: int

    @property
    def billed_cents(self) -> int:
        """Principal and interest to liquidation."""
        return total_cents(self.principal) + self.interest_cents


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received on a bill; the day of receipt counts (bill-payment-order). Cents, positive."""

    received_on: date
    cents: int


@dataclass(frozen=True, slots=True)
class Block:
    """One whole period of 30 days that bears interest: `ended_on` is its last day, `base_cents` what it runs on."""

    number: int
    ended_on: date
    base_cents: int
    interest_cents: int


@dataclass(frozen=True, slots=True)
class BillStanding:
    """How a bill stands on a day, payments of that day included: `open_cents` paid on that day would settle it.

    `blocks` are those charged so far; `surplus_cents` was paid beyond what was owed. `settled_on` is the day of the
    payment that left nothing open.
    """

    on: date
    is_delinquent: bool
    blocks: tuple[Block, ...]
    billed_open_cents: int
    delinquency_open_cents: int
    surplus_cents: int
    settled_on: date | None

    @property
    def open_cents(self) -> int:
        """All that is unpaid."""
        return self.billed_open_cents + self.delinquency_open_cents

    @property
    def delinquency_cents(self) -> int:
        """Delinquency interest charged so far, paid or not."""
        return sum(block.interest_cents for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice about an unpaid bill, on its day and by its rule."""

    kind: NoticeKind
    on: date
    rule: str


class ProtestDays(NamedTuple):
    """When a protest that came in time was filed and settled; None while it is undecided."""

    filed_on: date
    settled_on: date | None


def issue_bill(assessment: Assessment, liquidated_on: date, issued_on: date) -> Bill:
    """The bill for an increase. Raises `ValueError` when nothing is to be billed.

    Rule bill-due [S], 19 USC 1505(b), 19 CFR 24.3(e): due 30 days after the bill, not rolled. When its principal is
    notified and dunned, and its surety billed, is told by `bill_clocks`.
    """
    if assessment.outcome != "increase":
        raise ValueError(f"a bill is for an increase, not for {assessment.outcome}")
    return Bill(
        liquidated_on,
        issued_on,
        bill_due(issued_on),
        assessment.principal,
        assessment.interest_change_cents,
    )


def is_delinquent(bill: Bill, on: date, *, is_paid: bool) -> bool:
    """Whether a bill is delinquent on a day; a protest changes nothing about it.

    Rule bill-due [S], CSMS 18-000234: on day 31, whether protested or not.

    >>> bill = Bill(date(2026, 1, 16), date(2026, 1, 16), date(2026, 2, 15), {"duty": 500_00}, 0)
    >>> is_delinquent(bill, date(2026, 2, 15), is_paid=False), is_delinquent(bill, date(2026, 2, 16), is_paid=False)
    (False, True)
    """
    return not is_paid and on > bill.due_on


def block_ends(liquidated_on: date, before: date) -> list[date]:
    """The last days of the whole blocks of 30 days since liquidation that ended before a day.

    Rule int-delinquent [P], 19 USC 1505(d): blocks run from liquidation; the one in which payment is made bears none,
    so what is paid on the last day of a block does not bear interest for it.

    >>> block_ends(date(2026, 1, 16), date(2026, 3, 17))
    [datetime.date(2026, 2, 15)]
    >>> len(block_ends(date(2026, 1, 16), date(2026, 3, 18)))
    2
    """
    whole = max((before - liquidated_on).days - 1, 0) // INTEREST_BLOCK_DAYS
    return [add_days(liquidated_on, INTEREST_BLOCK_DAYS * number) for number in range(1, whole + 1)]


def settle(bill: Bill, payments: Sequence[Payment], on: date, settings: MoneySettings) -> BillStanding | Undetermined:
    """How a bill stands on a day, with the payments received by then; `Undetermined` when a rate is not known.

    Rules int-delinquent [P], 19 USC 1505(d), 19 CFR 24.3a(b)(2)(ii), (c)(1)-(3): what is unpaid after the due day
    bears interest at the underpayment rate, compounded daily, for each whole block of 30 days since liquidation that
    has ended. What is paid in the course of a block bears none for it. A block that ended before the due day runs on
    what is unpaid at the end of the due day. On what blocks run is a setting [U]. bill-payment-order [S],
    24.3a(c)(4), (5): a late payment goes to delinquency interest first. Rounding: each block to the nearest cent, a
    half cent up, when it ends [U].

    500.00 billed on the day of liquidation and paid on day 45: one block at 7 % is 2.88.

    >>> bill = Bill(date(2026, 1, 16), date(2026, 1, 16), date(2026, 2, 15), {"duty": 500_00}, 0)
    >>> from services.liquidation.domain.money.settings import MONEY
    >>> standing = settle(bill, [], date(2026, 3, 2), MONEY)
    >>> standing.open_cents, len(standing.blocks)
    (50288, 1)
    >>> settle(bill, [Payment(date(2026, 3, 2), 502_88)], date(2026, 12, 1), MONEY).settled_on
    datetime.date(2026, 3, 2)
    """
    received = deque(sorted(payments, key=lambda paid: paid.received_on))
    account = _Account(bill.billed_cents)
    blocks: list[Block] = []
    ends = [end for end in block_ends(bill.liquidated_on, on) if max(end, bill.due_on) < on]
    for number, end in enumerate(ends, start=1):
        # Blocks that ended by the due day are charged at its end, payments of a day before the blocks of that day.
        account.take(received, max(end, bill.due_on))
        base = account.billed_open + (account.delinquency_open if settings.delinquency_base == "unpaid-balance" else 0)
        if base == 0:
            continue
        start, divisor = add_days(end, -INTEREST_BLOCK_DAYS), settings.days_in_leap_year
        try:
            interest = accrue(base, start, end, kind="underpayment", days_in_leap_year=divisor)
        except InterestRateUnknown as unknown:
            return Undetermined("int-rate-source", "interest-rate", str(unknown))
        blocks.append(Block(number, end, base, interest))
        account.delinquency_open += interest
    account.take(received, on)
    return BillStanding(
        on=on,
        is_delinquent=is_delinquent(bill, on, is_paid=account.open_cents == 0),
        blocks=tuple(blocks),
        billed_open_cents=account.billed_open,
        delinquency_open_cents=account.delinquency_open,
        surplus_cents=account.surplus,
        settled_on=account.settled_on,
    )


@dataclass(frozen=True, slots=True)
class Payoff:
    """What settles a bill on a day: what is open then, and the last day on which the same amount settles it."""

    standing: BillStanding
    good_through: date | None
    """None where nothing is open."""


def find_payoff(bill: Bill, payments: Sequence[Payment], on: date, settings: MoneySettings) -> Payoff | Undetermined:
    """What to pay on a day so that nothing is left open, with the payments received so far.

    Rules int-delinquent [P], bill-due [S] as in `settle`: the amount grows on the day after the due day, and on the
    day after the end of each whole block of 30 days since liquidation.

    500.00 billed on the day of liquidation, to be paid on day 45: one block at 7 %, and the same until day 60.

    >>> bill = Bill(date(2026, 1, 16), date(2026, 1, 16), date(2026, 2, 15), {"duty": 500_00}, 0)
    >>> from services.liquidation.domain.money.settings import MONEY
    >>> late = find_payoff(bill, [], date(2026, 3, 2), MONEY)
    >>> late.standing.open_cents, late.good_through
    (50288, datetime.date(2026, 3, 17))
    >>> find_payoff(bill, [], date(2026, 1, 20), MONEY).good_through
    datetime.date(2026, 2, 15)
    """
    standing = settle(bill, payments, on, settings)
    if isinstance(standing, Undetermined):
        return standing
    if standing.open_cents == 0:
        return Payoff(standing, None)
    ends = block_ends(bill.liquidated_on, add_days(max(on, bill.due_on), INTEREST_BLOCK_DAYS + 2))
    return Payoff(standing, min(max(end, bill.due_on) for end in ends if max(end, bill.due_on) >= on))


@dataclass(slots=True)
class _Account:
    """What is open on a bill while blocks and payments are put to it in the order of their days; cents."""

    billed_open: int
    delinquency_open: int = 0
    surplus: int = 0
    settled_on: date | None = None

    @property
    def open_cents(self) -> int:
        return self.billed_open + self.delinquency_open

    def take(self, received: deque[Payment], until: date) -> None:
        """Put the payments up to a day to interest first, then to the bill; what is left is a surplus."""
        while received and received[0].received_on <= until:
            payment = received.popleft()
            was_open = self.open_cents > 0
            to_interest = min(payment.cents, self.delinquency_open)
            to_billed = min(payment.cents - to_interest, self.billed_open)
            self.delinquency_open -= to_interest
            self.billed_open -= to_billed
            self.surplus += payment.cents - to_interest - to_billed
            if was_open and self.open_cents == 0:
                self.settled_on = payment.received_on


def may_set_off(on: date, protest_due_on: date, protest_filed_on: date | None, protest_decided_on: date | None) -> bool:
    """Whether an unpaid bill may be set off against a refund, or its importer be sanctioned for it, on a day.

    Rule bill-setoff-hold [S], 19 CFR 24.72, 142.14, CSMS 18-000234: not while a protest could still be filed in time,
    nor while one filed in time is undecided. Interest runs on all the same.

    >>> may_set_off(date(2026, 9, 1), date(2026, 7, 15), date(2026, 7, 1), None)
    False
    >>> may_set_off(date(2026, 9, 1), date(2026, 7, 15), None, None)
    True
    """
    if protest_filed_on is not None and protest_filed_on <= protest_due_on and protest_filed_on <= on:
        return protest_decided_on is not None and protest_decided_on <= on
    return on > protest_due_on


def find_holding_protest(protests: Sequence[ProtestDays]) -> ProtestDays | None:
    """Of the protests on an entry, oldest first, the one that says whether its bills may be set off.

    Rule bill-setoff-hold [S], 19 CFR 24.72: the first that is undecided, else the last.

    >>> decided, open_one = ProtestDays(date(2026, 2, 2), date(2026, 3, 2)), ProtestDays(date(2026, 2, 9), None)
    >>> find_holding_protest([decided, open_one]) == open_one, find_holding_protest([decided]) == decided
    (True, True)
    """
    undecided = (protest for protest in protests if protest.settled_on is None)
    return next(undecided, protests[-1] if protests else None)


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
        Notice("dunning", dunning_on(bill.issued_on), "bill-dunning"),
    ]
    if has_surety:
        days += [
            Notice("surety-demand", on, "bill-notice-surety") for on in surety_bills(bill.issued_on, until, policy.law)
        ]
    due = sorted((each for each in days if after < each.on <= until), key=lambda each: (each.on, each.kind))
    found: list[tuple[Notice, int]] = []
    for notice in due:
        standing = settle(bill, payments, notice.on, policy.settings)
        if isinstance(standing, BillStanding) and standing.open_cents > 0:
            found.append((notice, standing.open_cents))
    return found


def find_next_step(bill: Bill, on: date, *, has_surety: bool, policy: MoneyPolicy) -> date:
    """The first day after a day on which an unpaid bill changes: it is delinquent, a block is charged, a notice is due.

    >>> from services.liquidation.domain.money.settings import POLICY
    >>> bill = Bill(date(2026, 1, 16), date(2026, 1, 16), date(2026, 2, 15), {"duty": 500_00}, 0)
    >>> find_next_step(bill, date(2026, 1, 20), has_surety=False, policy=POLICY)
    datetime.date(2026, 2, 16)
    """
    horizon = add_days(max(on, bill.due_on), 2 * INTEREST_BLOCK_DAYS + 1)
    block = max((on - bill.liquidated_on).days - 1, 0) // INTEREST_BLOCK_DAYS + 1
    days = [
        add_days(bill.due_on, 1),
        add_days(bill.liquidated_on, block * INTEREST_BLOCK_DAYS + 1),
        dunning_on(bill.issued_on),
        *principal_notices(bill.issued_on, horizon),
        *(surety_bills(bill.issued_on, horizon, policy.law) if has_surety else ()),
    ]
    return min(day for day in days if day > on)


def surety_demand_cents(open_cents: int, bond_cents: int, paid_under_bond_cents: int) -> int:
    """What is demanded of a surety: what is open, interest included, within what is left of the bond's face.

    Rule int-surety-limit [S], AHAC (Fed. Cir. 2015, 2017): delinquency interest on a bond is limited by its face. The
    six percent of 19 USC 580 in suits is apart from it and not computed here.

    >>> surety_demand_cents(502_88, 50_000_00, 0), surety_demand_cents(60_000_00, 50_000_00, 10_000_00)
    (50288, 4000000)
    """
    return min(open_cents, max(bond_cents - paid_under_bond_cents, 0))
