"""Decisions: what ends an item, a decision on an entry or a protest, advice, or the answer to a filing."""

from datetime import datetime
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
from services.workqueue.publishing import SOURCE, review_decided
from services.workqueue.store import decisions as decision_store
from shared.bus import outbox
from shared.db.transaction import Transaction
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id


async def complete(
    tx: Transaction, item_id: UUID, caller: Identity, token: int, finding: Finding, now: datetime
) -> Decision:
    """Finish the item with a decision, an answer or advice.

    A decision on an entry is published for the legal record to apply; the rest is kept, and told as a change of the
    item. Raises `Conflict` for a token that is not the newest, `Refused` for an outcome that is not one of the item's
    kind or contradicts itself.
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
    decision = Decision(
        UUID(event_id("decision", str(item_id))), finding, by=person_of(caller), at=now, authority=authority
    )
    await decision_store.write_decision(tx, item_id, decision)
    await write_item(tx, item, notes, finding.outcome)
    outcome = review_outcome_of(finding.outcome)
    if item.kind == "review" and item.entry_number is not None and outcome is not None:
        await outbox.add(tx, SOURCE, [review_decided(item, decision, item.entry_number, outcome)])
    return decision
