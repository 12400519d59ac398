"""What the legal record and the accounts say of a matter, kept so that its stage follows in whatever order it is heard.

An event is a fact of a subject: an entry, a protest or an importer. Only those are kept that an act of some process
follows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.workqueue.domain.item import Item
from services.workqueue.domain.processes.table import EVERY_PROCESS

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
    def words(self) -> tuple[str, str]:
        """The names of the event in the tables."""
        return self.topic, f"{self.topic}:{self.word}"


_FOLLOWED: Final = frozenset(act.event for process in EVERY_PROCESS.values() for act in process.acts if act.event)
FIELD_NAMES: Final = frozenset(
    field.name for process in EVERY_PROCESS.values() for act in process.acts if act.event for field in act.fields
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


def subjects_of(item: Item, filed_on: str | None) -> tuple[str, ...]:
    """What an item follows: its protest and its entry, for a matter the entry that it names first.

    `filed_on` is the entry of a filing that names exactly one; of several each has a legal state of its own, and none
    is the filing's.
    """
    subjects = [of_protest(item.protest_number)] if item.protest_number is not None else []
    entry_number = filed_on if item.kind == "filing" else item.entry_number
    if entry_number is not None:
        subjects.append(of_entry(entry_number))
    if item.process == ACCOUNT_PROCESS:
        subjects.append(of_importer(item.importer_number))
    return tuple(subjects)
