"""Replies to CBP 28 and CBP 29, and which change of a work item tells whether its requests are open."""

from datetime import date
from itertools import permutations

import pytest

from services.liquidation.domain import information_request
from services.liquidation.domain.information_request import ItemChange, read_change, reply_due_on, standing_change

MONDAY = date(2026, 3, 2)


def test_request_for_information_asks_for_a_reply_within_30_days() -> None:
    """cf28-reply [S]: 30 calendar days from the date of the form, by practice."""
    assert reply_due_on("CBP-28", MONDAY) == date(2026, 4, 1)


def test_proposed_action_asks_for_a_reply_within_20_days() -> None:
    """cf29-proposed [S], 19 CFR 152.2: 20 calendar days from mailing."""
    assert reply_due_on("CBP-29", MONDAY) == date(2026, 3, 22)


@pytest.mark.parametrize("form", ["CBP-28", "CBP-29"])
def test_day_on_the_form_governs(form: information_request.Form) -> None:
    assert reply_due_on(form, MONDAY, date(2026, 4, 30)) == date(2026, 4, 30)


ROUTED = read_change("i", 100, "routed", "open", MONDAY, "e-1")
DROPPED = read_change("i", 200, "cancelled", "cancelled", date(2026, 3, 3), "e-2")
AGAIN = read_change("i", 300, "routed", "open", date(2026, 3, 4), "e-3")
DONE = read_change("i", 1_000_002, "completed", "completed", date(2026, 3, 5), "e-4")
DROPPED_LATE = read_change("i", 1_000_003, "cancelled", "completed", date(2026, 3, 6), "e-5")
LIQUIDATED = read_change("i", 10_000_000, "cancelled", "cancelled", date(2027, 1, 15), "e-6")


@pytest.mark.parametrize(
    ("changes", "ended_on"),
    [
        ((ROUTED,), None),
        ((ROUTED, DROPPED), DROPPED.ended_on),
        ((ROUTED, DROPPED, AGAIN), None),
        ((ROUTED, DROPPED, AGAIN, DONE), DONE.ended_on),
        ((ROUTED, DONE, DROPPED_LATE), DONE.ended_on),
        ((ROUTED, AGAIN, LIQUIDATED), LIQUIDATED.ended_on),
    ],
)
def test_item_stands_the_same_in_every_order_of_its_changes(
    changes: tuple[ItemChange, ...], ended_on: date | None
) -> None:
    for order in permutations(changes):
        stands = ItemChange("i")
        for change in order:
            stands = standing_change((stands, change))
        assert stands.ended_on == ended_on
