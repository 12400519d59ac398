"""What the comparison of the bulletin with the legal record found, by day."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.domain.reconciliation import Gap, Reconciled
from services.notifications.store.tables import reconciliations
from shared.db import bulk
from shared.db.transaction import Transaction

_COLUMNS = ("day", "acts", "gaps", "compared_at", "missing")
_REPLACE = "(day) DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])


@dataclass(frozen=True, slots=True)
class ComparedDay:
    """A day of the record as it was compared last."""

    day: date
    found: Reconciled
    compared_at: datetime


async def find_whole(connection: AsyncConnection, days: Collection[date]) -> frozenset[date]:
    """Those of the days that were compared, and of which nothing is missing."""
    columns = reconciliations.c
    whole: list[Any] = []
    query = select(columns.day).where(columns.day.in_(days), columns.gaps == whole)
    return frozenset((await connection.scalars(query)).all())


async def write(tx: Transaction, day: date, found: Reconciled, at: datetime) -> None:
    """Write what was found of a day; the newest comparison stands."""
    gaps = orjson.dumps([gap._asdict() for gap in found.gaps]).decode()
    await bulk.insert(tx, reconciliations, _COLUMNS, [(day, found.acts, gaps, at, found.missing)], on_conflict=_REPLACE)


async def list_days(
    connection: AsyncConnection, *, has_gaps: bool, after: date | None, limit: int
) -> list[ComparedDay]:
    """Compared days, newest first; with `has_gaps` those only of which something is missing."""
    columns = reconciliations.c
    whole: list[Any] = []
    query = select(reconciliations).order_by(columns.day.desc()).limit(limit)
    if has_gaps:
        query = query.where(columns.gaps != whole)
    if after is not None:
        query = query.where(columns.day < after)
    return [
        ComparedDay(row.day, _found(row.acts, row.gaps, row.missing), row.compared_at)
        for row in await connection.execute(query)
    ]


def _found(acts: int, gaps: Sequence[Mapping[str, Any]], missing: int | None) -> Reconciled:
    """What was found; what an earlier release wrote names all gaps."""
    return Reconciled(acts, tuple(Gap(**gap) for gap in gaps), len(gaps) if missing is None else missing)
