"""Requests for information (CBP 28) and proposed notices of action (CBP 29): when a reply is due, what ends them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from shared.customs.calendar import add_days

Form = Literal["CBP-28", "CBP-29"]


class ReplyRule(NamedTuple):
    """By which rule a form waits for the importer: calendar days from its date, which the form itself may replace."""

    rule: str
    citation: str
    days: int


REPLY_RULES: Final[Mapping[Form, ReplyRule]] = MappingProxyType(
    {
        "CBP-28": ReplyRule("cf28-reply", "CBP Form 28; practice", 30),
        "CBP-29": ReplyRule("cf29-proposed", "19 CFR 152.2", 20),
    }
)

_CLAIMS: Final = frozenset({"claimed", "released", "lease-expired"})
_STANDING, _ENDED = frozenset({"open", "claimed"}), frozenset({"completed", "cancelled"})


def read_form(word: str) -> Form | None:
    """The form that an event names; None for one that is not known here, for which there is no rule."""
    return next((form for form in REPLY_RULES if form == word), None)


def reply_due_on(form: Form, issued_on: date, named_on: date | None = None) -> date:
    """The day until which a party is asked to answer; `named_on` is the day on the form, which governs.

    Rule cf28-reply [S]: 30 days from the date of a CBP Form 28, by practice; not a period of law. Rule cf29-proposed
    [S], 19 CFR 152.2: 20 days from the mailing of a proposed notice of action (CBP Form 29). Calendar days.

    >>> reply_due_on("CBP-28", date(2026, 3, 2)), reply_due_on("CBP-29", date(2026, 3, 2))
    (datetime.date(2026, 4, 1), datetime.date(2026, 3, 22))
    """
    return named_on if named_on is not None else add_days(issued_on, REPLY_RULES[form].days)


@dataclass(frozen=True, slots=True)
class ItemChange:
    """A change of a work item; `ended_on` is its day when the item has ended with it.

    The item of which no change is known yet has the sequence 0.
    """

    item_id: str
    sequence: int = 0
    change: str = "routed"
    state: str = "open"
    ended_on: date | None = None
    event_id: str = ""


def tells_where_it_stands(change: str, state: str) -> bool:
    """Whether a change of a work item opens or ends it; claims and leases say nothing of a request.

    A change that is not known here is read by its state, a state that is not known by a change that ends the item.

    >>> tells_where_it_stands("claimed", "claimed"), tells_where_it_stands("merged", "cancelled")
    (False, True)
    >>> tells_where_it_stands("routed", "parked"), tells_where_it_stands("cancelled", "parked")
    (False, True)
    """
    return change not in _CLAIMS and (state in _STANDING | _ENDED or change in _ENDED)


def read_change(item_id: str, sequence: int, change: str, state: str, on: date, event_id: str) -> ItemChange:
    """A change as the work queue tells it; `state` is the item's after the change, `on` the day of the change.

    >>> read_change("i", 200, "cancelled", "cancelled", date(2026, 3, 2), "e").ended_on
    datetime.date(2026, 3, 2)
    """
    ended_on = on if state in _ENDED or change in _ENDED else None
    return ItemChange(item_id, sequence, change, state, ended_on, event_id)


_CLOSING: Final = frozenset({"responded", "assessed", "cf29-proposed", "closed", "action-taken", "withdrawn"})
"""Where a letter stands when nothing is asked of the importer any more."""


@dataclass(frozen=True, slots=True)
class LetterChange:
    """What is known of a letter: the day of its newest change, and the first change that closed it, if one has."""

    request_id: str
    item_id: str
    sequence: int
    due_on: date | None
    closing_sequence: int | None = None
    closed_on: date | None = None
    closed_as: str | None = None


def read_letter_change(
    request_id: str, item_id: str, sequence: int, state: str, due_on: date | None, on: date
) -> LetterChange:
    """A change of a letter as the work queue tells it; one in a state that is not known here closes nothing.

    >>> read_letter_change("r", "i", 4, "responded", date(2026, 4, 1), date(2026, 3, 20)).closed_on
    datetime.date(2026, 3, 20)
    """
    if state not in _CLOSING:
        return LetterChange(request_id, item_id, sequence, due_on)
    return LetterChange(request_id, item_id, sequence, due_on, sequence, on, state)


def merge_letter_changes(one: LetterChange, other: LetterChange) -> LetterChange:
    """What two changes of a letter come to, in whatever order they were heard.

    >>> late = read_letter_change("r", "i", 6, "assessed", date(2026, 4, 15), date(2026, 3, 25))
    >>> first = read_letter_change("r", "i", 4, "responded", date(2026, 4, 1), date(2026, 3, 20))
    >>> both = merge_letter_changes(late, first)
    >>> both.due_on, both.closed_on, both.closed_as
    (datetime.date(2026, 4, 15), datetime.date(2026, 3, 20), 'responded')
    """
    newest = max(one, other, key=lambda each: each.sequence)
    closing = [each for each in (one, other) if each.closing_sequence is not None]
    first = min(closing, key=lambda each: each.closing_sequence or 0, default=newest)
    return replace(
        newest, closing_sequence=first.closing_sequence, closed_on=first.closed_on, closed_as=first.closed_as
    )


def standing_change(changes: Iterable[ItemChange]) -> ItemChange:
    """Which of an item's changes tells where it stands, in whatever order they came.

    An item that was completed stays so. Else the highest sequence tells, because what was cancelled may be called for
    again; of two with one sequence (a contradiction upstream) the one with the lower event id.

    >>> standing_change([ItemChange("i", 200, "cancelled", "cancelled"), ItemChange("i", 100)]).state
    'cancelled'
    """
    return min(changes, key=lambda each: (each.change != "completed", -each.sequence, each.event_id))
