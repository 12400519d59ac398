"""A work item, the states it can be in, and the table of what moves it from one to the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, Literal, assert_never
from uuid import UUID

Division = Literal["partnership", "validation-and-compliance", "enforcement"]
State = Literal["open", "claimed", "completed", "cancelled"]
Change = Literal[
    "routed",
    "opened",
    "claimed",
    "released",
    "lease-expired",
    "acted",
    "closed",
    "completed",
    "reopened",
    "cancelled",
    "assigned",
    "skipped",
    "transferred",
    "day-set",
    "escalated",
    "split",
    "joined",
]
Kind = Literal["review", "consultation", "protest", "filing", "matter"]
CenterBasis = Literal["person", "requested-by", "drawback-office", "entry", "account", "goods", "port", "pending"]
"""What a filing's Center follows from (`whose_filing`), in the order in which the first that is known stands."""

WAITING: Final[tuple[State, ...]] = ("open", "claimed")
"""The states of work that is still to be done; in the others an item has ended."""
ACTS_FROM: Final = 1_000_000
"""Sequences of an item's changes: what routing says of it below this, acts on the item from here on."""
LAST: Final = 10_000_000
"""The sequence of the change that ends an item for good, its entry was liquidated; act n that settles its protest has
this and n more."""

NEXT_STATE: Final[Mapping[tuple[State, Change], State]] = MappingProxyType(
    {
        # what a routing decision says of the item
        ("open", "routed"): "open",
        ("claimed", "routed"): "claimed",
        ("completed", "routed"): "completed",
        ("cancelled", "routed"): "open",
        ("open", "cancelled"): "cancelled",
        ("claimed", "cancelled"): "cancelled",
        ("completed", "cancelled"): "completed",
        ("cancelled", "cancelled"): "cancelled",
        # what people, and the lease, do with it
        ("open", "opened"): "open",
        ("open", "acted"): "open",
        ("claimed", "acted"): "claimed",
        ("open", "closed"): "completed",
        ("claimed", "closed"): "completed",
        ("open", "claimed"): "claimed",
        ("claimed", "released"): "open",
        ("claimed", "lease-expired"): "open",
        ("claimed", "completed"): "completed",
        # what leaves it where it is
        ("open", "assigned"): "open",
        ("claimed", "assigned"): "claimed",
        ("open", "skipped"): "open",
        ("open", "transferred"): "open",
        ("open", "day-set"): "open",
        ("claimed", "day-set"): "claimed",
        ("open", "escalated"): "open",
        ("claimed", "escalated"): "claimed",
        ("open", "split"): "open",
        ("claimed", "split"): "claimed",
        ("open", "joined"): "cancelled",
        # what the legal record says of the decision
        ("completed", "reopened"): "open",
    }
)
"""Every move that there is; a pair that is absent is refused (`why_not`)."""


class NotAllowed(Exception):  # noqa: N818  the word of the domain
    """The item's state does not allow the act. `code` names the problem, `remedy` says what to do instead."""

    def __init__(self, code: str, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts; `acting_for` under a delegation."""

    subject: str
    name: str
    acting_for: str | None = None


SYSTEM: Final = Person("system:workqueue", "Centerline work queue")


@dataclass(frozen=True, slots=True)
class Goods:
    """Goods on an entry under one tariff number; the value in whole US dollars."""

    tariff: str
    line_count: int
    value_usd: int


@dataclass(frozen=True, slots=True)
class SetDay:
    """What a supervisor has made of a policy clock: the day set in the place of another, and how long it stood still.

    `instead_of` is the day that the sources gave when it was set: once they give another, what was set for it is over.
    `paused_on` is since when it stands still and `pause` why (`PAUSES`); `paused_days` is how long it did before.
    """

    clock: str
    instead_of: date | None = None
    due_on: date | None = None
    paused_on: date | None = None
    pause: str | None = None
    paused_days: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of work: a process on an entry, a Center's advice on goods of an entry, a protest, another filing, or a
    matter that a person opened.

    `kind` says which, and so who reads its outcome, which outcomes there are, and what else it carries: a review and a
    consultation their entry, a consultation `asking_center` and `goods` as well (and in `also_asking` the other Centers
    that have reviews of the entry, which read it too), a protest its number and the first
    entry named, a filing its number and no entry, for it may name thousands; a matter what it was opened with, and
    no importer number where it is of nobody who has one.

    `token` grows with each claim and fences writes; `acts` counts the changes after routing; `due_on` is None while
    it cannot be computed; `opened_at` is when the first routing decision that called for it was filed (a protest or a
    filing: received), whichever Centers have had it; `center_since` is when it came to the present one. `authority` is
    the row of the authority table that says who decides. Of a filing `center_basis` says what its Center follows from
    and `center_fact` from which request, entry or Center; of others both are None. `stage` is where its process has
    come to by the acts of people, since `stage_since`, and `waits_for` who has to do something first; None before the
    first act, and where the process has no table. `assigned_to` is who is offered it first. `reopened_at` is when its
    decision was last refused by the legal record: from then on only people end it. `transferred_from` is the Center
    that upstream gave it when another took it over. `port` is the port that a matter concerns, `at_port` the one that
    has the item in hand. `entry_type` and `port_of_entry` are those of its entry as routing told them last, of a matter
    as they were when it was opened; None where it has no entry that routing has told of. Of a review `deemed_on` is
    when its entry liquidates by law. `set_days` are what supervisors made of its policy clocks. `knowers` are those
    named on a law-enforcement-sensitive matter; None of all others.
    """

    item_id: UUID
    kind: Kind
    process: str
    entry_number: str | None
    protest_number: str | None
    importer_number: str | None
    center: str
    division: str
    priority: int
    value_usd: int | None
    opened_at: datetime
    due_on: date | None
    state: State = "open"
    holder: str | None = None
    holder_name: str | None = None
    token: int = 0
    lease_until: datetime | None = None
    acts: int = 0
    filing_number: str | None = None
    asking_center: str | None = None
    authority: str | None = None
    center_since: datetime | None = None
    center_basis: CenterBasis | None = None
    center_fact: str | None = None
    stage: str | None = None
    stage_since: datetime | None = None
    waits_for: str | None = None
    assigned_to: str | None = None
    reopened_at: datetime | None = None
    transferred_from: str | None = None
    port: str | None = None
    at_port: str | None = None
    entry_type: str | None = None
    port_of_entry: str | None = None
    deemed_on: date | None = None
    also_asking: tuple[str, ...] | None = None
    set_days: tuple[SetDay, ...] | None = None
    knowers: tuple[str, ...] | None = None
    goods: tuple[Goods, ...] | None = None

    @property
    def reviewed_entry(self) -> str | None:
        """The entry whose routing decisions and liquidation say what becomes of the item; None when none does."""
        match self.kind:
            case "review" | "consultation":
                return self.entry_number
            case "protest" | "filing" | "matter":
                return None
            case _:
                assert_never(self.kind)


@dataclass(frozen=True, slots=True)
class Note:
    """One line of an item's history, which is also one event.

    `key` tells the line apart from the item's others and is the same whenever the same thing is learned again. The
    line that tells the item's state has the highest sequence; of several (contradicting decisions for one version) it
    is the earliest, then the one with the lowest key: the order of `in_rank` in `domain/review.py`.
    """

    key: str
    sequence: int
    change: Change
    state: State
    at: datetime
    by: Person
    reasons: tuple[Mapping[str, str | None], ...] = ()


def next_state(state: State, change: Change) -> State:
    """The state after a change; raises `NotAllowed` for a move that is not in the table.

    >>> next_state("claimed", "released")
    'open'
    """
    after = NEXT_STATE.get((state, change))
    if after is None:
        raise why_not(state, change)
    return after


def why_not(state: State, change: Change) -> NotAllowed:
    """Why an item in this state cannot be moved that way, for the person who tried."""
    match state:
        case "open":
            return NotAllowed("not-claimed", f"The item is open: it cannot be {change}.", "Claim it first.")
        case "claimed":
            return NotAllowed("item-claimed", f"The item is claimed: it cannot be {change}.", "Take another item.")
        case "completed":
            return NotAllowed("item-completed", "The item is completed.", "Read its decision with GET /items/{id}.")
        case "cancelled":
            return NotAllowed("item-cancelled", "The item is cancelled.", "Its history says why: GET /items/{id}.")
        case _:
            assert_never(state)
