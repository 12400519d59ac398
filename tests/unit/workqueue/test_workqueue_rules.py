"""Priorities, clocks of work and consistency of decisions."""

from datetime import UTC, date, datetime, timedelta
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.workqueue.domain.clocks import Form, answer_due_on, center_goal_on, pending_cutoff, review_due_on
from services.workqueue.domain.decision import OUTCOMES, Outcome, flaw_in_decision, flaw_in_outcome, review_outcome_of
from services.workqueue.domain.item import Item, Kind
from services.workqueue.domain.priority import priority_of
from shared.customs.calendar import legal_date


@pytest.mark.parametrize(
    ("scheduled_on", "due_on"),
    [
        (None, None),
        (date(2027, 1, 15), date(2027, 1, 13)),  # a Friday
        (date(2027, 1, 14), date(2027, 1, 6)),  # a Thursday: the cycle of the Friday before
        (date(2027, 1, 16), date(2027, 1, 13)),  # a Saturday
        (date(2027, 3, 19), date(2027, 3, 17)),  # days after the clocks change
    ],
)
def test_review_is_due_at_the_cutoff_before_the_scheduled_day(scheduled_on: date | None, due_on: date | None) -> None:
    assert review_due_on(scheduled_on) == due_on


@pytest.mark.parametrize(("form", "due_on"), [("CBP-28", date(2026, 4, 1)), ("CBP-29", date(2026, 3, 22))])
def test_letters_are_due_in_calendar_days(form: Form, due_on: date) -> None:
    assert answer_due_on(form, date(2026, 3, 2)) == due_on


@pytest.mark.parametrize(
    ("since", "working_days", "goal_on"),
    [
        (date(2026, 3, 2), 2, date(2026, 3, 4)),
        (date(2026, 3, 6), 2, date(2026, 3, 10)),  # a Friday
        (date(2026, 3, 7), 2, date(2026, 3, 10)),  # a Saturday
        (date(2026, 7, 1), 2, date(2026, 7, 6)),  # Independence Day is kept on Friday, July 3
        (date(2026, 3, 2), 0, date(2026, 3, 2)),
    ],
)
def test_center_should_be_found_within_working_days(since: date, working_days: int, goal_on: date) -> None:
    assert center_goal_on(since, working_days) == goal_on


@given(
    st.integers(0, 365 * 24).map(lambda hours: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)),
    st.integers(0, 40),
    st.integers(0, 10),
)
def test_cutoff_of_a_day_parts_what_is_past_its_goal_from_what_is_not(
    since: datetime, later: int, working_days: int
) -> None:
    today = legal_date(since) + timedelta(days=later)
    is_past = center_goal_on(legal_date(since), working_days) < today
    assert (since <= pending_cutoff(today, working_days)) is is_past


@pytest.mark.parametrize(
    ("process", "lane", "value_usd", "priority"),
    [
        ("ad-cvd", "enforcement", 1, 1),
        ("preference", "enforcement", 1, 1),
        ("quota", "document-review", 1, 2),
        ("quota", "document-review", 1_000_000, 1),
        ("preference", "document-review", 1, 3),
        ("entry-summary-review", "document-review", 999_999, 4),
        ("ad-cvd", "enforcement", 5_000_000, 1),
    ],
)
def test_priority_goes_by_lane_process_and_value(process: str, lane: str, value_usd: int, priority: int) -> None:
    assert priority_of(process, lane, value_usd) == priority


@pytest.mark.parametrize(
    ("outcome", "effect_cents", "has_legal_basis", "is_consistent"),
    [
        ("increase", 1, True, True),
        ("increase", 1, False, False),
        ("increase", 0, True, False),
        ("refund", -1, True, True),
        ("refund", 0, True, False),
        ("no-change", 0, False, True),
        ("no-change", 1, True, False),
        ("reject", 0, True, True),
        ("reject", 0, False, False),
        ("refer", 0, False, True),
        ("agree", 0, False, True),
        ("differ", 100, False, False),
        ("granted", 0, True, True),
        ("granted", 0, False, False),
        ("denied", 0, False, False),
        ("denied", -100, True, False),
        ("forwarded", 0, False, True),
        ("answered", 0, False, True),
    ],
)
def test_decision_must_agree_with_its_effect(
    outcome: Outcome, effect_cents: int, has_legal_basis: bool, is_consistent: bool
) -> None:
    flaw = flaw_in_decision(outcome, effect_cents, has_legal_basis=has_legal_basis)
    assert (flaw is None) is is_consistent


def item_of(kind: Kind) -> Item:
    return Item(
        item_id=UUID(int=1),
        kind=kind,
        process="ad-cvd",
        entry_number=None,
        protest_number="2704-27-100001" if kind == "protest" else None,
        filing_number="PD-000001" if kind == "filing" else None,
        asking_center="CEE007" if kind == "consultation" else None,
        importer_number="07-345678900",
        center="CEE003",
        division="enforcement",
        priority=1,
        value_usd=None,
        opened_at=datetime(2026, 3, 2, tzinfo=UTC),
        due_on=None,
    )


@pytest.mark.parametrize("kind", get_args(Kind))
def test_item_ends_only_as_its_kind_may(kind: Kind) -> None:
    item = item_of(kind)
    allowed = {outcome for outcome in get_args(Outcome) if flaw_in_outcome(item, outcome) is None}
    assert allowed == set(OUTCOMES[kind])


def test_only_outcomes_of_a_review_reach_the_legal_record() -> None:
    reach = {outcome for outcome in get_args(Outcome) if review_outcome_of(outcome) is not None}
    assert reach == set(OUTCOMES["review"])
