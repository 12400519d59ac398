"""What findings and outcome say together, and what a decision says of goods."""

from datetime import UTC, datetime
from typing import get_args

from services.workqueue.domain.decision import FoundOn, Issue, flaw_in_findings, flaw_in_lines
from services.workqueue.domain.goods import Answer, tell_earlier
from services.workqueue.domain.processes.codes import LIQUIDATION_REASONS

DAY = datetime(2026, 3, 2, tzinfo=UTC)


def on(line: int, declared: str, found: str, issue: Issue = "02") -> FoundOn:
    return FoundOn(line, issue, declared, found, None, None, None)


def test_issues_are_the_reasons_that_a_review_comes_to() -> None:
    assert list(get_args(Issue)) == list(LIQUIDATION_REASONS)


def test_a_change_may_stand_beside_lines_that_were_right() -> None:
    assert flaw_in_findings("refund", [on(1, "a", "a"), on(2, "a", "b")]) is None


def test_rejections_and_referrals_may_have_findings_of_either_kind() -> None:
    for outcome in ("reject", "refer"):
        assert flaw_in_findings(outcome, [on(1, "a", "b")]) is None
        assert flaw_in_findings(outcome, [on(1, "a", "a")]) is None


def test_missing_lines_are_named_with_those_that_there_are() -> None:
    assert flaw_in_lines([on(9, "a", "b"), on(2, "a", "b")], [1, 2, 3]) == "The entry has no line 9; it has 1 to 3."
    assert flaw_in_lines([on(9, "a", "b")], [4]) == "The entry has no line 9; it has line 4."
    assert flaw_in_lines([on(9, "a", "b")], []) is None


def test_the_rarest_answer_is_told_however_many_others_there_are() -> None:
    answers = [Answer(None, True, "8471300100", 997, DAY), Answer("02", False, "8471410150", 1, DAY)]
    assert tell_earlier(answers) == "998 earlier: 997 kept 8471300100, 1 changed to 8471410150"


def test_the_same_number_kept_by_a_finding_and_without_one_is_one_answer() -> None:
    answers = [Answer(None, True, "8471300100", 2, DAY), Answer("02", True, "8471300100", 1, DAY)]
    assert tell_earlier(answers) == "3 earlier: 3 kept 8471300100"
