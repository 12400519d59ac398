"""Which entries a person looks at: a versioned set of criteria, and a random floor that no criterion can lower."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from services.routing.domain.facts import Account, EntryFacts, Reason
from shared.customs.entry_types import entry_types

Lane = Literal["no-review", "document-review", "enforcement"]
Fact = str
Test = Callable[[EntryFacts, Account | None], Fact | None]

_LANE_ORDER: Final[tuple[Lane, ...]] = ("no-review", "document-review", "enforcement")
_PREFERENCE_VALUE_USD: Final = 100_000
_HIGH_VALUE_USD: Final = 1_000_000
_QUOTA_TYPES: Final = frozenset(code for code, kind in entry_types().items() if kind.quota)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One reason to review: `test` gives the fact that hit, or None.

    `spares_trusted` means that an account in a trusted-trader program is not selected by it.
    """

    id: str
    lane: Lane
    process: str
    text: str
    test: Test
    spares_trusted: bool = False


@dataclass(frozen=True, slots=True)
class Criteria:
    """A version of the criteria with the share of entries reviewed at random, in basis points (1/10,000)."""

    version: str
    criteria: tuple[Criterion, ...]
    floor_basis_points: int


class Selection(NamedTuple):
    """The lane, the processes to open, and the criteria that hit."""

    lane: Lane
    processes: tuple[str, ...]
    reasons: tuple[Reason, ...]


def select(facts: EntryFacts, account: Account | None, criteria: Criteria) -> Selection:
    """Apply every criterion and the random floor; the strictest lane wins, each hit opens its process."""
    is_trusted = account is not None and bool(account.trusted_programs)
    lane: Lane = "no-review"
    processes: list[str] = []
    reasons: list[Reason] = []
    for criterion in criteria.criteria:
        if is_trusted and criterion.spares_trusted:
            continue
        fact = criterion.test(facts, account)
        if fact is None:
            continue
        lane = max(lane, criterion.lane, key=_LANE_ORDER.index)
        if criterion.process not in processes:
            processes.append(criterion.process)
        reasons.append(Reason(criterion.id, criterion.text, fact))
    draw = random_draw(criteria.version, facts.entry_number)
    if draw < criteria.floor_basis_points:
        lane = max(lane, "document-review", key=_LANE_ORDER.index)
        if not processes:
            processes.append("entry-summary-review")
        reasons.append(
            Reason(
                "random-floor",
                f"Drawn at random: {draw} of 10,000 is below the floor of {criteria.floor_basis_points}.",
                str(draw),
            )
        )
    if not reasons:
        reasons.append(Reason("no-criterion", "No criterion hit and the random draw was above the floor.", str(draw)))
    return Selection(lane, tuple(processes), tuple(reasons))


def random_draw(version: str, entry_number: str) -> int:
    """A number from 0 to 9,999 that depends on the entry and the criteria version only, so anyone can draw it again."""
    digest = hashlib.blake2b(f"{version}:{entry_number}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) % 10_000


def _has_case(facts: EntryFacts, _: Account | None) -> Fact | None:
    for line in facts.lines:
        if line.cases:
            return f"line {line.line_number}: case {line.cases[0]}"
    return None


def _is_quota(facts: EntryFacts, _: Account | None) -> Fact | None:
    return f"entry type {facts.entry_type}" if facts.entry_type in _QUOTA_TYPES else None


def _has_large_preference(facts: EntryFacts, _: Account | None) -> Fact | None:
    for line in facts.lines:
        if line.preference and line.value_usd >= _PREFERENCE_VALUE_USD:
            return f"line {line.line_number}: {line.preference} on ${line.value_usd:,}"
    return None


def _has_high_value(facts: EntryFacts, _: Account | None) -> Fact | None:
    return f"${facts.value_usd:,}" if facts.value_usd >= _HIGH_VALUE_USD else None


def _is_unknown_importer(_: EntryFacts, account: Account | None) -> Fact | None:
    return "no account" if account is None else None


def first_criteria(floor_basis_points: int) -> Criteria:
    """The criteria that the product starts with; thresholds are policy of this version, not law."""
    return Criteria(
        version=f"2026.1+floor{floor_basis_points}",
        criteria=(
            Criterion(
                "case-on-line",
                "enforcement",
                "ad-cvd",
                "A line names an antidumping or countervailing case.",
                _has_case,
            ),
            Criterion("quota-entry", "document-review", "quota", "The entry type is subject to quota.", _is_quota),
            Criterion(
                "large-preference",
                "document-review",
                "preference",
                f"A preference is claimed on a line worth ${_PREFERENCE_VALUE_USD:,} or more.",
                _has_large_preference,
                spares_trusted=True,
            ),
            Criterion(
                "high-value",
                "document-review",
                "entry-summary-review",
                f"The entry is worth ${_HIGH_VALUE_USD:,} or more.",
                _has_high_value,
                spares_trusted=True,
            ),
            Criterion(
                "importer-unknown",
                "document-review",
                "entry-summary-review",
                "The importer has no account yet.",
                _is_unknown_importer,
            ),
        ),
        floor_basis_points=floor_basis_points,
    )
