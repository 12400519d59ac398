"""Decisions: what completed each item."""

from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.domain.decision import Decision, Finding, LegalBasis, Reason
from services.workqueue.domain.item import Person
from services.workqueue.store.tables import decisions
from shared.db import bulk
from shared.db.transaction import Transaction

_COLUMNS = (
    "decision_id",
    "outcome",
    "duty_cents",
    "fees_cents",
    "by_class",
    "reasons",
    "legal_basis",
    "decided_by",
    "decided_by_name",
    "acting_for",
    "decided_at",
    "authority",
)


async def write_decision(tx: Transaction, item_id: UUID, decision: Decision) -> None:
    """Keep what completed an item."""
    finding, by = decision.finding, decision.by
    row = (
        item_id,
        decision.decision_id,
        finding.outcome,
        finding.duty_cents,
        finding.fees_cents,
        orjson.dumps(finding.by_class).decode(),
        orjson.dumps(finding.reasons).decode(),
        orjson.dumps(finding.legal_basis).decode(),
        by.subject,
        by.name,
        by.acting_for,
        decision.at,
        decision.authority,
    )
    await bulk.insert(tx, decisions, ("item_id", *_COLUMNS), [row])


async def find_decision(connection: AsyncConnection, item_id: UUID) -> Decision | None:
    """What completed the item, or None."""
    query = select(*(decisions.c[name] for name in _COLUMNS)).where(decisions.c.item_id == item_id)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    (
        decision_id,
        outcome,
        duty_cents,
        fees_cents,
        by_class,
        reasons,
        legal_basis,
        subject,
        name,
        acting_for,
        at,
        authority,
    ) = row
    finding = Finding(
        outcome=outcome,
        duty_cents=duty_cents,
        fees_cents=fees_cents,
        by_class=tuple((code, cents) for code, cents in by_class),
        reasons=tuple(Reason(**each) for each in reasons),
        legal_basis=tuple(LegalBasis(**each) for each in legal_basis),
    )
    return Decision(decision_id, finding, Person(subject, name, acting_for), at, authority)
