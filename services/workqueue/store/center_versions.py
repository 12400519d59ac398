"""Versions of what Centers set for themselves: one table each, only added to."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import TypeVar

import orjson
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.domain.center_version import CenterVersion
from shared.db import bulk
from shared.db.transaction import Transaction

Version = TypeVar("Version", bound=CenterVersion)


async def write_version(tx: Transaction, table: Table, version: CenterVersion) -> None:
    """Keep a new version; a number that is taken is an error."""
    given = {each.name: getattr(version, each.name) for each in fields(version)}
    row = tuple(orjson.dumps(dict(value)).decode() if isinstance(value, Mapping) else value for value in given.values())
    await bulk.insert(tx, table, tuple(given), [row])


async def find_version(
    connection: AsyncConnection, table: Table, kind: type[Version], center: str, at: datetime | None = None
) -> Version | None:
    """What stands for a Center, or stood at an instant; None before anything was set."""
    query = select(*(table.c[each.name] for each in fields(kind))).where(table.c.center == center)
    if at is not None:
        query = query.where(table.c.set_at <= at)
    found = await connection.execute(query.order_by(table.c.version.desc()).limit(1))
    row = found.mappings().one_or_none()
    return None if row is None else kind(**row)
