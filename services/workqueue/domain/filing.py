"""The item that a post-entry filing is for the Center team that answers it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from services.workqueue.domain.claim import carry_over, hand_over, rank_after_acts
from services.workqueue.domain.item import SYSTEM, Item, Note, State
from services.workqueue.domain.priority import FILING_PRIORITY
from shared.customs.centers import PENDING

NOT_QUEUED: Final = frozenset({"protest", "center-appeal"})
"""Kinds without an item of their own: protests come with their clocks from the legal record (`domain/protest.py`), and
an importer's appeal against its Center is decided by the Office of Field Operations, not by a Center team."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A day by which something is due on a filing: its rule, citation, and how well the rule is evidenced (S P M U)."""

    rule: str
    citation: str
    what: str
    due_on: date
    evidence: str


@dataclass(frozen=True, slots=True)
class FilingRoute:
    """One routing of a filing: `sequence` is 1, and one more with each move to another Center."""

    filing_number: str
    sequence: int
    event_id: str
    routed_at: datetime
    kind: str
    importer_number: str
    entry_numbers: tuple[str, ...]
    center: str
    division: str
    process: str
    authority: str
    received_at: datetime
    forwarded_from: str | None
    clocks: tuple[Clock, ...]
    reasons: tuple[Mapping[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Filing:
    """What is known of a filing: the routing that stands, when it was first received, and which routings were heard."""

    filing_number: str
    standing: FilingRoute | None = None
    received_at: datetime | None = None
    heard: tuple[str, ...] = ()


def absorb(filing: Filing, route: FilingRoute) -> Filing:
    """The filing with one more routing known.

    The highest sequence stands; of two for one (a contradiction upstream) the earlier, then the lower event id. The day
    of receipt is the earliest that was said: no forwarding and no move begins a clock anew.
    """
    if route.event_id in filing.heard:
        return filing
    stands = filing.standing is None or _rank(route) < _rank(filing.standing)
    return Filing(
        filing_number=filing.filing_number,
        standing=route if stands else filing.standing,
        received_at=min(route.received_at, filing.received_at or route.received_at),
        heard=tuple(sorted((*filing.heard, route.event_id))),
    )


def earliest_clock(clocks: Collection[Clock]) -> Clock | None:
    """The clock that ends first; of several that end on one day the one with the lowest rule id."""
    return min(clocks, key=lambda clock: (clock.due_on, clock.rule), default=None)


def review_filing(
    filing: Filing,
    added: Collection[FilingRoute],
    account_center: str | None,
    item: Item | None,
    new_id: UUID,
    at: datetime,
) -> tuple[Item, tuple[Note, ...]] | None:
    """The filing's item as the facts leave it, with its new lines of history; None until a routing is known.

    `added` are the routings that were not heard before, `account_center` the Center of the importer's account, which a
    filing gets for which routing knew none; `at` is the time of what is learned. The item is due at the earliest clock.
    """
    standing = filing.standing
    if standing is None or filing.received_at is None:
        return None
    center = standing.center if standing.center != PENDING else account_center or PENDING
    item, state, lost = hand_over(item, "routed", center, at)
    first = earliest_clock(standing.clocks)
    facts = Item(
        item_id=new_id,
        kind="filing",
        process=standing.process,
        entry_number=None,
        protest_number=None,
        importer_number=standing.importer_number,
        center=center,
        division=standing.division,
        priority=FILING_PRIORITY,
        value_usd=None,
        opened_at=filing.received_at,
        due_on=first.due_on if first is not None else None,
        state=state,
        filing_number=filing.filing_number,
        authority=standing.authority,
        center_since=filing.received_at if standing.sequence == 1 else standing.routed_at,
    )
    notes = _new_notes(standing, added, item, state)
    return carry_over(facts, item, notes), (*lost, *notes)


def _new_notes(standing: FilingRoute, added: Collection[FilingRoute], item: Item | None, state: State) -> list[Note]:
    """One line for each routing; that of the standing one comes after what people have done already."""
    notes = []
    for route in sorted(added, key=_rank, reverse=True):
        if route.sequence > 1 and item is not None and item.state == "completed":
            continue
        note = _note(route)
        notes.append(rank_after_acts(note, item, state) if route.event_id == standing.event_id else note)
    return notes


def _note(route: FilingRoute) -> Note:
    if route.sequence == 1:
        code, text = "filed", f"Filing {route.filing_number} ({route.kind}) was routed to {route.center}."
    else:
        code, text = "moved", f"Filing {route.filing_number} ({route.kind}) was moved to {route.center}."
    reason = {"code": code, "text": text, "fact": f"received {route.received_at:%Y-%m-%dT%H:%M:%SZ}"}
    key = f"routed:{route.sequence}:{route.event_id}"
    return Note(key, route.sequence, "routed", "open", route.routed_at, SYSTEM, (reason, *route.reasons))


def _rank(route: FilingRoute) -> tuple[int, datetime, str]:
    """Orders routings of a filing, the one that stands first."""
    return -route.sequence, route.routed_at, route.event_id
