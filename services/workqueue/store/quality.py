"""Second reviews: plans of Centers, samples, pairs of outcomes."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.domain.quality import Decided, Plan, Sample
from services.workqueue.store.tables.decisions import decisions
from services.workqueue.store.tables.quality import quality_plans, quality_samples
from shared.db import bulk
from shared.db.transaction import Transaction

_PLAN = tuple(each.name for each in fields(Plan))
_SAMPLE = tuple(each.name for each in fields(Sample))
# A plan is for what is decided from then on: a decision is drawn by the plan that stood when it was made.
_TO_DRAW = f"""
SELECT d.decision_id, d.item_id, i.center, coalesce(i.value_usd, 0) AS value_usd, d.decided_by,
       ARRAY(SELECT DISTINCT found ->> 'criterion' FROM jsonb_array_elements(d.found) AS found
             WHERE found ->> 'criterion' IS NOT NULL) AS criteria,
       {", ".join(f"p.{name} AS plan_{name}" for name in _PLAN)}
FROM decisions d JOIN items i USING (item_id) CROSS JOIN LATERAL (
    SELECT * FROM quality_plans q WHERE q.center = i.center AND q.set_at <= d.decided_at
    ORDER BY q.version DESC LIMIT 1) p
WHERE d.decided_at > $1 AND d.refused_at IS NULL AND i.kind = 'review'
    AND NOT EXISTS (SELECT FROM quality_samples s WHERE s.decision_id = d.decision_id)
ORDER BY d.decided_at
"""
_LOCK = f"SELECT {', '.join(_SAMPLE)} FROM quality_samples WHERE sample_id = $1 FOR UPDATE"
_WRITE = """
UPDATE quality_samples SET state = $2, reviewer = $3, reviewer_name = $4, taken_at = $5, outcome = $6, reason = $7,
    done_at = $8 WHERE sample_id = $1
"""
_HANDS = """
SELECT actor AS hand FROM item_events WHERE item_id = $1 UNION SELECT acting_for FROM item_events WHERE item_id = $1
UNION SELECT done_by FROM item_acts WHERE item_id = $1 UNION SELECT acting_for FROM item_acts WHERE item_id = $1
UNION SELECT decided_by FROM decisions WHERE item_id = $1 UNION SELECT acting_for FROM decisions WHERE item_id = $1
UNION SELECT written_by FROM item_notes WHERE item_id = $1 UNION SELECT acting_for FROM item_notes WHERE item_id = $1
UNION SELECT a.done_by FROM request_acts a JOIN requests r USING (request_id) WHERE r.item_id = $1
UNION SELECT a.acting_for FROM request_acts a JOIN requests r USING (request_id) WHERE r.item_id = $1
UNION SELECT added_by FROM files WHERE subject = 'item' AND subject_id = $1::uuid::text AND NOT is_by_party
"""


class Pair(NamedTuple):
    """The outcomes of a first and a second review."""

    center: str
    first: str
    second: str


async def write_plan(tx: Transaction, plan: Plan) -> None:
    """Keep a new version of a Center's plan."""
    row = tuple(
        orjson.dumps(dict(getattr(plan, name))).decode() if name.startswith("by_") else getattr(plan, name)
        for name in _PLAN
    )
    await bulk.insert(tx, quality_plans, _PLAN, [row])


async def find_plan(connection: AsyncConnection, center: str) -> Plan | None:
    """The plan of a Center that stands; None before one was set."""
    query = select(*(quality_plans.c[name] for name in _PLAN)).where(quality_plans.c.center == center)
    row = (await connection.execute(query.order_by(quality_plans.c.version.desc()).limit(1))).one_or_none()
    return None if row is None else Plan(*row)


async def list_to_draw(tx: Transaction, since: datetime) -> list[tuple[Decided, Plan]]:
    """Decisions on reviews since then that are no sample yet, each with the plan of its Center as it stood then."""
    return [
        (
            Decided(
                row["decision_id"],
                row["item_id"],
                row["center"],
                row["value_usd"],
                row["decided_by"],
                frozenset(row["criteria"]),
            ),
            Plan(*(row[f"plan_{name}"] for name in _PLAN)),
        )
        for row in await bulk.fetch(tx, _TO_DRAW, since)
    ]


async def add_samples(tx: Transaction, samples: Sequence[Sample]) -> None:
    """Keep what was drawn; a decision is drawn once."""
    rows = [tuple(getattr(sample, name) for name in _SAMPLE) for sample in samples]
    await bulk.insert(tx, quality_samples, _SAMPLE, rows, on_conflict="DO NOTHING")


async def lock_sample(tx: Transaction, sample_id: UUID) -> Sample | None:
    """A sample, locked; None when there is none."""
    rows = await bulk.fetch(tx, _LOCK, sample_id)
    return Sample(*rows[0]) if rows else None


async def write_sample(tx: Transaction, sample: Sample) -> None:
    """Write a sample that is locked."""
    await bulk.execute(
        tx,
        _WRITE,
        sample.sample_id,
        sample.state,
        sample.reviewer,
        sample.reviewer_name,
        sample.taken_at,
        sample.outcome,
        sample.reason,
        sample.done_at,
    )


async def find_hands(tx: Transaction, item_id: UUID) -> frozenset[str]:
    """Everybody who had a part in an item."""
    return frozenset(row["hand"] for row in await bulk.fetch(tx, _HANDS, item_id) if row["hand"] is not None)


async def find_sample(connection: AsyncConnection, sample_id: UUID) -> Sample | None:
    """A sample; None when there is none."""
    query = select(*(quality_samples.c[name] for name in _SAMPLE)).where(quality_samples.c.sample_id == sample_id)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else Sample(*row)


async def list_samples(
    connection: AsyncConnection,
    centers: Collection[str] | None,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Sample]:
    """Samples that are not done, of these Centers (None: of all), the oldest first."""
    query = select(*(quality_samples.c[name] for name in _SAMPLE)).where(quality_samples.c.state != "done")
    if centers is not None:
        query = query.where(quality_samples.c.center.in_(sorted(centers)))
    if after is not None:
        query = query.where(tuple_(quality_samples.c.drawn_at, quality_samples.c.sample_id) > tuple_(*after))
    query = query.order_by(quality_samples.c.drawn_at, quality_samples.c.sample_id).limit(limit)
    return [Sample(*row) for row in await connection.execute(query)]


async def find_blind(connection: AsyncConnection, item_ids: Collection[UUID], reviewer: str) -> frozenset[UUID]:
    """Those of the items that somebody reviews a second time now, and whose first result they must not see."""
    query = select(quality_samples.c.item_id).where(
        quality_samples.c.item_id.in_(sorted(item_ids)), *_reviewed_by(reviewer)
    )
    return frozenset(row[0] for row in await connection.execute(query))


def is_unseen(item_id: ColumnElement[UUID], reviewer: str) -> ColumnElement[bool]:
    """Whether somebody reviews the item of a row a second time now (`find_blind`), as a condition of a list."""
    return (
        select(quality_samples.c.item_id).where(quality_samples.c.item_id == item_id, *_reviewed_by(reviewer)).exists()
    )


def _reviewed_by(reviewer: str) -> tuple[ColumnElement[bool], ...]:
    return quality_samples.c.reviewer == reviewer, quality_samples.c.state == "taken"


async def list_pairs(connection: AsyncConnection, since: datetime, before: datetime) -> list[Pair]:
    """First and second outcomes of the samples that were done in a time."""
    query = (
        select(quality_samples.c.center, decisions.c.outcome, quality_samples.c.outcome)
        .join_from(quality_samples, decisions, decisions.c.decision_id == quality_samples.c.decision_id)
        .where(
            quality_samples.c.state == "done", quality_samples.c.done_at >= since, quality_samples.c.done_at < before
        )
    )
    return [Pair(*row) for row in await connection.execute(query)]
