"""Legal days and counting, one rule of section 1 of the deadline research after the other."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from shared.customs.calendar import (
    NO_CLOSURES,
    Due,
    add_business_days,
    add_days,
    add_months,
    add_years,
    due,
    end_of_legal_day,
    federal_holidays,
    friday_on_or_after,
    friday_on_or_before,
    is_business_day,
    legal_date,
    next_business_day,
    wednesday_cutoff,
)


@pytest.mark.parametrize(
    ("at", "on"),
    [
        (datetime(2026, 1, 15, 4, 59, 59, tzinfo=UTC), date(2026, 1, 14)),
        (datetime(2026, 1, 15, 5, 0, tzinfo=UTC), date(2026, 1, 15)),
        (datetime(2026, 7, 15, 3, 59, 59, tzinfo=UTC), date(2026, 7, 14)),
        (datetime(2026, 7, 15, 4, 0, tzinfo=UTC), date(2026, 7, 15)),
        (datetime(2026, 7, 15, 12, 0, tzinfo=timezone(timedelta(hours=9))), date(2026, 7, 14)),
    ],
)
def test_the_legal_day_of_an_instant_is_its_eastern_date(at: datetime, on: date) -> None:
    assert legal_date(at) == on


def test_a_time_without_zone_has_no_legal_day() -> None:
    with pytest.raises(ValueError, match="aware"):
        legal_date(datetime(2026, 1, 15, 4, 59))  # noqa: DTZ001 - the point of the test


@pytest.mark.parametrize("on", [date(2026, 1, 15), date(2026, 3, 8), date(2026, 7, 15), date(2026, 11, 1)])
def test_the_last_day_counts_in_full(on: date) -> None:
    """Rule count-full-last-day, also on the two days on which the clocks change."""
    end = end_of_legal_day(on)
    assert end.tzinfo is UTC
    assert legal_date(end) == on
    assert legal_date(end + timedelta(microseconds=1)) == on + timedelta(days=1)


@pytest.mark.parametrize(("on", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 7, 1), 24)])
def test_a_legal_day_is_as_long_as_eastern_time_makes_it(on: date, hours: int) -> None:
    assert end_of_legal_day(on) - end_of_legal_day(on - timedelta(days=1)) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("holiday", "observed"),
    [
        (date(2026, 7, 4), date(2026, 7, 3)),  # Saturday, observed Friday
        (date(2027, 7, 4), date(2027, 7, 5)),  # Sunday, observed Monday
        (date(2022, 1, 1), date(2021, 12, 31)),  # observed in the year before
        (date(2027, 6, 19), date(2027, 6, 18)),  # Juneteenth
    ],
)
def test_a_fixed_holiday_at_a_weekend_is_observed_beside_it(holiday: date, observed: date) -> None:
    """Rule count-holidays."""
    assert holiday in federal_holidays(holiday.year, closures=NO_CLOSURES)
    assert observed in federal_holidays(observed.year, closures=NO_CLOSURES)
    assert not is_business_day(observed, closures=NO_CLOSURES)


def test_the_eleven_holidays_of_an_ordinary_year() -> None:
    assert list(federal_holidays(2025, closures=NO_CLOSURES)) == [
        date(2025, 1, 1),
        date(2025, 1, 20),
        date(2025, 2, 17),
        date(2025, 5, 26),
        date(2025, 6, 19),
        date(2025, 7, 4),
        date(2025, 9, 1),
        date(2025, 10, 13),
        date(2025, 11, 11),
        date(2025, 11, 27),
        date(2025, 12, 25),
    ]


def test_juneteenth_is_a_holiday_only_since_2021() -> None:
    assert is_business_day(date(2020, 6, 19), closures=NO_CLOSURES)
    assert not is_business_day(date(2024, 6, 19), closures=NO_CLOSURES)


def test_closures_by_order_are_the_callers_data() -> None:
    closures = frozenset({date(2025, 12, 24), date(2025, 12, 26)})
    assert is_business_day(date(2025, 12, 24), closures=NO_CLOSURES)
    assert not is_business_day(date(2025, 12, 24), closures)
    assert next_business_day(date(2025, 12, 24), closures) == date(2025, 12, 29)
    assert add_business_days(date(2025, 12, 23), 1, closures) == date(2025, 12, 29)
    assert federal_holidays(2025, closures)[date(2025, 12, 26)] == "Closed by order"
    assert date(2025, 12, 26) not in federal_holidays(2026, closures)
    assert due(date(2025, 12, 24), rolls=True, closures=closures).last_arguable == date(2025, 12, 29)


def test_a_holiday_keeps_its_name_when_the_office_is_also_closed_by_order() -> None:
    assert federal_holidays(2025, frozenset({date(2025, 12, 25)}))[date(2025, 12, 25)] == "Christmas Day"


@pytest.mark.parametrize(
    ("on", "expected"),
    [(date(2026, 7, 2), True), (date(2026, 7, 3), False), (date(2026, 7, 5), False), (date(2026, 7, 6), True)],
)
def test_a_business_day_is_monday_to_friday_without_holidays(on: date, expected: bool) -> None:
    """Rule count-business-day."""
    assert is_business_day(on, closures=NO_CLOSURES) is expected


def test_the_next_business_day_after_new_year_lies_beyond_the_weekend() -> None:
    assert next_business_day(date(2021, 12, 31), closures=NO_CLOSURES) == date(2022, 1, 3)
    assert next_business_day(date(2022, 1, 3), closures=NO_CLOSURES) == date(2022, 1, 3)


@pytest.mark.parametrize(
    ("on", "n", "expected"),
    [
        (date(2026, 3, 2), 10, date(2026, 3, 16)),  # the trigger day is day 0
        (date(2026, 3, 1), 1, date(2026, 3, 2)),  # also when it is a Sunday
        (date(2026, 6, 30), 3, date(2026, 7, 6)),  # around an observed holiday
        (date(2026, 11, 25), 1, date(2026, 11, 27)),
        (date(2026, 3, 16), -10, date(2026, 3, 2)),
        (date(2026, 3, 1), 0, date(2026, 3, 1)),
    ],
)
def test_business_days_are_counted_from_the_day_after_the_trigger(on: date, n: int, expected: date) -> None:
    """Rules count-day-one and count-business-day."""
    assert add_business_days(on, n, closures=NO_CLOSURES) == expected


def test_days_are_calendar_days_and_the_trigger_is_day_zero() -> None:
    """Rules count-day-one and count-calendar-days: a 180-day protest period."""
    assert add_days(date(2026, 1, 2), 180) == date(2026, 7, 1)


@pytest.mark.parametrize(
    ("on", "n", "expected"),
    [
        (date(2026, 1, 15), 6, date(2026, 7, 15)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 2, 28), 1, date(2026, 3, 28)),
        (date(2026, 1, 31), -2, date(2025, 11, 30)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 5, 31), 0, date(2026, 5, 31)),
    ],
)
def test_months_end_on_the_same_day_number_or_the_months_last_day(on: date, n: int, expected: date) -> None:
    """Rules count-months and count-month-end."""
    assert add_months(on, n) == expected


@pytest.mark.parametrize(
    ("on", "n", "expected"),
    [
        (date(2025, 3, 2), 1, date(2026, 3, 2)),
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2023, 2, 28), 1, date(2024, 2, 28)),
    ],
)
def test_years_end_on_the_anniversary(on: date, n: int, expected: date) -> None:
    """Rules count-years and count-month-end."""
    assert add_years(on, n) == expected


@pytest.mark.parametrize("on", [date(2026, 3, 2) + timedelta(days=n) for n in range(14)])
def test_the_fridays_around_a_day_enclose_it_within_a_week(on: date) -> None:
    after, before = friday_on_or_after(on), friday_on_or_before(on)
    assert after.weekday() == before.weekday() == 4
    assert before <= on <= after
    assert (after - before).days == (0 if on.weekday() == 4 else 7)


@pytest.mark.parametrize(
    ("friday", "cutoff"),
    [
        (date(2026, 3, 6), datetime(2026, 3, 5, 4, 59, 59, tzinfo=UTC)),
        (date(2026, 3, 13), datetime(2026, 3, 12, 3, 59, 59, tzinfo=UTC)),  # daylight saving since 8 March
    ],
)
def test_the_weekly_cycle_is_cut_on_wednesday_before_midnight_eastern(friday: date, cutoff: datetime) -> None:
    assert wednesday_cutoff(friday) == cutoff
    assert legal_date(cutoff) == friday - timedelta(days=2)


def test_a_cycle_has_no_other_name_than_its_friday() -> None:
    with pytest.raises(ValueError, match="not a Friday"):
        wednesday_cutoff(date(2026, 3, 5))


def test_a_private_filing_rolls_over_weekend_and_holiday_but_the_safe_date_stays() -> None:
    """Rule roll-private-filing."""
    assert due(date(2026, 7, 3), rolls=True, closures=NO_CLOSURES) == Due(
        safe=date(2026, 7, 3), last_arguable=date(2026, 7, 6)
    )
    assert due(date(2026, 7, 2), rolls=True, closures=NO_CLOSURES) == Due(
        safe=date(2026, 7, 2), last_arguable=date(2026, 7, 2)
    )


def test_a_clock_against_the_government_does_not_roll() -> None:
    """Rule roll-government-clock: the deemed liquidation of 3 December 2005, a Saturday."""
    assert due(date(2005, 12, 3), rolls=False, closures=NO_CLOSURES) == Due(
        safe=date(2005, 12, 3), last_arguable=date(2005, 12, 3)
    )
