"""Saved views: a filter of items with a name, of one person, shared with a Center, or what a role begins with."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

MOST_VIEWS: Final = 100
"""Views that one person may have."""


@dataclass(frozen=True, slots=True)
class View:
    """A filter with a name. `query` is the query string of `GET /items`; what it says of `me` and of days is read anew
    by whoever looks.

    `center` is where it is shared, None: it is its owner's alone. `role` is which role of that Center begins with it.
    """

    view_id: UUID
    owner: str
    name: str
    query: str
    center: str | None
    role: str | None
    written_by: str
    written_at: datetime
    version: int = 1


_SPECIALIST: Final = (
    ("Mine", "holder=me&state=claimed"),
    ("Assigned to me", "state=open&assigned_to=me"),
    ("Due within a week", "state=open&due_within=7"),
    ("Overdue", "overdue=true"),
)
_SUPERVISOR: Final = (
    ("Overdue", "overdue=true"),
    ("Due within a week, nobody has it", "holder=nobody&due_within=7&state=open"),
    ("Protests", "kind=protest&state=open&state=claimed"),
    ("Waits for somebody else", "state=open&state=claimed&waits_for=importer&waits_for=filer&waits_for=headquarters"),
    ("Waits for a Center", "center=PNDING&state=open"),
)
_NATIONAL: Final = (("Overdue", "overdue=true"), ("Most urgent", "priority=1&state=open&state=claimed"))
BEGINNINGS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = MappingProxyType(
    {
        "import-specialist": _SPECIALIST,
        "entry-specialist": _SPECIALIST,
        "liquidation-specialist": _SPECIALIST,
        "drawback-specialist": _SPECIALIST,
        "adcvd-team": _SPECIALIST,
        "trade-enforcement-coordinator": _SPECIALIST,
        "assistant-center-director": _SUPERVISOR,
        "center-director": _SUPERVISOR,
        "national-account-manager": _NATIONAL,
        "office-of-trade": _NATIONAL,
    }
)
"""What a role begins with where its Center has said nothing: names with their query strings."""


def beginnings_of(roles: Collection[str], own: Collection[View]) -> list[tuple[str, str]]:
    """The names and query strings that these roles begin with, but for roles to which their Center gave views.

    >>> [name for name, _ in beginnings_of(["office-of-trade"], [])]
    ['Overdue', 'Most urgent']
    """
    given = {view.role for view in own}
    found: dict[str, str] = {}
    for role in sorted(set(roles) - given):
        for name, query in BEGINNINGS.get(role, ()):
            found.setdefault(name, query)
    return list(found.items())
