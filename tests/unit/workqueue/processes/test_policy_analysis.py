"""Policy analysis, from the issue to the measured effect, as the processes of the Centers write it out."""

from datetime import date

from services.workqueue.domain.processes.policy_analysis import POLICY_ANALYSIS
from tests.unit.workqueue.processes.walking import Line, barred, walk

ANALYST, DIRECTOR = "international-trade-specialist", "center-director"
MONDAY, VIEWS_BY, MEASURE_ON = date(2026, 3, 2), date(2026, 4, 15), date(2026, 12, 1)
ISSUE = Line(MONDAY, "state-issue", ANALYST, "data-pack", None, {"issue": "Too many hits.", "kind": "selection"})
PACK = Line(MONDAY, "pack-data", ANALYST, "options", None, {"data": "D-1", "baseline": "1 of 40 hits finds."})
OPTIONS = Line(
    MONDAY,
    "write-options",
    ANALYST,
    "consult",
    VIEWS_BY,
    {"options": "Two.", "consulted": "Headquarters, two Centers, trade.", "views_by": VIEWS_BY},
)
RECOMMEND = Line(
    date(2026, 4, 16),
    "recommend",
    ANALYST,
    "recommended",
    None,
    {"recommendation": "The second.", "expected_effect": "1 of 20 hits finds."},
)
RECOMMENDED = (ISSUE, PACK, OPTIONS, RECOMMEND)
ADOPT = Line(date(2026, 5, 1), "adopt", DIRECTOR, "adopted", None, {"adopted_reasons": "Fewer hits."}, "dee")
FORCE = Line(
    date(2026, 6, 1),
    "put-in-force",
    ANALYST,
    "sop-version",
    MEASURE_ON,
    {"rule_version": "S-7", "in_force_on": date(2026, 6, 1), "measure_on": MEASURE_ON},
)


def test_adopted_rule_version_is_measured_on_the_day_that_was_set() -> None:
    actual = {"actual_effect": "1 of 25 hits finds.", "verdict": "less"}
    measure = Line(MEASURE_ON, "measure", ANALYST, "measured", None, actual)
    assert walk(POLICY_ANALYSIS, MONDAY, *RECOMMENDED, ADOPT, FORCE, measure).outcome == "measured"
    assert POLICY_ANALYSIS.act("put-in-force").tells == ("N-33",)


def test_those_consulted_give_their_views_by_a_day_or_more_data_is_needed() -> None:
    walk(
        POLICY_ANALYSIS,
        MONDAY,
        ISSUE,
        PACK,
        OPTIONS,
        Line(MONDAY, "record-headquarters-view", "office-of-trade", "consult", VIEWS_BY, {"headquarters_view": "Yes."}),
        Line(MONDAY, "record-center-view", DIRECTOR, "consult", VIEWS_BY, {"center_view": "005: yes."}),
        Line(MONDAY, "record-trade-view", ANALYST, "consult", VIEWS_BY, {"trade_view": "Brokers: yes."}),
        Line(MONDAY, "need-data", ANALYST, "data-pack", None, {"data_missing": "By Center."}),
    )


def test_recommendation_is_decided_by_another_person() -> None:
    standing = walk(POLICY_ANALYSIS, MONDAY, *RECOMMENDED)
    assert barred(POLICY_ANALYSIS, standing, "adopt", DIRECTOR, "kim") == "second-person-required"
    assert barred(POLICY_ANALYSIS, standing, "reject", DIRECTOR, "kim") == "second-person-required"
    assert barred(POLICY_ANALYSIS, standing, "adopt", ANALYST, "dee") == "process-role"
    assert barred(POLICY_ANALYSIS, standing, "adopt", DIRECTOR, "dee") is None


def test_other_ends() -> None:
    back = {"taken_back_reasons": "A court order.", "taken_back_on": date(2026, 7, 1)}
    ends = {
        "not-pursued": (Line(MONDAY, "close-issue", ANALYST, "not-adopted", None, {"closed_reasons": "Solved."}),),
        "not-adopted": (
            *RECOMMENDED,
            Line(date(2026, 5, 1), "reject", DIRECTOR, "not-adopted", None, {"rejected_reasons": "Cost."}, "dee"),
        ),
        "taken-back": (
            *RECOMMENDED,
            ADOPT,
            FORCE,
            Line(date(2026, 7, 1), "take-back", DIRECTOR, "not-adopted", None, back, "dee"),
        ),
    }
    for outcome, lines in ends.items():
        assert walk(POLICY_ANALYSIS, MONDAY, *lines).outcome == outcome
