"""Imports of many accounts: the progress that a chunk commits with its rows, and what became of each row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.account_imports import Format, Result
from services.routing.store.tables import account_imports
from services.routing.store.tables.account_imports import account_import_results
from shared.db import bulk
from shared.db.transaction import Transaction

_COUNTS = ("created", "updated", "unchanged", "refused", "assignments")
_RESULT_COLUMNS = ("import_id", "row_number", "importer_number", "result", "code", "detail", "remedy")


@dataclass(frozen=True, slots=True)
class AccountImport:
    """An import and how far it has come: the rows before `next_row` are applied, `content_digest` is theirs."""

    import_id: str
    started_by: str
    acting_for: str | None
    state: Literal["open", "finished"]
    next_row: int
    content_digest: bytes
    created: int
    updated: int
    unchanged: int
    refused: int
    assignments: int
    started_at: datetime
    progressed_at: datetime


class RowResult(NamedTuple):
    """What became of a row: `created`, `updated`, `unchanged`, or `refused` with code, detail and remedy.

    `importer_number` is None where the row has none of the three shapes: what else stands there may be anything.
    """

    row_number: int
    importer_number: str | None
    result: Result
    code: str | None = None
    detail: str | None = None
    remedy: str | None = None


async def begin_import(
    tx: Transaction, import_id: str, *, started_by: str, acting_for: str | None, form: Format, now: datetime
) -> AccountImport:
    """The import of this id, created when it is new."""
    row = (import_id, started_by, acting_for, form, "open", 1, b"", 0, 0, 0, 0, 0, now, now)
    columns = tuple(column.name for column in account_imports.columns)
    await bulk.insert(tx, account_imports, columns, [row], on_conflict="(import_id) DO NOTHING")
    begun = await find_import(tx.connection, import_id)
    assert begun is not None  # just written, if it was not there
    return begun


async def advance_import(
    tx: Transaction,
    import_id: str,
    results: Sequence[RowResult],
    *,
    assignments: int,
    next_row: int,
    content_digest: bytes,
    now: datetime,
) -> bool:
    """Note a chunk's rows and move the progress behind them.

    False when the import no longer stands at the first of these rows: somebody else sends the same file.
    """
    table = account_imports
    tallies = dict.fromkeys(_COUNTS, 0) | {"assignments": assignments}
    for row in results:
        tallies[row.result] += 1
    moved = await tx.connection.execute(
        update(table)
        .where(table.c.import_id == import_id, table.c.next_row == next_row - len(results), table.c.state == "open")
        .values(
            next_row=next_row,
            content_digest=content_digest,
            progressed_at=now,
            **{name: table.c[name] + count for name, count in tallies.items()},
        )
    )
    if moved.rowcount != 1:
        return False
    await bulk.copy(tx, account_import_results, _RESULT_COLUMNS, [(import_id, *row) for row in results])
    return True


async def finish_import(tx: Transaction, import_id: str, *, next_row: int, now: datetime) -> bool:
    """Close the import behind its last row; False when it does not stand there."""
    table = account_imports
    closed = await tx.connection.execute(
        update(table)
        .where(table.c.import_id == import_id, table.c.next_row == next_row, table.c.state == "open")
        .values(state="finished", progressed_at=now)
    )
    return closed.rowcount == 1


async def find_import(connection: AsyncConnection, import_id: str) -> AccountImport | None:
    """One import, or None."""
    query = select(account_imports).where(account_imports.c.import_id == import_id)
    row = (await connection.execute(query)).one_or_none()
    return _read_import(row) if row is not None else None


async def list_results(
    connection: AsyncConnection, import_id: str, *, result: Result | None, after: int | None, limit: int
) -> list[RowResult]:
    """What became of the rows of an import, in their order."""
    table = account_import_results
    query = select(*(table.c[name] for name in _RESULT_COLUMNS[1:])).where(table.c.import_id == import_id)
    if result is not None:
        query = query.where(table.c.result == result)
    if after is not None:
        query = query.where(table.c.row_number > after)
    return [RowResult(*row) for row in await connection.execute(query.order_by(table.c.row_number).limit(limit))]


def _read_import(row: Row[Any]) -> AccountImport:
    return AccountImport(
        import_id=row.import_id,
        started_by=row.started_by,
        acting_for=row.acting_for,
        state=row.state,
        next_row=row.next_row,
        content_digest=row.content_digest,
        created=row.created,
        updated=row.updated,
        unchanged=row.unchanged,
        refused=row.refused,
        assignments=row.assignments,
        started_at=row.started_at,
        progressed_at=row.progressed_at,
    )
