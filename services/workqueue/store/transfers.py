"""Transfers of items between Centers and with ports."""

from collections.abc import Iterable
from dataclasses import astuple, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.domain.transfer import Transfer
from services.workqueue.store.tables.transfers import transfers
from shared.db import bulk
from shared.db.transaction import Transaction

_COLUMNS = tuple(each.name for each in fields(Transfer))
_SELECTED = f"SELECT {', '.join(_COLUMNS)} FROM transfers"
_LOCK = f"{_SELECTED} WHERE transfer_id = $1 FOR UPDATE"
_OFFERED = f"{_SELECTED} WHERE item_id = ANY($1::uuid[]) AND state = 'offered'"


async def write_transfers(tx: Transaction, written: Iterable[Transfer]) -> None:
    """Write transfers that are new, or locked."""
    replaced = ", ".join(f"{name} = EXCLUDED.{name}" for name in _COLUMNS[1:])
    conflict = f"(transfer_id) DO UPDATE SET {replaced}"
    await bulk.insert(tx, transfers, _COLUMNS, list(map(astuple, written)), on_conflict=conflict)


async def lock_transfer(tx: Transaction, transfer_id: UUID) -> Transfer | None:
    """A transfer, locked for this transaction."""
    rows = await bulk.fetch(tx, _LOCK, transfer_id)
    return Transfer(*rows[0]) if rows else None


async def find_transfer(connection: AsyncConnection, transfer_id: UUID) -> Transfer | None:
    """A transfer by its id."""
    query = select(*(transfers.c[name] for name in _COLUMNS)).where(transfers.c.transfer_id == transfer_id)
    row = (await connection.execute(query)).one_or_none()
    return Transfer(*row) if row is not None else None


async def find_offered(tx: Transaction, item_ids: Iterable[UUID]) -> dict[UUID, Transfer]:
    """The offers of locked items that nobody has answered, by item: of each there is one at most."""
    found = [Transfer(*row) for row in await bulk.fetch(tx, _OFFERED, sorted(item_ids))]
    return {each.item_id: each for each in found}


async def list_transfers(
    connection: AsyncConnection,
    *,
    centers: frozenset[str] | None,
    ports: frozenset[str],
    port: str | None,
    state: str | None,
    item_id: UUID | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Transfer]:
    """Transfers from or to these Centers, and to these ports, the newest first; None means any."""
    query = select(*(transfers.c[name] for name in _COLUMNS))
    if centers is not None:
        named: Any = sorted(centers)
        sides = [transfers.c.from_center.in_(named), transfers.c.to_center.in_(named)]
        query = query.where(or_(*sides, transfers.c.to_port.in_(sorted(ports))))
    for column, value in ((transfers.c.to_port, port), (transfers.c.state, state), (transfers.c.item_id, item_id)):
        if value is not None:
            query = query.where(column == value)
    order = (transfers.c.offered_at, transfers.c.transfer_id)
    if after is not None:
        query = query.where(tuple_(*order) < tuple_(*after))
    query = query.order_by(*(column.desc() for column in order)).limit(limit)
    return [Transfer(*row) for row in await connection.execute(query)]
