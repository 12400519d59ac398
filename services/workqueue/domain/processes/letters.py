"""What the tables of matters share that ask a party by letter: what the letter is about, and what becomes of it.

A CBP 28 or 29 has a life and a table of its own. The act that asks issues it, and the matter waits for that letter:
answered, overdue and withdrawn are facts of the letter that the matter follows, as is a new day.
"""

from typing import Final

from services.workqueue.domain.processes.codes import LETTER_ISSUES
from services.workqueue.domain.processes.shape import Act, Clock, Field

LETTERS: Final = "request-changed"
"""The topic of what becomes of a letter."""
ANSWERED: Final = f"{LETTERS}:answered"
OVERDUE: Final = f"{LETTERS}:overdue"
LONGER: Final = "extended-answer"
"""The clock of an answer for which more time was given."""
REQUEST: Final = "request-for-information"
NOTICE: Final = "notice-of-action"

ABOUT: Final = (
    Field("issue", "Issue, by which a second request is known", "code", LETTER_ISSUES, is_required=False),
    Field("goods", "Tariff number of the goods, or how it begins", "text", is_required=False),
    Field("letter_entries", "Entries that the letter names", "entry-numbers", is_required=False),
)
"""What an act that asks may say beside its questions."""


def follow_extension(waiting: tuple[str, ...], clocks: tuple[str, ...]) -> Act:
    """More time was given to answer, or the letter names another day than the usual one."""
    return Act(
        "follow-extension",
        "Another day to answer",
        waiting,
        None,
        (),
        fields=(Field("due_on", "Day until which an answer is asked for", "date"),),
        ends=clocks,
        starts=(LONGER,),
        event=f"{LETTERS}:extended",
    )


def follow_withdrawal(waiting: str, back: str, clocks: tuple[str, ...], code: str = "follow-withdrawal") -> Act:
    """The letter was withdrawn: the Center goes on where it was."""
    return Act(code, "Letter withdrawn", (waiting,), back, (), ends=clocks, event=f"{LETTERS}:withdrawn")


def follow_silence(waiting: str, back: str, clocks: tuple[str, ...]) -> Act:
    """Nobody answered by the day of the letter."""
    return Act("follow-silence", "No answer in time", (waiting,), back, (), ends=clocks, event=OVERDUE)


LONGER_ANSWER: Final = Clock(
    LONGER,
    "Answer to the letter, by its own day",
    "policy",
    0,
    "days",
    "the Center may decide on what it has",
    "CBP Form 28; practice (cf28-reply)",
    "S",
    counts_from="due_on",
)
