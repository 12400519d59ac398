"""Versions of entries that were decided, and the events that they rest on."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from services.routing.domain.activity import CountedVersion
from services.routing.domain.decisions import Decision
from services.routing.domain.facts import EntryFacts


class Origin(NamedTuple):
    """Which event a row rests on. Of two that contradict each other the lower one stands: the earlier."""

    filed_at: datetime
    source: str
    id: str


class KnownVersion(NamedTuple):
    """A version of an entry that has been decided, by the digest of what was filed, with what it adds to activity."""

    digest: bytes
    origin: Origin
    standing: CountedVersion


class DecidedVersion(NamedTuple):
    """A version of an entry with its decision, and the decision as it is published (JSON)."""

    facts: EntryFacts
    decision: Decision
    published: bytes
    standing: CountedVersion
    digest: bytes
    origin: Origin

    @property
    def key(self) -> tuple[str, int]:
        """Entry number and version."""
        return (self.facts.entry_number, self.facts.version)


@dataclass(frozen=True, slots=True)
class ContradictingEvent:
    """An event that contradicts what is known; `detail` says which one stands and by what rule."""

    entry_number: str
    kind: str
    origin: Origin
    detail: str
