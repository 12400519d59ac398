"""Interest: the rate of each day, daily compounding, the change of rates, and days without a rate."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from shared.customs.interest import InterestKind, InterestRateUnknown, accrue, rate_on, rate_periods


@pytest.mark.parametrize(
    ("on", "under", "over", "corporate"),
    [
        (date(1974, 7, 1), 6, 6, None),
        (date(1998, 12, 31), 8, 7, None),
        (date(1999, 1, 1), 7, 7, 6),
        (date(2025, 5, 1), 7, 7, 6),
        (date(2026, 3, 31), 7, 7, 6),
        (date(2026, 4, 1), 6, 6, 5),
        (date(2026, 12, 31), 7, 7, 6),
    ],
)
def test_the_rate_is_the_one_of_the_day(on: date, under: int, over: int, corporate: int | None) -> None:
    period = rate_on(on)
    assert (period.underpayment_pct, period.overpayment_pct) == (Decimal(under), Decimal(over))
    assert period.corporate_overpayment_pct == (None if corporate is None else Decimal(corporate))


@pytest.mark.parametrize("on", [date(1974, 6, 30), date(2027, 1, 1)])
def test_a_day_outside_the_loaded_periods_has_no_rate(on: date) -> None:
    with pytest.raises(InterestRateUnknown, match="no interest rate is loaded"):
        rate_on(on)


def test_the_periods_follow_each_other_without_gap() -> None:
    periods = rate_periods()
    assert all(later.from_on == earlier.to_on + timedelta(days=1) for earlier, later in pairwise(periods))


def test_before_1999_a_corporation_had_the_common_overpayment_rate() -> None:
    assert rate_on(date(1998, 12, 31)).rate_pct("corporate-overpayment") == 7


def formula(principal_cents: int, *spans: tuple[str, int]) -> int:
    """`P * ((1 + r/365)^n - 1)` with the new balance as base of each span (deadline research, section 7)."""
    balance = Decimal(principal_cents)
    for rate_pct, days in spans:
        balance *= (1 + Decimal(rate_pct) / 36500) ** days
    return int((balance - principal_cents + Decimal("0.5")) // 1)


def test_interest_compounds_daily_at_one_rate() -> None:
    """Rule int-underpay."""
    interest = accrue(100_000_00, date(2025, 3, 10), date(2026, 1, 16), kind="underpayment", days_in_leap_year=365)
    assert interest == formula(100_000_00, ("7", 312)) == 6165_59


def test_the_balance_is_the_new_base_where_the_rate_changes() -> None:
    """2026: 7 % to 31 March, 6 % to 30 June, 7 % after; the first day that bears interest follows the start."""
    interest = accrue(1_000_000_00, date(2026, 3, 21), date(2026, 7, 10), kind="underpayment", days_in_leap_year=365)
    assert interest == formula(1_000_000_00, ("7", 10), ("6", 91), ("7", 10))


@pytest.mark.parametrize(
    ("kind", "rate"), [("underpayment", "6"), ("overpayment", "6"), ("corporate-overpayment", "5")]
)
def test_each_kind_has_its_rate(kind: InterestKind, rate: str) -> None:
    """Rules int-underpay and int-overpay."""
    interest = accrue(50_000_00, date(2026, 4, 10), date(2026, 5, 10), kind=kind, days_in_leap_year=365)
    assert interest == formula(50_000_00, (rate, 30))


def test_the_first_day_is_the_one_after_the_start() -> None:
    one_day_at_six = formula(10_000_000_00, ("6", 1))
    assert (
        accrue(10_000_000_00, date(2026, 3, 31), date(2026, 4, 1), kind="underpayment", days_in_leap_year=365)
        == one_day_at_six
    )


def test_no_day_bears_no_interest() -> None:
    assert accrue(100_00, date(2040, 1, 1), date(2040, 1, 1), kind="underpayment", days_in_leap_year=365) == 0
    assert accrue(0, date(2026, 1, 1), date(2026, 2, 1), kind="underpayment", days_in_leap_year=365) == 0


def test_a_leap_year_counts_365_unless_the_caller_says_366() -> None:
    start, end = date(2023, 12, 1), date(2024, 3, 1)
    assert accrue(1_000_000_00, start, end, kind="underpayment", days_in_leap_year=365) == formula(
        1_000_000_00, ("8", 91)
    )
    with_leap_year = accrue(1_000_000_00, start, end, kind="underpayment", days_in_leap_year=366)
    balance = Decimal(1_000_000_00) * (1 + Decimal(8) / 36500) ** 30 * (1 + Decimal(8) / 36600) ** 61
    assert with_leap_year == round(balance - 1_000_000_00)


def test_a_period_that_runs_past_the_known_rates_is_not_guessed() -> None:
    assert accrue(100_00, date(2026, 12, 1), date(2026, 12, 31), kind="underpayment", days_in_leap_year=365) > 0
    with pytest.raises(InterestRateUnknown):
        accrue(100_00, date(2026, 12, 1), date(2027, 1, 1), kind="underpayment", days_in_leap_year=365)


def test_interest_does_not_run_backwards_or_on_a_negative_amount() -> None:
    with pytest.raises(ValueError, match="backwards"):
        accrue(100_00, date(2026, 2, 1), date(2026, 1, 1), kind="underpayment", days_in_leap_year=365)
    with pytest.raises(ValueError, match="positive"):
        accrue(-1, date(2026, 1, 1), date(2026, 2, 1), kind="underpayment", days_in_leap_year=365)
