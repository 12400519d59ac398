"""What people and the lease do with items: load and lock, apply the rule, write, publish. One transaction each."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from services.workqueue.domain import holding
from services.workqueue.domain.clocks import Form, answer_due_on
from services.workqueue.domain.decision import (
    OUTCOMES,
    Outcome,
    flaw_in_decision,
    flaw_in_outcome,
    review_outcome_of,
)
from services.workqueue.domain.item import Item, NotAllowed, Note
from services.workqueue.publishing import SOURCE, item_changed, request_issued, review_decided
from services.workqueue.reach import demand_reach, person_of, work_centers, work_divisions
from services.workqueue.store import items as item_store
from services.workqueue.store import outcomes
from services.workqueue.store.outcomes import Citation, Decision, Letter, Reason
from shared.bus import outbox
from shared.customs.calendar import legal_date
from shared.db import idempotency
from shared.db.transaction import Transaction
from shared.runtime.errors import Conflict, NotFound, Refused
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id

_EXPIRE_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """What a person decides on an item; money in cents, an increase is positive, `by_class` where it is known."""

    outcome: Outcome
    duty_cents: int
    fees_cents: int
    reasons: tuple[Reason, ...]
    legal_basis: tuple[Citation, ...]
    by_class: tuple[tuple[str, int], ...] = ()


async def claim_next(
    tx: Transaction,
    caller: Identity,
    now: datetime,
    lease: timedelta,
    *,
    center: str | None = None,
    division: str | None = None,
    process: str | None = None,
) -> Item | None:
    """Give the caller the first item of their queues; None when there is none.

    Claims whose lease has run out come last: they are opened when nothing else is open.
    """
    centers, divisions = work_centers(caller, center), work_divisions(caller, division)
    person = person_of(caller)

    async def take() -> Item | None:
        return await item_store.claim_next(
            tx,
            person,
            lease_until=now + lease,
            centers=centers if centers is not None else await item_store.find_open_centers(tx),
            divisions=divisions,
            process=process,
        )

    item = await take()
    if item is None and await _expire(tx, now, centers=centers, divisions=divisions):
        item = await take()
    if item is not None:
        await _keep(tx, item, [holding.note_of_claim(item, person, now)])
    return item


async def claim(tx: Transaction, item_id: UUID, caller: Identity, now: datetime, lease: timedelta) -> Item:
    """Give the caller this item."""
    item = await _lock(tx, item_id, caller)
    with _refusals():
        item, notes = holding.claim(item, person_of(caller), now, lease)
    await _write(tx, item, notes)
    return item


async def keep(tx: Transaction, item_id: UUID, caller: Identity, token: int, now: datetime, lease: timedelta) -> Item:
    """Begin the lease of the caller's claim anew."""
    item = await _lock(tx, item_id, caller)
    with _refusals():
        item = holding.keep(item, person_of(caller), token, now, lease)
    await item_store.write_items(tx, [item])
    return item


async def release(tx: Transaction, item_id: UUID, caller: Identity, token: int, now: datetime) -> Item:
    """Give the item back to its queue."""
    item = await _lock(tx, item_id, caller)
    with _refusals():
        item, notes = holding.release(item, person_of(caller), token, now)
    await _write(tx, item, notes)
    return item


async def complete(
    tx: Transaction, item_id: UUID, caller: Identity, token: int, finding: Finding, now: datetime
) -> tuple[Item, Decision]:
    """Finish the item with a decision, an answer or advice.

    A decision on an entry is published for the legal record to apply; the rest is kept, and told as a change of the
    item. Raises `Refused` for an outcome that is not one of the item's kind or contradicts itself.
    """
    item = await _lock(tx, item_id, caller)
    with _refusals():
        item, notes = holding.complete(item, person_of(caller), token, now)
    flaw = flaw_in_outcome(item, finding.outcome)
    if flaw is not None:
        remedy = f"Send one of {', '.join(OUTCOMES[item.kind])}."
        raise Refused(flaw, rule="outcome-of-kind", code="other-outcome", remedy=remedy)
    effect = finding.duty_cents + finding.fees_cents
    flaw = flaw_in_decision(finding.outcome, effect, has_legal_basis=bool(finding.legal_basis))
    if flaw is not None:
        raise Refused(flaw, rule="decision-consistent", code="inconsistent-decision", remedy="Correct it; send again.")
    decision = Decision(
        decision_id=UUID(event_id("decision", str(item_id))),
        item=item,
        outcome=finding.outcome,
        duty_cents=finding.duty_cents,
        fees_cents=finding.fees_cents,
        reasons=finding.reasons,
        legal_basis=finding.legal_basis,
        by_class=finding.by_class,
        by=person_of(caller),
        at=now,
    )
    await outcomes.write_decision(tx, decision)
    await _write(tx, item, notes, outcome=finding.outcome)
    outcome = review_outcome_of(finding.outcome)
    if item.kind == "review" and item.entry_number is not None and outcome is not None:
        await outbox.add(tx, SOURCE, [review_decided(decision, item.entry_number, outcome)])
    return item, decision


async def issue_letter(
    tx: Transaction,
    item_id: UUID,
    caller: Identity,
    token: int,
    now: datetime,
    *,
    key: str,
    form: Form,
    questions: Sequence[str],
    entry_numbers: Sequence[str],
    due_on: date | None,
) -> Letter:
    """Issue a request for information or a notice of action to the item's importer.

    `key` makes the id of the letter: the same key gives the same letter. Without `entry_numbers` the letter is about
    the item's own entry; more entries of the same importer may stand on one letter.
    """
    item = await _lock(tx, item_id, caller)
    with _refusals():
        holding.demand_token(item, person_of(caller), token)
    if form == "CBP-29" and item.kind == "consultation":
        raise Refused(
            f"A notice of action is the act of the Center of record, {item.asking_center}.",
            rule="outcome-of-kind",
            code="other-center",
            remedy="Say in the advice which action the goods call for.",
        )
    own = [item.entry_number] if item.entry_number is not None else []
    numbers = tuple(dict.fromkeys([*own, *entry_numbers]))
    if not numbers:
        raise Refused("The item names no entry.", rule="letter-names-entry", remedy="Give entry_numbers.")
    others = [number for number in numbers if number not in own]
    foreign = await outcomes.find_foreign_entries(tx, others, item.importer_number) if others else []
    if foreign:
        raise Refused(
            f"Not known as entries of the item's importer: {', '.join(foreign)}.",
            rule="letter-one-importer",
            code="other-importer",
            remedy="Name entries of one importer on a letter.",
        )
    issued_on = legal_date(now)
    if due_on is not None and due_on < issued_on:
        raise Refused(
            f"due_on {due_on} is before the day of issue, {issued_on}.",
            rule="cf28-reply",
            code="due-before-issue",
            remedy="Leave it out for the usual period.",
        )
    letter = Letter(
        request_id=UUID(event_id("request", str(item_id), caller.subject, key)),
        item=item,
        form=form,
        entry_numbers=numbers,
        questions=tuple(questions),
        issued_on=issued_on,
        due_on=due_on or answer_due_on(form, issued_on),
        by=person_of(caller),
        at=now,
    )
    await outcomes.write_letter(tx, letter)
    await outbox.add(tx, SOURCE, [request_issued(letter)])
    return letter


async def expire_leases(tx: Transaction, now: datetime) -> int:
    """Open the items whose lease has run out, a bounded number; gives how many."""
    return await _expire(tx, now)


async def forget_answers(tx: Transaction, before: datetime) -> int:
    """Forget the answers to creating calls that are older; gives how many."""
    return await idempotency.forget(tx.connection, before)


async def _expire(
    tx: Transaction, now: datetime, *, centers: Sequence[str] | None = None, divisions: Sequence[str] | None = None
) -> int:
    expired = [
        holding.expire(item)
        for item in await item_store.lock_expired(tx, now, _EXPIRE_AT_ONCE, centers=centers, divisions=divisions)
    ]
    await item_store.write_items(tx, [item for item, _ in expired])
    lines = [(item, note) for item, notes in expired for note in notes]
    await item_store.append_notes(tx, lines)
    await outbox.add(tx, SOURCE, [item_changed(item, note) for item, note in lines])
    return len(expired)


async def _lock(tx: Transaction, item_id: UUID, caller: Identity) -> Item:
    item = (await item_store.lock_items(tx, [item_id])).get(item_id)
    if item is None:
        raise NotFound(f"There is no item {item_id}.", remedy="Check the id.")
    demand_reach(caller, item)
    return item


async def _write(tx: Transaction, item: Item, notes: Sequence[Note], outcome: Outcome | None = None) -> None:
    await item_store.write_items(tx, [item])
    await _keep(tx, item, notes, outcome)


async def _keep(tx: Transaction, item: Item, notes: Sequence[Note], outcome: Outcome | None = None) -> None:
    """Add to the item's history, and publish what was added."""
    await item_store.append_notes(tx, [(item, note) for note in notes])
    await outbox.add(tx, SOURCE, [item_changed(item, note, outcome) for note in notes])


@contextmanager
def _refusals() -> Iterator[None]:
    """Answers what the item's state does not allow with 409."""
    try:
        yield
    except NotAllowed as refusal:
        raise Conflict(refusal.detail, rule="item-state", code=refusal.code, remedy=refusal.remedy) from refusal
