"""Activity, scores and proposals: what counts, who is ahead, when another Center is proposed."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.routing.domain.activity import (
    Activity,
    ActivityKey,
    CountedVersion,
    Figures,
    contribution,
    deltas,
    months_before,
    window_on,
)
from services.routing.domain.assignments import Holding, explain_assignment, tell_what_would_change
from services.routing.domain.facts import EntryFacts, LineFacts
from services.routing.domain.policies import DEFAULT_VERSION, VALUE_VERSION, from_document, shipped_policies
from services.routing.domain.proposals import (
    AssignmentRules,
    Candidate,
    Proposal,
    propose_center,
    rank,
    score,
    score_window,
)
from shared.customs.tariff_map import TariffMap, TariffMapRow

MARCH = date(2026, 3, 1)
MAP = TariffMap(
    [
        TariffMapRow("72", "73", "CEE005", "test", "high", ""),
        TariffMapRow("84", "84", "CEE010", "test", "high", ""),
        TariffMapRow("8471", "8471", "CEE007", "test", "high", ""),
        TariffMapRow("98", "99", "UNDERLYING", "test", "high", ""),
    ],
    "test-map",
)
OPEN = {"CEE005": "CEE005", "CEE007": "CEE007", "CEE010": "CEE010"}
POLICY = replace(
    shipped_policies()[DEFAULT_VERSION],
    version="test",
    minimum_lines=10,
    lead_points=10,
    months_ahead=3,
    rest_months=6,
)
RULES = AssignmentRules(POLICY, MAP, OPEN)


def goods_line(number: int, *goods: tuple[str, int]) -> LineFacts:
    tariff = goods[0][0] if goods else None
    return LineFacts(number, tariff, (), sum(value for _, value in goods), "CN", None, (), goods, 0, None, None, None)


def entry(*lines: LineFacts) -> EntryFacts:
    return EntryFacts("B7603245278", 1, "07-345678900", "01", "2704", date(2026, 3, 2), lines, 0, 0)


def month_of_goods(month: date, **by_number: int) -> list[Activity]:
    """A month with so many goods of each number, one per line, worth a dollar each."""
    return [Activity(month, number[1:], Figures(count, count, count)) for number, count in by_number.items()]


def candidate(activity: list[Activity], **changes: Any) -> Candidate:
    values: dict[str, Any] = {
        "importer_number": "07-345678900",
        "family": None,
        "is_broker": False,
        "present": None,
        "settled_on": None,
        "activity": activity,
        "rejected": {},
    }
    return Candidate(**(values | changes))


def test_each_classification_is_a_good_and_a_line_counts_once_under_its_first() -> None:
    facts = entry(goods_line(1, ("8471300100", 700), ("7318150000", 300)), goods_line(2, ("8471300100", 50)))
    assert contribution(facts) == [["731815", 0, 1, 300], ["847130", 2, 2, 750]]


def test_line_without_an_underlying_number_counts_nothing() -> None:
    assert contribution(entry(goods_line(1))) == []


def test_single_line_entry_gives_the_same_as_many_lines_would() -> None:
    one = goods_line(1, ("8471300100", 700))
    assert contribution(entry(one)) == [["847130", 1, 1, 700]]
    assert contribution(entry(one, goods_line(2))) == contribution(entry(one))


def test_correction_to_other_goods_month_and_importer_moves_the_figures() -> None:
    before = CountedVersion("07-345678900", date(2026, 3, 2), [["847130", 1, 1, 700]])
    after = CountedVersion("12-345678900", date(2026, 4, 2), [["731815", 2, 2, 900]])
    assert deltas([(before, after)]) == {
        ActivityKey("07-345678900", MARCH, "847130"): Figures(-1, -1, -700),
        ActivityKey("12-345678900", date(2026, 4, 1), "731815"): Figures(2, 2, 900),
    }


def test_nothing_changes_when_an_entry_adds_the_same_as_before() -> None:
    standing = CountedVersion("07-345678900", date(2026, 3, 2), [["847130", 1, 1, 700]])
    other = standing._replace(entry_date=date(2026, 3, 30))
    assert deltas([(standing, standing), (standing, other), (None, None)]) == {}


def test_last_twelve_months_are_the_month_of_the_day_and_the_eleven_before() -> None:
    assert window_on(date(2026, 1, 31)) == (date(2025, 2, 1), date(2026, 1, 1))
    activity = [*month_of_goods(date(2025, 3, 1), n847130=5), *month_of_goods(date(2025, 4, 1), n847130=3)]
    assert score_window(activity, MARCH, MAP, OPEN).total.goods == 3


def test_goods_of_no_center_count_in_the_total_and_for_nobody() -> None:
    scores = score([("847130", Figures(3, 3, 3)), ("010121", Figures(1, 1, 1))], MAP, OPEN)
    assert (scores.unmapped, scores.total.goods) == (Figures(1, 1, 1), 4)
    assert rank(scores, "goods").margin_basis_points == 7500


def test_longest_prefix_decides_and_a_closed_center_gives_its_figures_to_its_successor() -> None:
    cells = [("847130", Figures(2, 2, 2)), ("840734", Figures(1, 1, 1))]
    assert set(score(cells, MAP, OPEN).by_center) == {"CEE007", "CEE010"}
    assert set(score(cells, MAP, {**OPEN, "CEE010": "CEE007"}).by_center) == {"CEE007"}
    assert score(cells, MAP, {**OPEN, "CEE010": None}).unmapped.goods == 1


def test_number_of_goods_and_value_may_name_different_centers() -> None:
    scores = score([("847130", Figures(1, 1, 900)), ("731815", Figures(3, 3, 100))], MAP, OPEN)
    assert (rank(scores, "goods").predominant, rank(scores, "value").predominant) == ("CEE005", "CEE007")


def test_tie_goes_to_more_value_then_to_the_lower_code() -> None:
    by_value = score([("847130", Figures(1, 1, 5)), ("731815", Figures(1, 1, 4))], MAP, OPEN)
    by_code = score([("847130", Figures(1, 1, 5)), ("731815", Figures(1, 1, 5))], MAP, OPEN)
    assert (rank(by_value, "goods").predominant, rank(by_code, "goods").predominant) == ("CEE007", "CEE005")


def test_shipped_default_is_the_regulation_and_value_is_the_second_policy() -> None:
    assert shipped_policies()[DEFAULT_VERSION].measure == "goods"
    assert shipped_policies()[VALUE_VERSION].measure == "value"
    for policy in shipped_policies().values():
        assert from_document(policy.version, policy.to_document()) == policy


def test_unaligned_account_is_proposed_a_center_after_enough_activity() -> None:
    assert propose_center(candidate(month_of_goods(MARCH, n847130=9)), MARCH, RULES) is None
    found = propose_center(candidate(month_of_goods(MARCH, n847130=8, n731815=2)), MARCH, RULES)
    assert isinstance(found, Proposal)
    assert (found.center, found.ranking.runner_up, found.ranking.margin_basis_points) == ("CEE007", "CEE005", 6000)
    assert [reason.code for reason in found.reasons] == [
        "predominant-goods",
        "other-measure-agrees",
        "enough-activity",
    ]


def ahead_for(months: int, share: int = 60) -> list[Activity]:
    """Steel all the time; computers so much in the last months that they have this share in each of their windows."""
    activity: list[Activity] = []
    steel = 100 - share
    for count in range(14):
        activity += month_of_goods(months_before(MARCH, count), n731815=steel * 10)
    # What lies months back counts in all windows since, so it alone puts computers ahead in each of them.
    return [*activity, *month_of_goods(months_before(MARCH, months - 1), n847130=share * 120)]


def test_assigned_account_is_proposed_another_center_only_after_the_months_of_the_policy() -> None:
    two, three = ahead_for(2), ahead_for(3)
    assert propose_center(candidate(two, present="CEE005"), MARCH, RULES) is None
    found = propose_center(candidate(three, present="CEE005"), MARCH, RULES)
    assert found is not None
    assert (found.present, found.center) == ("CEE005", "CEE007")
    assert found.reasons[2].code == "present-center-overtaken"


@pytest.mark.parametrize(("computers", "steel", "is_proposed"), [(55, 45, True), (54, 46, False), (45, 55, False)])
def test_lead_must_reach_the_points_of_the_policy(computers: int, steel: int, is_proposed: bool) -> None:
    activity = month_of_goods(months_before(MARCH, 2), n847130=computers, n731815=steel)
    assert (propose_center(candidate(activity, present="CEE005"), MARCH, RULES) is not None) is is_proposed


def test_predominant_center_that_the_account_has_is_not_proposed() -> None:
    activity = month_of_goods(months_before(MARCH, 2), n847130=99)
    assert propose_center(candidate(activity, present="CEE007"), MARCH, RULES) is None
    merged = RULES._replace(open_centers={**OPEN, "CEE010": "CEE007"})
    assert propose_center(candidate(activity, present="CEE010"), MARCH, merged) is None


def test_account_of_a_center_that_closed_without_successor_is_proposed_another_at_once() -> None:
    closed = RULES._replace(open_centers={**OPEN, "CEE010": None})
    found = propose_center(candidate(month_of_goods(MARCH, n847130=99), present="CEE010"), MARCH, closed)
    assert found is not None
    assert found.reasons[2].code == "center-closed"


def test_broker_gets_no_proposal_unless_the_policy_says_so() -> None:
    account = candidate(month_of_goods(MARCH, n847130=99), is_broker=True)
    by_account = replace(shipped_policies()[DEFAULT_VERSION], version="test", broker_by_goods=False)
    assert propose_center(account, MARCH, RULES) is None
    assert propose_center(account, MARCH, RULES._replace(policy=by_account)) is not None


def test_rejected_center_rests_for_the_months_of_the_policy() -> None:
    activity = month_of_goods(MARCH, n847130=99)
    for rejected_in, is_proposed in [(date(2025, 10, 1), False), (date(2025, 9, 1), True)]:
        account = candidate(activity, rejected={"CEE007": rejected_in})
        assert (propose_center(account, MARCH, RULES) is not None) is is_proposed
    assert propose_center(candidate(activity, rejected={"CEE005": MARCH}), MARCH, RULES) is not None


def test_assignment_against_the_figures_rests_for_the_months_of_the_policy() -> None:
    activity = month_of_goods(months_before(MARCH, 2), n847130=99)
    settled = candidate(activity, present="CEE005", settled_on=date(2026, 1, 15))
    assert propose_center(settled, MARCH, RULES) is None
    assert propose_center(settled._replace(settled_on=date(2025, 6, 1)), MARCH, RULES) is not None


def explained(activity: list[Activity], holding: Holding | None, is_broker: bool = False) -> str:
    scores = score_window(activity, MARCH, MAP, OPEN)
    change = tell_what_would_change(holding, is_broker, activity, MARCH, scores, RULES)
    return explain_assignment("SYNTHETIC 1", is_broker, holding, scores, change, RULES, None, ())


HOLDING = Holding("CEE005", "Base Metals", "Chicago, IL", date(2025, 1, 1), "predominant-goods", None)


def test_explanation_says_center_since_basis_figures_and_how_to_appeal() -> None:
    text = explained(month_of_goods(MARCH, n731815=80, n847130=20), HOLDING)
    assert "belongs to CEE005 (Base Metals, Chicago, IL) since 2025-01-01" in text
    assert "confirmed from the predominant number of its goods" in text
    assert "CEE005 has 80.00% and CEE007 20.00%" in text
    assert "CEE007 is 60.00 percentage points behind CEE005" in text
    assert "at any time, in writing, to the Office of Field Operations (19 CFR 101.10)" in text


def test_explanation_says_how_long_another_center_has_been_ahead() -> None:
    assert "ahead of CEE005, far enough in 2 of 3 windows" in explained(ahead_for(2), HOLDING)


def test_explanation_of_an_override_names_its_ground() -> None:
    holding = HOLDING._replace(basis="override", ground="intended-use")
    assert "the intended use of the predominant goods" in explained([], holding)


def test_explanation_of_an_unaligned_account_says_what_is_missing() -> None:
    text = explained(month_of_goods(MARCH, n847130=4), None)
    assert "has no Center yet" in text
    assert "from 10 lines in twelve months on; there were 4" in text


def test_explanation_of_a_broker_says_that_the_rule_is_uncertain() -> None:
    assert "the goods on each entry decide (believed, uncertain)" in explained([], HOLDING, is_broker=True)
