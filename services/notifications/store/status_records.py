"""Status records for filers' software: written with their notices, read in the order in which they became known."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.domain.status_records import StatusRecord, status_record_of
from services.notifications.store.notices import NOTICE_COLUMNS, IssuedNotice, WrittenNotice, notice_of
from services.notifications.store.tables import notices, status_records
from shared.db import bulk
from shared.db.reach import within
from shared.db.transaction import Transaction
from shared.runtime.access import Reach

_COLUMNS = ("notice_id", "filer_code", "disposition", "reason", "source")
# Who writes records waits for who wrote the ones before: a reader that goes on after the last one misses none.
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('notifications-status-records', 0))"


@dataclass(frozen=True, slots=True)
class WrittenRecord:
    """A record with its place among all, and the notice that it is of."""

    ordinal: int
    record: StatusRecord
    notice: WrittenNotice


async def write_records(tx: Transaction, issued: Sequence[IssuedNotice]) -> None:
    """Write the records of new notices, of those that have one."""
    rows = []
    for item in issued:
        notice = item.notice
        record = status_record_of(notice.kind, notice.variant, notice.body)
        if record is not None:
            rows.append((item.notice_id, notice.filer_code, record.disposition, record.reason, record.source))
    if rows:
        await bulk.execute(tx, _LOCK)
        await bulk.insert(tx, status_records, _COLUMNS, rows)


async def list_records(
    connection: AsyncConnection, reach: Reach, *, filer_code: str | None, after: int | None, limit: int
) -> list[WrittenRecord]:
    """Records as far as a reach goes, in the order in which they became known."""
    columns = status_records.c
    query = (
        select(
            columns.ordinal,
            columns.disposition,
            columns.reason,
            columns.source,
            *(notices.c[name] for name in NOTICE_COLUMNS),
        )
        .join(notices, notices.c.notice_id == columns.notice_id)
        .where(
            within(
                reach,
                importer_number=notices.c.importer_number,
                centers=(notices.c.center,),
                filer_code=columns.filer_code,
                surety_code=notices.c.surety_code,
            )
        )
        .order_by(columns.ordinal)
        .limit(limit)
    )
    if filer_code is not None:
        query = query.where(columns.filer_code == filer_code)
    if after is not None:
        query = query.where(columns.ordinal > after)
    return [
        WrittenRecord(ordinal, StatusRecord(disposition, reason, source), notice_of(facts))
        for ordinal, disposition, reason, source, *facts in await connection.execute(query)
    ]
