"""Medians of unit values: computed from decided entries, kept by version, read for the criteria that ask for them."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.rulebook import Dated
from services.routing.domain.unit_values import UnitValues
from services.routing.store.tables import unit_values
from services.routing.store.tables.unit_values import unit_value_versions
from shared.db import bulk
from shared.db.transaction import Transaction

# The newest version of each entry counts. percentile_disc gives a value that was declared, exactly: of an even number
# of values the lower of the two in the middle.
_COMPUTE: Final = """
INSERT INTO unit_values (as_of, hts, unit, median_usd, sample_size)
SELECT $1::date, hts, unit, percentile_disc(0.5) WITHIN GROUP (ORDER BY unit_value), count(*)
FROM (
    SELECT item ->> 0 AS hts, item ->> 1 AS unit, (item ->> 2)::numeric / (item ->> 3)::numeric AS unit_value
    FROM routing_decisions d CROSS JOIN jsonb_array_elements(d.units) AS item
    WHERE d.entry_date > $2::date AND d.entry_date <= $1::date AND NOT EXISTS (
        SELECT FROM routing_decisions newer WHERE newer.entry_number = d.entry_number AND newer.version > d.version
    )
) AS declared
GROUP BY hts, unit HAVING count(*) >= $3
"""
_COUNT: Final = "UPDATE unit_value_versions SET medians = $2 WHERE as_of = $1"


class ComputedVersion(NamedTuple):
    """A version as it was computed, with how many medians it has."""

    as_of: date
    effective_on: date
    minimum_sample: int
    medians: int
    computed_by: str
    computed_at: datetime


class Median(NamedTuple):
    """The median of a tariff number and unit, in dollars per unit."""

    hts: str
    unit: str
    median_usd: Decimal
    sample_size: int


class NewVersion(NamedTuple):
    """A version to compute: over the twelve months that end on `as_of`, from so many declarations at least."""

    as_of: date
    effective_on: date
    minimum_sample: int


async def compute(
    tx: Transaction, version: NewVersion, since: date, *, computed_by: str, acting_for: str | None, now: datetime
) -> ComputedVersion | None:
    """Compute and keep a version from entries after `since`; None when it exists already."""
    made = await tx.connection.execute(
        insert(unit_value_versions)
        .values(
            as_of=version.as_of,
            effective_on=version.effective_on,
            minimum_sample=version.minimum_sample,
            medians=0,
            computed_by=computed_by,
            acting_for=acting_for,
            computed_at=now,
        )
        .on_conflict_do_nothing()
    )
    if made.rowcount == 0:
        return None
    medians = await bulk.execute(tx, _COMPUTE, version.as_of, since, version.minimum_sample)
    await bulk.execute(tx, _COUNT, version.as_of, medians)
    return ComputedVersion(*version, medians, computed_by, now)


async def load_first_days(connection: AsyncConnection) -> list[Dated[date]]:
    """Each version, by its `as_of`, with the first day on which it is used."""
    order = (unit_value_versions.c.effective_on, unit_value_versions.c.as_of)
    query = select(unit_value_versions.c.effective_on, unit_value_versions.c.as_of).order_by(*order)
    return [Dated(row.effective_on, row.as_of) for row in await connection.execute(query)]


async def load_medians(connection: AsyncConnection, versions: Collection[date]) -> dict[date, UnitValues]:
    """These versions with all their medians."""
    medians: dict[date, dict[tuple[str, str], Decimal]] = {as_of: {} for as_of in versions}
    for row in await connection.execute(select(unit_values).where(unit_values.c.as_of.in_(medians))):
        medians[row.as_of][row.hts, row.unit] = row.median_usd
    return {as_of: UnitValues(as_of.isoformat(), values) for as_of, values in medians.items()}


async def list_versions(connection: AsyncConnection, *, before: date | None, limit: int) -> list[ComputedVersion]:
    """Versions, newest first."""
    table = unit_value_versions.c
    query = select(*(table[name] for name in ComputedVersion._fields)).order_by(table.as_of.desc()).limit(limit)
    if before is not None:
        query = query.where(table.as_of < before)
    return [ComputedVersion(*row) for row in await connection.execute(query)]


async def list_medians(
    connection: AsyncConnection, as_of: date, *, prefix: str, after: tuple[str, str] | None, limit: int
) -> list[Median]:
    """The medians of a version by tariff number and unit."""
    table = unit_values.c
    query = select(*(table[name] for name in Median._fields)).where(table.as_of == as_of, table.hts.startswith(prefix))
    if after is not None:
        query = query.where(tuple_(table.hts, table.unit) > tuple_(*after))
    return [Median(*row) for row in await connection.execute(query.order_by(table.hts, table.unit).limit(limit))]
