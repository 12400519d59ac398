"""Lists of entries by whose they are, where they stand and by their days, in order of a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true, tuple_, union
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.store.sight import entries_within
from services.liquidation.store.tables.records import entries
from shared.customs.centers import PENDING
from shared.db.reach import is_one_of
from shared.runtime.access import Reach

SortDay = Literal["entry_date", "deemed_on"]
WITHOUT_CENTER: Final = None
_MOST_PARTS: Final = 50
"""Of how many Centers or importers each has its own part of the statement; of more all are asked for at once."""


@dataclass(frozen=True, slots=True)
class DayRange:
    """Days from the first to the last, both included; None: no bound."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class WantedEntries:
    """Which entries are listed; empty or None where it does not matter. A Center that is None: without a Center.

    `importer_numbers` are several importers whose entries are listed together.
    """

    importer_number: str | None = None
    importer_numbers: frozenset[str] | None = None
    filer_code: str | None = None
    states: Sequence[str] = ()
    centers: Sequence[str | None] = ()
    port: str | None = None
    entry_types: Sequence[str] = ()
    entered: DayRange = DayRange()
    scheduled: DayRange = DayRange()
    period_end: DayRange = DayRange()
    liquidated: DayRange = DayRange()
    is_suspended: bool | None = None

    @property
    def is_open(self) -> bool:
        """Whether only states are wanted in which nothing has liquidated the entry."""
        return bool(self.states) and "liquidated" not in self.states


@dataclass(frozen=True, slots=True)
class EntryOrder:
    """By which day entries are ordered, and which way; those without that day come last, by number."""

    by: SortDay
    is_descending: bool


def usual_order(wanted: WantedEntries) -> EntryOrder:
    """The order that the narrowest index gives: by end of the period where that or open states narrow the list."""
    days = wanted.period_end
    by_period = wanted.is_open or days.first is not None or days.last is not None
    return EntryOrder("deemed_on" if by_period else "entry_date", is_descending=False)


async def list_numbers(
    connection: AsyncConnection,
    reach: Reach,
    wanted: WantedEntries,
    order: EntryOrder,
    *,
    after: tuple[date | None, str] | None,
    limit: int,
) -> list[tuple[date | None, str]]:
    """The next entries in an order as day and number, as far as the caller's reach goes."""
    conditions = [entries_within(reach), *list_conditions(wanted)]
    parts = _list_parts(reach, wanted)
    found: list[tuple[date | None, str]] = []
    if after is None or after[0] is not None:
        day = entries.c[order.by]
        known = [*conditions, day.is_not(None)]
        if after is not None:
            place = tuple_(day, entries.c.entry_number)
            known.append(place < tuple_(*after) if order.is_descending else place > tuple_(*after))
        found = await _read(connection, [and_(part, *known) for part in parts], order, limit)
    if len(found) < limit:
        unknown = [*conditions, entries.c[order.by].is_(None)]
        if after is not None and after[0] is None:
            unknown.append(entries.c.entry_number > after[1])
        by_number = EntryOrder(order.by, is_descending=False)
        missing = limit - len(found)
        found += await _read(connection, [and_(part, *unknown) for part in parts], by_number, missing)
    return found


async def _read(
    connection: AsyncConnection, parts: Sequence[ColumnElement[bool]], order: EntryOrder, limit: int
) -> list[tuple[date | None, str]]:
    """The first rows of several parts, each along its own index; a row that is in two of them comes once."""

    def in_order(query: Any, day: ColumnElement[Any], number: ColumnElement[Any]) -> Any:
        keys = (day.desc(), number.desc()) if order.is_descending else (day, number)
        return query.order_by(*keys).limit(limit)

    day, number = entries.c[order.by], entries.c.entry_number
    selected: list[Select[Any]] = [
        in_order(select(day.label("day"), number).where(part), day, number) for part in parts
    ]
    if len(selected) == 1:
        query = selected[0]
    else:
        every = union(*(select(each.subquery()) for each in selected)).subquery()
        query = in_order(select(every.c.day, every.c.entry_number), every.c.day, every.c.entry_number)
    return [(row[0], row[1]) for row in await connection.execute(query)]


def list_conditions(wanted: WantedEntries) -> list[ColumnElement[bool]]:
    """What a row of `entries` fulfils that is wanted."""
    table = entries.c
    found: list[ColumnElement[bool]] = []
    if wanted.importer_number is not None:
        found.append(table.importer_number == wanted.importer_number)
    if wanted.importer_numbers is not None:
        found.append(is_one_of(table.importer_number, wanted.importer_numbers))
    if wanted.filer_code is not None:
        found.append(_has_filer(wanted.filer_code))
    if wanted.states:
        found.append(table.state.in_(wanted.states))
    if wanted.is_open:
        found.append(table.liquidated_on.is_(None))  # by this the smaller index is found
    if wanted.centers:
        found.append(or_(*(_is_in_center(center) for center in wanted.centers)))
    if wanted.port is not None:
        found.append(table.port_of_entry == wanted.port)
    if wanted.entry_types:
        found.append(table.entry_type.in_(wanted.entry_types))
    if wanted.is_suspended is not None:
        found.append(table.is_suspended if wanted.is_suspended else ~table.is_suspended)
    for column, days in (
        (table.entry_date, wanted.entered),
        (table.scheduled_on, wanted.scheduled),
        (table.deemed_on, wanted.period_end),
        (table.liquidated_on, wanted.liquidated),
    ):
        if days.first is not None:
            found.append(column >= days.first)
        if days.last is not None:
            found.append(column <= days.last)
    return found


def _list_parts(reach: Reach, wanted: WantedEntries) -> list[ColumnElement[bool]]:
    """Conditions that together cover what is asked for and reached, so that each part goes along one index.

    A condition that joins Centers, importers, a filer and a surety by OR has no order that an index could give.
    """
    if wanted.importer_number is not None or wanted.filer_code is not None:
        return [true()]
    if wanted.centers:
        return _split([_is_in_center(center) for center in wanted.centers])
    if reach.is_national:
        return [true()]
    numbers = sorted(reach.importer_numbers | reach.delegated)
    parts = [entries.c.center == center for center in sorted(reach.centers | reach.division_centers)]
    parts += [_is_in_center(WITHOUT_CENTER)] if reach.is_unassigned else []
    parts += [entries.c.importer_number == number for number in numbers]
    parts += [_has_filer(reach.filer_code)] if reach.filer_code is not None else []
    parts += [entries.c.surety_code == reach.surety_code] if reach.surety_code is not None else []
    return _split(parts)


def _split(parts: list[ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    return parts if 0 < len(parts) <= _MOST_PARTS else [true()]


def _has_filer(code: str) -> ColumnElement[bool]:
    return func.left(entries.c.entry_number, 3) == code


def _is_in_center(center: str | None) -> ColumnElement[bool]:
    if center is None:
        return or_(entries.c.center.is_(None), entries.c.center == PENDING)
    return entries.c.center == center
