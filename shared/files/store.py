"""Rows of files: written once, read by their matter, and told what a scan came to."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import MetaData, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.db.idempotency import demand_new
from shared.db.transaction import Transaction
from shared.files.file import File, Subject
from shared.files.scan import Found
from shared.files.tables import file_table

_FILES: Final = file_table(MetaData())
_COLUMNS: Final = tuple(_FILES.c[each.name] for each in fields(File))


async def lock_content(tx: Transaction, sha256: bytes) -> None:
    """Hold the bytes of a file until the transaction ends: nobody sweeps them while a row comes to name them."""
    await tx.connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"file:{sha256.hex()}", 0))))


async def write_file(tx: Transaction, file: File) -> None:
    """Keep the row of a file whose bytes lie in the store; raises `Refused` for a key by which one was added before."""
    await demand_new(tx.connection, _FILES.c.file_id, file.file_id)
    await tx.connection.execute(_FILES.insert().values({each.name: getattr(file, each.name) for each in fields(File)}))


async def list_files(
    connection: AsyncConnection,
    subject: Subject,
    subject_id: str,
    *,
    shows_internal: bool,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[File]:
    """Files of a matter in the order in which they were added; internal ones only where they may be shown."""
    query = select(*_COLUMNS).where(_FILES.c.subject == subject, _FILES.c.subject_id == subject_id)
    if not shows_internal:
        query = query.where(_FILES.c.level == "party")
    if after is not None:
        query = query.where(tuple_(_FILES.c.added_at, _FILES.c.file_id) > tuple_(*after))
    rows = await connection.execute(query.order_by(_FILES.c.added_at, _FILES.c.file_id).limit(limit))
    return [File(*row) for row in rows]


async def find_file(
    connection: AsyncConnection, subject: Subject, subject_id: str, file_id: UUID, *, shows_internal: bool
) -> File | None:
    """A file of a matter; None when there is none, or none that may be shown."""
    query = select(*_COLUMNS).where(
        _FILES.c.file_id == file_id, _FILES.c.subject == subject, _FILES.c.subject_id == subject_id
    )
    if not shows_internal:
        query = query.where(_FILES.c.level == "party")
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else File(*row)


async def list_unscanned(connection: AsyncConnection, after: UUID | None, limit: int) -> list[File]:
    """Files of which it is not known whether they are clean, in order of their ids."""
    query = select(*_COLUMNS).where(_FILES.c.scan.in_(("received", "not-scanned")))
    if after is not None:
        query = query.where(_FILES.c.file_id > after)
    return [File(*row) for row in await connection.execute(query.order_by(_FILES.c.file_id).limit(limit))]


async def write_scan(tx: Transaction, file_id: UUID, found: Found, now: datetime) -> None:
    """Write down what a scan came to."""
    await tx.connection.execute(
        update(_FILES)
        .where(_FILES.c.file_id == file_id)
        .values(scan=found.scan, scan_detail=found.detail, scanned_at=now)
    )


async def find_named(connection: AsyncConnection, digests: Collection[bytes]) -> set[bytes]:
    """Those of the contents that a row names."""
    wanted: Sequence[bytes] = sorted(digests)
    rows = await connection.execute(select(_FILES.c.sha256).where(_FILES.c.sha256.in_(wanted)).distinct())
    return {row.sha256 for row in rows}
