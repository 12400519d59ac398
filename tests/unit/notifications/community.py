"""Broadcasts and questions as they stand, for tests."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from services.notifications.domain.broadcasts import Broadcast, Content, Nature
from services.notifications.domain.questions import Question, QuestionState, RuleRow
from services.notifications.domain.segments import Segment

AT: Final = datetime(2026, 3, 6, 21, 0, tzinfo=UTC)
NO_ONE: Final = UUID(int=0)
RULE: Final = RuleRow(
    "protest-180", "A protest is filed within 180 days after liquidation.", "19 USC 1514(c)(3)", "2004-12-18", "d" * 64
)


def content_of(nature: Nature = "bulletin", **changes: Any) -> Content:
    """What a broadcast of the Center of electronics says."""
    content = Content(
        center="CEE007",
        nature=nature,
        segment=Segment(),
        subject="SYNTHETIC: serial numbers",
        text="SYNTHETIC: name them.",
        subject_es=None,
        text_es=None,
        effective_on=None,
        is_public=True,
    )
    return replace(content, **changes)


def broadcast_of(nature: Nature = "bulletin", *, corrects: UUID | None = None, **changes: Any) -> Broadcast:
    """A broadcast that was released."""
    return Broadcast(
        broadcast_id=UUID(int=7),
        content=content_of(nature, **changes),
        state="sending",
        revision=2,
        corrects=corrects,
        drafted_by="kim",
        drafted_at=AT,
        released_by="dana",
        released_at=AT,
        planned_at=None,
        ended_at=None,
    )


def question_of(state: QuestionState) -> Question:
    """A question that was answered."""
    return Question(
        question_id=UUID(int=8),
        center="CEE007",
        state=state,
        revision=5,
        subject="SYNTHETIC: until when",
        text="SYNTHETIC: from which day does the time to protest run?",
        is_anonymous=False,
        asker="07-345678900",
        asked_by="pat",
        asker_name="Pat Owner",
        asked_at=AT,
        held_for=None,
        refused_for=None,
        merged_into=None,
        answer="SYNTHETIC: from the day of liquidation.",
        answer_es=None,
        answered_by="kim",
        rule=RULE,
        released_by="dana",
        published_at=AT,
        rule_changed_at=None,
    )
