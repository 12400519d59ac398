"""A broadcast of a Center: drafted, released by a second person, sent at a rate, and kept as it was sent."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal, get_args
from uuid import UUID

from services.notifications.domain.segments import Segment

Nature = Literal["bulletin", "guidance", "directory"]
NATURES: Final[tuple[Nature, ...]] = get_args(Nature)
BroadcastState = Literal["draft", "sending", "paused", "sent", "withdrawn"]
BroadcastAct = Literal["draft", "revise", "release", "pause", "resume", "withdraw", "finish"]
ACTS: Final[tuple[BroadcastAct, ...]] = get_args(BroadcastAct)

TRANSITIONS: Final[Mapping[BroadcastAct, tuple[frozenset[str | None], BroadcastState | None]]] = {
    "draft": (frozenset({None}), "draft"),
    "revise": (frozenset({"draft"}), None),
    "release": (frozenset({"draft"}), "sending"),
    "pause": (frozenset({"sending", "sent"}), "paused"),
    "resume": (frozenset({"paused"}), "sending"),
    "withdraw": (frozenset({"draft", "sending", "paused", "sent"}), "withdrawn"),
    "finish": (frozenset({"sending"}), "sent"),
}
"""From which states an act leads where; None as its end: the state stays. What is `sent` has begun for everybody, and
mails of it that have not gone out yet are paused and withdrawn as before.
"""

_MOST_CHANGES: Final = 20
_LONGEST_CHANGE: Final = 800


@dataclass(frozen=True, slots=True)
class Content:
    """What a broadcast says, and to whom; it never changes once the broadcast is released.

    `subject_es` and `text_es` are the words in Spanish, where the Center wrote them: the English ones govern. A
    guidance is a bulletin whose later versions are told to who subscribed to guidance, with what changed.
    """

    center: str
    nature: Nature
    segment: Segment
    subject: str
    text: str
    subject_es: str | None
    text_es: str | None
    effective_on: date | None
    is_public: bool


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A broadcast as it stands. `corrects` is the one that it takes the place of; `revision` counts its changes."""

    broadcast_id: UUID
    content: Content
    state: BroadcastState
    revision: int
    corrects: UUID | None
    drafted_by: str
    drafted_at: datetime
    released_by: str | None
    released_at: datetime | None
    planned_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewsChange:
    """One thing that changed, in words: what it was and what it is now; empty where there was or is none."""

    what: str
    before: str
    after: str

    def told(self) -> str:
        """The change in a line.

        >>> NewsChange("phone", "555-0101", "555-0102").told()
        'phone: 555-0101 → 555-0102'
        >>> NewsChange("phone", "", "555-0102").told()
        'phone: none → 555-0102'
        """
        return f"{self.what}: {self.before or 'none'} → {self.after or 'none'}"


def find_changes(before: str, after: str) -> list[NewsChange]:
    """What changed between two texts, paragraph by paragraph; the first of many.

    >>> [each.told() for each in find_changes("Call 555-0101.\\nStays.", "Call 555-0102.\\nStays.\\nNew.")]
    ['paragraph 1: Call 555-0101. → Call 555-0102.', 'paragraph 3: none → New.']
    """
    old, new = before.splitlines(), after.splitlines()
    found = []
    for tag, first, last, to_first, to_last in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            where = f"paragraph {to_first + 1}"
            found.append(NewsChange(where, _cut(old[first:last]), _cut(new[to_first:to_last])))
    return found[:_MOST_CHANGES]


def _cut(lines: Sequence[str]) -> str:
    text = " ".join(" ".join(lines).split())
    return text if len(text) <= _LONGEST_CHANGE else f"{text[: _LONGEST_CHANGE - 1]}…"


def recorded_of(subject: str, text: str) -> list[list[str]]:
    """What a notice of a broadcast tells of it, in the form in which notices keep what was recorded."""
    return [["subject", subject], ["bulletin", text]]


def body_of(broadcast: Broadcast, changes: Sequence[NewsChange]) -> dict[str, Any]:
    """The body of the notice that tells a broadcast to somebody."""
    content = broadcast.content
    body: dict[str, Any] = {
        "broadcast_id": str(broadcast.broadcast_id),
        "recorded": [*recorded_of(content.subject, content.text), *([["changed", each.told()] for each in changes])],
    }
    if content.effective_on is not None:
        body["effective_on"] = content.effective_on.isoformat()
    if broadcast.corrects is not None:
        body["corrects"] = str(broadcast.corrects)
    if content.text_es is not None:
        body["translated"] = {"es": recorded_of(content.subject_es or content.subject, content.text_es)}
    return body
