"""A matter in its process: what it was opened with, the acts that were kept, and where they led."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final, assert_never
from uuid import UUID

from services.workqueue.domain.due import nearest_day
from services.workqueue.domain.fact import Fact, in_order, of_item
from services.workqueue.domain.item import LAST, SYSTEM, WAITING, Item, Note, Person
from services.workqueue.domain.processes.engine import Done, Standing, follow, stand, waits_for
from services.workqueue.domain.processes.fields import revive
from services.workqueue.domain.processes.letters import LETTERS, NOTICE, REQUEST
from services.workqueue.domain.processes.shape import Act, Process
from services.workqueue.domain.processes.table import PROCESSES
from shared.customs.calendar import legal_date

_CLAIMED: Final = "work-item-changed:claimed"
OPENS_LETTER: Final = frozenset({REQUEST, NOTICE})
"""What an act opens that asks a party by letter: the letter itself, and no matter beside its own."""
_SETTLED: Final = frozenset({"answered", "withdrawn", "closed", "taken", "assessed"})
"""What becomes of a letter after which its matter waits for it no more."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a person opened a matter with: its title, the entries concerned, a port, the item that it came from."""

    title: str
    entry_numbers: tuple[str, ...]
    port: str | None
    linked_item: UUID | None
    by: Person
    authority: str


@dataclass(frozen=True, slots=True)
class KeptAct:
    """One act as it is kept: what it recorded (JSON), its reasons, the stage that it led to, the row it rests on.

    `opened` is the letter or the matter that it opened.
    """

    number: int
    act: str
    at: datetime
    by: Person
    fields: Mapping[str, Any]
    reasons: tuple[Mapping[str, str | None], ...]
    stage: str
    authority: str
    opened: UUID | None = None


def people_of(person: Person) -> frozenset[str]:
    """A person and whom they act for: for the rule of two people both did it."""
    return frozenset({person.subject} if person.acting_for is None else {person.subject, person.acting_for})


@dataclass(frozen=True, slots=True)
class Followed:
    """Where an item stands, what led there of events, and which acts of people an earlier event has overtaken."""

    standing: Standing
    kept: Standing
    """Where acts and events have led, a claim left out that no act followed: what is kept for lists (`held_stage`)."""
    events: tuple[tuple[Fact, str, str], ...] = ()
    """Each fact that moved or marked the matter, with the act that followed it and the stage after it."""
    overtaken: frozenset[int] = frozenset()
    """Numbers of acts that stand in the history and moved nothing: what was heard later came before them."""
    awaits: UUID | None = None
    """The letter that the matter waits for, and that can still be answered."""


def stand_of(process: Process, item: Item, acts: Sequence[KeptAct], facts: Iterable[Fact]) -> Standing:
    """Where acts and events have led the item in its process: `Followed.kept` of `follow_all`."""
    return follow_all(process, item, acts, facts).kept


def follow_all(process: Process, item: Item, acts: Sequence[KeptAct], facts: Iterable[Fact]) -> Followed:
    """Fold the event that opened the item, the facts of its subjects, the acts of people and its claim.

    Facts and acts go in the order of their time, of one instant facts first, so the order in which they are heard does
    not matter. What a claim does is done when somebody holds
    the item for the first time, or before the act that needs it.
    """
    standing = stand(process, item.opened_at, ())
    opened_on = process.opened_on if item.kind != "matter" else ()
    for event in opened_on:
        standing = _follow_event(process, standing, (event,), item.opened_at, _opening_fields(item))[0]
    own = of_item(item.item_id)
    ordered = in_order(fact for fact in facts if fact.subject == own or _bears_on(fact, item, process))
    ahead = [fact for fact in ordered if not set(fact.words) & set(opened_on)]
    events: list[tuple[Fact, str, str]] = []
    overtaken: set[int] = set()
    awaited, asked_at, answers = None, item.opened_at, dict[str, list[Fact]]()

    def hear(until: datetime | None) -> None:
        nonlocal standing, awaited
        while ahead and (until is None or ahead[0].at <= until):
            fact, at = ahead.pop(0), None
            if fact.topic == LETTERS:
                if fact.letter != str(awaited):
                    answers.setdefault(fact.letter, []).append(fact)
                    continue
                at = max(fact.at, asked_at)
            standing, act = _follow_event(process, standing, fact.words, at or fact.at, fact.fields)
            if act is not None:
                events.append((fact, act.code, standing.stage))
            if fact.topic == LETTERS and fact.word in _SETTLED:
                awaited = None

    for each in acts:
        hear(each.at)
        act = process.act(each.act)
        if standing.stage not in act.source:
            standing = _follow_event(process, standing, (_CLAIMED,), each.at, {})[0]
        if standing.stage not in act.source:
            overtaken.add(each.number)
            standing = _with_doer(standing, act.code, people_of(each.by))
            continue
        standing = follow(process, standing, Done(act.code, each.at, people_of(each.by), revive(act, each.fields)))
        if act.opens in OPENS_LETTER and each.opened is not None:
            awaited, asked_at = each.opened, each.at
            ahead[:0] = answers.pop(str(awaited), [])  # what is dated before the act that asked counts from it
        elif act.target is not None and process.stage(act.target).waits_for is not None:
            awaited = None  # somebody else is asked now, or on paper
    hear(None)
    kept = standing
    if item.token:
        standing = _follow_event(process, standing, (_CLAIMED,), standing.since, {})[0]
    return Followed(standing, kept, tuple(events), frozenset(overtaken), awaited)


def _bears_on(fact: Fact, item: Item, process: Process) -> bool:
    """Whether an item follows a fact of its entry, protest or importer.

    An extension of last year is no answer to a request of today. The event that opens a matter is itself followed.
    """
    match item.kind:
        case "matter":
            opens = fact.at == item.opened_at and not set(fact.words).isdisjoint(process.opened_on)
            return opens or fact.at > item.opened_at
        case "filing":
            return fact.at > item.opened_at
        case "review" | "consultation" | "protest":
            return True
        case _:
            assert_never(item.kind)


def _with_doer(standing: Standing, act: str, people: frozenset[str]) -> Standing:
    """Whoever did an act had part in the matter, also where it moved nothing: the rule of two people counts them."""
    doers = {**standing.doers, act: standing.doers.get(act, frozenset()) | people}
    return replace(standing, doers=MappingProxyType(doers))


def _opening_fields(item: Item) -> dict[str, Any]:
    """What the event that opened an item says of its days and number, under the names that acts record."""
    on = legal_date(item.opened_at).isoformat()
    number = item.filing_number or item.protest_number
    days = {"received_on": on, "filed_on": on, "petitioned_on": on, "received_at": item.opened_at.isoformat()}
    return days if number is None else days | {"filing_number": [number], "reconciliation_number": number}


def _follow_event(
    process: Process, standing: Standing, words: tuple[str, ...], at: datetime, said: Mapping[str, Any]
) -> tuple[Standing, Act | None]:
    """The standing after an event, and the act that follows it; as before and None where none does."""
    act = next((act for act in process.acts if act.event in words and standing.stage in act.source), None)
    if act is None:
        return standing, None
    names = {field.name for field in act.fields}
    fields = revive(act, {name: value for name, value in said.items() if name in names})
    return follow(process, standing, Done(act.code, at, frozenset(), fields)), act


CLAIM_MOVES: Final = tuple(
    (process.code, source, act.target)
    for process in PROCESSES.values()
    for act in process.acts
    if act.event == _CLAIMED and act.target is not None
    for source in act.source
)
"""From which stage of which process the first claim takes an item to which."""


def held_stage(item: Item) -> str | None:
    """The stage of an item as it is kept, and as its claim leaves it: claims are many, so nothing is written by them.

    >>> CLAIM_MOVES
    (('entry-summary-review', 'selected', 'assigned'),)
    """
    if not item.token:
        return item.stage
    moves = {(code, source): target for code, source, target in CLAIM_MOVES}
    return moves.get((item.process, item.stage or ""), item.stage)


def placed(item: Item, process: Process, standing: Standing) -> Item:
    """The item where its process has come to; the due day of a matter is the nearest of its clocks.

    A port that an act records is the one that the matter concerns from then on.
    """
    due_on: date | None = item.due_on
    if item.kind == "matter":
        due_on = nearest_day(standing.clocks.values(), item.set_days)
    return replace(
        item,
        stage=standing.stage,
        stage_since=standing.since,
        port=standing.facts.get("port", item.port),
        waits_for="port" if item.at_port is not None else waits_for(process, standing),
        due_on=due_on,
    )


def end_by_event(item: Item, process: Process, followed: Followed) -> tuple[Item, tuple[Note, ...]]:
    """A matter that an event has brought to its end is completed, with the line that says so; others as they are.

    Reviews, protests and filings end by what is decided on them.
    """
    if item.kind != "matter" or item.state not in WAITING or not process.stage(followed.standing.stage).is_end:
        return item, ()
    fact, act, _ = followed.events[-1]
    reason = {"code": act, "text": f"{process.act(act).label}: {fact.topic.replace('-', ' ')}, {fact.word}."}
    note = Note("closed:event", LAST, "closed", "completed", fact.at, SYSTEM, (reason,))
    return replace(item, state="completed", holder=None, holder_name=None, lease_until=None, due_on=None), (note,)
