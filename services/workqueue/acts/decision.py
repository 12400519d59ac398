"""Decisions: what ends an item, a decision on an entry or a protest, advice, or the answer to a filing."""

from datetime import date, datetime
from uuid import UUID

from services.workqueue.acts.item import lock_item, refusals, write_item
from services.workqueue.acts.reach import person_of
from services.workqueue.domain import claim as rules
from services.workqueue.domain.decision import (
    OUTCOMES,
    Decision,
    Finding,
    flaw_in_decision,
    flaw_in_outcome,
    review_outcome_of,
)
from services.workqueue.domain.item import Item
from services.workqueue.domain.request import HEARD, shown_stage
from services.workqueue.publishing import SOURCE, review_decided
from services.workqueue.store import decisions as decision_store
from services.workqueue.store import requests as request_store
from shared.bus import outbox
from shared.customs.calendar import legal_date
from shared.customs.money import format_cents
from shared.db.transaction import Transaction
from shared.runtime.errors import Conflict, Refused
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id


async def complete(
    tx: Transaction,
    item_id: UUID,
    caller: Identity,
    token: int,
    finding: Finding,
    now: datetime,
    *,
    notice_over_cents: int | None,
) -> Decision:
    """Finish the item with a decision, an answer or advice.

    A decision on an entry is published for the legal record to apply; the rest is kept, and told as a change of the
    item. `notice_over_cents` is the increase above which the importer must have been heard first (rule cf29-threshold);
    None: that is not demanded. Raises `Conflict` for a token that is not the newest and for an increase of which no
    notice was given, `Refused` for an outcome that is not one of the item's kind or contradicts itself.
    """
    item, authority = await lock_item(tx, item_id, caller, now)
    with refusals():
        item, notes = rules.complete(item, person_of(caller), token, now)
    flaw = flaw_in_outcome(item, finding.outcome)
    if flaw is not None:
        remedy = f"Send one of {', '.join(OUTCOMES[item.kind])}."
        raise Refused(flaw, rule="outcome-of-kind", code="other-outcome", remedy=remedy)
    effect = finding.duty_cents + finding.fees_cents
    flaw = flaw_in_decision(finding.outcome, effect, has_legal_basis=bool(finding.legal_basis))
    if flaw is not None:
        raise Refused(flaw, rule="decision-consistent", code="inconsistent-decision", remedy="Correct it; send again.")
    if notice_over_cents is not None and item.kind == "review" and effect > notice_over_cents:
        await _demand_notice(tx, item, effect, notice_over_cents, legal_date(now))
    decision = Decision(
        UUID(event_id("decision", str(item_id))), finding, by=person_of(caller), at=now, authority=authority
    )
    await decision_store.write_decision(tx, item_id, decision)
    await write_item(tx, item, notes, finding.outcome)
    outcome = review_outcome_of(finding.outcome)
    if item.kind == "review" and item.entry_number is not None and outcome is not None:
        await outbox.add(tx, SOURCE, [review_decided(item, decision, item.entry_number, outcome)])
    return decision


async def _demand_notice(tx: Transaction, item: Item, effect: int, over_cents: int, today: date) -> None:
    """Raise `Conflict` unless a proposed notice of action on the entry was answered, or its time has passed."""
    assert item.entry_number is not None
    found = await request_store.find_notices(tx, item.entry_number)
    stages = {shown_stage(form, stage, due_on, today) for form, stage, due_on in found}
    if stages & HEARD:
        return
    running = min((due_on for _, stage, due_on in found if stage == "proposed" and due_on is not None), default=None)
    raise Conflict(
        f"The increase of {format_cents(effect)} dollars is over {format_cents(over_cents)}, and the importer has"
        + (" not been told of it." if running is None else f" until {running} to give reasons against it."),
        rule="cf29-threshold",
        code="notice-of-action-due",
        citation="19 CFR 152.2",
        remedy="Propose a CBP 29 on the entry: POST /items/{id}/requests with form CBP-29."
        if running is None
        else "Wait for the answer, or for that day to pass.",
    )
