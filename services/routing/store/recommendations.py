"""Recommendations and what became of them, only added to."""

from dataclasses import asdict, fields
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.recommendations import Recommendation, Result
from services.routing.store.tables.recommendations import recommendation_results, recommendations
from shared.db import bulk
from shared.db.idempotency import demand_new
from shared.db.transaction import Transaction

_OWN = tuple(recommendations.c[each.name] for each in fields(Recommendation))
_RESULT = tuple(recommendation_results.c[each.name] for each in fields(Result))
_NAMES = tuple(each.name for each in fields(Result))


async def add(tx: Transaction, recommended: Recommendation) -> None:
    """Keep a recommendation that has become a draft; raises `Refused` for a key by which one was made before."""
    await demand_new(tx.connection, recommendations.c.recommendation_id, recommended.recommendation_id)
    await tx.connection.execute(recommendations.insert().values(**asdict(recommended)))


async def add_result(tx: Transaction, result: Result) -> bool:
    """Keep what became of a recommendation; False when that was said before."""
    row = tuple(getattr(result, name) for name in _NAMES)
    kept = await bulk.insert(
        tx,
        recommendation_results,
        _NAMES,
        [row],
        on_conflict="(recommendation_id) DO NOTHING",
        returning="recommendation_id",
    )
    return bool(kept)


async def find(connection: AsyncConnection, recommendation_id: UUID) -> Recommendation | None:
    """A recommendation; None when there is none."""
    query = select(*_OWN).where(recommendations.c.recommendation_id == recommendation_id)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else Recommendation(*row)


async def list_recommendations(
    connection: AsyncConnection,
    *,
    reference: str | None,
    matter: UUID | None,
    due_on: date | None,
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[tuple[Recommendation, Result | None]]:
    """Recommendations by the day on which they are compared; `due_on`: those whose day has come by then."""
    query = select(*_OWN, *_RESULT).outerjoin(
        recommendation_results,
        recommendation_results.c.recommendation_id == recommendations.c.recommendation_id,
    )
    if reference is not None:
        query = query.where(recommendations.c.reference == reference)
    if matter is not None:
        query = query.where(recommendations.c.matter == matter)
    if due_on is not None:
        query = query.where(recommendations.c.compare_on <= due_on, recommendation_results.c.compared_at.is_(None))
    order = (recommendations.c.compare_on, recommendations.c.recommendation_id)
    if after is not None:
        query = query.where(func.row(*order) > func.row(*after))
    rows = await connection.execute(query.order_by(*order).limit(limit))
    return [
        (Recommendation(*row[: len(_OWN)]), Result(*row[len(_OWN) :]) if row[len(_OWN)] is not None else None)
        for row in rows
    ]
