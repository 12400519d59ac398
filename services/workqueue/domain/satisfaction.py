"""Satisfaction, asked of the importer after an inquiry or a visit, and the first figures as the baseline of later."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from shared.customs.periods import SMALLEST_SHOWN, quarter_of

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


def satisfaction_of(said: Iterable[Said]) -> Satisfaction | None:
    """The figures of some answers; None where they rest on too few accounts to be shown."""
    known = list(said)
    if len({each.importer_number for each in known}) < SMALLEST_SHOWN:
        return None
    satisfied = sum(each.score >= SATISFIED_FROM for each in known)
    resolved = sum(each.is_resolved for each in known)
    return Satisfaction(len(known), satisfied * 100 // len(known), resolved * 100 // len(known))


def baseline_of(said: Iterable[Said]) -> tuple[str, Satisfaction] | None:
    """The first quarter whose figures can be shown, with them: what later ones are compared with."""
    by_quarter: dict[str, list[Said]] = {}
    for each in said:
        by_quarter.setdefault(quarter_of(each.answered_on), []).append(each)
    for quarter in sorted(by_quarter):
        if (found := satisfaction_of(by_quarter[quarter])) is not None:
            return quarter, found
    return None
