"""Tables in partitions by a date: which there are, and those of the months to come, made before they are needed.

The partitions stand in a schema of their own, so that a service's own schema has its tables and nothing else. The one
named `<table>_before` is what the table was before it had partitions; `<table>_other` takes what no partition is for,
so that no row is ever refused. Others are named by their first month: `<table>_2027_01`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from shared.customs.calendar import add_months
from shared.db import bulk
from shared.db.transaction import Transaction

SCHEMA: Final = "partitions"
_DAYS_OF: Final = """
SELECT c.relname AS name, pg_get_expr(c.relpartbound, c.oid) AS bound
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = to_regclass($1) ORDER BY c.relname
"""
_BOUND: Final = """
SELECT p.name, (regexp_match(p.bound, 'FROM \\(''?([0-9-]+)'))[1]::date AS from_on,
    (regexp_match(p.bound, 'TO \\(''?([0-9-]+)'))[1]::date AS to_on
FROM ({}) AS p ORDER BY to_on NULLS LAST, name
"""


# The server looks by itself at each partition, and never at the table that they make up.
_IS_STALE: Final = """
SELECT coalesce(last_analyze < now() - interval '1 day', true) AS is_stale
FROM pg_stat_all_tables WHERE relid = to_regclass($1)
"""


@dataclass(frozen=True, slots=True)
class Parted:
    """A table in partitions of `months` months each by a column of dates, made `ahead` months before they begin."""

    table: str
    column: str
    months: int
    ahead: int


class Partition(NamedTuple):
    """One partition: the first day of its rows, and the day after the last; None where there is no such bound."""

    name: str
    from_on: date | None
    to_on: date | None


def first_month(parted: Parted, day: date) -> date:
    """The first day of the partition that a day belongs to: with three months these are the quarters of the year."""
    months = (day.year * 12 + day.month - 1) // parted.months * parted.months
    return date(months // 12, months % 12 + 1, 1)


def months_to_come(parted: Parted, today: date) -> list[date]:
    """The first days of the partition of today and of those that begin within the months to come."""
    last = add_months(today, parted.ahead)
    found = [first_month(parted, today)]
    while (following := add_months(found[-1], parted.months)) <= last:
        found.append(following)
    return found


async def list_partitions(tx: Transaction, parted: Parted) -> list[Partition]:
    """What a table consists of, in the order of its days; what takes all other rows comes last."""
    return [Partition(*row) for row in await bulk.fetch(tx, _BOUND.format(_DAYS_OF), parted.table)]


async def make_next(tx: Transaction, parted: Parted, today: date) -> list[str]:
    """Make the partitions of today and of the months to come that are missing; gives their names.

    Rows of theirs that waited with the others move in. Readers and writers of the table wait meanwhile, for as long as
    it takes to move them. Raises `Transient` when the table is held by somebody else.
    """
    partitions = await list_partitions(tx, parted)
    missing = [first for first in months_to_come(parted, today) if not any(_has(each, first) for each in partitions)]
    return [await _make(tx, parted, first) for first in missing]


async def analyse(tx: Transaction, table: str) -> None:
    """Have the server look at a table in partitions as a whole, for its plans, unless it did within a day."""
    (row,) = await bulk.fetch(tx, _IS_STALE, table)
    if row["is_stale"]:
        await bulk.execute(tx, f"ANALYZE {table}")


def reaches_to(partitions: Sequence[Partition], today: date) -> date:
    """The first day, from today on, that no partition is for; rows of it stand with the others."""
    day = today
    while following := next((each.to_on for each in partitions if each.to_on and _has(each, day)), None):
        day = following
    return day


def _has(partition: Partition, day: date) -> bool:
    if partition.to_on is None:
        return False
    return (partition.from_on is None or partition.from_on <= day) and day < partition.to_on


async def _make(tx: Transaction, parted: Parted, first: date) -> str:
    table, column, until = parted.table, parted.column, add_months(first, parted.months)
    name = f"{table}_{first:%Y_%m}"
    whole, others = f"{SCHEMA}.{name}", f"{SCHEMA}.{table}_other"
    await bulk.execute(tx, f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
    await bulk.execute(tx, f"LOCK TABLE {others} IN ACCESS EXCLUSIVE MODE")
    await bulk.execute(tx, f"CREATE TABLE {whole} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
    await bulk.execute(
        tx,
        f"WITH moved AS (DELETE FROM {others} WHERE {column} >= $1 AND {column} < $2 RETURNING *)"
        f" INSERT INTO {whole} SELECT * FROM moved",
        first,
        until,
    )
    await bulk.execute(tx, f"ALTER TABLE {table} ATTACH PARTITION {whole} FOR VALUES FROM ('{first}') TO ('{until}')")
    return name


def days_left(partitions: Sequence[Partition], today: date) -> int:
    """For how many days from today on there are partitions."""
    return (reaches_to(partitions, today) - today) // timedelta(days=1)
