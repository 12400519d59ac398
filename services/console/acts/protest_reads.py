"""What the workspace of protests reads of liquidation's answers, held as `reads` is."""

from datetime import date, datetime

from services.console.acts.reads import Read


class ProtestInList(Read, frozen=True):
    """A protest in the list of a Center."""

    protest_number: str
    state: str
    is_open: bool
    timeliness: str
    further_review: str
    issue: str
    importer_number: str
    entries: int
    received_at: datetime
    decide_by: date
    due_on: date | None
    due_rule: str | None
    lead_protest: str | None


class ProtestList(Read, frozen=True):
    """Protests in a list."""

    items: list[ProtestInList]
    next: str | None


class Issue(Read, frozen=True):
    """A question common to protests."""

    issue: str
    protests: int
    open: int
    suspended: int
    due_on: date | None


class Issues(Read, frozen=True):
    """Questions common to protests."""

    items: list[Issue]
    next: str | None


class GroupItem(Read, frozen=True):
    """What an act did, or would do, on one protest."""

    protest_number: str
    result: str
    version: int | None
    state: str | None
    rule: str | None
    code: str | None
    why: str | None


class Group(Read, frozen=True):
    """What an act did, or would do, on a group of protests."""

    done: int
    refused: int
    items: list[GroupItem]


PROTEST_READS: dict[tuple[str, str, str], type[Read]] = {
    ("liquidation", "get", "/protests"): ProtestList,
    ("liquidation", "get", "/protest-issues"): Issues,
    ("liquidation", "post", "/protest-groups/previews"): Group,
    ("liquidation", "post", "/protest-groups/acts"): Group,
}
"""Every call of these pages, and what it reads of the answer."""
