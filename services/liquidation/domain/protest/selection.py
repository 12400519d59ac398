"""Protests that are acted on together by criteria: which, what is at stake, and the sample that is looked at before.

A group is decided on what a part of it shows. So the part is drawn at random, looked at whole by officers, and the act
is done only when no more of it differs than was said beforehand.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal
from uuid import UUID

from services.liquidation.domain.predicate import EntryPredicate
from services.liquidation.domain.protest.stages import FurtherReview, Stage
from services.liquidation.domain.protest.timeliness import Timeliness

SelectionState = Literal["looking", "ready", "running", "done", "withdrawn"]
SelectedState = Literal["pending", "left-out", "done", "refused"]
LookVerdict = Literal["agrees", "differs"]
MOST_PROTESTS: Final = 20_000
LOOKED_AT_ONCE: Final = 100
"""So many protests or fewer are tried when the selection is drafted; of more a job does it."""

DECIDING: Final = frozenset({"recommend", "sign", "reject"})
"""The acts that decide a protest or say how: for these a sample is looked at before."""

ENTRIES_OUTSIDE: Final = "entries-outside"
DIFFERS: Final = "sample-differs"


@dataclass(frozen=True, slots=True)
class Criteria:
    """Open protests for which every given part holds; a part that is None or empty says nothing.

    `entries` must hold of every entry that the protest names: a protest that names others too is left out, and told.
    """

    entries: EntryPredicate
    issue: str | None
    defect: str | None
    states: tuple[Stage, ...]
    lead_protest: str | None
    timeliness: Timeliness | None
    further_review: FurtherReview | None
    received_from: date | None
    received_to: date | None
    due_before: date | None


@dataclass(frozen=True, slots=True)
class SelectionPolicy:
    """What the operator sets: beyond how many protests or how much money, in cents, a second person begins; the
    smallest sample of a decision, of which there may be fewer protests.
    """

    most_protests: int
    most_cents: int
    least_sample: int


@dataclass(frozen=True, slots=True)
class Selection:
    """An act on the protests that criteria gave when it was drafted.

    `asked_by` is the caller as the token said: each protest is acted on with that authority and no other. `foreseen` is
    how many are left out as things stood; of the others `stake_cents` are the duty and fees of their entries as
    liquidated, `stake_unknown` those of which they are not known, `change_cents` what the act changes (a refund is
    negative). `tolerated` of the sample may differ. The sample is drawn under `seed`.
    """

    selection_id: UUID
    criteria: Mapping[str, Any]
    act: Mapping[str, Any]
    reason: str
    sample: int
    tolerated: int
    seed: str
    asked_by: Mapping[str, Any]
    signature: str
    asked_at: datetime
    state: SelectionState
    protests: int
    is_cut: bool
    foreseen: int = 0
    stake_cents: int = 0
    stake_unknown: int = 0
    change_cents: int = 0
    needs_second: bool = False
    begun_by: str | None = None
    begun_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Selected:
    """What became of one protest of a selection; `code` and `says`: why it was refused, or is left out."""

    number: int
    filing_number: str
    state: SelectedState
    code: str | None
    says: str | None
    stake_cents: int | None
    change_cents: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class SelectedEntry:
    """An entry of a protest of a selection; `stake_cents` are its duty and fees as liquidated, None when not known."""

    number: int
    filing_number: str
    entry_number: str
    state: SelectedState
    timeliness: Timeliness
    stake_cents: int | None


@dataclass(frozen=True, slots=True)
class Look:
    """A protest of the sample, with what the officer found who looked at it; `verdict` None: nobody has yet."""

    number: int
    filing_number: str
    verdict: LookVerdict | None
    says: str | None
    looked_by: str | None
    looked_at: datetime | None


def needs_second(protests: int, cents: int, unknown: int, policy: SelectionPolicy) -> bool:
    """Whether a second person has to begin: over the limits, or where what is at stake is not known of every protest.

    >>> needs_second(100, 0, 0, SelectionPolicy(100, 1_000, 10)), needs_second(1, 0, 1, SelectionPolicy(100, 1_000, 10))
    (False, True)
    """
    return protests > policy.most_protests or cents > policy.most_cents or unknown > 0


def judge_sample(sample: Collection[Look], tolerated: int) -> Literal["open", "differs"] | None:
    """What stands against the act by its sample: protests nobody looked at, or more that differ than is tolerated.

    >>> looks = [Look(1, "A", "agrees", "", "x", None), Look(2, "B", "differs", "", "x", None)]
    >>> judge_sample(looks, 0), judge_sample(looks, 1), judge_sample([Look(1, "A", None, None, None, None)], 1)
    ('differs', None, 'open')
    """
    if any(each.verdict is None for each in sample):
        return "open"
    return "differs" if sum(each.verdict == "differs" for each in sample) > tolerated else None
