"""What the workspace of protests reads of liquidation's answers, held as `reads` is."""

from datetime import date, datetime
from typing import Any

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


class LeftOut(Read, frozen=True):
    """How many protests are refused or left out for one reason."""

    code: str
    protests: int


class SelectionLine(Read, frozen=True):
    """A selection of protests in the list."""

    selection_id: str
    criteria: dict[str, Any]
    act: dict[str, Any]
    reason: str
    sample: int
    tolerated: int
    asked_by: str
    asked_at: datetime
    state: str
    protests: int
    is_cut: bool
    foreseen: int
    stake_usd: str
    stake_unknown: int
    change_usd: str
    needs_second: bool
    begun_by: str | None
    begun_at: datetime | None
    ended_at: datetime | None


class SelectionLines(Read, frozen=True):
    """Selections of protests, the newest first."""

    items: list[SelectionLine]
    next: str | None


class Selection(SelectionLine, frozen=True):
    """A selection of protests: what it would do, and what it has done."""

    pending: int
    left_out: int
    done: int
    refused: int
    refusals: list[LeftOut]


class SelectedProtest(Read, frozen=True):
    """What became of a protest of a selection."""

    number: int
    protest_number: str
    state: str
    code: str | None
    says: str | None
    stake_usd: str | None
    change_usd: str
    at: datetime | None


class SelectedProtests(Read, frozen=True):
    """What became of the protests of a selection."""

    items: list[SelectedProtest]
    next: str | None


class SelectedEntry(Read, frozen=True):
    """An entry that a protest of a selection names."""

    number: int
    protest_number: str
    entry_number: str
    state: str
    timeliness: str
    stake_usd: str | None


class SelectedEntries(Read, frozen=True):
    """The entries that the protests of a selection name."""

    items: list[SelectedEntry]
    next: str | None


class Look(Read, frozen=True):
    """A protest of the sample of a selection, with what somebody found who looked at it."""

    number: int
    protest_number: str
    verdict: str | None
    says: str | None
    looked_by: str | None
    looked_at: datetime | None


class Sample(Read, frozen=True):
    """The sample of a selection."""

    seed: str | None
    candidates: int
    drawn_at: datetime | None
    items: list[Look]


PROTEST_READS: dict[tuple[str, str, str], type[Read]] = {
    ("liquidation", "get", "/protests"): ProtestList,
    ("liquidation", "get", "/protest-issues"): Issues,
    ("liquidation", "post", "/protest-groups/previews"): Group,
    ("liquidation", "post", "/protest-groups/acts"): Group,
    ("liquidation", "get", "/protest-selections"): SelectionLines,
    ("liquidation", "post", "/protest-selections"): Selection,
    ("liquidation", "get", "/protest-selections/{selection_id}"): Selection,
    ("liquidation", "post", "/protest-selections/{selection_id}/acts"): Selection,
    ("liquidation", "get", "/protest-selections/{selection_id}/sample"): Sample,
    ("liquidation", "post", "/protest-selections/{selection_id}/sample/{number}"): Sample,
    ("liquidation", "get", "/protest-selections/{selection_id}/protests"): SelectedProtests,
    ("liquidation", "get", "/protest-selections/{selection_id}/entries"): SelectedEntries,
}
"""Every call of these pages, and what it reads of the answer."""
