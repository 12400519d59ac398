"""Acting authority as it was proposed, released and ended."""

from collections.abc import Mapping
from dataclasses import astuple, fields
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.domain.acting import Acting
from services.workqueue.store.tables.staff import acting_authority
from shared.db import bulk
from shared.db.reach import within
from shared.db.transaction import Transaction
from shared.runtime.access import Reach

_COLUMNS = tuple(each.name for each in fields(Acting))
_LOCK = f"SELECT {', '.join(_COLUMNS)} FROM acting_authority WHERE delegation_id = $1 FOR UPDATE"
_IN_FORCE = f"""
SELECT {", ".join(_COLUMNS)} FROM acting_authority
WHERE to_subject = $1 AND from_subject = $2 AND released_by IS NOT NULL AND ended_by IS NULL
  AND $3 BETWEEN from_on AND to_on LIMIT 1
"""


async def write_acting(tx: Transaction, acting: Acting) -> None:
    """Write a delegation that is new, or locked."""
    replaced = ", ".join(f"{name} = EXCLUDED.{name}" for name in _COLUMNS[1:])
    conflict = f"(delegation_id) DO UPDATE SET {replaced}"
    await bulk.insert(tx, acting_authority, _COLUMNS, [astuple(acting)], on_conflict=conflict)


async def lock_acting(tx: Transaction, delegation_id: UUID) -> Acting | None:
    """A delegation, locked for this transaction."""
    rows = await bulk.fetch(tx, _LOCK, delegation_id)
    return Acting(*rows[0]) if rows else None


async def find_in_force(tx: Transaction, to_subject: str, from_subject: str, on: date) -> Acting | None:
    """The delegation by which one acts for the other on a legal day; None when there is none."""
    rows = await bulk.fetch(tx, _IN_FORCE, to_subject, from_subject, on)
    return Acting(*rows[0]) if rows else None


async def list_acting(connection: AsyncConnection, reach: Reach, named: Mapping[str, str]) -> list[Acting]:
    """Delegations of the Centers in reach, the newest first; `named` are values of columns."""
    query = select(*(acting_authority.c[name] for name in _COLUMNS))
    query = query.where(within(reach, centers=(acting_authority.c.center,)))
    for name, value in named.items():
        query = query.where(acting_authority.c[name] == value)
    order = (acting_authority.c.proposed_at.desc(), acting_authority.c.delegation_id)
    return [Acting(*row) for row in await connection.execute(query.order_by(*order).limit(500))]
