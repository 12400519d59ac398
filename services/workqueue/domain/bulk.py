"""One act on many items: looked at before, begun by a second person where much is at stake, done item by item."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from services.workqueue.domain.item import NotAllowed

BulkAct = Literal["assign", "offer", "set-day", "no-change", "act"]
Verdict = Literal["fits", "differs"]
RunState = Literal["looking", "ready", "running", "done", "withdrawn"]
ResultState = Literal["pending", "done", "refused"]
MOST_ITEMS: Final = 100_000
LOOKED_AT_ONCE: Final = 500
"""So many items or fewer are looked at when the run is asked for; of more a job does it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Beyond which a second person begins a run: so many items, or so many whole US dollars of entered value."""

    items: int
    value_usd: int


@dataclass(frozen=True, slots=True)
class Run:
    """An act on the items that a filter gave when it was asked for.

    `asked_by` is the caller as the token said (`acts/bulk.py`); each item is done with that authority and no other.
    `foreseen` is how many would be refused as things stood, `value_usd` what the others are worth in whole US dollars.
    """

    run_id: UUID
    act: BulkAct
    parameters: Mapping[str, Any]
    query: str
    reason: str
    asked_by: Mapping[str, Any]
    signature: str
    asked_at: datetime
    state: RunState
    items: int
    is_cut: bool
    foreseen: int = 0
    value_usd: int = 0
    needs_second: bool = False
    begun_by: str | None = None
    begun_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def seed(self) -> str:
        """What its sample is drawn by; a run of a release that kept none was drawn by its id."""
        return str(self.parameters.get("seed") or self.run_id)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one item of a run, and what that is about: `code` and `says` why it was refused, or would be."""

    number: int
    item_id: UUID
    state: ResultState
    code: str | None
    says: str | None
    at: datetime | None
    entry_number: str | None
    protest_number: str | None
    filing_number: str | None


@dataclass(frozen=True, slots=True)
class Check:
    """An item of the sample of a run, with what a person found who looked at it: whether it is as the filter supposes.

    `verdict` None: nobody has looked yet.
    """

    number: int
    item_id: UUID
    verdict: Verdict | None
    says: str | None
    checked_by: str | None
    checked_at: datetime | None


def demand_sample(sample: Collection[Check]) -> None:
    """Raise `NotAllowed` unless every item of the sample was looked at and is as the filter supposes."""
    left = sum(each.verdict is None for each in sample)
    if left:
        raise NotAllowed(
            "sample-open",
            f"{left} items of the sample have not been looked at.",
            "Look at them: GET /bulk-runs/{id}/sample.",
        )
    if any(each.verdict == "differs" for each in sample):
        raise NotAllowed(
            "sample-differs",
            "An item of the sample is not as the filter supposes.",
            "Withdraw the run, and ask again with a narrower filter.",
        )


def needs_second(items: int, value_usd: int, limits: Limits) -> bool:
    """Whether a second person has to begin the run.

    >>> needs_second(1_000, 0, Limits(1_000, 10_000_000)), needs_second(1, 10_000_001, Limits(1_000, 10_000_000))
    (False, True)
    """
    return items > limits.items or value_usd > limits.value_usd


def demand_state(run: Run, *wanted: RunState) -> None:
    """Raise `NotAllowed` unless the run is in one of these states."""
    if run.state in wanted:
        return
    match run.state:
        case "looking":
            raise NotAllowed("bulk-looking", "Its items are still being looked at.", "Read the run again in a while.")
        case "ready":
            raise NotAllowed("bulk-not-begun", "The run has not begun.", "Begin or withdraw it.")
        case "running" | "done" | "withdrawn":
            raise NotAllowed("bulk-settled", f"The run is {run.state}.", "GET /bulk-runs/{id} has what became of it.")
