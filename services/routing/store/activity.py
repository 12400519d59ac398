"""Import activity: differences added by the event path, figures read by importer and span of months."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.activity import Activity, ActivityKey, Figures
from services.routing.store.tables import accounts
from services.routing.store.tables.activity import import_activity
from shared.db import bulk
from shared.db.transaction import Transaction

_COLUMNS = ("importer_number", "month", "hts6", "lines", "goods", "value_usd")
_ADD = (
    "(importer_number, month, hts6) DO UPDATE SET lines = import_activity.lines + excluded.lines,"
    " goods = import_activity.goods + excluded.goods, value_usd = import_activity.value_usd + excluded.value_usd"
)
_REMOVE_EMPTY = """
DELETE FROM import_activity a USING unnest($1::text[], $2::date[], $3::text[]) AS given(importer_number, month, hts6)
WHERE a.importer_number = given.importer_number AND a.month = given.month AND a.hts6 = given.hts6
AND a.lines = 0 AND a.goods = 0 AND a.value_usd = 0
"""


async def add(tx: Transaction, deltas: Mapping[ActivityKey, Figures]) -> None:
    """Add differences (value in whole dollars) to what is known; rows in order of key, so that writers never cross.

    A cell that a correction emptied is removed: what is kept does not tell in which order the versions came.
    """
    rows = [(*key, *deltas[key]) for key in sorted(deltas)]
    await bulk.insert(tx, import_activity, _COLUMNS, rows, on_conflict=_ADD)
    lowered = [key for key in sorted(deltas) if deltas[key].lines < 0 or deltas[key].goods < 0]
    if lowered:
        await bulk.execute(tx, _REMOVE_EMPTY, *(list(column) for column in zip(*lowered, strict=True)))


async def load(
    connection: AsyncConnection, importer_numbers: Sequence[str], from_month: date, to_month: date
) -> dict[str, list[Activity]]:
    """The activity of importers in a span of months, both included, in order of month and subheading."""
    cells: defaultdict[str, list[Activity]] = defaultdict(list)
    query = (
        select(import_activity)
        .where(import_activity.c.importer_number.in_(importer_numbers))
        .where(import_activity.c.month.between(from_month, to_month))
        .order_by(import_activity.c.importer_number, import_activity.c.month, import_activity.c.hts6)
    )
    for row in await connection.execute(query):
        cells[row.importer_number].append(Activity(row.month, row.hts6, Figures(row.lines, row.goods, row.value_usd)))
    return dict(cells)


async def load_counted(
    connection: AsyncConnection, importer_number: str, family: str | None, from_month: date, to_month: date
) -> list[Activity]:
    """The activity that counts for an account in a span of months: its own, or that of all numbers of a family."""
    numbers = [importer_number]
    if family is not None:
        numbers = list(await connection.scalars(select(accounts.c.importer_number).where(accounts.c.family == family)))
    loaded = await load(connection, sorted({importer_number, *numbers}), from_month, to_month)
    return [cell for cells in loaded.values() for cell in cells]
