"""People of the Centers: what they are able to do, when they are there, and what they must not have in hand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

from services.workqueue.domain.item import Item

SkillKind = Literal["chapter", "process", "program", "language"]
ConflictKind = Literal["interest", "employer"]

HIGHEST_LEVEL: Final = 5
"""Of a skill: 1 has begun, 5 teaches others."""
SKIPPED_FOR: Final = timedelta(hours=8)
"""For how long an item that a person passed over is not offered to them: a working day. Policy of the Centers."""


@dataclass(frozen=True, slots=True)
class Skill:
    """What a person is able to do: a chapter of the tariff, a process, a program, a language; `level` from 1 to 5."""

    kind: SkillKind
    code: str
    level: int


@dataclass(frozen=True, slots=True)
class Absence:
    """Legal days on which a person is not there, both counted."""

    from_on: date
    to_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Employer:
    """An importer that a person worked for, and until which legal day its work is not theirs to do."""

    importer_number: str
    until_on: date


@dataclass(frozen=True, slots=True)
class Member:
    """A person of a Center. `roles` inform: what a person may do is said by their token.

    `minutes_a_day` is how much of a working day is there for items. `interests` are importers in which the person has
    declared an interest, `employers` those that they worked for.
    """

    subject: str
    name: str
    center: str
    division: str | None
    roles: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    skills: tuple[Skill, ...] = ()
    minutes_a_day: int = 0
    absences: tuple[Absence, ...] = ()
    interests: tuple[str, ...] = ()
    employers: tuple[Employer, ...] = ()
    version: int = 0

    def is_absent(self, on: date) -> bool:
        """Whether the person is not there on a legal day."""
        return any(each.from_on <= on <= each.to_on for each in self.absences)

    def minutes_on(self, on: date) -> int:
        """How many minutes of a legal day are there for items; none while the person is absent."""
        return 0 if self.is_absent(on) else self.minutes_a_day


@dataclass(frozen=True, slots=True)
class Conflict:
    """An importer whose work a person must not have, until a legal day; None: until the declaration is changed."""

    subject: str
    importer_number: str
    kind: ConflictKind
    until_on: date | None


def conflicts_of(member: Member) -> list[Conflict]:
    """The importers whose work a person must not have."""
    declared = [Conflict(member.subject, number, "interest", None) for number in member.interests]
    worked_for = [
        Conflict(member.subject, each.importer_number, "employer", each.until_on) for each in member.employers
    ]
    return [*declared, *worked_for]


@dataclass(frozen=True, slots=True)
class Decided:
    """Who decided the entry of a protest, one for each decision; `acting_for` under a delegation."""

    decided_by: str
    decided_by_name: str
    acting_for: str | None


def find_conflict(
    item: Item, people: frozenset[str], conflicts: Iterable[Conflict], decided: Iterable[Decided], on: date
) -> str | None:
    """Why these people, the one who acts and whom they act for, must not have the item; None when nothing says so.

    An interest that was declared and an employer of before stand against every item of that importer; a decision on an
    entry stands against the protest of it. Source: Q13 of domain/queue.md; that officers who took part do not review
    again is read so from 19 CFR 174.21 by the product, and asserted as no law.

    >>> from datetime import UTC, datetime
    >>> item = Item(None, "protest", "protest", "B7603245278", "270420-00001", "07-345678900", "CEE007", "enforcement",
    ...             2, None, datetime(2026, 3, 2, tzinfo=UTC), None)
    >>> find_conflict(item, frozenset({"kim"}), (), [Decided("kim", "Kim Reyes", None)], date(2026, 3, 2))
    'Kim Reyes decided the entry that is protested.'
    """
    for conflict in conflicts:
        if conflict.subject not in people or conflict.importer_number != item.importer_number:
            continue
        if conflict.until_on is None:
            return f"{conflict.subject} has declared an interest in the importer."
        if on <= conflict.until_on:
            return f"{conflict.subject} worked for the importer and is kept from its work until {conflict.until_on}."
    if item.kind == "protest":
        for each in decided:
            if each.decided_by in people or each.acting_for in people:
                return f"{each.decided_by_name} decided the entry that is protested."
    return None


@dataclass(frozen=True, slots=True)
class Demand:
    """What work of a process in a Center asks of whoever is offered it; after `relax_hours` in the queue it no longer
    does, and None means never.

    One that is not mandatory is a preference: it always relaxes.
    """

    center: str
    process: str
    skill: Skill
    is_mandatory: bool
    relax_hours: int | None


def why_first(
    item: Item,
    *,
    assigned: bool,
    relaxed: Iterable[str],
    queues: tuple[Iterable[str], Iterable[str]],
    process: bool,
    narrowed: bool,
) -> str:
    """In words why this item is the next one; `relaxed` are the skills that it asked for and no longer does.

    `process` and `narrowed` say whether one process was asked for, and only what a filter gives.
    """
    told = []
    given = " and the filter gives" if narrowed else ""
    if assigned:
        told.append(f"It is assigned to you, and of what is assigned to you{given} it comes first")
    else:
        centers = ", ".join(sorted(queues[0]))
        divisions = ", ".join(sorted(each.replace("-", " ") for each in queues[1]))
        of = f" of the process {item.process}" if process else ""
        told.append(f"Of the open work{of} in {centers} ({divisions}) that waits for nobody{given} it comes first")
    day = f"due {item.due_on}" if item.due_on is not None else "no day is known for it, and nothing with a day is open"
    told.append(f"{day}; priority {item.priority}; in hand since {item.opened_at:%Y-%m-%d}")
    if skills := ", ".join(sorted(relaxed)):
        told.append(f"nobody with {skills} has taken it in time, so others are offered it")
    return ": ".join(told[:2]) + "".join(f"; {each}" for each in told[2:]) + "."


def document_of(member: Member) -> Mapping[str, Any]:
    """Everything that is known of a person, as their history keeps it."""
    return {
        "name": member.name,
        "center": member.center,
        "division": member.division,
        "roles": list(member.roles),
        "teams": list(member.teams),
        "skills": [{"kind": each.kind, "code": each.code, "level": each.level} for each in member.skills],
        "minutes_a_day": member.minutes_a_day,
        "absences": [
            {"from_on": each.from_on.isoformat(), "to_on": each.to_on.isoformat(), "reason": each.reason}
            for each in member.absences
        ],
        "interests": list(member.interests),
        "employers": [
            {"importer_number": each.importer_number, "until_on": each.until_on.isoformat()}
            for each in member.employers
        ],
    }
