"""Interest to the day of liquidation: the segments in which money was short or too much, and what each bears."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from typing import Final, Literal, assert_never

from services.liquidation.domain.money.settings import MoneySettings
from services.liquidation.domain.money.terms import Terms, share_ordered
from shared.customs.importer_number import ImporterNumberKind, kind_of
from shared.customs.interest import InterestKind, InterestRateUnknown, accrue_unrounded
from shared.customs.money import round_fractional_cents

PayeeKind = Literal["corporate", "non-corporate"]
Debtor = Literal["importer", "cbp"]
Missing = Literal["interest-rate", "payee-kind", "deposit-date", "deposit-due-date", "case-order-date", "finding"]
"""What cannot be computed without it; `finding`: one that takes back no more than was asserted."""

# An own context: interest must not depend on what a caller did to the thread's.
_EXACT: Final = Context(prec=60)


@dataclass(frozen=True, slots=True)
class Undetermined:
    """An amount that cannot be computed: the rule, the fact that is missing, and why. It is never guessed."""

    rule: str
    missing: Missing
    why: str


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that moved before liquidation: a deposit is positive, a refund before liquidation negative; cents."""

    on: date
    cents: int


@dataclass(frozen=True, slots=True)
class Segment:
    """An amount that one side owed the other for a time. `start` is day 0, `end` bears interest; cents, positive."""

    debtor: Debtor
    cents: int
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Interest:
    """Interest in cents, positive when owed to CBP, with the segments that it is the sum of."""

    cents: int
    segments: tuple[Segment, ...]


def payee_kind(importer_number: str, *, is_corporation: bool | None) -> PayeeKind | None:
    """Which overpayment rate an importer gets; None when it is not known whether an employer is a corporation.

    Rule int-rate-source [S], 26 USC 6621(a)(1): corporations get a lower rate. A social security number is a natural
    person's. An employer number may be a partnership's, so it settles nothing.

    >>> payee_kind("900-12-3456", is_corporation=None)
    'non-corporate'
    >>> payee_kind("07-123456700", is_corporation=None) is None
    True
    """
    if is_corporation is not None:
        return "corporate" if is_corporation else "non-corporate"
    return "non-corporate" if kind_of(importer_number) is ImporterNumberKind.SSN else None


def find_segments(
    found_cents: int,
    movements: Sequence[Movement],
    *,
    required_on: date,
    until: date,
    claimed_on: date | None = None,
) -> tuple[Segment, ...]:
    """The segments between what was found due and what lay with CBP, until the day of liquidation.

    Rules int-segments, int-underpay, int-overpay [S], 19 USC 1505(c), 19 CFR 24.3a(b)(2)(i), 24.36(a)(1): what was
    short counts from the day the deposit was required, what was too much from the day it was deposited. A later deposit
    or refund closes as much of the open segments as it makes good and opens one for the rest. With several open, the
    oldest is closed first [U]. int-overpay-1520d [M]: with a claim under 19 USC 1520(d) nothing too much counts before
    the day of the claim. Money deposited before it was required is too much only beyond what was found due.

    The regulation's example: $1,000 on 1 January, $300 more on 1 May, $1,100 found due on 1 December.

    >>> segments = find_segments(1100_00, [Movement(date(2026, 1, 1), 1000_00), Movement(date(2026, 5, 1), 300_00)],
    ...     required_on=date(2026, 1, 1), until=date(2026, 12, 1))
    >>> [(s.debtor, s.cents, s.start.month, s.end.month) for s in segments]
    [('importer', 10000, 1, 5), ('cbp', 20000, 5, 12)]
    """
    deposits = sorted((movement for movement in movements if movement.on <= until), key=lambda movement: movement.on)
    days = sorted({required_on, *(movement.on for movement in deposits)})
    standing: list[Segment] = []
    closed: list[Segment] = []
    balance = 0
    for day in days:
        if day > until:
            break
        held = sum(movement.cents for movement in deposits if movement.on <= day)
        now = held - found_cents
        if day < required_on:
            now = max(now, 0)
        standing, ended = _move(standing, balance, now, day)
        closed.extend(ended)
        balance = now
    closed.extend(Segment(each.debtor, each.cents, each.start, until) for each in standing)
    in_time = (_from_claim(segment, claimed_on) for segment in closed)
    return tuple(segment for segment in in_time if segment.start < segment.end and segment.cents)


def _move(standing: list[Segment], before: int, after: int, day: date) -> tuple[list[Segment], list[Segment]]:
    """The segments that stand when the balance goes from `before` to `after` on a day, and those that end then."""
    ended: list[Segment] = []
    stays = min(abs(before), abs(after)) if before * after > 0 else 0
    to_close = abs(before) - stays
    kept: list[Segment] = []
    for segment in standing:
        cents = min(segment.cents, to_close)
        to_close -= cents
        if cents:
            ended.append(Segment(segment.debtor, cents, segment.start, day))
        if segment.cents > cents:
            kept.append(Segment(segment.debtor, segment.cents - cents, segment.start, segment.end))
    opened = abs(after) - stays
    if opened:
        kept.append(Segment("cbp" if after > 0 else "importer", opened, day, day))
    return kept, ended


def _from_claim(segment: Segment, claimed_on: date | None) -> Segment:
    if claimed_on is None or segment.debtor == "importer" or segment.start >= claimed_on:
        return segment
    return Segment(segment.debtor, segment.cents, claimed_on, segment.end)


def interest_kind(debtor: Debtor, payee: PayeeKind | None) -> InterestKind | None:
    """The published rate for a debt; None when CBP owes and the kind of the payee is not known."""
    match debtor:
        case "importer":
            return "underpayment"
        case "cbp":
            if payee is None:
                return None
            return "corporate-overpayment" if payee == "corporate" else "overpayment"
        case _:
            assert_never(debtor)


def accrue_segments(
    segments: Sequence[Segment], payee: PayeeKind | None, settings: MoneySettings, terms: Terms | None = None
) -> Interest | Undetermined:
    """The interest of several segments, netted; positive when owed to CBP.

    What CBP owes bears the interest of the order's `terms` where they have one of their own.

    Rules int-rate-source, int-underpay, int-overpay, int-segments [S], 19 USC 1505(c), 26 USC 6621, 6622. Rounding: the
    net sum once, to the nearest cent, a half cent away from zero.

    >>> from services.liquidation.domain.money.settings import MONEY
    >>> late = Segment("importer", 10_000_00, date(2026, 3, 12), date(2026, 3, 31))
    >>> accrue_segments([late], None, MONEY).cents  # 10,000.00 x ((1 + 0.07/365)^19 - 1)
    3650
    """
    total = Decimal(0)
    if terms is not None and terms.interest == "none":
        segments = [segment for segment in segments if segment.debtor == "importer"]
    for segment in segments:
        if terms is not None and terms.interest == "ordered" and segment.debtor == "cbp":
            assert terms.ordered_rate_pct is not None  # a definition is not kept without both
            assert terms.ordered_from is not None
            share = share_ordered(terms.ordered_rate_pct, terms.ordered_from, segment.start, segment.end)
            total = _EXACT.subtract(total, _EXACT.multiply(Decimal(segment.cents), share))
            continue
        kind = interest_kind(segment.debtor, payee)
        if kind is None:
            return Undetermined(
                "int-overpay",
                "payee-kind",
                "the rate of an overpayment depends on whether the importer is a corporation, and that is not known",
            )
        try:
            interest = accrue_unrounded(
                segment.cents,
                segment.start,
                segment.end,
                kind=kind,
                days_in_leap_year=settings.days_in_leap_year,
            )
        except InterestRateUnknown as unknown:
            return Undetermined("int-rate-source", "interest-rate", str(unknown))
        add = _EXACT.add if segment.debtor == "importer" else _EXACT.subtract
        total = add(total, interest)
    return Interest(round_fractional_cents(total), tuple(segments))
