"""Set-based statements: the only place that touches the driver.

A statement takes one array per column (`unnest`), so its text is the same for every batch size and is prepared once
per connection. JSON travels as text and is cast by the server.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB

from shared.db.engine import driver_call
from shared.db.traced import traced_call
from shared.db.transaction import Alone, Transaction

Row = Sequence[Any]

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


async def insert(
    tx: Transaction,
    table: Table,
    columns: tuple[str, ...],
    rows: Sequence[Row],
    *,
    on_conflict: str = "",
    returning: str = "",
) -> list[Any]:
    """Insert rows in one statement, in their order.

    `on_conflict` is the clause after ON CONFLICT, with its target: `"(id) DO NOTHING"`. `returning` lists columns; the
    rows that were inserted or updated come back. JSON columns take JSON text.
    """
    if not rows:
        return []
    statement = _insert_statement(table, columns, on_conflict, returning)
    arrays = [list(column) for column in zip(*rows, strict=True)]
    with traced_call(statement):
        if returning:
            return list(await tx.driver.fetch(statement, *arrays))
        await tx.driver.execute(statement, *arrays)
    return []


async def update(
    tx: Transaction,
    table: Table,
    key: tuple[str, ...],
    columns: tuple[str, ...],
    changed: Collection[str],
    rows: Sequence[Row],
) -> None:
    """Write the changed columns of rows that are there, in one statement; rows are values of `columns`, with the key.

    JSON columns take JSON text.
    """
    if not rows or not changed:
        return
    written = tuple(name for name in columns if name in changed or name in key)
    positions = [columns.index(name) for name in written]
    arrays = [[row[position] for row in rows] for position in positions]
    statement = _update_statement(table, key, written)
    with traced_call(statement):
        await tx.driver.execute(statement, *arrays)


async def copy(tx: Transaction, table: Table, columns: tuple[str, ...], rows: Sequence[Row]) -> None:
    """Append rows by COPY: the fastest way where no conflict is possible."""
    if rows:
        with traced_call(f"COPY {table.fullname}"):
            await tx.driver.copy_records_to_table(
                table.name, schema_name=table.schema, columns=list(columns), records=rows
            )


async def fetch(tx: Transaction | Alone, statement: str, *arguments: Any) -> list[Any]:
    """Run a statement with positional arguments ($1, $2 …) and give all its rows; JSON columns come decoded."""
    with traced_call(statement):
        return list(await tx.driver.fetch(statement, *arguments))


async def stream(tx: Transaction, statement: str, *arguments: Any, size: int) -> AsyncIterator[list[Any]]:
    """The rows of a statement, so many at a time, from a cursor of the server: memory stays flat, however many."""
    with traced_call(statement):
        cursor = await tx.driver.cursor(statement, *arguments)
        rows = await cursor.fetch(size)
    while rows:
        yield rows
        with driver_call():
            rows = await cursor.fetch(size)


async def execute(tx: Transaction, statement: str, *arguments: Any) -> int:
    """Run a statement and give the number of rows that it touched."""
    with traced_call(statement):
        status: str = await tx.driver.execute(statement, *arguments)
    last = status.rsplit(" ", 1)[-1]
    return int(last) if last.isdigit() else 0


@lru_cache(maxsize=500)
def _update_statement(table: Table, key: tuple[str, ...], columns: tuple[str, ...]) -> str:
    parameters, values = _columns_given(table, columns)
    assigned = ", ".join(f"{name} = {value}" for name, value in zip(columns, values, strict=True) if name not in key)
    same = [f"{table.name}.{name} = {value}" for name, value in zip(columns, values, strict=True) if name in key]
    aliases = ", ".join(f"c{position}" for position in range(1, len(columns) + 1))
    return (
        f"UPDATE {table.fullname} SET {assigned} FROM unnest({', '.join(parameters)}) AS given({aliases}) "
        f"WHERE {' AND '.join(same)}"
    )


def _columns_given(table: Table, columns: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """For each column the array that a statement takes, and its value in a row of them."""
    parameters, values = [], []
    for position, name in enumerate(columns, start=1):
        kind = table.c[name].type
        is_json = isinstance(kind, JSONB)
        sql_type = "text" if is_json else kind.compile(dialect=_DIALECT)
        parameters.append(f"${position}::{sql_type}[]")
        values.append(f"c{position}::jsonb" if is_json else f"c{position}")
    return parameters, values


@cache
def _insert_statement(table: Table, columns: tuple[str, ...], on_conflict: str, returning: str) -> str:
    parameters, selected = _columns_given(table, columns)
    aliases = ", ".join(f"c{position}" for position in range(1, len(columns) + 1))
    names = ", ".join(columns)
    # The server keeps the order of the arrays for serial columns only when told to sort.
    parts = [
        f"INSERT INTO {table.fullname} ({names})",
        f"SELECT {', '.join(selected)}",
        f"FROM unnest({', '.join(parameters)}) WITH ORDINALITY AS given({aliases}, position) ORDER BY position",
    ]
    if on_conflict:
        parts.append(f"ON CONFLICT {on_conflict}")
    if returning:
        parts.append(f"RETURNING {returning}")
    return " ".join(parts)
