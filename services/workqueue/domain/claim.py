"""What a person does with an item: claim it, keep it, give it back, finish it. One holder, one lease, one token.

Also what stays of that when upstream says something new of the item.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from services.workqueue.domain.decision import RefusedDecision
from services.workqueue.domain.due import day_of
from services.workqueue.domain.item import (
    ACTS_FROM,
    LAST,
    SYSTEM,
    Change,
    Item,
    NotAllowed,
    Note,
    Person,
    State,
    next_state,
)

SKILL_RELAXED: Final = "Nobody with the skill %s took it in time."
"""Why work is offered to whoever has not the skill that it asked for, as the line of the claim says it."""


def claim(item: Item, person: Person, now: datetime, lease: timedelta) -> tuple[Item, tuple[Note, ...]]:
    """Take the item for the length of a lease, under a new token; a lease that ran out is no obstacle.

    Raises `NotAllowed`: `already-claimed` with the holder's name while the lease of another claim is alive.
    """
    notes: tuple[Note, ...] = ()
    if item.state == "claimed":
        if is_held(item, now):
            raise NotAllowed(
                "already-claimed",
                f"{item.holder_name} holds the item until {item.lease_until:%Y-%m-%dT%H:%M:%SZ}.",
                "Take another with POST /items/next, or wait until it is released or its lease runs out.",
            )
        item, notes = expire(item)
    claimed, note = _act(item, "claimed", person, now)
    claimed = replace(
        claimed,
        holder=person.subject,
        holder_name=person.name,
        token=item.token + 1,
        lease_until=now + lease,
        assigned_to=item.assigned_to if item.assigned_to == person.subject else None,
    )
    return claimed, (*notes, note)


def assign(item: Item, by: Person, to: Person | None, reason: str, now: datetime) -> tuple[Item, tuple[Note, ...]]:
    """Offer the item to a person before anybody, or to nobody in particular; who holds it goes on holding it."""
    assigned, note = _act(item, "assigned", by, now)
    text = f"To {to.name}: {reason}" if to is not None else f"To nobody in particular: {reason}"
    said = {"code": "assigned", "text": text, "fact": to.subject if to is not None else None}
    return replace(assigned, assigned_to=to.subject if to is not None else None), (replace(note, reasons=(said,)),)


def skip(
    item: Item, person: Person, token: int | None, reason: Mapping[str, str | None], now: datetime
) -> tuple[Item, tuple[Note, ...]]:
    """Pass the item over; who holds it gives it back by that. Raises `NotAllowed` while another holds it."""
    notes: tuple[Note, ...] = ()
    if item.state == "claimed":
        item, notes = release(item, person, token if token is not None else -1, now)
    skipped, note = _act(item, "skipped", person, now)
    return skipped, (*notes, replace(note, reasons=(reason,)))


def is_held(item: Item, now: datetime) -> bool:
    """Whether somebody's claim is alive."""
    return item.state == "claimed" and item.lease_until is not None and now < item.lease_until


def keep(item: Item, person: Person, token: int, now: datetime, lease: timedelta) -> Item:
    """Begin the lease anew (a heartbeat)."""
    demand_token(item, person, token)
    return replace(item, lease_until=now + lease)


def release(item: Item, person: Person, token: int, now: datetime) -> tuple[Item, tuple[Note, ...]]:
    """Give the item back to its queue."""
    demand_token(item, person, token)
    released, note = _act(item, "released", person, now)
    return _without_holder(released), (note,)


def complete(item: Item, person: Person, token: int, now: datetime) -> tuple[Item, tuple[Note, ...]]:
    """Finish the item; its last holder stays on it."""
    demand_token(item, person, token)
    completed, note = _act(item, "completed", person, now)
    return replace(completed, lease_until=None), (note,)


def open_matter(item: Item, person: Person, now: datetime) -> tuple[Item, tuple[Note, ...]]:
    """Begin a matter that a person opens."""
    opened, note = _act(item, "opened", person, now)
    return opened, (note,)


def act_on(item: Item, person: Person, now: datetime, *, closes: bool) -> tuple[Item, Note]:
    """The item after one more act of its process; one that closes it ends a claim as well, and its holder stays on it.

    Raises `NotAllowed` for an item that has ended.
    """
    acted, note = _act(item, "closed" if closes else "acted", person, now)
    return (replace(acted, lease_until=None) if closes else acted), note


def reopen(item: Item, refused: RefusedDecision) -> tuple[Item, Note]:
    """The item open again because the legal record cannot apply its decision; nobody holds it, its priority stays.

    The line has the key of the decision: told twice it is one line.
    """
    reason = {"code": "decision-refused", "text": refused.remedy, "fact": refused.rule, "citation": refused.citation}
    reopened, note = _act(item, "reopened", SYSTEM, refused.at)
    note = replace(note, key=f"refused:{refused.decision_id}", reasons=(reason,))
    return replace(_without_holder(reopened), reopened_at=refused.at), note


def expire(item: Item) -> tuple[Item, tuple[Note, ...]]:
    """End a claim whose lease has run out; the change is dated at the end of the lease, whenever it is noticed."""
    assert item.lease_until is not None
    expired, note = _act(item, "lease-expired", SYSTEM, item.lease_until)
    return _without_holder(expired), (note,)


def demand_token(item: Item, person: Person, token: int) -> None:
    """Raise `NotAllowed` unless this person's claim with this token is the newest one of the item.

    A claim that ran out but that nobody has taken or marked since still counts: the work in it is not lost.
    """
    if item.state == "claimed" and item.holder == person.subject and item.token == token:
        return
    match item.state:
        case "open":
            who = "nobody holds it now"
        case "claimed":
            who = f"{item.holder_name} holds it now"
        case "completed" | "cancelled":
            who = f"it is {item.state} now"
    raise NotAllowed(
        "stale-token",
        f"Token {token} is not that of the claim in force: {who}.",
        "Read the item; claim it again if it is open. Nothing was written.",
    )


def hand_over(
    item: Item | None, change: Change, center: str, at: datetime
) -> tuple[Item | None, State, tuple[Note, ...]]:
    """The item before and its state after upstream calls for it in a Center (`routed`) or ends it (`cancelled`).

    A claim ends when the item goes to another Center, with a line of history: that Center's people, not the holder,
    work on it from now on. None is an item that is not there yet.
    """
    lost: tuple[Note, ...] = ()
    center = keeper_of(item, center)
    if item is not None and item.assigned_to is not None and change == "routed" and item.center != center:
        item = replace(item, assigned_to=None)
    if item is not None and item.state == "claimed" and change == "routed" and item.center != center:
        text = f"The item goes from {item.center} to {center}: the claim of {item.holder_name} ends."
        released, note = _act(item, "released", SYSTEM, at)
        item, lost = _without_holder(released), (replace(note, reasons=({"code": "other-center", "text": text},)),)
    return item, next_state(item.state if item is not None else "open", change), lost


def hand_over_now(
    item: Item, person: Person, now: datetime, *, code: str, text: str, fact: str
) -> tuple[Item, tuple[Note, ...]]:
    """The item free of holder and assignment, because other people work on it from now on; the lines say why."""
    lost: tuple[Note, ...] = ()
    if item.state == "claimed":
        item, released = _act(item, "released", person, now)
        lost = (replace(released, reasons=({"code": code, "text": text, "fact": fact},)),)
    moved, note = _act(_without_holder(item), "transferred", person, now)
    return replace(moved, assigned_to=None), (
        *lost,
        replace(note, reasons=({"code": code, "text": text, "fact": fact},)),
    )


def mark(
    item: Item, change: Change, person: Person, now: datetime, reason: Mapping[str, str | None]
) -> tuple[Item, Note]:
    """The item after something that leaves it where it is, with the line that says so."""
    marked, note = _act(item, change, person, now)
    return marked, replace(note, reasons=(reason,))


def keeper_of(item: Item | None, center: str) -> str:
    """The Center that has the item when upstream gives it to one: that which took it over, as long as upstream gives it
    to the one from which that was; a new word of upstream stands above the transfer.
    """
    return item.center if item is not None and item.transferred_from == center else center


def rank_after_acts(note: Note, item: Item | None, state: State) -> Note:
    """The line of what now stands upstream, after what people have done with the item already, if anything.

    So the highest sequence always tells the item's state.
    """
    if item is None or not item.acts:
        return note
    return replace(note, sequence=ACTS_FROM + item.acts + 1, state=state)


def carry_over(facts: Item, item: Item | None, notes: Iterable[Note]) -> Item:
    """The item by the facts of upstream, with what people have made of it: holder, token, lease and count of acts.

    `item` is what `hand_over` gave, `notes` are the lines that the facts add. A completed item stays where it is.
    """
    if item is None:
        return facts
    if item.transferred_from is not None and item.transferred_from == facts.center:
        facts = replace(facts, center=item.center, center_since=item.center_since, transferred_from=facts.center)
    facts = replace(
        facts,
        token=item.token,
        acts=item.acts + sum(ACTS_FROM < note.sequence < LAST for note in notes),
        stage=item.stage,
        stage_since=item.stage_since,
        waits_for=item.waits_for,
        assigned_to=item.assigned_to,
        reopened_at=item.reopened_at,
        at_port=item.at_port,
        set_days=item.set_days,
        due_on=day_of(facts, item.set_days),
        knowers=item.knowers,
    )
    if item.state != "claimed" or facts.state == "claimed":
        facts = replace(facts, holder=item.holder, holder_name=item.holder_name, lease_until=item.lease_until)
    if item.state == "completed":
        facts = replace(facts, center=item.center, division=item.division, center_since=item.center_since)
        facts = replace(facts, center_basis=item.center_basis, center_fact=item.center_fact)
    return facts


def _without_holder(item: Item) -> Item:
    """The item with no one holding it; the token stays, so that an old one is never valid again."""
    return replace(item, holder=None, holder_name=None, lease_until=None)


def _act(item: Item, change: Change, person: Person, at: datetime) -> tuple[Item, Note]:
    """The item after one more act, and the line of history for it, keyed by the item's count of acts."""
    number = item.acts + 1
    state = next_state(item.state, change)
    note = Note(f"{change}:{number}", ACTS_FROM + number, change, state, at, person)
    return replace(item, state=state, acts=number), note
