"""Satisfaction, asked of the importer after an inquiry or a visit, and the first figures as the baseline of later."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from shared.customs.periods import Period, may_be_shown, parse_period, quarter_of

ASKED_AFTER: Final = ("inquiry", "engagement")
"""The processes after which it is asked."""
SATISFIED_FROM: Final = 4
"""Of five: from here on somebody is counted as satisfied."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a party said of a matter of theirs that has ended: a score of 1 to 5, whether it was resolved."""

    item_id: UUID
    process: str
    center: str
    importer_number: str
    score: int
    is_resolved: bool
    comment: str | None
    answered_by: str
    answered_at: datetime
    authority: str


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as it is counted."""

    center: str
    importer_number: str
    score: int
    is_resolved: bool
    answered_on: date


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """What a Center's importers said: how many answers, and in whole percent how many are satisfied and resolved."""

    answers: int
    satisfied_percent: int
    resolved_percent: int


def satisfaction_of(said: Iterable[Said], period: Period, today: date) -> Satisfaction | None:
    """The figures of a period; None where they are withheld (`may_be_shown`)."""
    known = [each for each in said if period.first <= each.answered_on <= period.last]
    accounts: dict[str, set[str]] = {}
    for each in known:
        accounts.setdefault(quarter_of(each.answered_on), set()).add(each.importer_number)
    if not may_be_shown(period, {quarter: len(found) for quarter, found in accounts.items()}, today):
        return None
    satisfied = sum(each.score >= SATISFIED_FROM for each in known)
    resolved = sum(each.is_resolved for each in known)
    return Satisfaction(len(known), satisfied * 100 // len(known), resolved * 100 // len(known))


def baseline_of(said: Iterable[Said], today: date) -> tuple[str, Satisfaction] | None:
    """The first quarter whose figures can be shown, with them: what later ones are compared with."""
    known = list(said)
    for quarter in sorted({quarter_of(each.answered_on) for each in known}):
        if (found := satisfaction_of(known, parse_period(quarter), today)) is not None:
            return quarter, found
    return None
