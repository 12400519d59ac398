"""What a criterion is worth: what it selected, what the reviews found, and why it should be looked at again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from services.routing.domain.criteria import ALL_BASIS_POINTS
from services.routing.domain.criteria_lifecycle import Revision

FINDINGS: Final = ("increase", "refund", "reject")
"""Outcomes of a review in which the entry was not as declared. `no-change` is none; `refer` is not decided yet."""
REVIEWED: Final = (*FINDINGS, "no-change")
"""Outcomes that say whether it was; one that this release does not know does not."""


class Week(NamedTuple):
    """Entries that a criterion hit in a week, by the Monday that begins it."""

    begins_on: date
    hits: int


@dataclass(frozen=True, slots=True)
class Performance:
    """A criterion over a period, by entry date.

    `hits` are entries, whatever the number of their versions. `reviewed` are decisions on them in the processes that
    the criterion opens, `referred` those handed on without a decision. A decision counts for every criterion that
    opened its process on the entry. `found_right` and `found_wrong` are those whose reviewer said so of it; what was
    found although it was wrong is neither its finding nor its money. Money is duty and fees in cents.
    """

    criterion_id: str
    entries: int
    hits: int = 0
    shadow_hits: int = 0
    reviewed: int = 0
    referred: int = 0
    findings: int = 0
    increase_cents: int = 0
    refund_cents: int = 0
    weeks: tuple[Week, ...] = ()
    found_right: int = 0
    found_wrong: int = 0

    @property
    def precision_basis_points(self) -> int | None:
        """Findings in 10,000 reviews; None before the first review."""
        return ALL_BASIS_POINTS * self.findings // self.reviewed if self.reviewed else None

    @property
    def hit_basis_points(self) -> int | None:
        """Entries in 10,000 that hit, on trial or live; None when there were no entries."""
        return ALL_BASIS_POINTS * (self.hits or self.shadow_hits) // self.entries if self.entries else None


@dataclass(frozen=True, slots=True)
class Patience:
    """What is still good enough: choices of whoever asks, not law."""

    expiry_days: int
    silent_days: int
    precision_basis_points: int
    least_reviews: int
    expectation_factor: int


class Doubt(NamedTuple):
    """Why a criterion should be looked at again."""

    code: str
    text: str


def list_doubts(revision: Revision, performance: Performance, patience: Patience, today: date) -> list[Doubt]:
    """Everything that speaks against a criterion that is live or on trial; empty for a good one."""
    return [
        *_doubts_of_time(revision, performance, patience, today),
        *_doubts_of_worth(performance, patience),
        *_doubts_of_size(revision, performance, patience),
    ]


def weeks_over_budget(weeks: Sequence[Week], budget: int | None) -> list[Week]:
    """The weeks in which a criterion hit more entries than its budget."""
    return [] if budget is None else [week for week in weeks if week.hits > budget]


def _doubts_of_time(revision: Revision, performance: Performance, patience: Patience, today: date) -> Iterator[Doubt]:
    expires_on = revision.criterion.expires_on
    if expires_on is not None and expires_on < today:
        yield Doubt("expired", f"It expired on {expires_on} and selects nothing.")
    elif expires_on is not None and expires_on <= today + timedelta(days=patience.expiry_days):
        yield Doubt("expires-soon", f"It expires on {expires_on}.")
    begins = [day for day in (revision.shadow_from, revision.live_from) if day is not None]
    has_had_time = bool(begins) and min(begins) <= today - timedelta(days=patience.silent_days)
    if has_had_time and performance.entries and not performance.hits and not performance.shadow_hits:
        yield Doubt("never-hit", f"It hit none of {performance.entries:,} entries in {patience.silent_days} days.")


def _doubts_of_worth(performance: Performance, patience: Patience) -> Iterator[Doubt]:
    precision = performance.precision_basis_points
    if (
        precision is not None
        and performance.reviewed >= patience.least_reviews
        and precision < patience.precision_basis_points
    ):
        yield Doubt(
            "low-precision",
            f"{performance.findings} of {performance.reviewed} reviews found something: {precision} in 10,000, below"
            f" {patience.precision_basis_points}.",
        )


def _doubts_of_size(revision: Revision, performance: Performance, patience: Patience) -> Iterator[Doubt]:
    criterion = revision.criterion
    over = weeks_over_budget(performance.weeks, criterion.weekly_budget)
    if over:
        worst = max(over, key=lambda week: (week.hits, week.begins_on))
        yield Doubt(
            "over-budget",
            f"In {len(over)} weeks it hit more than {criterion.weekly_budget} entries; in that of {worst.begins_on}"
            f" {worst.hits}.",
        )
    expected, found = criterion.expected_hit_basis_points, performance.hit_basis_points
    if not expected or found is None or (found == 0 and not performance.shadow_hits and not performance.hits):
        return
    if found > expected * patience.expectation_factor or found * patience.expectation_factor < expected:
        yield Doubt("unexpected-rate", f"It hit {found} in 10,000 entries; {expected} were expected.")
