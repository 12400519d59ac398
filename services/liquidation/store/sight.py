"""Whose an entry is, and which rows of entries, and of what hangs on entries, a caller's reach covers."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final, Protocol

from sqlalchemy import ColumnElement, Table, and_, false, func, literal_column, or_, select, text, true
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.domain.protest.filing import Filing
from services.liquidation.store.tables.protests import FILER_CODE, IS_OF_SURETY, SURETY_CODE, protest_entries
from services.liquidation.store.tables.records import entries, protests
from shared.customs.centers import PENDING
from shared.db.reach import is_one_of, within
from shared.runtime.access import Matter, Reach


class OfEntry(Protocol):
    """A thing that hangs on an entry and says whose it is."""

    @property
    def entry_number(self) -> str: ...
    @property
    def importer_number(self) -> str: ...
    @property
    def surety_code(self) -> str | None: ...


_OF_WHOM: Final = (entries.c.entry_number, entries.c.importer_number, entries.c.surety_code, entries.c.center)


def matter_of(entry_number: str, importer_number: str | None, surety_code: str | None, center: str | None) -> Matter:
    """Whose an entry is, or what hangs on it; the importer is None while no summary has come."""
    return Matter(
        importer_number=importer_number,
        centers=frozenset() if center is None else frozenset({center}),
        filer_code=entry_number[:3],
        surety_code=surety_code,
    )


def join_matters(importer_number: str, matters: Iterable[Matter]) -> Matter:
    """Whose a thing is that names several entries: a filer or surety has part in it only when all entries are its."""
    of_entries = list(matters)
    filers, sureties = {each.filer_code for each in of_entries}, {each.surety_code for each in of_entries}
    return Matter(
        importer_number=importer_number,
        centers=frozenset().union(*(each.centers for each in of_entries)),
        filer_code=filers.pop() if len(filers) == 1 else None,
        surety_code=sureties.pop() if len(sureties) == 1 else None,
    )


def entries_within(reach: Reach) -> ColumnElement[bool]:
    """Whether a row of `entries` is reached."""
    return within(
        reach,
        importer_number=entries.c.importer_number,
        centers=(entries.c.center,),
        filer_code=func.left(entries.c.entry_number, 3),
        surety_code=entries.c.surety_code,
    )


def rows_within(reach: Reach, table: Table) -> ColumnElement[bool]:
    """Whether a row is reached of a table with entry, importer and surety, whose Center is that of its entry."""
    center = select(entries.c.center).where(entries.c.entry_number == table.c.entry_number).scalar_subquery()
    return within(
        reach,
        importer_number=table.c.importer_number,
        centers=(center,),
        filer_code=func.left(table.c.entry_number, 3),
        surety_code=table.c.surety_code,
    )


def centers_within(reach: Reach) -> list[str] | None:
    """The Centers whose entries are reached, as `IN_CENTERS` takes them; None for all."""
    if reach.is_national:
        return None
    return sorted(reach.centers | ({PENDING} if reach.is_unassigned else set()))


def in_centers(parameter: str) -> str:
    """The condition on an entry `e` that its Center is one of `centers_within`, given as this parameter."""
    return f"({parameter}::text[] IS NULL OR coalesce(e.center, '{PENDING}') = ANY({parameter}::text[]))"


async def find_matter(connection: AsyncConnection, entry_number: str) -> Matter | None:
    """Whose an entry is; None when there is none."""
    row = (await connection.execute(select(*_OF_WHOM).where(entries.c.entry_number == entry_number))).one_or_none()
    return matter_of(*row) if row is not None else None


async def find_matter_of(connection: AsyncConnection, row: OfEntry) -> Matter:
    """Whose a bill or refund is: of its own importer and surety, and of the Center that its entry has."""
    center = await connection.scalar(select(entries.c.center).where(entries.c.entry_number == row.entry_number))
    return matter_of(row.entry_number, row.importer_number, row.surety_code, center)


async def find_matter_of_protest(connection: AsyncConnection, filing: Filing) -> Matter:
    """Whose a protest is: its importer's, the filer's of all of its entries, the surety's that filed it."""
    matter = await find_matter_of_entries(connection, filing.importer_number, filing.entries)
    return replace(matter, surety_code=filing.filer_id if filing.filer_role == "surety" else None)


def protests_within(reach: Reach) -> ColumnElement[bool]:
    """Whether a row of `protests` is reached, as `find_matter_of_protest` says whose it is."""
    of_protest = protest_entries.c.filing_number == protests.c.filing_number
    has_center = select(entries.c.center).join(
        protest_entries, protest_entries.c.entry_number == entries.c.entry_number
    )
    has_center = has_center.where(of_protest, entries.c.center.is_not(None), entries.c.center != PENDING)
    seen: list[ColumnElement[bool]] = []
    if reach.is_national:
        return true()
    if reach.centers:
        seen.append(has_center.where(entries.c.center.in_(sorted(reach.centers))).exists())
    if reach.is_unassigned:
        seen.append(~has_center.exists())
    if numbers := reach.importer_numbers | reach.delegated:
        seen.append(is_one_of(protests.c.importer_number, numbers))
    if reach.filer_code is not None:
        named = func.jsonb_array_elements_text(protests.c.entries).column_valued("named")
        foreign = select(named).where(func.left(named, 3) != reach.filer_code)
        seen.append(and_(literal_column(FILER_CODE) == reach.filer_code, ~foreign.exists()))
    if reach.surety_code is not None:
        seen.append(and_(text(IS_OF_SURETY), literal_column(SURETY_CODE) == reach.surety_code))
    return or_(*seen) if seen else false()


async def find_matter_of_entries(
    connection: AsyncConnection, importer_number: str, entry_numbers: Collection[str]
) -> Matter:
    """Whose a thing of an importer is that names these entries; of one that is not on record the filer is known."""
    query = select(*_OF_WHOM).where(entries.c.entry_number.in_(sorted(entry_numbers)))
    known = {row.entry_number: matter_of(*row) for row in await connection.execute(query)}
    return join_matters(
        importer_number, [known.get(number) or matter_of(number, None, None, None) for number in entry_numbers]
    )


async def is_any_reached(connection: AsyncConnection, reach: Reach, importer_number: str) -> bool:
    """Whether the caller sees any entry of an importer."""
    seen = select(entries.c.entry_number).where(entries.c.importer_number == importer_number, entries_within(reach))
    return bool(await connection.scalar(select(seen.exists())))
