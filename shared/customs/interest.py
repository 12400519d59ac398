"""Interest on duties underpaid and overpaid: rates by quarter, compounded daily (19 USC 1505(c))."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from functools import cache, lru_cache
from typing import Final, Literal, assert_never

from shared.customs.money import round_fractional_cents
from shared.customs.reference_data import read_table

InterestKind = Literal["underpayment", "overpayment", "corporate-overpayment"]
"""Which of the three published rates applies: owed to CBP, owed by CBP, owed by CBP to a corporation."""

_HUNDRED: Final = Decimal(100)
# Fifty years of daily factors lose no more than the last few of these digits.
_COMPOUNDING: Final = Context(prec=50)


class InterestRateUnknown(ValueError):  # noqa: N818 - says what is missing
    """No rate is loaded for a day that is needed; load the quarter's notice."""


@dataclass(frozen=True, slots=True)
class RatePeriod:
    """Rates in percent a year from `from_on` to `to_on`, both included (89 FR 77879, later notices)."""

    from_on: date
    to_on: date
    underpayment_pct: Decimal
    overpayment_pct: Decimal
    corporate_overpayment_pct: Decimal | None
    """None before 1999-01-01: corporations had no rate of their own, `overpayment_pct` covers them."""

    def rate_pct(self, kind: InterestKind) -> Decimal:
        """The rate in percent a year for one kind of interest."""
        match kind:
            case "underpayment":
                return self.underpayment_pct
            case "overpayment":
                return self.overpayment_pct
            case "corporate-overpayment":
                corporate = self.corporate_overpayment_pct
                return self.overpayment_pct if corporate is None else corporate
            case _:
                assert_never(kind)


@cache
def rate_periods() -> tuple[RatePeriod, ...]:
    """All periods, oldest first, without gap or overlap."""
    return tuple(
        RatePeriod(
            from_on=date.fromisoformat(row["from_date"]),
            to_on=date.fromisoformat(row["to_date"]),
            underpayment_pct=Decimal(row["underpayment_pct"]),
            overpayment_pct=Decimal(row["overpayment_pct"]),
            corporate_overpayment_pct=(
                Decimal(row["corporate_overpayment_pct"]) if row["corporate_overpayment_pct"] else None
            ),
        )
        for row in read_table("interest_rates")
    )


@cache
def _first_days() -> tuple[date, ...]:
    return tuple(period.from_on for period in rate_periods())


def rate_on(on: date) -> RatePeriod:
    """The rates in force on a legal day (rule int-rate-source [S], 19 USC 1505, 26 USC 6621, T.D. 85-93).

    Raises `InterestRateUnknown` outside the loaded periods: a future quarter is never guessed from the last
    one.

    >>> rate_on(date(2025, 5, 1)).underpayment_pct
    Decimal('7')
    """
    place = bisect_right(_first_days(), on) - 1
    if place < 0 or on > rate_periods()[place].to_on:
        first, last = rate_periods()[0].from_on, rate_periods()[-1].to_on
        raise InterestRateUnknown(
            f"no interest rate is loaded for {on}: rates are known from {first} to {last}; "
            "load the CBP quarterly notice for that day and compute again"
        )
    return rate_periods()[place]


@lru_cache(maxsize=8_192)
def growth_factor(start: date, end: date, *, kind: InterestKind, days_in_leap_year: Literal[365, 366]) -> Decimal:
    """What one dollar that bears interest from `start` to `end` has become, to 50 digits and not rounded to money.

    Rules int-rate-source, int-underpay and int-overpay [S], 19 USC 1505(c), 19 CFR 24.3a(c)(1); compounding 26 USC
    6622: `(1 + r/365)^n` for each rate, multiplied. `start` is day 0 (count-day-one), `end` bears interest. The factor
    of a period is the product of the factors of its parts. The divisor of a leap year is unsettled [U].

    Raises `InterestRateUnknown` when a day that bears interest has no loaded rate, `ValueError` when `end` is before
    `start`.

    >>> day = date(2026, 3, 31), date(2026, 4, 1)
    >>> growth_factor(*day, kind="underpayment", days_in_leap_year=365).quantize(Decimal("1.00000000"))
    Decimal('1.00016438')
    """
    if end < start:
        raise ValueError(f"interest cannot run backwards, from {start} to {end}")
    growth = Decimal(1)
    reached = start
    while reached < end:
        next_day = date.fromordinal(reached.toordinal() + 1)
        period = rate_on(next_day)
        segment_end = min(end, period.to_on)
        divisor = Decimal(365)
        if days_in_leap_year == 366:
            segment_end = min(segment_end, date(next_day.year, 12, 31))
            divisor = Decimal((date(next_day.year + 1, 1, 1) - date(next_day.year, 1, 1)).days)
        days = (segment_end - reached).days
        daily = _COMPOUNDING.divide(period.rate_pct(kind), _COMPOUNDING.multiply(_HUNDRED, divisor))
        growth = _COMPOUNDING.multiply(growth, _COMPOUNDING.power(_COMPOUNDING.add(Decimal(1), daily), Decimal(days)))
        reached = segment_end
    return growth


def accrue_unrounded(
    principal_cents: int,
    start: date,
    end: date,
    *,
    kind: InterestKind,
    days_in_leap_year: Literal[365, 366],
) -> Decimal:
    """Interest in cents before rounding, for sums that are rounded once; otherwise as `accrue`.

    >>> day = date(2026, 3, 31), date(2026, 4, 1)
    >>> accrue_unrounded(100_00, *day, kind="underpayment", days_in_leap_year=365).quantize(Decimal("1.0000"))
    Decimal('1.6438')
    """
    if principal_cents < 0:
        raise ValueError("interest runs on an amount that is owed; give it as positive, and the kind by who owes it")
    growth = growth_factor(start, end, kind=kind, days_in_leap_year=days_in_leap_year)
    return _COMPOUNDING.multiply(Decimal(principal_cents), _COMPOUNDING.subtract(growth, Decimal(1)))


def accrue(
    principal_cents: int,
    start: date,
    end: date,
    *,
    kind: InterestKind,
    days_in_leap_year: Literal[365, 366],
) -> int:
    """Interest in cents on `principal_cents` from `start` to `end`, compounded daily at each day's own rate.

    Rules int-underpay and int-overpay [S], 19 USC 1505(c), compounding 26 USC 6622: the balance grows by
    `(1 + r/365)^n` and is the new base at each change of rate. `start` is the day on which the deposit was
    required (underpayment) or made (overpayment) and is day 0 (count-day-one), so the first day that bears
    interest is the next one, at that day's rate; `end`, the day of liquidation or reliquidation, bears
    interest. Rounding: once, at the end, to the nearest cent, a half cent up. A leap year's divisor is
    unsettled [U]: 365 as in every other year unless the caller says 366, as the IRS tables do.

    Raises `InterestRateUnknown` when a day that bears interest has no loaded rate, `ValueError` when `end` is
    before `start` or the principal is negative (ask for the other kind instead).

    >>> days = date(2025, 3, 10), date(2026, 1, 16)  # 312 days at 7 %
    >>> accrue(100_000_00, *days, kind="underpayment", days_in_leap_year=365)
    616559
    """
    return round_fractional_cents(
        accrue_unrounded(principal_cents, start, end, kind=kind, days_in_leap_year=days_in_leap_year)
    )
