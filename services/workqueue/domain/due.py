"""The clocks of an item: of law, of policy and goals; days that supervisors set, pauses, and who is told when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Final, Literal, assert_never

from services.workqueue.domain.clocks import PROTEST_DECIDE, REVIEW_CUTOFF
from services.workqueue.domain.item import Item, NotAllowed, SetDay
from services.workqueue.domain.processes.engine import Running
from services.workqueue.domain.processes.shape import Process
from shared.customs.calendar import add_days, legal_date

ClockKind = Literal["statutory", "policy", "goal"]
Pause = Literal[
    "importer", "laboratory", "headquarters", "commerce", "court", "partner-agency", "port", "government-closed"
]
PAUSES: Final[Mapping[Pause, str]] = MappingProxyType(
    {
        "importer": "An answer of the importer is awaited",
        "laboratory": "A report of the laboratory is awaited",
        "headquarters": "A decision of headquarters is awaited",
        "commerce": "Instructions of the Department of Commerce are awaited",
        "court": "A decision of a court is awaited",
        "partner-agency": "An answer of another agency is awaited",
        "port": "Something that the port does is awaited",
        "government-closed": "The office is closed by order",
    }
)
"""Why a policy clock may stand still; no other reason is taken, and a clock of law never does."""
DEEMED: Final = "deemed-liquidation"
NEAREST: Final = "nearest"
"""The nearest clock of a matter or filing, whatever its name, where it is told how far it has come."""
LEVELS: Final[tuple[tuple[int, str], ...]] = (
    (50, "holder"),
    (75, "team-lead"),
    (90, "assistant-center-director"),
    (100, "center-director"),
)
"""Who is told when so many hundredths of a clock have passed. Policy of the Centers (Q6 of domain/queue.md)."""
HEADQUARTERS: Final = "headquarters"
"""Told beside the Center director when a clock of law has run to its end."""
_OWN_RULE: Final = "I"


@dataclass(frozen=True, slots=True)
class ItemClock:
    """A clock of an item: what it counts from and until when, both legal days; `computed_on` is its day by its source.

    While it stands still (`paused_on`) nobody is told; its day moves when it goes on.
    """

    clock: str
    kind: ClockKind
    began_on: date
    computed_on: date
    due_on: date
    set_day: SetDay | None = None

    @property
    def paused_on(self) -> date | None:
        """Since when it stands still."""
        return self.set_day.paused_on if self.set_day is not None else None


def clocks_of(
    item: Item,
    computed: Mapping[str, tuple[ClockKind, date, date]],
    process: Process | None,
    running: Sequence[Running],
) -> list[ItemClock]:
    """The clocks of an item, the nearest first: those of its sources, and those of its process that run.

    `computed` are kind, first day and last day by clock, as the sources say them (`sources_of`).
    """
    told = dict(computed)
    for each in running:
        if process is not None and each.ended_on is None and each.stands_since is None:
            told.setdefault(each.clock, (process.clock(each.clock).kind, each.began_on, each.due_on))
    found = []
    for clock, (kind, began_on, due_on) in told.items():
        set_day = _of(item.set_days, clock) if kind != "statutory" else None
        found.append(ItemClock(clock, kind, began_on, due_on, applied(due_on, set_day), _in_force(due_on, set_day)))
    return sorted(found, key=lambda each: (each.due_on, each.clock))


def sources_of(
    item: Item, due_on: date | None, deemed_on: date | None, filing_clocks: Sequence[tuple[str, str, date]]
) -> dict[str, tuple[ClockKind, date, date]]:
    """The clocks that events give an item: `due_on` is its day by them, `deemed_on` when its entry liquidates by law.

    `filing_clocks` are rule, evidence and day of a filing's clocks; one that is an own rule of Centerline is policy.
    """
    began_on = legal_date(item.opened_at)
    found: dict[str, tuple[ClockKind, date, date]] = {}
    match item.kind:
        case "review" | "consultation":
            if due_on is not None:
                found[REVIEW_CUTOFF] = ("policy", began_on, due_on)
            if deemed_on is not None and item.kind == "review":
                found[DEEMED] = ("statutory", began_on, deemed_on)
        case "protest":
            if due_on is not None:
                found[PROTEST_DECIDE] = ("statutory", began_on, due_on)
        case "filing":
            for rule, evidence, day in filing_clocks:
                found[rule] = ("policy" if evidence == _OWN_RULE else "statutory", began_on, day)
        case "matter":
            pass
    return found


def applied(computed_on: date, set_day: SetDay | None) -> date:
    """The day of a clock after what was made of it.

    >>> applied(date(2026, 3, 4), SetDay("review-cutoff", date(2026, 3, 4), date(2026, 3, 11), paused_days=2))
    datetime.date(2026, 3, 13)
    >>> applied(date(2026, 4, 1), SetDay("review-cutoff", date(2026, 3, 4), date(2026, 3, 11)))
    datetime.date(2026, 4, 1)
    """
    standing = _in_force(computed_on, set_day)
    if standing is None:
        return computed_on
    return add_days(standing.due_on or computed_on, standing.paused_days)


def running_day(computed_on: date, set_day: SetDay | None) -> date | None:
    """The day of a clock after what was made of it; None while it stands still, since nobody knows when it goes on.

    >>> running_day(date(2026, 3, 4), SetDay("review-cutoff", date(2026, 3, 4), paused_on=date(2026, 3, 2)))
    >>> running_day(date(2026, 3, 4), SetDay("review-cutoff", date(2026, 3, 4), paused_days=2))
    datetime.date(2026, 3, 6)
    """
    standing = _in_force(computed_on, set_day)
    return None if standing is not None and standing.paused_on is not None else applied(computed_on, set_day)


def told_clocks(item: Item) -> dict[str, tuple[ClockKind, date]]:
    """The clocks of a review, advice or protest that are told as they run down, with their last day as it stands.

    One that stands still is not told. What a matter or a filing counts by, its process or its kind says.
    """
    found: dict[str, tuple[ClockKind, date]] = {}
    match item.kind:
        case "review" | "consultation":
            standing = _of(item.set_days, REVIEW_CUTOFF)
            if item.due_on is not None and (standing is None or standing.paused_on is None):
                found[REVIEW_CUTOFF] = ("policy", item.due_on)
            if item.deemed_on is not None:
                found[DEEMED] = ("statutory", item.deemed_on)
        case "protest":
            if item.due_on is not None:
                found[PROTEST_DECIDE] = ("statutory", item.due_on)
        case "filing" | "matter":
            pass
        case _:
            assert_never(item.kind)
    return found


def day_of(item: Item, set_days: Sequence[SetDay] | None) -> date | None:
    """The day of a review or consultation by its sources with what was made of its clock; of others as it is.

    None while its clock stands still: what waits for somebody else is not late.
    """
    if item.kind not in {"review", "consultation"} or item.due_on is None:
        return item.due_on
    return running_day(item.due_on, _of(set_days, REVIEW_CUTOFF))


def nearest_day(running: Iterable[Running], set_days: Sequence[SetDay] | None) -> date | None:
    """The nearest day of the clocks of a process that run; None when none does."""
    days = (
        running_day(each.due_on, _of(set_days, each.clock))
        for each in running
        if each.ended_on is None and each.stands_since is None
    )
    return min((day for day in days if day is not None), default=None)


def set_day(clock: ItemClock, due_on: date, today: date) -> SetDay:
    """Give a clock of policy another day; raises `NotAllowed` for one of law, and for a day that is over.

    Of one that stands still the days are counted anew: the day is given as of today.

    >>> stands = SetDay("goal", date(2026, 3, 20), paused_on=date(2026, 3, 2), pause="importer", paused_days=3)
    >>> clock = ItemClock("goal", "goal", date(2026, 3, 1), date(2026, 3, 20), date(2026, 3, 23), stands)
    >>> given = set_day(clock, date(2026, 4, 1), today=date(2026, 3, 12))
    >>> later = resume(replace(clock, set_day=given), date(2026, 3, 14))
    >>> applied(clock.computed_on, later)
    datetime.date(2026, 4, 3)
    """
    _demand_policy(clock)
    if due_on < today:
        raise NotAllowed("day-is-over", f"{due_on} is over.", "Set a day that comes.")
    given = SetDay(clock.clock, clock.computed_on, due_on)
    if clock.set_day is None or clock.paused_on is None:
        return given
    return replace(given, paused_on=today, pause=clock.set_day.pause)


def pause(clock: ItemClock, why: Pause, today: date) -> SetDay:
    """Let a clock of policy stand still; raises `NotAllowed` for one of law, or one that stands already."""
    _demand_policy(clock)
    if clock.paused_on is not None:
        raise NotAllowed("clock-stands", f"{clock.clock} stands still since {clock.paused_on}.", "Resume it first.")
    before = clock.set_day or SetDay(clock.clock, clock.computed_on)
    return replace(before, paused_on=today, pause=why)


def resume(clock: ItemClock, today: date) -> SetDay:
    """Let a clock go on: its day moves by the days for which it stood. Raises `NotAllowed` for one that runs."""
    _demand_policy(clock)
    if clock.set_day is None or clock.paused_on is None:
        raise NotAllowed("clock-runs", f"{clock.clock} does not stand still.", "Pause it first, with the reason.")
    stood = (today - clock.paused_on).days
    return replace(clock.set_day, paused_on=None, pause=None, paused_days=clock.set_day.paused_days + stood)


def with_set_day(set_days: Sequence[SetDay] | None, changed: SetDay) -> tuple[SetDay, ...]:
    """The days set, with one in the place of what was set for its clock before."""
    others = [each for each in set_days or () if each.clock != changed.clock]
    return tuple(sorted([*others, changed], key=lambda each: each.clock))


def level_of(began_on: date, due_on: date, today: date) -> int:
    """How much of a clock has passed, as the highest of `LEVELS` that is reached; 0 before the first.

    The last day itself is the hundredth part of a hundred: on it there is nothing left to wait for.

    >>> level_of(date(2026, 3, 1), date(2026, 3, 11), date(2026, 3, 6))
    50
    >>> level_of(date(2026, 3, 1), date(2026, 3, 11), date(2026, 3, 11))
    100
    """
    if today >= due_on:
        return LEVELS[-1][0]
    length, passed = (due_on - began_on).days, (today - began_on).days
    return max((level for level, _ in LEVELS if 100 * passed >= level * length and passed > 0), default=0)


def next_level_on(began_on: date, due_on: date, level: int) -> date | None:
    """The first day on which more of a clock has passed than this level (`level_of`); None after the last.

    >>> next_level_on(date(2026, 3, 1), date(2026, 3, 12), 0), next_level_on(date(2026, 3, 1), date(2026, 3, 12), 90)
    (datetime.date(2026, 3, 7), datetime.date(2026, 3, 12))
    """
    above = [each for each, _ in LEVELS if each > level]
    if not above:
        return None
    passed = -(-above[0] * (due_on - began_on).days // 100)
    return min(due_on, add_days(began_on, max(1, passed)))


def who_is_told(level: int, kind: ClockKind) -> tuple[str, ...]:
    """Who is told at a level; at the end of a clock of law headquarters as well.

    >>> who_is_told(100, "statutory"), who_is_told(75, "policy")
    (('center-director', 'headquarters'), ('team-lead',))
    """
    people = tuple(who for at, who in LEVELS if at == level)
    return (*people, HEADQUARTERS) if kind == "statutory" and level == LEVELS[-1][0] else people


def _demand_policy(clock: ItemClock) -> None:
    if clock.kind == "statutory":
        raise NotAllowed(
            "statutory-clock",
            f"{clock.clock} is a clock of law: nobody sets its day.",
            "Its day follows from the facts; what the law allows (an extension) is done in the legal record.",
        )


def _of(set_days: Sequence[SetDay] | None, clock: str) -> SetDay | None:
    return next((each for each in set_days or () if each.clock == clock), None)


def _in_force(computed_on: date, set_day: SetDay | None) -> SetDay | None:
    return set_day if set_day is not None and set_day.instead_of == computed_on else None
