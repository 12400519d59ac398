"""The page about scale is the generated one, and its figures are those of the lists, worked out another way."""

import csv
from decimal import Decimal
from math import ceil

import pytest

from cli import scale
from cli.scale import Limit, Measured, Size, Volume
from tests.support.distribution import placed_tables, read_list

SMALL = Measured(
    sizes=[
        Size("workqueue", "items", 100, 7, 1_000),
        Size("notifications", "notices", 100, 7, 1_000),
        Size("routing", "accounts", 100, 10, 5_000),
        Size("routing", "routing_decisions", 100, 110, 200_000),
        Size("routing", "inbox", 100, 200, 10_000),
        Size("liquidation", "entries", 100, 100, 60_000),
        Size("liquidation", "legal_events", 100, 300, 40_000),
    ],
    python={("filed", "routing"): Decimal("0.0002"), ("liquidated", "routing"): Decimal("0.0001")},
    database={("filed", "routing"): Decimal("0.0006")},
    grows={
        ("workqueue", "items"): "for-ever",
        ("notifications", "notices"): "for-ever",
        ("routing", "accounts"): "by-accounts",
        ("routing", "routing_decisions"): "for-ever",
        ("routing", "inbox"): "bounded",
        ("liquidation", "entries"): "for-ever",
        ("liquidation", "legal_events"): "for-ever",
    },
    parted=frozenset({("liquidation", "legal_events")}),
    given={row["name"]: Decimal(row["value"]) for row in read_list("assumptions.csv")}
    | {"utilisation": Decimal("0.5"), "years": Decimal(2), "accounts": Decimal(1000), "inbox_days": Decimal(73)},
)
YEAR = Volume("a year", Decimal(1_000_000), Decimal(1000), ("filed", "liquidated"), is_kept=True)


def test_page_is_the_generated_one() -> None:
    assert scale.PAGE.read_text(encoding="utf-8") == scale.page(), "run `python -m cli.scale`"


def test_what_is_kept_is_years_of_entries_days_of_the_inbox_and_the_accounts() -> None:
    """2,000 bytes an entry for two years, 100 for a fifth of a year, and 500 an account."""
    assert scale.kept_bytes(SMALL, YEAR, "routing") == 4_000_000_000 + 20_000_000 + 500_000


def test_what_acts_leave_is_the_part_of_their_tables() -> None:
    """400 of 1,000 bytes of an entry are of its history; a year of recomputing happens once."""
    recomputed = Volume("recomputed", Decimal(1000), Decimal(1), ("liquidated",), is_kept=True)
    assert scale.kept_bytes(SMALL, recomputed, "liquidation") == 400_000


def test_largest_table_is_the_one_with_most_bytes_an_entry_over_the_years() -> None:
    assert scale.largest_bytes(SMALL, YEAR, "liquidation") == 600 * 1_000_000 * 2


def test_cores_are_seconds_an_entry_at_the_rate_with_room_left() -> None:
    assert scale.cores(SMALL, YEAR, "routing", of_database=False) == Decimal("0.6")
    assert scale.cores(SMALL, YEAR, "routing", of_database=True) == Decimal("1.2")
    assert scale.processes(SMALL, YEAR, "routing") == 2, "one may fall"
    fast = Volume("fast", Decimal(1), Decimal(10_000), ("filed",), is_kept=False)
    assert scale.processes(SMALL, fast, "routing") == 4
    assert scale.connections(SMALL, fast, "routing") == 4 * 10 + 4 * 6 + 2 * 3 + 2 * 7


def test_what_breaks_first_is_what_is_nearest_to_its_limit() -> None:
    order = scale.limits(SMALL, YEAR)
    assert [each.share for each in order] == sorted((each.share for each in order), reverse=True)
    assert len(order) == 20
    assert Limit("a", "routing", Decimal(3), Decimal(2), "more").share == Decimal("1.5")


@pytest.mark.parametrize("name", ["tables.csv", "processor.csv"])
def test_what_was_measured_is_of_the_tables_and_services_that_there_are(name: str) -> None:
    known = {(each.service, each.table) for each in placed_tables()}
    rows = read_list(name)
    assert {row["service"] for row in rows} == set(scale.SERVICES)
    if name == "tables.csv":
        there = {(row["service"], row["table"]) for row in rows}
        assert there <= known
        assert {("routing", "routing_decisions"), ("liquidation", "entries"), ("notifications", "notices")} <= there
        assert all(int(row["rows"]) > 0 and int(row["bytes"]) > 0 for row in rows)


def test_bytes_of_all_summaries_add_up_to_those_of_the_tables() -> None:
    """The sum of the list itself, without the code under test."""
    grows = {(each.service, each.table): each.grows for each in placed_tables()}
    with (scale.FOLDER / "tables.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    by_hand = sum(
        int(row["bytes"]) + int(row["index_bytes"]) for row in rows if grows[row["service"], row["table"]] == "for-ever"
    )
    measured = scale.read_measured()
    found = sum(measured.bytes_of_entry(service) for service in scale.SERVICES) * int(rows[0]["entries"])
    assert ceil(found) in {by_hand, by_hand + 1}


def test_assumptions_say_that_they_are_some() -> None:
    assert all(row["basis"] and row["unit"] for row in read_list("assumptions.csv"))
    prices = [row for row in read_list("assumptions.csv") if row["unit"] == "USD"]
    assert prices
    assert all(row["basis"].startswith("assumed") for row in prices)
