"""A criterion tried on entries that were filed: what it would have selected, beside what was selected then.

Each entry counts once, by its standing version. Of a long period a part is drawn by the entry numbers alone, so every
criterion that is tried on that period is tried on the same entries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, NamedTuple
from uuid import UUID

from services.routing.domain.criteria import ALL_BASIS_POINTS, Criterion
from services.routing.domain.facts import Account, EntryFacts
from services.routing.domain.selection import Criteria, compile_criteria, random_draw, select
from services.routing.domain.unit_values import UnitValues

State = Literal["waiting", "running", "done", "withdrawn", "failed"]

MOST_DAYS: Final = 366
"""Days of a period at most."""
MOST_WAITING: Final = 10
"""Back-tests that wait or run at once; they are done one after the other."""
FILED_BEFORE: Final = timedelta(days=31)
"""So long before its entry date an entry may have been filed."""
_DRAW: Final = "backtest"


@dataclass(frozen=True, slots=True)
class Limits:
    """What the operator sets: entries that are tried at most, and seconds after which a run stops with what it has."""

    most_entries: int
    most_seconds: int


@dataclass(frozen=True, slots=True)
class Backtest:
    """A revision of a criterion, as it stood when it was asked for, on the entry dates of a period.

    `known` entries of the period have a decision in routing; `share_basis_points` of them, in 10,000, are drawn. Of
    `frames` in the archive `frames_read` have been read. `is_cut`: it ran out of time before the last.
    """

    backtest_id: UUID
    criterion_id: str
    revision: int
    definition: Mapping[str, Any]
    first: date
    last: date
    signature: str
    asked_at: datetime
    state: State
    share_basis_points: int = ALL_BASIS_POINTS
    known: int = 0
    frames: int = 0
    frames_read: int = 0
    is_cut: bool = False
    counts: Mapping[str, Any] = field(default_factory=dict)
    fault: str | None = None
    begun_at: datetime | None = None
    ended_at: datetime | None = None


class Kept(NamedTuple):
    """What routing keeps of the standing version of an entry; `hits` are criteria that selected it, by their ids."""

    version: int
    center: str
    is_reviewed: bool
    digest: bytes
    hits: frozenset[str]


class Reviewed(NamedTuple):
    """Decisions of reviews on an entry, and how many of them changed something."""

    decisions: int
    findings: int


@dataclass(slots=True)
class Counts:
    """Entries, those the trial selects, those its criterion selected live, both, and those under review anyway.

    `hits_reviewed` were selected then, by whatever criterion or at random.
    """

    entries: int = 0
    hits: int = 0
    live_hits: int = 0
    both: int = 0
    reviewed: int = 0
    hits_reviewed: int = 0

    def count(self, *, is_hit: bool, is_live_hit: bool, is_reviewed: bool) -> None:
        """Add an entry."""
        self.entries += 1
        self.hits += is_hit
        self.live_hits += is_live_hit
        self.both += is_hit and is_live_hit
        self.reviewed += is_reviewed
        self.hits_reviewed += is_hit and is_reviewed


@dataclass(slots=True)
class Tally:
    """What a back-test has counted: in all, by Center, and by the Monday of each week.

    `decisions` are those of reviews on entries that the trial selects, `findings` those that changed something.
    """

    whole: Counts = field(default_factory=Counts)
    by_center: dict[str, Counts] = field(default_factory=dict)
    by_week: dict[date, Counts] = field(default_factory=dict)
    decisions: int = 0
    findings: int = 0

    def count(self, facts: EntryFacts, kept: Kept, criterion_id: str, *, is_hit: bool) -> None:
        """Add an entry with what the trial says of it."""
        is_live_hit = criterion_id in kept.hits
        center = self.by_center.setdefault(kept.center, Counts())
        week = self.by_week.setdefault(monday_of(facts.entry_date), Counts())
        for counts in (self.whole, center, week):
            counts.count(is_hit=is_hit, is_live_hit=is_live_hit, is_reviewed=kept.is_reviewed)

    def count_reviews(self, reviewed: Sequence[Reviewed]) -> None:
        """Add what reviews decided on entries that the trial selects."""
        self.decisions += sum(each.decisions for each in reviewed)
        self.findings += sum(each.findings for each in reviewed)

    def document(self) -> dict[str, Any]:
        """The counts as JSON values.

        >>> tally = Tally()
        >>> tally.document()["whole"]["hits"], tally.document()["by_center"]
        (0, {})
        """
        return {
            "whole": asdict(self.whole),
            "by_center": {center: asdict(counts) for center, counts in sorted(self.by_center.items())},
            "by_week": {week.isoformat(): asdict(counts) for week, counts in sorted(self.by_week.items())},
            "decisions": self.decisions,
            "findings": self.findings,
        }


class Trial:
    """One criterion alone, compiled for the unit values of each day."""

    def __init__(self, criterion: Criterion) -> None:
        self._criterion = criterion
        self._compiled: dict[str, Criteria] = {}

    def hits(self, facts: EntryFacts, account: Account | None, unit_values: UnitValues) -> bool:
        """Whether it would have selected the entry, with its own sampling rate; its days of use do not matter."""
        compiled = self._compiled.get(unit_values.version)
        if compiled is None:
            compiled = compile_criteria([self._criterion], shadow=(), floor_basis_points=0, unit_values=unit_values)
            self._compiled[unit_values.version] = compiled
        return bool(select(facts, account, compiled).hits)


def share_of(known: int, most: int) -> int:
    """How many entries of 10,000 are drawn so that no more than `most` of those known are tried.

    >>> share_of(5_000, 200_000), share_of(10_000_000, 200_000), share_of(0, 200_000)
    (10000, 200, 10000)
    """
    return ALL_BASIS_POINTS if known <= most else max(1, most * ALL_BASIS_POINTS // known)


def is_drawn(entry_number: str, share_basis_points: int) -> bool:
    """Whether an entry is among those that are tried: by its number alone, so anyone can draw it again."""
    return share_basis_points >= ALL_BASIS_POINTS or random_draw(_DRAW, entry_number) < share_basis_points


def in_all(count: int, share_basis_points: int) -> int:
    """What a count of drawn entries comes to for all, rounded.

    >>> in_all(12, 200), in_all(12, 10_000)
    (600, 12)
    """
    return round(count * ALL_BASIS_POINTS / share_basis_points)


def monday_of(day: date) -> date:
    """The Monday of a day's week.

    >>> monday_of(date(2026, 3, 4))
    datetime.date(2026, 3, 2)
    """
    return day - timedelta(days=day.weekday())
