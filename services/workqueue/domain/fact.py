"""What is said of a matter elsewhere, kept so that its stage follows in whatever order it is heard.

An event is a fact of a subject: an entry, a protest, an importer, or an item (of its letters, of its decision). Only
those are kept that an act of some process follows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.workqueue.domain.item import Item
from services.workqueue.domain.processes.table import PROCESSES

ACCOUNT_PROCESS: Final = "account-assignment"
"""The process whose matters follow what is said of the importer's account."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One event on a subject. `words` are the names under which tables follow it: the topic, and `topic:word`.

    `sequence` orders what the producer said of the subject at one instant. `fields` are those that acts record, as JSON
    has them.
    """

    subject: str
    event_id: str
    topic: str
    word: str
    at: datetime
    sequence: int
    fields: Mapping[str, Any]

    @property
    def letter(self) -> str:
        """The letter of which the event tells; empty where it tells of none."""
        return str(self.fields.get("request_id", ""))

    @property
    def words(self) -> tuple[str, str]:
        """The names of the event in the tables."""
        return self.topic, f"{self.topic}:{self.word}"


_FOLLOWED: Final = frozenset(act.event for process in PROCESSES.values() for act in process.acts if act.event)
FIELD_NAMES: Final = frozenset(
    field.name for process in PROCESSES.values() for act in process.acts if act.event for field in act.fields
)
"""What acts record of events, under the names of the events' data."""


def is_followed(topic: str, word: str) -> bool:
    """Whether some process follows such an event.

    >>> is_followed("entry-changed", "liquidated"), is_followed("entry-changed", "rescheduled")
    (True, False)
    """
    return topic in _FOLLOWED or f"{topic}:{word}" in _FOLLOWED


def in_order(facts: Iterable[Fact]) -> list[Fact]:
    """Facts from the first to the last, each once: the same whatever the order in which they were heard."""
    once = {fact.event_id: fact for fact in facts}
    return sorted(once.values(), key=lambda fact: (fact.at, fact.sequence, fact.event_id))


def of_entry(entry_number: str) -> str:
    """The subject that an entry is."""
    return f"entry:{entry_number}"


def of_protest(protest_number: str) -> str:
    """The subject that a protest is."""
    return f"protest:{protest_number}"


def of_importer(importer_number: str) -> str:
    """The subject that an importer's account is."""
    return f"importer:{importer_number}"


def of_item(item_id: UUID) -> str:
    """The subject that an item itself is: of its letters, and of a decision on it that was refused."""
    return f"item:{item_id}"


def of_decision(item_id: UUID, topic: str, decision_id: UUID, at: datetime, said: Mapping[str, str]) -> Fact:
    """What the legal record made of a decision, as a fact of the item that it completed."""
    return Fact(of_item(item_id), f"{topic}:{decision_id}", topic, said.get("rule", topic), at, 0, said)


def subjects_of(item: Item, filed_on: str | None) -> tuple[str, ...]:
    """What an item follows: what is said of itself, its protest and its entry, for a matter the entry named first.

    `filed_on` is the entry of a filing that names exactly one; of several each has a legal state of its own, and none
    is the filing's.
    """
    subjects = [of_item(item.item_id)]
    if item.protest_number is not None:
        subjects.append(of_protest(item.protest_number))
    entry_number = filed_on if item.kind == "filing" else item.entry_number
    if entry_number is not None:
        subjects.append(of_entry(entry_number))
    if item.process == ACCOUNT_PROCESS and item.importer_number is not None:
        subjects.append(of_importer(item.importer_number))
    return tuple(subjects)
