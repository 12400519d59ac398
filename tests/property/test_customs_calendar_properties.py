"""Properties of the rules that count days and of interest."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.customs.calendar import (
    NO_CLOSURES,
    add_business_days,
    add_months,
    add_years,
    due,
    end_of_legal_day,
    friday_on_or_after,
    is_business_day,
    legal_date,
    next_business_day,
)
from shared.customs.interest import accrue

days = st.dates(date(1990, 1, 1), date(2040, 12, 31))
instants = st.datetimes(datetime(1990, 1, 1), datetime(2040, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
closures = st.frozensets(days, max_size=5)
known_rate_days = st.dates(date(1999, 1, 1), date(2026, 12, 31))


@given(instants, days)
def test_an_instant_is_within_a_legal_day_exactly_until_its_end(at: datetime, on: date) -> None:
    assert (legal_date(at) <= on) == (at <= end_of_legal_day(on))


@given(instants)
def test_an_instant_lies_between_the_ends_of_two_neighbouring_legal_days(at: datetime) -> None:
    on = legal_date(at)
    assert end_of_legal_day(on - timedelta(days=1)) < at <= end_of_legal_day(on)


@given(days, days, st.integers(0, 60))
def test_a_later_trigger_never_gives_an_earlier_due_month(first: date, second: date, months: int) -> None:
    first, second = sorted((first, second))
    assert add_months(first, months) <= add_months(second, months)


@given(days, st.integers(-60, 60))
def test_more_months_always_end_later(on: date, months: int) -> None:
    assert add_months(on, months) < add_months(on, months + 1)


@given(days, st.integers(-60, 60))
def test_months_keep_the_day_number_or_end_the_month(on: date, months: int) -> None:
    end = add_months(on, months)
    assert end.year * 12 + end.month == on.year * 12 + on.month + months
    assert end.day == on.day or (end.day < on.day and (end + timedelta(days=1)).day == 1)


@given(days, st.integers(0, 5))
def test_a_year_is_twelve_months(on: date, years: int) -> None:
    assert add_years(on, years) == add_months(on, 12 * years)


@given(days, st.integers(1, 40), closures)
def test_the_nth_business_day_has_n_business_days_up_to_it(on: date, n: int, closed: frozenset[date]) -> None:
    end = add_business_days(on, n, closed)
    counted = [on + timedelta(days=k) for k in range(1, (end - on).days + 1)]
    assert sum(is_business_day(day, closed) for day in counted) == n
    assert is_business_day(end, closed)


@given(days, st.integers(0, 40))
def test_business_days_count_back_to_where_they_came_from(on: date, n: int) -> None:
    start = next_business_day(on, closures=NO_CLOSURES)
    assert add_business_days(add_business_days(start, n, closures=NO_CLOSURES), -n, closures=NO_CLOSURES) == start


@given(days, st.booleans(), closures)
def test_a_due_date_rolls_only_to_the_first_business_day(on: date, rolls: bool, closed: frozenset[date]) -> None:
    both = due(on, rolls=rolls, closures=closed)
    assert both.safe == on
    if rolls:
        assert is_business_day(both.last_arguable, closed)
        between = range((both.last_arguable - on).days)
        assert not any(is_business_day(on + timedelta(days=k), closed) for k in between)
    else:
        assert both.last_arguable == on


@given(days)
def test_the_liquidation_friday_is_less_than_a_week_away(on: date) -> None:
    assert 0 <= (friday_on_or_after(on) - on).days < 7


@given(st.integers(0, 10**10), st.tuples(known_rate_days, known_rate_days, known_rate_days))
def test_interest_over_two_spans_is_interest_over_both_to_the_cent(principal: int, on: tuple[date, date, date]) -> None:
    start, middle, end = sorted(on)
    whole = accrue(principal, start, end, kind="underpayment", days_in_leap_year=365)
    first = accrue(principal, start, middle, kind="underpayment", days_in_leap_year=365)
    second = accrue(principal + first, middle, end, kind="underpayment", days_in_leap_year=365)
    # Rounding at the middle is half a cent, which itself grows with interest: over these years less than tenfold.
    assert abs(first + second - whole) <= 6


@given(st.integers(0, 10**10), known_rate_days, known_rate_days)
def test_interest_never_shrinks_with_time_and_corporations_never_get_more(
    principal: int, first: date, second: date
) -> None:
    start, end = sorted((first, second))
    common = accrue(principal, start, end, kind="overpayment", days_in_leap_year=365)
    assert 0 <= accrue(principal, start, end, kind="corporate-overpayment", days_in_leap_year=365) <= common
    if end > start:
        assert accrue(principal, start, end - timedelta(days=1), kind="overpayment", days_in_leap_year=365) <= common
