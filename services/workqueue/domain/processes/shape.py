"""What a process is made of, and what must hold of it: a table that breaks a rule here cannot be loaded.

Words: a *matter* is in one *stage*; an *act* of a person, or an event, takes it to the next and says what it records. A
stage may wait for somebody. A *clock* is begun, stopped, continued and ended by acts.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from shared.customs.sensitive import SENSITIVE_PROCESSES

Division = Literal["partnership", "validation-and-compliance", "enforcement"]
WaitsFor = Literal[
    "importer",
    "filer",
    "surety",
    "protestant",
    "producer",
    "laboratory",
    "headquarters",
    "commerce",
    "court",
    "port",
    "fines-penalties-forfeitures",
    "homeland-security-investigations",
    "partner-agency",
    "regulatory-audit",
    "another-center",
    "meeting",
    "payment",
    "lead-matter",
]
FieldKind = Literal[
    "text",
    "code",
    "date",
    "instant",
    "money",
    "integer",
    "hours",
    "flag",
    "entry-numbers",
    "importer-numbers",
    "line-numbers",
    "references",
    "port",
    "program",
]
ClockKind = Literal["statutory", "policy", "goal"]
Unit = Literal["days", "business-days", "months", "years"]
Published = Literal["program-admitted"]
LegalState = Literal["liquidation", "routing", "none"]
Evidence = Literal["S", "P", "M", "U", "I"]
"""How well a clock is evidenced: in statute or regulation, published by CBP, secondary, uncertain, own rule of
Centerline."""

SPECIALISTS: Final = ("import-specialist",)
OFFICERS: Final = (
    "import-specialist",
    "entry-specialist",
    "liquidation-specialist",
    "drawback-specialist",
    "adcvd-team",
    "trade-enforcement-coordinator",
    "assistant-center-director",
)
"""Whoever works on items: each may write to the importer of the item that they hold."""
SUPERVISORS: Final = ("assistant-center-director", "center-director")
DIRECTORS: Final = ("center-director",)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a matter stands. `waits_for` is who has to do something before the Center can go on; None: the Center."""

    code: str
    label: str
    waits_for: WaitsFor | None = None
    is_end: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """What an act records. `codes` are the values of a code with their meaning, in order; of other kinds none."""

    name: str
    label: str
    kind: FieldKind
    codes: Mapping[str, str] | None = None
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Guard:
    """What must hold before an act, beyond its stage: a fact recorded by an earlier act, which has one of these values.

    `values` None: it must have been recorded, whatever it says. `why` is the sentence for who tries without.
    """

    field: str
    why: str
    values: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody may do with a matter, or what an event does.

    `target` None leaves the stage as it is. `roles` may do it; `by_holder` needs the claim of the item, other acts are
    signatures and answers of people who do not hold it. `not_by` are acts whose person may not do this one: the second
    of two people; `is_once`: what it records is never recorded anew. `event` is the event that does it by itself:
    `topic`, or `topic:word` where the word is what its data give as change, act, kind or basis; an act without roles is
    done by events alone, and its fields have the names of the data. `opens` is the process of a matter that it opens
    beside this one, `tells` the notices that it causes, `publishes` the topic on which another service hears of it
    beside `work-item-changed`. `outcome` is how the matter ends by it.
    """

    code: str
    label: str
    source: tuple[str, ...]
    target: str | None
    roles: tuple[str, ...] = SPECIALISTS
    fields: tuple[Field, ...] = ()
    guards: tuple[Guard, ...] = ()
    by_holder: bool = True
    not_by: tuple[str, ...] = ()
    is_once: bool = False
    starts: tuple[str, ...] = ()
    pauses: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    outcome: str | None = None
    event: str | None = None
    opens: str | None = None
    tells: tuple[str, ...] = ()
    publishes: Published | None = None
    citation: str | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """A time limit: its length counts from the legal day of the act that begins it, or from a day that the act records.

    `counts_from` names that field. A length of 0 is a last day that the act records, a negative
    one ends so long before it. `effect` is what follows when the
    day has passed.
    """

    code: str
    label: str
    kind: ClockKind
    length: int
    unit: Unit
    effect: str
    citation: str
    evidence: Evidence
    counts_from: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A point of the checklist: what an officer looks at, and before which act at the latest."""

    code: str
    label: str
    before: str
    citation: str | None = None


@dataclass(frozen=True, slots=True)
class Process:
    """A process of the Centers.

    `legal_state` is the service that owns what the law says of the matter; the item follows its events and leads to
    its acts. `opened_by` are the roles that may open a matter, `opened_on` the events that do. `first` is the stage in
    which it begins, `begins` the clocks that run from the day on which the matter is opened. `known_to` are the roles
    that need to know of each matter of a sensitive process in their reach; everybody else is named on the matter.
    `is_of_importer`: no matter is opened without an importer number.
    """

    code: str
    label: str
    summary: str
    division: Division
    citation: str
    first: str
    stages: tuple[Stage, ...]
    acts: tuple[Act, ...]
    clocks: tuple[Clock, ...]
    steps: tuple[Step, ...]
    outcomes: Mapping[str, str]
    legal_state: LegalState = "none"
    opened_by: tuple[str, ...] = ()
    opened_on: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    known_to: tuple[str, ...] = ()
    is_of_importer: bool = True
    settings: tuple[str, ...] = ()
    """What is not public or not settled, and how it is read here."""

    def __post_init__(self) -> None:
        """Raise `ValueError` with every rule that the table breaks."""
        if flaws := find_flaws(self):
            raise ValueError(f"process {self.code}: {'; '.join(flaws)}")

    @property
    def is_sensitive(self) -> bool:
        """Whether it is law-enforcement-sensitive: no party learns that there is such a matter."""
        return self.code in SENSITIVE_PROCESSES

    @property
    def holders(self) -> frozenset[str]:
        """The roles that have something to do as the holder of a matter."""
        return frozenset(role for act in self.acts if act.by_holder for role in act.roles)

    def stage(self, code: str) -> Stage:
        """A stage by its code; raises `KeyError`."""
        return {stage.code: stage for stage in self.stages}[code]

    def act(self, code: str) -> Act:
        """An act by its code; raises `KeyError`."""
        return {act.code: act for act in self.acts}[code]

    def clock(self, code: str) -> Clock:
        """A clock by its code; raises `KeyError`."""
        return {clock.code: clock for clock in self.clocks}[code]


def find_flaws(process: Process) -> list[str]:
    """Every rule that a table breaks: names of nothing, stages nobody reaches or leaves, clocks without an end."""
    return [
        *_broken_names(process),
        *_dead_stages(process),
        *_endless_clocks(process),
        *_loose_outcomes(process),
        *_told_secrets(process),
    ]


def reach_of_stages(process: Process, start: str) -> frozenset[str]:
    """The stages that a matter can come to from one, itself among them."""
    reached, ahead = {start}, [start]
    while ahead:
        here = ahead.pop()
        for act in process.acts:
            if here in act.source and act.target is not None and act.target not in reached:
                reached.add(act.target)
                ahead.append(act.target)
    return frozenset(reached)


def _broken_names(process: Process) -> list[str]:
    stages = [stage.code for stage in process.stages]
    acts = [act.code for act in process.acts]
    clocks = [clock.code for clock in process.clocks]
    recorded = {field.name for act in process.acts for field in act.fields}
    flaws = [
        f"{kind} {name} stands twice"
        for kind, names in (("stage", stages), ("act", acts), ("clock", clocks))
        for name, count in Counter(names).items()
        if count > 1
    ]
    used = [("the first stage", process.first, stages), *(("the opening", code, clocks) for code in process.begins)]
    for act in process.acts:
        used += [(f"act {act.code}", name, stages) for name in (*act.source, *((act.target,) if act.target else ()))]
        moved = (*act.starts, *act.pauses, *act.resumes, *act.ends)
        used += [(f"act {act.code}", name, clocks) for name in moved]
        used += [(f"act {act.code}", name, acts) for name in act.not_by]
        used += [(f"act {act.code}", guard.field, sorted(recorded)) for guard in act.guards]
        if not act.roles and act.event is None:
            flaws.append(f"nobody and no event does {act.code}")
        names = [field.name for field in act.fields]
        if len(set(names)) < len(names):
            flaws.append(f"act {act.code} asks twice for a field")
        flaws += [
            f"field {field.name} of {act.code}: codes are of fields of kind code, and these have some"
            for field in act.fields
            if (field.kind == "code") != bool(field.codes)
        ]
    used += [(f"step {step.code}", step.before, acts) for step in process.steps]
    used += [
        (f"clock {clock.code}", clock.counts_from, sorted(recorded)) for clock in process.clocks if clock.counts_from
    ]
    flaws += [f"{user} names {name}, which there is not" for user, name, known in used if name not in known]
    flaws += [
        f"clock {clock.code} runs from the opening and counts from {clock.counts_from}, which that does not record"
        for clock in process.clocks
        if clock.counts_from and clock.code in process.begins
    ]
    for clock in process.clocks:
        for act in process.acts:
            if clock.counts_from and clock.code in act.starts:
                asked = [field for field in act.fields if field.name == clock.counts_from]
                if not asked or asked[0].kind not in ("date", "instant") or not asked[0].is_required:
                    flaws.append(f"act {act.code} begins {clock.code} and does not ask for the day {clock.counts_from}")
    return flaws


def _dead_stages(process: Process) -> list[str]:
    reached = reach_of_stages(process, process.first)
    left = {source for act in process.acts for source in act.source}
    ends = {stage.code for stage in process.stages if stage.is_end}
    flaws = [f"stage {stage.code} cannot be reached" for stage in process.stages if stage.code not in reached]
    for stage in process.stages:
        if stage.is_end and stage.code in left and not _is_reopened(process, stage.code):
            flaws.append(f"stage {stage.code} is an end, and an act leaves it")
        if not stage.is_end and not ends & reach_of_stages(process, stage.code):
            flaws.append(f"from stage {stage.code} the matter cannot come to an end")
    return flaws


def _is_reopened(process: Process, stage: str) -> bool:
    """An end is left by what an event does alone: a decision that could not be applied."""
    return all(act.event is not None for act in process.acts if stage in act.source)


def _endless_clocks(process: Process) -> list[str]:
    flaws = []
    for clock in process.clocks:
        begun = [act for act in process.acts if clock.code in act.starts]
        if not begun and clock.code not in process.begins:
            flaws.append(f"nothing begins clock {clock.code}")
        if clock.length < 1 and not clock.counts_from:
            flaws.append(f"clock {clock.code} has no length, and no act records its last day")
        ending = [act for act in process.acts if clock.code in act.ends]
        places = [(act.code, place) for act in begun for place in ((act.target,) if act.target else act.source)]
        if clock.code in process.begins:
            places.append(("the opening", process.first))
        for beginning, place in places:
            ahead = reach_of_stages(process, place)
            if not any(set(each.source) & ahead for each in ending):
                flaws.append(f"nothing ends clock {clock.code} after {beginning}")
        if any(clock.code in act.pauses for act in process.acts) != any(
            clock.code in act.resumes for act in process.acts
        ):
            flaws.append(f"clock {clock.code} is stopped or continued, and never the other")
    return flaws


def _loose_outcomes(process: Process) -> list[str]:
    ends = {stage.code for stage in process.stages if stage.is_end}
    flaws = []
    for act in process.acts:
        if act.outcome is not None and act.outcome not in process.outcomes:
            flaws.append(f"act {act.code} ends as {act.outcome}, which is no outcome")
        if (act.target in ends) != (act.outcome is not None):
            flaws.append(f"act {act.code}: what comes to an end has an outcome, and nothing else has")
    given = {act.outcome for act in process.acts}
    flaws += [f"no act ends as {outcome}" for outcome in process.outcomes if outcome not in given]
    return flaws


def _told_secrets(process: Process) -> list[str]:
    if not process.is_sensitive:
        return []
    return [
        f"the matter is law-enforcement-sensitive, and act {act.code} tells a party"
        for act in process.acts
        if act.tells
    ]
