"""Letters by their rules alone: where they stand by the day, what they may not say, how questions are offered."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.workqueue.domain.item import Person
from services.workqueue.domain.matter import KeptAct
from services.workqueue.domain.processes.codes import LETTER_ISSUES
from services.workqueue.domain.questions import QUESTIONS
from services.workqueue.domain.request import Letter, LetterAnswer, find_investigation_word, stand_of_letter

KIM = Person("kim", "Kim Reyes")
ISSUED_AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
LETTER = Letter(
    UUID(int=1),
    UUID(int=2),
    "CBP-28",
    ("B7603245278",),
    "07-345678900",
    "CEE007",
    ("Assists?",),
    ISSUED_AT,
    KIM,
    issued_on=date(2026, 3, 2),
    issued_at=ISSUED_AT,
)


def test_every_issue_has_questions_and_none_has_a_word_of_an_investigation() -> None:
    assert set(QUESTIONS) == set(LETTER_ISSUES)
    for issue, questions in QUESTIONS.items():
        assert questions, issue
        assert find_investigation_word(questions) is None, issue


@pytest.mark.parametrize(
    "text",
    [
        "This is under investigation.",
        "A PENALTY may follow.",
        "We suspect fraud.",
        "Goods were seized.",
        "Was the entry negligently made?",
        "See the prosecutor: prosecution follows.",
    ],
)
def test_words_of_an_investigation_are_found(text: str) -> None:
    assert find_investigation_word(["Describe the goods.", text]) is not None


@pytest.mark.parametrize("text", ["Which size and color?", "How was the price agreed?"])
def test_questions_on_goods_are_let_pass(text: str) -> None:
    assert find_investigation_word([text]) is None


def test_request_of_2_march_is_overdue_from_2_april() -> None:
    assert stand_of_letter(LETTER, (), (), date(2026, 4, 1)).stage == "issued"
    assert stand_of_letter(LETTER, (), (), date(2026, 4, 2)).stage == "overdue"


def test_withdrawal_of_what_was_issued_keeps_the_clock_that_ran() -> None:
    fields = {"withdrawal_reason": "Known by now."}
    at = datetime(2026, 3, 9, 15, tzinfo=UTC)
    kept = KeptAct(1, "withdraw", at, KIM, fields, (), "closed", "item.work/division")
    standing = stand_of_letter(LETTER, (kept,), (), None)
    assert (standing.stage, standing.outcome) == ("closed", "withdrawn")
    assert (standing.clocks["reply"].due_on, standing.clocks["reply"].ended_on) == (
        date(2026, 4, 1),
        date(2026, 3, 9),
    )


def test_answer_that_is_known_before_a_later_act_leads_to_the_same_stage() -> None:
    at = datetime(2026, 3, 9, 15, tzinfo=UTC)
    reminded = KeptAct(1, "remind", at, KIM, {"reminded_on": "2026-03-09"}, (), "reminded", "item.work/division")
    early = LetterAnswer(datetime(2026, 2, 1, tzinfo=UTC), "R-1")
    assert stand_of_letter(LETTER, (reminded,), (early,), None).stage == "responded"
