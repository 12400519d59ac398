"""Law-enforcement-sensitive matters: nobody learns that there is one who need not know of it.

Who needs to know is named on the matter, for a reason: whoever opened it is the first. Beside them the roles that the
table of the process names, within their reach. Acting for somebody gives no need to know: it is personal.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from services.workqueue.domain.item import Item
from services.workqueue.domain.processes.table import PROCESSES

KNOWN_TO: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {process.code: frozenset(process.known_to) for process in PROCESSES.values() if process.is_sensitive}
)


@dataclass(frozen=True, slots=True)
class NeedToKnow:
    """Somebody named on a matter: by whom, when, why; and when it was taken back, if it was."""

    subject: str
    added_at: datetime
    reason: str
    added_by: str
    added_by_name: str
    removed_by: str | None = None
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CompartmentRead:
    """What somebody read of the law-enforcement compartment, and when."""

    what: str
    read_at: datetime
    read_by: str
    read_by_name: str
    acting_for: str | None


@dataclass(frozen=True, slots=True)
class Knower:
    """Who asks, as far as needs to know go: by subject, with the sensitive processes that their roles know of."""

    subject: str
    processes: frozenset[str]


def knower_of(subject: str, roles: Collection[str]) -> Knower:
    """Who asks, by their roles."""
    processes = frozenset(code for code, known_to in KNOWN_TO.items() if not known_to.isdisjoint(roles))
    return Knower(subject, processes)


def is_known(item: Item, knower: Knower) -> bool:
    """Whether somebody may learn that there is this item."""
    return item.knowers is None or knower.subject in item.knowers or item.process in knower.processes
