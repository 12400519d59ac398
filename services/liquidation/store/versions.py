"""Versions of an entry summary whole, as they were filed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.store.tables.records import entry_versions


@dataclass(frozen=True, slots=True)
class VersionBody:
    """A version as JSON, with the event that brought it."""

    entry_number: str
    version: int
    event_source: str
    event_id: str
    recorded_at: datetime
    body: Mapping[str, Any]


async def load_bodies(
    connection: AsyncConnection, entry_number: str, versions: Collection[int]
) -> dict[int, VersionBody]:
    """These versions of an entry by number; one that has not come is absent."""
    table = entry_versions.c
    query = select(
        table.entry_number, table.version, table.event_source, table.event_id, table.recorded_at, table.body
    ).where(table.entry_number == entry_number, table.version.in_(sorted(set(versions))))
    return {row.version: VersionBody(*row) for row in await connection.execute(query)}
