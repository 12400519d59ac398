"""A matter in its process: what it was opened with, the acts that were kept, and where they led."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.workqueue.domain.item import Item, Person
from services.workqueue.domain.processes.engine import Done, Standing, stand, waits_for
from services.workqueue.domain.processes.fields import revive
from services.workqueue.domain.processes.shape import Process


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
    """Where the item stands in its process by the acts of people."""
    done = [Done(each.act, each.at, people_of(each.by), revive(process.act(each.act), each.fields)) for each in acts]
    return stand(process, item.opened_at, done)


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
