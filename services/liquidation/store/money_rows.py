"""How rows of money are written and listed: alike for assessments, bills, refunds, and what people record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Table, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.store.sight import rows_within
from shared.db import bulk
from shared.db.transaction import Transaction
from shared.runtime.access import Reach

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which bills or refunds are listed; None where it does not matter."""

    state: str | None
    importer_number: str | None
    entry_number: str | None


async def list_wanted(
    connection: AsyncConnection, table: Table, reach: Reach, wanted: Wanted, after: str | None, limit: int
) -> list[dict[str, Any]]:
    """Rows of bills or refunds in order of number; as far as the caller's reach goes."""
    (number,) = table.primary_key.columns
    query = select(table).where(rows_within(reach, table)).order_by(number).limit(limit)
    for each in fields(wanted):
        if (value := getattr(wanted, each.name)) is not None:
            query = query.where(table.c[each.name] == value)
    if after is not None:
        query = query.where(number > after)
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def write_rows(tx: Transaction, table: Table, rows: Sequence["DataclassInstance"]) -> None:
    """Write rows, each a dataclass with the columns of the table, in place of those with the same key."""
    if not rows:
        return
    columns = tuple(each.name for each in fields(rows[0]))
    key = [column.name for column in table.primary_key.columns]
    values = [tuple([_plain(getattr(row, name)) for name in columns]) for row in rows]
    assignments = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in key)
    await bulk.insert(tx, table, columns, values, on_conflict=f"({', '.join(key)}) DO UPDATE SET {assignments}")


async def append_row(tx: Transaction, table: Table, row: "DataclassInstance") -> None:
    """Append a row, a dataclass with the columns of the table."""
    await tx.connection.execute(insert(table).values({each.name: getattr(row, each.name) for each in fields(row)}))


def _plain(value: Any) -> Any:
    """JSON columns travel as text."""
    if isinstance(value, Mapping):
        return orjson.dumps(dict(value)).decode()
    return orjson.dumps(value).decode() if isinstance(value, list) else value
