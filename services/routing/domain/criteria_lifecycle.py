"""The life of a criterion: draft, on trial (shadow), live, retired; which criteria are in force on which day.

| state  | act          | becomes | who                                     |
|--------|--------------|---------|-----------------------------------------|
| draft  | shadow       | shadow  | a writer                                |
| shadow | request-live | shadow  | a writer                                |
| shadow | confirm-live | live    | another person than the one who asked   |
| draft, shadow, live | retire | retired | a writer                      |

What is no draft any more is never changed: an edit makes the next revision, a draft that goes the same way. Whatever
changes the set of a day takes effect on a later day than the act, so decisions already made stay as they are.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, NamedTuple

from services.routing.domain.criteria import Criterion

State = Literal["draft", "shadow", "live", "retired"]
Act = Literal["shipped", "drafted", "edited", "shadow", "request-live", "confirm-live", "retire", "superseded"]


class ActRefused(ValueError):  # noqa: N818  a rule says no
    """The state of a criterion, or who asks, does not allow the act; `code`, and what to do instead."""

    def __init__(self, detail: str, code: str, remedy: str) -> None:
        super().__init__(detail)
        self.code = code
        self.remedy = remedy


class SecondPersonRequired(ValueError):  # noqa: N818  a rule says no
    """What one person asked for, another one confirms."""


class Person(NamedTuple):
    """Who acts, and under whose authority."""

    subject: str
    acting_for: str | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision of a criterion with the first days of its states; `retired_on` is the first day without it."""

    criterion: Criterion
    position: int
    state: State = "draft"
    shadow_from: date | None = None
    live_from: date | None = None
    retired_on: date | None = None
    requested_by: Person | None = None
    """Who asked for it to go live, while nobody has confirmed."""

    @property
    def ends_on(self) -> date | None:
        """The first day on which it does not select any more: retired, or the day after it expired."""
        expired = self.criterion.expires_on + timedelta(days=1) if self.criterion.expires_on else None
        return min((day for day in (self.retired_on, expired) if day is not None), default=None)

    @property
    def live_days(self) -> tuple[date, date | None] | None:
        """The first day live and the first day after, None for no end; None when it never is."""
        return _span(self.live_from, self.ends_on)

    @property
    def shadow_days(self) -> tuple[date, date | None] | None:
        """The first day on trial and the first day after; None when it never is."""
        ends = [day for day in (self.live_from, self.ends_on) if day is not None]
        return _span(self.shadow_from, min(ends, default=None))


class InForce(NamedTuple):
    """The criteria from a day on: live, and on trial."""

    effective_on: date
    live: tuple[Criterion, ...]
    shadow: tuple[Criterion, ...]


def list_periods(revisions: Iterable[Revision]) -> list[InForce]:
    """The criteria in force, from `date.min` on, with each day on which they change; in order of position."""
    ordered = sorted(revisions, key=lambda item: (item.position, item.criterion.id, item.criterion.revision))
    turns: defaultdict[date, list[tuple[set[int], bool, int]]] = defaultdict(list, {date.min: []})
    live: set[int] = set()
    trial: set[int] = set()
    for rank, item in enumerate(ordered):
        for in_force, days in ((live, item.live_days), (trial, item.shadow_days)):
            if days is not None:
                turns[days[0]].append((in_force, True, rank))
                if days[1] is not None:
                    turns[days[1]].append((in_force, False, rank))
    periods = []
    for day in sorted(turns):
        for in_force, begins, rank in turns[day]:
            (in_force.add if begins else in_force.remove)(rank)
        live_now, on_trial = (tuple([ordered[rank].criterion for rank in sorted(ranks)]) for ranks in (live, trial))
        periods.append(InForce(day, live_now, on_trial))
    return periods


def shadow(revision: Revision, effective_on: date, today: date) -> Revision:
    """Put a draft on trial from a later day on."""
    if revision.state != "draft":
        raise _wrong_state(revision, "go on trial", "draft")
    _check_day(revision, effective_on, today)
    return replace(revision, state="shadow", shadow_from=effective_on)


def request_live(revision: Revision, person: Person) -> Revision:
    """Ask for a criterion on trial to go live; somebody else has to confirm."""
    if revision.state != "shadow":
        raise _wrong_state(revision, "go live", "shadow")
    return replace(revision, requested_by=person)


def confirm_live(revision: Revision, person: Person, effective_on: date, today: date) -> Revision:
    """Put it live from a later day on, by another person than the one who asked, acting for another one too."""
    if revision.state != "shadow" or revision.requested_by is None:
        raise ActRefused(
            f"Nobody has asked for {revision.criterion.id} to go live.",
            "not-requested",
            "Let its owner put it on trial and ask with POST …/live.",
        )
    if not set(person).isdisjoint({name for name in revision.requested_by if name is not None}):
        raise SecondPersonRequired("Who asked for a criterion to go live cannot confirm it")
    _check_day(revision, effective_on, today)
    return replace(revision, state="live", live_from=effective_on, requested_by=None)


def retire(revision: Revision, effective_on: date, today: date) -> Revision:
    """Let it select no more from a later day on; a draft, which never did, is gone at once."""
    if revision.state == "retired":
        raise _wrong_state(revision, "be retired", "draft, shadow or live")
    if revision.state != "draft" and effective_on <= today:
        raise _too_early(effective_on, today)
    return replace(revision, state="retired", retired_on=effective_on, requested_by=None)


def supersede(older: Sequence[Revision], newer: Revision) -> list[Revision]:
    """The older revisions that end when a newer one goes on trial (those on trial) or live (all).

    One that was to end anyway, but later, ends when the newer one begins.
    """
    begins = newer.live_from if newer.state == "live" else newer.shadow_from
    assert begins is not None
    ended = []
    for item in older:
        is_over = item.state == "draft" or (item.retired_on is not None and item.retired_on <= begins)
        if not is_over and (newer.state == "live" or item.live_from is None):
            ended.append(replace(item, state="retired", retired_on=begins, requested_by=None))
    return ended


def _span(first: date | None, after: date | None) -> tuple[date, date | None] | None:
    if first is None or (after is not None and after <= first):
        return None
    return first, after


def _check_day(revision: Revision, effective_on: date, today: date) -> None:
    if effective_on <= today:
        raise _too_early(effective_on, today)
    expires_on = revision.criterion.expires_on
    if expires_on is not None and expires_on < effective_on:
        raise ActRefused(
            f"It expires on {expires_on}, before it would begin.", "expired", "Edit its expiry, or take an earlier day."
        )


def _wrong_state(revision: Revision, act: str, wanted: str) -> ActRefused:
    name = f"Revision {revision.criterion.revision} of {revision.criterion.id}"
    return ActRefused(f"{name} is {revision.state} and cannot {act}.", "wrong-state", f"It must be {wanted}.")


def _too_early(effective_on: date, today: date) -> ActRefused:
    return ActRefused(
        f"{effective_on} is not after today, {today}: decisions already made would change.",
        "not-in-the-future",
        f"Take {today + timedelta(days=1)} or a later day.",
    )
