"""What an outside party sees: matters of its importers, of entries that it filed, and of those that it bonds."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.store.tables.records import entries


@dataclass(frozen=True, slots=True)
class Sight:
    """What an outside party sees; staff see everything and have none."""

    importer_numbers: frozenset[str]
    filer_code: str | None
    surety_code: str | None

    def covers(self, table: Table) -> ColumnElement[bool]:
        """Whether a row is seen, of a table with importer, entry and surety."""
        mine: ColumnElement[bool] = table.c.importer_number.in_(sorted(self.importer_numbers))
        if self.filer_code is not None:
            mine |= table.c.entry_number.startswith(self.filer_code, autoescape=True)
        if self.surety_code is not None:
            mine |= table.c.surety_code == self.surety_code
        return mine


@dataclass(frozen=True, slots=True)
class EntrySight:
    """Whose an entry is; the importer is None while no summary has come."""

    entry_number: str
    importer_number: str | None
    surety_code: str | None


async def find_entry_sight(connection: AsyncConnection, entry_number: str) -> EntrySight | None:
    """Whose entry it is: importer and surety; None when there is none."""
    query = select(entries.c.entry_number, entries.c.importer_number, entries.c.surety_code)
    row = (await connection.execute(query.where(entries.c.entry_number == entry_number))).one_or_none()
    return EntrySight(*row) if row is not None else None
