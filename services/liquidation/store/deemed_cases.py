"""Cases of entries deemed liquidated without anybody having meant it, each open until somebody closes it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.store.sight import entries_within
from services.liquidation.store.tables.deemed_cases import deemed_cases
from services.liquidation.store.tables.records import entries
from shared.db.transaction import Transaction
from shared.runtime.access import Reach

CaseState = Literal["open", "closed"]


@dataclass(frozen=True, slots=True)
class DeemedCase:
    """A case with what its entry is now; duty and fees as asserted, in cents.

    `authority` is the row of the table on which its closing rests.
    """

    entry_number: str
    revision: int
    state: CaseState
    deemed_on: date
    found_on: date
    cause: str
    closed_at: datetime | None
    closed_by: str | None
    closed_because: str | None
    authority: str | None
    center: str | None
    importer_number: str | None
    duty_cents: int | None
    fees_cents: int | None


_SELECT: Final = select(
    *deemed_cases.columns,
    entries.c.center,
    entries.c.importer_number,
    entries.c.duty_cents,
    entries.c.fees_cents,
).join(entries, entries.c.entry_number == deemed_cases.c.entry_number)


async def list_deemed_cases(
    connection: AsyncConnection, reach: Reach, *, state: CaseState, after: tuple[date, str] | None, limit: int
) -> list[DeemedCase]:
    """Cases of deemed liquidation with their entries, oldest first."""
    key = (deemed_cases.c.deemed_on, deemed_cases.c.entry_number)
    query = _SELECT.where(deemed_cases.c.state == state, entries_within(reach)).order_by(*key).limit(limit)
    if after is not None:
        query = query.where(func.row(*key) > func.row(*after))
    return [DeemedCase(**row._asdict()) for row in await connection.execute(query)]


async def find_deemed_case(connection: AsyncConnection, entry_number: str, *, lock: bool = False) -> DeemedCase | None:
    """The case of an entry with the entry, or None; `lock` keeps others from the case until the transaction ends."""
    query = _SELECT.where(deemed_cases.c.entry_number == entry_number)
    row = (await connection.execute(query.with_for_update(of=deemed_cases) if lock else query)).one_or_none()
    return DeemedCase(**row._asdict()) if row is not None else None


async def close_deemed_case(tx: Transaction, closed: DeemedCase) -> None:
    """Write how a case was closed."""
    statement = deemed_cases.update().where(deemed_cases.c.entry_number == closed.entry_number)
    names = ("revision", "state", "closed_at", "closed_by", "closed_because", "authority")
    await tx.connection.execute(statement.values({name: getattr(closed, name) for name in names}))


async def count_open_deemed_cases(connection: AsyncConnection, reach: Reach) -> int:
    """How many entries were deemed liquidated without anybody having closed the case: an alarm when not zero."""
    query = (
        select(func.count())
        .select_from(deemed_cases)
        .join(entries, entries.c.entry_number == deemed_cases.c.entry_number)
    )
    query = query.where(deemed_cases.c.state == "open", entries_within(reach))
    return int(await connection.scalar(query) or 0)
