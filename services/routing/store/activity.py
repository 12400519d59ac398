"""Import activity: changes appended by the event path and folded by a job, figures read by importer and months."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.activity import Activity, ActivityKey, Figures
from services.routing.store.tables import accounts
from services.routing.store.tables.activity import activity_changes, counted_activity
from shared.db import bulk
from shared.db.transaction import Transaction

_COLUMNS = ("importer_number", "month", "hts6", "lines", "goods", "value_usd")
# Whatever rows come first, and none that another run holds: what is folded adds up in any order.
_FOLD = """
WITH taken AS (
    DELETE FROM activity_changes WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM activity_changes LIMIT $1 FOR UPDATE SKIP LOCKED
    ))
    RETURNING importer_number, month, hts6, lines, goods, value_usd
), folded AS (
    INSERT INTO import_activity AS f (importer_number, month, hts6, lines, goods, value_usd)
    SELECT importer_number, month, hts6, sum(lines), sum(goods), sum(value_usd) FROM taken
    GROUP BY importer_number, month, hts6
    HAVING sum(lines) <> 0 OR sum(goods) <> 0 OR sum(value_usd) <> 0
    ORDER BY importer_number, month, hts6
    ON CONFLICT (importer_number, month, hts6) DO UPDATE SET lines = f.lines + excluded.lines,
        goods = f.goods + excluded.goods, value_usd = f.value_usd + excluded.value_usd
    RETURNING importer_number, month, hts6, lines, goods, value_usd
)
SELECT (SELECT count(*) FROM taken) AS taken, coalesce(array_agg(importer_number), '{}') AS importer_numbers,
    coalesce(array_agg(month), '{}') AS months, coalesce(array_agg(hts6), '{}') AS subheadings
FROM folded WHERE lines = 0 AND goods = 0 AND value_usd = 0
"""
_REMOVE_EMPTY = """
DELETE FROM import_activity a USING unnest($1::text[], $2::date[], $3::text[]) AS given(importer_number, month, hts6)
WHERE a.importer_number = given.importer_number AND a.month = given.month AND a.hts6 = given.hts6
AND a.lines = 0 AND a.goods = 0 AND a.value_usd = 0
"""


async def add(tx: Transaction, deltas: Mapping[ActivityKey, Figures]) -> None:
    """Say by how much activity changes (value in whole dollars); readers add it, the job `fold-activity` folds it.

    Rows are appended and touch none that another writer holds: the event path pays for a line, not for an index.
    """
    await bulk.copy(tx, activity_changes, _COLUMNS, [(*key, *figures) for key, figures in deltas.items()])


async def fold(tx: Transaction, limit: int) -> int:
    """Add so many changes to the figures; gives how many there were.

    A cell that a correction emptied is removed: what is kept does not tell in which order the versions came.
    """
    (row,) = await bulk.fetch(tx, _FOLD, limit)
    if row["importer_numbers"]:
        await bulk.execute(tx, _REMOVE_EMPTY, row["importer_numbers"], row["months"], row["subheadings"])
    return int(row["taken"])


async def load(
    connection: AsyncConnection, importer_numbers: Sequence[str], from_month: date, to_month: date
) -> dict[str, list[Activity]]:
    """The activity of importers in a span of months, both included, in order of month and subheading."""
    cells: defaultdict[str, list[Activity]] = defaultdict(list)
    query = (
        select(counted_activity)
        .where(counted_activity.c.importer_number.in_(importer_numbers))
        .where(counted_activity.c.month.between(from_month, to_month))
        .order_by(counted_activity.c.importer_number, counted_activity.c.month, counted_activity.c.hts6)
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
