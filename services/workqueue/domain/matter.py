"""A matter in its process: what it was opened with, the acts that were kept, and where they led."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from services.workqueue.domain.item import Item, Person
from services.workqueue.domain.processes.engine import Done, Standing, follow, stand, waits_for
from services.workqueue.domain.processes.fields import revive
from services.workqueue.domain.processes.shape import Process

_CLAIMED: Final = "work-item-changed:claimed"


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
    """One act as it is kept: what it recorded (JSON), its reasons, the stage that it led to, the row it rests on."""

    number: int
    act: str
    at: datetime
    by: Person
    fields: Mapping[str, Any]
    reasons: tuple[Mapping[str, str | None], ...]
    stage: str
    authority: str


def people_of(person: Person) -> frozenset[str]:
    """A person and whom they act for: for the rule of two people both did it."""
    return frozenset({person.subject} if person.acting_for is None else {person.subject, person.acting_for})


def stand_of(process: Process, item: Item, acts: Sequence[KeptAct]) -> Standing:
    """Where the item stands in its process: by the event that opened it, the acts of people, and its claim.

    What a claim does is done when somebody holds the item for the first time, or before the act that needs it.
    """
    standing = stand(process, item.opened_at, ())
    if item.kind != "matter":
        for event in process.opened_on:
            standing = _follow_event(process, standing, event, item.opened_at)
    for each in acts:
        act = process.act(each.act)
        if standing.stage not in act.source:
            standing = _follow_event(process, standing, _CLAIMED, each.at)
        standing = follow(process, standing, Done(act.code, each.at, people_of(each.by), revive(act, each.fields)))
    return _follow_event(process, standing, _CLAIMED, standing.since) if item.token else standing


def _follow_event(process: Process, standing: Standing, event: str, at: datetime) -> Standing:
    act = next((act for act in process.acts if act.event == event and standing.stage in act.source), None)
    return standing if act is None else follow(process, standing, Done(act.code, at, frozenset(), {}))


def placed(item: Item, process: Process, standing: Standing) -> Item:
    """The item where its process has come to; the due day of a matter is the nearest of its clocks."""
    due_on: date | None = standing.due_on() if item.kind == "matter" else item.due_on
    return replace(
        item,
        stage=standing.stage,
        stage_since=standing.since,
        waits_for=waits_for(process, standing),
        due_on=due_on,
    )
