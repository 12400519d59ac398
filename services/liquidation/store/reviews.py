"""Review decisions of the Centers: kept as they come, used or set aside when the entry is liquidated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.liquidation.domain.decision import Liquidation
from services.liquidation.domain.facts import Origin
from services.liquidation.domain.money.amounts import Amounts
from services.liquidation.store.assessments import read_effect
from services.liquidation.store.tables.records import review_decisions
from services.liquidation.store.upserts import keep_earliest
from shared.db import bulk
from shared.db.transaction import Transaction

_DECISIONS = """
SELECT decision_id, event_at, event_source, event_id FROM review_decisions WHERE decision_id = ANY($1::text[])
"""
_WAITING = """
SELECT DISTINCT ON (item_id) decision_id, duty_cents, fees_cents FROM review_decisions
WHERE entry_number = $1 AND status = 'applied' AND outcome IN ('no-change', 'increase', 'refund')
ORDER BY item_id, decided_at, decision_id
"""
_WAITING_ON_OTHERS = """
SELECT DISTINCT ON (item_id) decision_id, duty_cents, fees_cents, body -> 'effect' -> 'by_class' AS by_class
FROM review_decisions
WHERE entry_number = $1 AND status = 'applied' AND outcome IN ('no-change', 'increase', 'refund')
    AND item_id IS DISTINCT FROM $2
ORDER BY item_id, decided_at, decision_id
"""
_LIQUIDATION = """
SELECT liquidated_on, liquidation_kind FROM entries WHERE entry_number = $1 AND liquidated_on IS NOT NULL
"""
_USE = """
UPDATE review_decisions SET status = CASE WHEN decision_id = ANY($2::text[]) THEN 'effective' ELSE 'superseded' END
WHERE entry_number = $1 AND status = 'applied'
"""
_RELEASE = "UPDATE review_decisions SET status = 'applied' WHERE entry_number = $1 AND status = 'effective'"


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A review decision; effects in cents, zero when the outcome changes nothing."""

    decision_id: str
    entry_number: str
    item_id: str
    process: str
    outcome: str
    duty_cents: int
    fees_cents: int
    decided_at: datetime
    origin: Origin
    status: str
    rule: str | None
    remedy: str | None
    body: str


@dataclass(frozen=True, slots=True)
class WaitingDecision:
    """A decision that takes effect when its entry is liquidated: what it changes by class, in cents."""

    decision_id: str
    effects: Amounts


async def load_waiting(tx: Transaction, entry_number: str, item_id: str | None) -> list[WaitingDecision]:
    """The decisions that wait on items of the entry other than this one; of several on one item the earliest."""
    return [
        WaitingDecision(row["decision_id"], read_effect(row["by_class"], row["duty_cents"], row["fees_cents"]))
        for row in await bulk.fetch(tx, _WAITING_ON_OTHERS, entry_number, item_id)
    ]


async def find_liquidation(tx: Transaction, entry_number: str) -> Liquidation | None:
    """The liquidation of an entry, if it is liquidated."""
    for row in await bulk.fetch(tx, _LIQUIDATION, entry_number):
        return Liquidation(row["liquidated_on"], row["liquidation_kind"] == "deemed")
    return None


async def load_decision_origins(tx: Transaction, decision_ids: Sequence[str]) -> dict[str, Origin]:
    """Decisions that are known, with the event that each rests on."""
    if not decision_ids:
        return {}
    return {
        row["decision_id"]: Origin(row["event_at"], row["event_source"], row["event_id"])
        for row in await bulk.fetch(tx, _DECISIONS, list(decision_ids))
    }


async def write_decisions(tx: Transaction, decided: Sequence[DecisionRow]) -> None:
    """Write review decisions; of two events for one decision the earlier stands."""
    columns = (
        "decision_id",
        "entry_number",
        "item_id",
        "process",
        "outcome",
        "duty_cents",
        "fees_cents",
        "decided_at",
        "event_at",
        "event_source",
        "event_id",
        "status",
        "rule",
        "remedy",
        "body",
    )
    values = [
        (
            row.decision_id,
            row.entry_number,
            row.item_id,
            row.process,
            row.outcome,
            row.duty_cents,
            row.fees_cents,
            row.decided_at,
            row.origin.at,
            row.origin.source,
            row.origin.id,
            row.status,
            row.rule,
            row.remedy,
            row.body,
        )
        for row in decided
    ]
    await bulk.insert(tx, review_decisions, columns, values, on_conflict=keep_earliest(review_decisions, columns))


async def use_decisions(tx: Transaction, entry_number: str) -> tuple[int, int] | None:
    """The effect (duty, fees, in cents) of the decisions that wait, which take effect; None when none waits.

    Of several on one item the earliest counts, the others are superseded.
    """
    rows = await bulk.fetch(tx, _WAITING, entry_number)
    if not rows:
        return None
    await bulk.execute(tx, _USE, entry_number, [row["decision_id"] for row in rows])
    return sum(row["duty_cents"] for row in rows), sum(row["fees_cents"] for row in rows)


async def set_aside_decisions(tx: Transaction, entry_number: str) -> None:
    """Supersede the decisions that wait: the entry is liquidated as entered, by hand."""
    await bulk.execute(tx, _USE, entry_number, [])


async def release_decisions(tx: Transaction, entry_number: str) -> None:
    """Let the decisions that had taken effect wait for the next liquidation: this one has none in law."""
    await bulk.execute(tx, _RELEASE, entry_number)
