"""What the pages of questions to Centers read of notifications' answers, held as `reads` is."""

from datetime import datetime

from services.console.acts.reads import Read


class RuleOfAnswer(Read, frozen=True):
    """The rule of law that an answer rests on, as it was when the question was answered."""

    rule: str
    text: str
    citation: str


class Answered(Read, frozen=True):
    """A published answer."""

    question_id: str
    center: str
    subject: str
    question: str
    asked_by: str
    answer: str
    answer_es: str | None
    rule: RuleOfAnswer
    rests_on: str
    rule_changed_at: datetime | None
    published_at: datetime


class AnswerList(Read, frozen=True):
    """Published answers, the newest first."""

    items: list[Answered]
    next: str | None


class AskedQuestion(Read, frozen=True):
    """A question as its asker and its Center see it."""

    question_id: str
    center: str
    state: str
    subject: str
    text: str
    is_anonymous: bool
    asker: str
    asker_name: str
    asked_at: datetime
    held_for: str | None
    refused_for: str | None
    merged_into: str | None
    answer: str | None
    answer_es: str | None
    answered_by: str | None
    rule: RuleOfAnswer | None
    published_at: datetime | None
    rule_changed_at: datetime | None


class AskedQuestions(Read, frozen=True):
    """Questions, asked last first."""

    items: list[AskedQuestion]
    next: str | None


class QuestionStep(Read, frozen=True):
    """Something done with a question."""

    act: str
    by_whom: str
    reason: str | None
    at: datetime


class QuestionPage(AskedQuestion, frozen=True, kw_only=True):
    """A question with its history, which officers see."""

    history: list[QuestionStep]


COMMUNITY_READS: dict[tuple[str, str, str], type[Read]] = {
    ("notifications", "get", "/answers"): AnswerList,
    ("notifications", "get", "/answers/{answer_id}"): Answered,
    ("notifications", "get", "/questions"): AskedQuestions,
    ("notifications", "post", "/questions"): AskedQuestion,
    ("notifications", "get", "/questions/{question_id}"): QuestionPage,
    ("notifications", "put", "/questions/{question_id}"): AskedQuestion,
    ("notifications", "post", "/questions/{question_id}/moderate"): AskedQuestion,
    ("notifications", "put", "/questions/{question_id}/answer"): AskedQuestion,
    ("notifications", "post", "/questions/{question_id}/release"): AskedQuestion,
    ("notifications", "post", "/questions/{question_id}/withdraw-answer"): AskedQuestion,
}
"""Every call of these pages, and what it reads of the answer."""
