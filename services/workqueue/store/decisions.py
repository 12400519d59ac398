"""Decisions: what completed each item."""

from collections.abc import Collection, Sequence
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.domain.decision import Decision, Finding, FoundOn, LegalBasis, Reason, RefusedDecision
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
    "found",
)
_REFUSED_COLUMNS = ("decision_id", "refused_rule", "refused_citation", "remedy", "refused_at")
_LOAD_STANDING = """
SELECT decision_id, item_id FROM decisions WHERE decision_id = ANY($1::uuid[]) AND refused_at IS NULL
"""
_WRITE_REFUSED = """
UPDATE decisions d
SET refused_rule = n.refused_rule, refused_citation = n.refused_citation, remedy = n.remedy, refused_at = n.refused_at
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
    AS n(decision_id, refused_rule, refused_citation, remedy, refused_at)
WHERE d.decision_id = n.decision_id
"""
_LOAD_REFUSED = f"""
SELECT {", ".join(_REFUSED_COLUMNS)} FROM decisions WHERE item_id = $1 AND refused_at IS NOT NULL ORDER BY refused_at
"""


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
        orjson.dumps(finding.found).decode(),
    )
    await bulk.insert(tx, decisions, ("item_id", *_COLUMNS), [row])


async def load_standing(tx: Transaction, decision_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The items that these decisions completed, by decision; without those that are known as refused."""
    if not decision_ids:
        return {}
    return {row["decision_id"]: row["item_id"] for row in await bulk.fetch(tx, _LOAD_STANDING, sorted(decision_ids))}


async def write_refused(tx: Transaction, refused: Sequence[RefusedDecision]) -> None:
    """Note why the legal record could not apply decisions whose items are locked."""
    if refused:
        rows = [(each.decision_id, each.rule, each.citation, each.remedy, each.at) for each in refused]
        await bulk.execute(tx, _WRITE_REFUSED, *(list(column) for column in zip(*rows, strict=True)))


async def load_refused(tx: Transaction, item_id: UUID) -> list[RefusedDecision]:
    """The decisions on an item that the legal record could not apply, the first first."""
    return [RefusedDecision(*row) for row in await bulk.fetch(tx, _LOAD_REFUSED, item_id)]


async def list_refused(connection: AsyncConnection, item_id: UUID) -> list[RefusedDecision]:
    """The same, to show."""
    query = select(*(decisions.c[name] for name in _REFUSED_COLUMNS))
    query = query.where(decisions.c.item_id == item_id, decisions.c.refused_at.is_not(None))
    return [RefusedDecision(*row) for row in await connection.execute(query.order_by(decisions.c.refused_at))]


async def find_decision(connection: AsyncConnection, item_id: UUID) -> Decision | None:
    """What completed the item and was not refused, or None."""
    query = select(*(decisions.c[name] for name in _COLUMNS))
    query = query.where(decisions.c.item_id == item_id, decisions.c.refused_at.is_(None))
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
        found,
    ) = row
    finding = Finding(
        outcome=outcome,
        duty_cents=duty_cents,
        fees_cents=fees_cents,
        by_class=tuple((code, cents) for code, cents in by_class),
        reasons=tuple(Reason(**each) for each in reasons),
        legal_basis=tuple(LegalBasis(**each) for each in legal_basis),
        found=tuple(FoundOn(**each) for each in found),
    )
    return Decision(decision_id, finding, Person(subject, name, acting_for), at, authority)
