"""The one engine of all processes: where a matter stands after its acts, and what may be done with it now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, assert_never

from services.workqueue.domain.processes.shape import Act, Clock, Process, Stage, Unit, WaitsFor
from shared.customs.calendar import NO_CLOSURES, add_business_days, add_days, add_months, add_years, legal_date


@dataclass(frozen=True, slots=True)
class Done:
    """An act that was done: by whom, when, and what it recorded.

    `by` are the person and whom they acted for; of an event nobody.
    """

    act: str
    at: datetime
    by: frozenset[str]
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Running:
    """A clock that was begun: since when, until when, whether it stands still, and when it ended.

    `due_on` moves with the days for which it stood; while it stands still it is the day that it would be without more.
    """

    clock: str
    began_on: date
    due_on: date
    stands_since: date | None = None
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a matter stands: stage, since when, what was recorded last, its clocks, who did each act, its outcome."""

    stage: str
    since: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)
    clocks: Mapping[str, Running] = field(default_factory=dict)
    doers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    outcome: str | None = None

    def due_on(self) -> date | None:
        """The nearest day of the clocks that run; None when none does."""
        return min((each.due_on for each in self.clocks.values() if _runs(each)), default=None)


@dataclass(frozen=True, slots=True)
class Bar:
    """Why an act cannot be done now: a stable code, a sentence, and what to do instead."""

    code: str
    why: str
    remedy: str


UNITS: Final[Mapping[Unit, str]] = MappingProxyType(
    {"days": "days", "business-days": "working days", "months": "months", "years": "years"}
)


def stand(process: Process, opened_at: datetime, done: Sequence[Done]) -> Standing:
    """Where the matter stands after its acts, in the order in which they were done.

    Raises `ValueError` for an act that its stage does not allow: what is kept was allowed when it was done.
    """
    on = legal_date(opened_at)
    clocks = {code: Running(code, on, due_after(process.clock(code), on)) for code in process.begins}
    standing = Standing(process.first, opened_at, clocks=MappingProxyType(clocks))
    for each in done:
        standing = follow(process, standing, each)
    return standing


def follow(process: Process, standing: Standing, done: Done) -> Standing:
    """Where the matter stands after one more act."""
    act = process.act(done.act)
    if standing.stage not in act.source:
        raise ValueError(f"{process.code}: {act.code} is no act of stage {standing.stage}")
    facts = MappingProxyType({**standing.facts, **done.fields})
    doers = dict(standing.doers)
    if done.by:
        doers[act.code] = doers.get(act.code, frozenset()) | done.by
    target = act.target if act.target is not None else standing.stage
    return replace(
        standing,
        stage=target,
        since=done.at if target != standing.stage else standing.since,
        facts=facts,
        clocks=MappingProxyType(_move_clocks(process, act, done, standing.clocks)),
        doers=MappingProxyType(doers),
        outcome=act.outcome if act.target is not None else standing.outcome,
    )


def waits_for(process: Process, standing: Standing) -> WaitsFor | None:
    """Who has to do something before the Center can go on; None: the Center itself."""
    return process.stage(standing.stage).waits_for


def stage_of(process: Process, standing: Standing) -> Stage:
    """The stage in which the matter is."""
    return process.stage(standing.stage)


def list_acts(process: Process, standing: Standing) -> list[Act]:
    """The acts of the stage, in the order of the table."""
    return [act for act in process.acts if standing.stage in act.source]


def find_bar(
    process: Process, standing: Standing, act: Act, roles: frozenset[str], people: frozenset[str]
) -> Bar | None:
    """Why a person with these roles cannot do the act now; None: they can. `people` are they and whom they act for."""
    stage = process.stage(standing.stage)
    if standing.stage not in act.source:
        names = ", ".join(process.stage(code).label.lower() for code in act.source)
        return Bar(
            "other-stage",
            f"The matter is in the stage {stage.label.lower()}; this is done in: {names}.",
            f"Do what the stage asks for first; GET /processes/{process.code} shows the way.",
        )
    if not act.roles:
        return Bar("by-event", f"{act.label} is done by an event ({act.event}).", "Wait for it.")
    if not roles & set(act.roles):
        return Bar(
            "process-role", f"{act.label} is for {' or '.join(act.roles)}.", "Hand it to somebody who has that role."
        )
    if act.is_once and act.code in standing.doers:
        return Bar(
            "recorded-once",
            f"{act.label}: this was recorded and cannot be changed.",
            "Read the acts of the matter; what is wrong in them is said in the reasons of a later act.",
        )
    for guard in act.guards:
        value = standing.facts.get(guard.field)
        if value is None or (guard.values is not None and value not in guard.values):
            return Bar("fact-missing", guard.why, f"Record {guard.field} first.")
    for other in act.not_by:
        if people & standing.doers.get(other, frozenset()):
            return Bar(
                "second-person-required",
                f"You have done this: {process.act(other).label.lower()}",
                "Ask a colleague who has not taken part.",
            )
    return None


def due_after(clock: Clock, began_on: date) -> date:
    """The last day of a clock; days closed by order are counted.

    >>> from services.workqueue.domain.processes.shape import Clock
    >>> due_after(Clock("reply", "Reply", "statutory", 30, "days", "none", "19 CFR 151.11", "S"), date(2026, 3, 2))
    datetime.date(2026, 4, 1)
    """
    match clock.unit:
        case "days":
            return add_days(began_on, clock.length)
        case "business-days":
            return add_business_days(began_on, clock.length, NO_CLOSURES)
        case "months":
            return add_months(began_on, clock.length)
        case "years":
            return add_years(began_on, clock.length)
        case _:
            assert_never(clock.unit)


def _move_clocks(process: Process, act: Act, done: Done, clocks: Mapping[str, Running]) -> dict[str, Running]:
    on = legal_date(done.at)
    moved = dict(clocks)
    for code in act.ends:
        if code in moved and moved[code].ended_on is None:
            moved[code] = replace(moved[code], ended_on=on)
    for code in act.pauses:
        if code in moved and _runs(moved[code]):
            moved[code] = replace(moved[code], stands_since=on)
    for code in act.resumes:
        stood = moved.get(code)
        if stood is not None and stood.ended_on is None and stood.stands_since is not None:
            longer = stood.due_on + timedelta(days=(on - stood.stands_since).days)
            moved[code] = replace(stood, stands_since=None, due_on=longer)
    for code in act.starts:
        clock = process.clock(code)
        began_on = _counted_from(clock, done) or on
        moved[code] = Running(code, began_on, due_after(clock, began_on))
    if process.stage(act.target).is_end if act.target is not None else False:
        moved = {code: each if each.ended_on else replace(each, ended_on=on) for code, each in moved.items()}
    return moved


def _counted_from(clock: Clock, done: Done) -> date | None:
    value = done.fields.get(clock.counts_from) if clock.counts_from is not None else None
    if isinstance(value, datetime):
        return legal_date(value)
    return value if isinstance(value, date) else None


def _runs(running: Running) -> bool:
    return running.ended_on is None and running.stands_since is None
