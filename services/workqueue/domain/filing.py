"""The item that a post-entry filing is for the Center team that answers it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, assert_never
from uuid import UUID

from services.workqueue.domain.claim import carry_over, hand_over, keeper_of, rank_after_acts
from services.workqueue.domain.item import ACTS_FROM, SYSTEM, CenterBasis, Item, Note, State
from services.workqueue.domain.priority import FILING_PRIORITY
from shared.customs.centers import PENDING

NOT_QUEUED: Final = frozenset({"protest", "center-appeal", "refund-declaration"})
"""Kinds without an item of their own: protests come with their clocks from the legal record (`domain/protest.py`), and
an importer's appeal against its Center is decided by the Office of Field Operations, not by a Center team. Declarations
to programs of mass change are judged by liquidation, entry by entry."""


WHOSE: Final = "whose:"
"""Begins the keys of the lines of history that say whose a filing is from now on."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A day by which something is due on a filing: its rule, citation, and how well the rule is evidenced (S P M U)."""

    rule: str
    citation: str
    what: str
    due_on: date
    evidence: str


WITHOUT_CENTER: Final = frozenset({"drawback-office"})
"""Bases on which no Center is looked for: another office works on the filing. What a port has by law it routes on."""


@dataclass(frozen=True, slots=True)
class Held:
    """A matter with the Center that has it, and since when; of an entry also its type and its port."""

    center: str
    since: datetime
    entry_type: str | None = None
    port_of_entry: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for information or notice of action that a filing may answer, with the item that it was issued from.

    `entry_number` is the first entry that it names: of a review or a protest that of the item.
    """

    request_id: UUID
    item_id: UUID
    importer_number: str
    entry_number: str
    protest_number: str | None
    filing_number: str | None


@dataclass(frozen=True, slots=True)
class Whose:
    """The Center that a filing is to be worked by, and why; `since` is None where it has been that one's all along."""

    center: str
    basis: CenterBasis
    fact: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class FilingRoute:
    """One routing of a filing: `sequence` is 1, and one more with each move to another Center.

    `basis` says why routing gives it to `center`, or who has it while the importer has none (None: not kept by an
    earlier release);
    `answers_request` is the request that the filing says it answers, `goods_center` the Center of the goods it names.
    """

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
    basis: str | None
    answers_request: UUID | None
    goods_center: str | None

    @property
    def looks_for_center(self) -> bool:
        """Whether entries, account and goods are looked at: neither a person nor the law has said whose it is."""
        return self.sequence == 1 and not self.is_of_drawback_office

    @property
    def is_of_drawback_office(self) -> bool:
        """Whether routing leaves it to the drawback office, as the law does; without a basis the kind says so."""
        return self.center == PENDING and (self.basis or self.kind) in {"drawback-office", "drawback-claim"}


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


def whose_filing(
    route: FilingRoute, asked_by: Held | None, entries: Mapping[str, Held], account_center: str | None
) -> Whose:
    """Whose a filing is, by what is known now: the same whatever was learned first.

    The first of these stands. A person moved the filing. It answers a request: whoever asked, as that matter stands
    (`asked_by`). The drawback office has it, which routing says: the imports that a claim names may be of others. The
    first of its entries that is known with a Center (`entries`). The importer's account: the Center on the day of
    receipt, else the one that it has got since. The goods that it names. Else it is pending, with the port where that
    routes it on.
    """
    if route.sequence > 1:
        return Whose(route.center, "person", since=route.routed_at)
    if asked_by is not None and asked_by.center != PENDING:
        return Whose(asked_by.center, "requested-by", str(route.answers_request), asked_by.since)
    if route.is_of_drawback_office:
        return Whose(PENDING, "drawback-office")
    for number in route.entry_numbers:
        held = entries.get(number)
        if held is not None and held.center != PENDING:
            return Whose(held.center, "entry", number, held.since)
    if route.center != PENDING:
        return Whose(route.center, "account")
    if account_center is not None:
        return Whose(account_center, "account")
    if route.goods_center is not None:
        return Whose(route.goods_center, "goods")
    return Whose(PENDING, "port" if route.basis == "port" else "pending")


def askers_first(filings: Mapping[str, Filing], asked: Mapping[UUID, Asked]) -> list[Filing]:
    """Filings in an order in which one that answers a request made on another comes after that other."""
    ordered: dict[str, Filing] = {}
    seen: set[str] = set()

    def take(number: str | None) -> None:
        filing = filings.get(number or "")
        if filing is None or filing.filing_number in seen:
            return
        seen.add(filing.filing_number)
        answered = filing.standing.answers_request if filing.standing is not None else None
        request = asked.get(answered) if answered is not None else None
        take(request.filing_number if request is not None else None)
        ordered[filing.filing_number] = filing

    for number in sorted(filings):
        take(number)
    return list(ordered.values())


def asking_center(
    route: FilingRoute, item_id: UUID, asked: Mapping[UUID, Asked], items: Mapping[UUID, Item]
) -> Held | None:
    """Whoever asked what a filing answers, as that item stands; a request to another importer is answered by nobody."""
    request = asked.get(route.answers_request) if route.answers_request is not None else None
    if request is None or request.importer_number != route.importer_number or request.item_id == item_id:
        return None
    item = items[request.item_id]
    return Held(item.center, item.center_since or item.opened_at)


def tell_basis(center: str, basis: CenterBasis, fact: str | None) -> Mapping[str, str | None]:
    """Why a filing is with a Center, or with none, as a reason for people."""
    match basis:
        case "person":
            text = f"A person moved the filing to {center}; nothing that is learned later moves it."
        case "requested-by":
            text = f"It answers a request of {center}: whoever asked reads the answer."
        case "drawback-office":
            text = "The drawback office has it by law; no Center is looked for."
        case "entry":
            text = f"{center} has the entry that the filing names first of those with a Center."
        case "account":
            text = f"{center} is the Center of the importer's account."
        case "goods":
            text = f"The importer has no Center and no entry named has one; the goods named belong to {center}."
        case "port":
            text = "The port routes it while neither who asked, entries, account nor goods give it a Center."
        case "pending":
            text = "Nobody asked for it, and neither entries, account nor goods give it a Center: one must be found."
        case _:
            assert_never(basis)
    return {"code": _CODES[basis], "text": text, "fact": fact}


_CODES: Final[Mapping[CenterBasis, str]] = {
    "person": "center-by-person",
    "requested-by": "center-by-request",
    "drawback-office": "drawback-office",
    "entry": "center-by-entry",
    "account": "center-by-account",
    "goods": "center-by-goods",
    "port": "port-routes",
    "pending": "center-pending",
}


def earliest_clock(clocks: Collection[Clock]) -> Clock | None:
    """The clock that ends first; of several that end on one day the one with the lowest rule id."""
    return min(clocks, key=lambda clock: (clock.due_on, clock.rule), default=None)


def review_filing(
    filing: Filing,
    added: Collection[FilingRoute],
    whose: Whose,
    item: Item | None,
    new_id: UUID,
    at: datetime,
) -> tuple[Item, tuple[Note, ...]] | None:
    """The filing's item as the facts leave it, with its new lines of history; None until a routing is known.

    `added` are the routings that were not heard before, `whose` says whose the filing is by all that is known; `at` is
    the time of what is learned. The item is due at the earliest clock.
    """
    standing = filing.standing
    if standing is None or filing.received_at is None:
        return None
    before = item
    item, state, lost = hand_over(item, "routed", whose.center, at)
    first = earliest_clock(standing.clocks)
    facts = Item(
        item_id=new_id,
        kind="filing",
        process=standing.process,
        entry_number=None,
        protest_number=None,
        importer_number=standing.importer_number,
        center=whose.center,
        division=standing.division,
        priority=FILING_PRIORITY,
        value_usd=None,
        opened_at=filing.received_at,
        due_on=first.due_on if first is not None else None,
        state=state,
        filing_number=filing.filing_number,
        authority=standing.authority,
        center_since=max(filing.received_at, whose.since or filing.received_at),
        center_basis=whose.basis,
        center_fact=whose.fact,
    )
    notes = _new_notes(standing, added, item, state)
    if before is not None and item is not None and before.state != "completed" and _changes_hands(before, whose):
        told = sum(note.sequence > ACTS_FROM for note in notes)
        note = _note_of_basis(standing, before, whose, at)
        notes.append(rank_after_acts(note, replace(item, acts=item.acts + told), state))
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


def _changes_hands(item: Item, whose: Whose) -> bool:
    """Whether the filing is another's now, or the same Center's for another reason; a person's move has its own line.

    Of items of an earlier release the reason is not kept: that it becomes known is no change. Nor is it one that the
    filing is still that Center's from which another took it over.
    """
    if whose.basis == "person":
        return False
    return item.center != keeper_of(item, whose.center) or item.center_basis not in {None, whose.basis}


def _note_of_basis(route: FilingRoute, before: Item, whose: Whose, at: datetime) -> Note:
    """The line that says whose the filing is from now on.

    It depends on what was known before, so on the order in which things are learned, as an act of a person does; what
    stands in the end does not.
    """
    why = tell_basis(whose.center, whose.basis, whose.fact)
    went = {"code": "center-changed", "text": f"The filing goes from {before.center} to {whose.center}."}
    reasons = (went, why) if before.center != keeper_of(before, whose.center) else (why,)
    key = f"{WHOSE}{at:%Y-%m-%dT%H:%M:%S.%fZ}:{whose.center}:{whose.basis}"
    return Note(key, route.sequence, "routed", "open", at, SYSTEM, reasons)


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
