"""The life of a criterion, the criteria in force by day, and what speaks against one."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.routing.domain.criteria import Criterion, Where
from services.routing.domain.criteria_lifecycle import (
    ActRefused,
    Person,
    Revision,
    SecondPersonRequired,
    confirm_live,
    list_periods,
    request_live,
    retire,
    shadow,
    supersede,
)
from services.routing.domain.outcomes import Patience, Performance, Week, list_doubts

TODAY = date(2026, 3, 2)
TOMORROW = TODAY + timedelta(days=1)
PATIENCE = Patience(expiry_days=30, silent_days=90, precision_basis_points=500, least_reviews=30, expectation_factor=3)
KIM, LEE = Person("kim"), Person("lee")


def criterion(number: int = 1, **changes: Any) -> Criterion:
    base = Criterion("x", number, "A title.", "owner", "document-review", ("quota",), "Look.")
    return replace(base, where=Where(ports=("2704",)), **changes)


def draft(number: int = 1, **changes: Any) -> Revision:
    return Revision(criterion(number, **changes), position=1)


def live(first: date, number: int = 1, **changes: Any) -> Revision:
    return Revision(criterion(number, **changes), 1, "live", first - timedelta(days=30), first)


def refusal(act: Any, *arguments: Any) -> str:
    with pytest.raises(ActRefused) as refused:
        act(*arguments)
    assert refused.value.remedy
    return refused.value.code


def test_criterion_goes_from_draft_over_trial_to_live_with_two_people() -> None:
    on_trial = shadow(draft(), TOMORROW, TODAY)
    asked = request_live(on_trial, KIM)
    gone_live = confirm_live(asked, LEE, date(2026, 4, 1), TODAY)
    assert (gone_live.state, gone_live.requested_by) == ("live", None)
    assert gone_live.shadow_days == (TOMORROW, date(2026, 4, 1))
    assert gone_live.live_days == (date(2026, 4, 1), None)


@pytest.mark.parametrize("person", [KIM, Person("lee", acting_for="kim")])
def test_who_asked_may_not_confirm_nor_another_person_for_them(person: Person) -> None:
    asked = request_live(shadow(draft(), TOMORROW, TODAY), KIM)
    with pytest.raises(SecondPersonRequired):
        confirm_live(asked, person, TOMORROW, TODAY)


def test_nobody_confirms_what_nobody_asked_for() -> None:
    assert refusal(confirm_live, shadow(draft(), TOMORROW, TODAY), LEE, TOMORROW, TODAY) == "not-requested"


@pytest.mark.parametrize("day", [TODAY, TODAY - timedelta(days=1)])
def test_change_takes_effect_on_a_later_day_only(day: date) -> None:
    asked = request_live(shadow(draft(), TOMORROW, TODAY), KIM)
    assert refusal(shadow, draft(), day, TODAY) == "not-in-the-future"
    assert refusal(confirm_live, asked, LEE, day, TODAY) == "not-in-the-future"
    assert refusal(retire, live(date(2026, 1, 1)), day, TODAY) == "not-in-the-future"


def test_draft_does_not_go_live_without_a_trial() -> None:
    assert refusal(request_live, draft(), KIM) == "wrong-state"


def test_live_criterion_is_not_put_on_trial_again() -> None:
    assert refusal(shadow, live(date(2026, 1, 1)), TOMORROW, TODAY) == "wrong-state"


def test_retired_criterion_is_not_retired_again() -> None:
    assert refusal(retire, retire(draft(), TODAY, TODAY), TOMORROW, TODAY) == "wrong-state"


def test_criterion_does_not_begin_after_its_expiry() -> None:
    assert refusal(shadow, draft(expires_on=TODAY), TOMORROW, TODAY) == "expired"


def test_expiry_is_the_last_day_on_which_it_selects() -> None:
    item = live(date(2026, 1, 1), expires_on=date(2026, 3, 31))
    assert item.live_days == (date(2026, 1, 1), date(2026, 4, 1))


def test_newer_revision_on_trial_leaves_the_live_one_and_ends_the_older_trial() -> None:
    first, second = live(date(2026, 1, 1)), shadow(draft(2), TOMORROW, TODAY)
    third = shadow(draft(3), date(2026, 3, 10), TODAY)
    (ended,) = supersede([first, second], third)
    assert (ended.criterion.revision, ended.state, ended.retired_on) == (2, "retired", date(2026, 3, 10))


def test_newer_revision_that_goes_live_takes_the_place_of_the_older_one_on_its_day() -> None:
    first = live(date(2026, 1, 1))
    second = confirm_live(request_live(shadow(draft(2), TOMORROW, TODAY), KIM), LEE, date(2026, 4, 1), TODAY)
    (ended,) = supersede([first], second)
    periods = list_periods([ended, second])
    in_force = [
        (day, [item.revision for item in alive], [item.revision for item in trial]) for day, alive, trial in periods
    ]
    assert in_force == [
        (date.min, [], []),
        (date(2025, 12, 2), [], [1]),
        (date(2026, 1, 1), [1], []),
        (TOMORROW, [1], [2]),
        (date(2026, 4, 1), [2], []),
    ]


def test_criterion_retired_before_it_began_is_never_in_force() -> None:
    asked = request_live(shadow(draft(), TOMORROW, TODAY), KIM)
    gone_live = confirm_live(asked, LEE, date(2026, 4, 1), TODAY)
    assert retire(gone_live, date(2026, 3, 20), TODAY).live_days is None


def test_periods_begin_with_the_beginning_of_time() -> None:
    shipped = Revision(criterion(), 1, "live", None, date.min)
    assert [period.effective_on for period in list_periods([shipped])] == [date.min]
    assert [period.effective_on for period in list_periods([])] == [date.min]


GOOD = Performance("x", entries=10_000, hits=20, reviewed=40, findings=20)


def doubts(performance: Performance, **changes: Any) -> list[str]:
    item = replace(live(date(2025, 6, 1)), criterion=criterion(**changes))
    return [doubt.code for doubt in list_doubts(item, performance, PATIENCE, TODAY)]


@pytest.mark.parametrize(
    ("performance", "changes", "codes"),
    [
        (GOOD, {"expected_hit_basis_points": 20, "weekly_budget": 20}, []),
        (GOOD, {"expires_on": date(2026, 3, 1)}, ["expired"]),
        (GOOD, {"expires_on": date(2026, 4, 1)}, ["expires-soon"]),
        (GOOD, {"expires_on": date(2026, 4, 2)}, []),
        (Performance("x", entries=10_000), {}, ["never-hit"]),
        (Performance("x", entries=0), {}, []),
        (replace(GOOD, reviewed=100, findings=4), {}, ["low-precision"]),
        (replace(GOOD, reviewed=29, findings=0), {}, []),
        (replace(GOOD, weeks=(Week(date(2026, 2, 2), 21),)), {"weekly_budget": 20}, ["over-budget"]),
        (replace(GOOD, hits=61), {"expected_hit_basis_points": 20}, ["unexpected-rate"]),
        (replace(GOOD, hits=6), {"expected_hit_basis_points": 20}, ["unexpected-rate"]),
        (replace(GOOD, hits=60), {"expected_hit_basis_points": 20}, []),
    ],
)
def test_what_speaks_against_a_criterion_is_said(
    performance: Performance, changes: dict[str, Any], codes: list[str]
) -> None:
    assert doubts(performance, **changes) == codes


def test_criterion_that_is_new_is_not_called_silent() -> None:
    item = live(TODAY - timedelta(days=5))
    item = replace(item, shadow_from=TODAY - timedelta(days=20))
    assert list_doubts(item, Performance("x", entries=100), PATIENCE, TODAY) == []
