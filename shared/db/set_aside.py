"""Rows that a job could not do: set aside, so that the others are done, and kept for operators to see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from shared.db import bulk
from shared.db.transaction import Transaction

_LOAD: Final = "SELECT key, skipped_until FROM rows_set_aside WHERE job = $1"
_WRITE: Final = """
INSERT INTO rows_set_aside (job, key, error, attempts, first_failed_at, last_failed_at, skipped_until)
VALUES ($1, $2, $3, 1, $4, $4, $5)
ON CONFLICT (job, key) DO UPDATE SET error = excluded.error, attempts = rows_set_aside.attempts + 1,
    last_failed_at = excluded.last_failed_at, skipped_until = excluded.skipped_until
"""
_CLEAR: Final = "DELETE FROM rows_set_aside WHERE job = $1 AND key = ANY($2::text[])"
_FORGET: Final = "DELETE FROM rows_set_aside WHERE job = $1 AND skipped_until < $2"
_COLUMNS: Final = "row_id, job, key, error, attempts, first_failed_at, last_failed_at, skipped_until"
_LIST: Final = f"""
SELECT {_COLUMNS} FROM rows_set_aside
WHERE ($1::text IS NULL OR job = $1) ORDER BY job, key LIMIT $2
"""
# A key can be an importer number, which is not to stand in the address of a page: pages go by the row's own number.
_PAGE: Final = f"""
SELECT {_COLUMNS} FROM rows_set_aside WHERE job = $1 AND row_id > $2 ORDER BY row_id LIMIT $3
"""
_RETRY: Final = """
UPDATE rows_set_aside SET skipped_until = last_failed_at
WHERE job = $1 AND ($2::text[] IS NULL AND $3::bigint[] IS NULL OR key = ANY($2) OR row_id = ANY($3))
"""


@dataclass(frozen=True, slots=True)
class RowSetAside:
    """A row that a job leaves out until an instant; `key` is the number or id of what it is about.

    `row_id` names the row to those who may not see a key whole; it says nothing of the key.
    """

    row_id: int
    job: str
    key: str
    error: str
    attempts: int
    first_failed_at: datetime
    last_failed_at: datetime
    skipped_until: datetime


async def load(tx: Transaction, job: str) -> Mapping[str, datetime]:
    """The rows of a job that failed, with the instant until which each is left out."""
    return {row["key"]: row["skipped_until"] for row in await bulk.fetch(tx, _LOAD, job)}


async def write(tx: Transaction, job: str, key: str, error: str, *, at: datetime, until: datetime) -> None:
    """Note that a row failed once more."""
    await bulk.execute(tx, _WRITE, job, key, error, at, until)


async def clear(tx: Transaction, job: str, keys: Sequence[str]) -> None:
    """These rows are done."""
    await bulk.execute(tx, _CLEAR, job, list(keys))


async def forget(tx: Transaction, job: str, before: datetime) -> None:
    """Drop rows that were to be tried again before an instant and have not failed since: they came up no more."""
    await bulk.execute(tx, _FORGET, job, before)


async def retry(
    tx: Transaction, job: str, keys: Sequence[str] | None = None, row_ids: Sequence[int] | None = None
) -> int:
    """Let the next run try rows again, by key or by number, all of the job when neither is given; gives how many."""
    wanted = [list(each) if each is not None else None for each in (keys, row_ids)]
    return await bulk.execute(tx, _RETRY, job, *wanted)


async def list_rows(tx: Transaction, *, job: str | None, limit: int) -> list[RowSetAside]:
    """Rows set aside, of one job or of all, in order of job and key."""
    return _read(await bulk.fetch(tx, _LIST, job, limit))


async def page_rows(tx: Transaction, job: str, *, after: int, limit: int) -> list[RowSetAside]:
    """Rows that a job set aside behind the one of a number, in the order in which they were."""
    return _read(await bulk.fetch(tx, _PAGE, job, after, limit))


def _read(rows: Sequence[Any]) -> list[RowSetAside]:
    names = [each.name for each in fields(RowSetAside)]
    return [RowSetAside(*(row[name] for name in names)) for row in rows]
