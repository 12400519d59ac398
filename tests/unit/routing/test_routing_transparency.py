"""Public figures: periods, and cells that could point at somebody."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.figures import Count, publish
from shared.customs.periods import SMALLEST_SHOWN, parse_period


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("FY2026", date(2025, 10, 1), date(2026, 9, 30)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_period_has_its_first_and_last_day(name: str, first: date, last: date) -> None:
    assert parse_period(name)[1:] == (first, last)


@pytest.mark.parametrize("name", ["", "26", "2026-Q5", "2026-13", "FY2026-Q1", "1985", "2100", "2026-1"])
def test_what_is_no_period_is_refused_with_what_is_expected(name: str) -> None:
    with pytest.raises(ValueError, match="expected a year"):
        parse_period(name)


def test_small_cell_is_withheld_and_named_and_not_given_away_by_a_total() -> None:
    rows = publish(
        [
            Count("CEE001", "importers", 10, 10),
            Count("CEE002", "importers", 40, 40),
            Count("CEE003", "importers", 30, 30),
            Count("CEE001", "entries", 5_000, 300),
        ]
    )
    shown = {row.center: row.figures["importers"] for row in rows}
    assert shown == {"CEE001": None, "CEE002": 40, "CEE003": None}
    assert [row.suppressed for row in rows] == [{"importers"}, frozenset(), {"importers"}]
    assert rows[0].figures["entries"] == 5_000


def test_many_entries_of_few_importers_are_a_small_cell() -> None:
    (row,) = publish([Count("CEE001", "entries", 90_000, 3)])
    assert (row.figures["entries"], row.suppressed) == (None, {"entries"})


def test_figures_that_rest_on_no_account_are_shown_however_small() -> None:
    (row,) = publish([Count("CEE001", "staff", 4, None)])
    assert row.figures["staff"] == 4
    assert row.figures["importers"] is None
    assert row.suppressed == frozenset()


@given(st.dictionaries(st.sampled_from([f"CEE{n:03d}" for n in range(1, 15)]), st.integers(1, 40), min_size=2))
def test_no_column_withholds_exactly_one_cell_of_several(accounts: dict[str, int]) -> None:
    rows = publish(Count(center, "importers", count, count) for center, count in accounts.items())
    withheld = [row.center for row in rows if row.suppressed]
    assert len(withheld) != 1
    assert all(row.figures["importers"] is None or row.figures["importers"] >= SMALLEST_SHOWN for row in rows)


def test_what_is_withheld_in_a_part_cannot_be_computed_from_the_whole() -> None:
    def months(*accounts: int) -> list[list[Count]]:
        return [
            [
                Count("CEE001", "entries", 900, 90),
                Count("CEE002", "entries", 10 * each, each),
                Count("CEE003", "entries", 700, 70),
            ]
            for each in accounts
        ]

    parts = months(40, 3, 40)
    for month in parts:  # each month of the quarter, as it is asked for
        shown = {row.center: row.figures["entries"] for row in publish(month, parts)}
        assert shown == {"CEE001": 900, "CEE002": None, "CEE003": None}
    quarter = {row.center: row.figures["entries"] for row in publish([Count("CEE002", "entries", 830, 43)])}
    assert quarter == {"CEE002": 830}  # of which no month is known
    year = publish([Count("CEE002", "entries", 9000, 60), Count("CEE002", "importers", 60, 60)], parts)
    assert (year[0].figures["entries"], year[0].figures["importers"]) == (None, 60)
