"""The directory's history: appended under a lock, read whole, searched by day."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Row, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.directory import Change, Directory, RecordedChange, UnitKind, build_directory, units_on
from services.routing.store.tables.directory import directory_changes
from shared.db import bulk
from shared.db.transaction import Transaction


async def load(connection: AsyncConnection) -> Directory:
    """Every Center with its opening and closing, for decisions on any day."""
    return build_directory(await load_changes(connection, kinds=["center"]))


async def load_changes(
    connection: AsyncConnection, *, kinds: Sequence[UnitKind] = (), center: str | None = None
) -> list[RecordedChange]:
    """The changes as they were recorded, oldest first; all of them unless told which."""
    query = select(directory_changes).order_by(directory_changes.c.sequence)
    if kinds:
        query = query.where(directory_changes.c.kind.in_(kinds))
    if center is not None:
        query = query.where(directory_changes.c.center == center)
    return [_recorded(row) for row in await connection.execute(query)]


async def load_staffing(connection: AsyncConnection, on: date) -> dict[str, dict[str, int]]:
    """People by Center and position on a legal day, where the directory says how many."""
    changes = await load_changes(connection, kinds=["center", "staffing"])
    staff: dict[str, dict[str, int]] = {}
    for unit in units_on(changes, on).values():
        if unit.kind == "staffing" and unit.is_open(on):
            positions = staff.setdefault(unit.center, {})
            position = unit.details["position"]
            positions[position] = positions.get(position, 0) + unit.details["count"]
    return staff


async def lock(tx: Transaction) -> None:
    """Let nobody else change the directory until this transaction ends: changes are checked against all before them."""
    await tx.connection.execute(text("LOCK TABLE directory_changes IN SHARE ROW EXCLUSIVE MODE"))


async def append(
    tx: Transaction, change: Change, *, reason: str, changed_by: str, acting_for: str | None, recorded_at: datetime
) -> RecordedChange:
    """Append a change; the caller holds the lock."""
    columns = (
        "kind",
        "code",
        "center",
        "action",
        "effective_on",
        "body",
        "reason",
        "changed_by",
        "acting_for",
        "recorded_at",
    )
    row = (
        change.kind,
        change.code,
        change.center,
        change.action,
        change.effective_on,
        orjson.dumps(dict(change.body)).decode(),
        reason,
        changed_by,
        acting_for,
        recorded_at,
    )
    (inserted,) = await bulk.insert(tx, directory_changes, columns, [row], returning="sequence")
    return RecordedChange(
        kind=change.kind,
        code=change.code,
        center=change.center,
        action=change.action,
        effective_on=change.effective_on,
        body=change.body,
        sequence=inserted["sequence"],
        reason=reason,
        changed_by=changed_by,
        acting_for=acting_for,
        recorded_at=recorded_at,
    )


async def list_changes(
    connection: AsyncConnection,
    *,
    center: str | None,
    since: tuple[date, datetime] | None,
    after: int | None,
    limit: int,
    with_persons: bool,
) -> list[RecordedChange]:
    """Changes in the order in which they were recorded.

    `since` is a legal day and its first instant: changes recorded or taking effect on that day or later.
    """
    query = select(directory_changes).order_by(directory_changes.c.sequence).limit(limit)
    if not with_persons:
        query = query.where(directory_changes.c.kind != "person")
    if center is not None:
        query = query.where(directory_changes.c.center == center)
    if since is not None:
        day, instant = since
        query = query.where(or_(directory_changes.c.recorded_at >= instant, directory_changes.c.effective_on >= day))
    if after is not None:
        query = query.where(directory_changes.c.sequence > after)
    return [_recorded(row) for row in await connection.execute(query)]


def _recorded(row: Row[Any]) -> RecordedChange:
    return RecordedChange(
        kind=row.kind,
        code=row.code,
        center=row.center,
        action=row.action,
        effective_on=row.effective_on,
        body=row.body,
        sequence=row.sequence,
        reason=row.reason,
        changed_by=row.changed_by,
        acting_for=row.acting_for,
        recorded_at=row.recorded_at,
    )
