"""Versions of the tariff map: drafted, edited, validated, published, and what one would move against another."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Row, delete, func, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.rulebook import Dated
from services.routing.domain.tariff_maps import Action, MapVersion
from services.routing.store.tables import tariff_maps
from services.routing.store.tables.tariff_maps import tariff_map_changes, tariff_map_rows
from shared.customs.tariff_map import TariffMap, TariffMapRow, default_tariff_map
from shared.db import bulk
from shared.db.transaction import Transaction

_ROW_COLUMNS: Final = ("version", "prefix_from", "prefix_to", "center", "source", "confidence", "note")
_REPLACE_ROW: Final = (
    "(version, prefix_from, prefix_to) DO UPDATE SET center = excluded.center, source = excluded.source,"
    " confidence = excluded.confidence, note = excluded.note"
)
_ACTIVE_SUBHEADINGS: Final = """
SELECT DISTINCT hts6 FROM counted_activity WHERE month BETWEEN :first AND :last
"""
# An importer without goods in a subheading that moves cannot move itself; nor can such an entry, below.
_MOVING_IMPORTERS: Final = """
WITH center_of AS (
    SELECT * FROM unnest(CAST(:hts6 AS text[]), CAST(:before AS text[]), CAST(:after AS text[]))
        AS given (hts6, before_center, after_center)
), figures AS (
    SELECT a.importer_number, c.before_center, c.after_center, sum(a.goods) AS goods, sum(a.value_usd) AS value_usd
    FROM counted_activity a JOIN center_of c USING (hts6)
    WHERE a.month BETWEEN :first AND :last AND a.importer_number IN (
        SELECT importer_number FROM counted_activity
        WHERE month BETWEEN :first AND :last AND hts6 = ANY(CAST(:moved AS text[]))
    )
    GROUP BY a.importer_number, c.before_center, c.after_center
), before AS (
    SELECT DISTINCT ON (importer_number) importer_number, before_center AS center FROM figures
    WHERE before_center IS NOT NULL GROUP BY importer_number, before_center HAVING sum(goods) > 0
    ORDER BY importer_number, sum(goods) DESC, sum(value_usd) DESC, before_center
), after AS (
    SELECT DISTINCT ON (importer_number) importer_number, after_center AS center FROM figures
    WHERE after_center IS NOT NULL GROUP BY importer_number, after_center HAVING sum(goods) > 0
    ORDER BY importer_number, sum(goods) DESC, sum(value_usd) DESC, after_center
)
SELECT before.center AS from_center, after.center AS to_center, count(*) AS moved,
    (array_agg(importer_number ORDER BY importer_number))[1:20] AS examples
FROM before FULL JOIN after USING (importer_number)
WHERE before.center IS DISTINCT FROM after.center
GROUP BY before.center, after.center ORDER BY before.center, after.center
"""
# Only the newest version of an entry counts, and only where the goods decide: an assignment does not ask the map.
_DECIDED_BY_GOODS: Final = """
SELECT d.entry_number, d.goods FROM routing_decisions d
WHERE d.entry_date >= :since AND d.basis IN ('tariff', 'pending') AND NOT EXISTS (
    SELECT FROM routing_decisions newer WHERE newer.entry_number = d.entry_number AND newer.version > d.version
)
"""
_ENTRY_SUBHEADINGS: Final = f"""
WITH decided AS ({_DECIDED_BY_GOODS})
SELECT DISTINCT item ->> 0 AS hts6 FROM decided CROSS JOIN jsonb_array_elements(goods) AS item
"""
_MOVING_ENTRIES: Final = f"""
WITH decided AS ({_DECIDED_BY_GOODS}), center_of AS (
    SELECT * FROM unnest(CAST(:hts6 AS text[]), CAST(:before AS text[]), CAST(:after AS text[]))
        AS given (hts6, before_center, after_center)
), figures AS (
    SELECT d.entry_number, c.before_center, c.after_center,
        sum((item ->> 1)::bigint) AS lines, sum((item ->> 3)::bigint) AS value_usd
    FROM decided d CROSS JOIN jsonb_array_elements(d.goods) AS item JOIN center_of c ON c.hts6 = item ->> 0
    WHERE EXISTS (
        SELECT FROM jsonb_array_elements(d.goods) AS moving WHERE moving ->> 0 = ANY(CAST(:moved AS text[]))
    )
    GROUP BY d.entry_number, c.before_center, c.after_center
), before AS (
    SELECT DISTINCT ON (entry_number) entry_number, before_center AS center FROM figures
    WHERE before_center IS NOT NULL GROUP BY entry_number, before_center HAVING sum(lines) > 0
    ORDER BY entry_number, sum(lines) DESC, sum(value_usd) DESC, before_center
), after AS (
    SELECT DISTINCT ON (entry_number) entry_number, after_center AS center FROM figures
    WHERE after_center IS NOT NULL GROUP BY entry_number, after_center HAVING sum(lines) > 0
    ORDER BY entry_number, sum(lines) DESC, sum(value_usd) DESC, after_center
)
SELECT before.center AS from_center, after.center AS to_center, count(*) AS moved,
    (array_agg(entry_number ORDER BY entry_number))[1:20] AS examples
FROM before FULL JOIN after USING (entry_number)
WHERE before.center IS DISTINCT FROM after.center
GROUP BY before.center, after.center ORDER BY before.center, after.center
"""
_WITHOUT_GOODS: Final = f"""
SELECT count(*) FROM ({_DECIDED_BY_GOODS}) AS decided WHERE goods = '[]'
"""


class Moving(NamedTuple):
    """How many go from one Center to another; None stands for no Center; up to twenty of them by number."""

    from_center: str | None
    to_center: str | None
    moved: int
    examples: Sequence[str]


class MapChange(NamedTuple):
    """What was done with a version: by whom, when, why."""

    action: Action
    reason: str
    changed_by: str
    acting_for: str | None
    recorded_at: datetime


def shipped_version() -> MapVersion:
    """The map of the reference data, in force until a published version takes over."""
    return MapVersion(0, default_tariff_map().version, "Shipped with the product", "", "published", 1)


async def load_published(connection: AsyncConnection) -> list[Dated[TariffMap]]:
    """The shipped map, in force for ever, then every published version with its first day, as they were published."""
    versions = await list_published(connection)
    rows: defaultdict[str, list[TariffMapRow]] = defaultdict(list)
    query = (
        select(tariff_map_rows)
        .join(tariff_maps, tariff_maps.c.version == tariff_map_rows.c.version)
        .where(tariff_maps.c.publication.is_not(None))
    )
    for row in await connection.execute(query):
        rows[row.version].append(_map_row(row))
    return [Dated(item.effective_on or date.min, _build_map(item, rows[item.version])) for item in versions]


async def load_map_on(connection: AsyncConnection, day: date) -> TariffMap:
    """The map in force on a legal day; of two with the same first day the one published later."""
    begun = [item for item in await list_published(connection) if (item.effective_on or date.min) <= day]
    newest = max(enumerate(begun), key=lambda each: (each[1].effective_on or date.min, each[0]))[1]
    return await load_map(connection, newest)


async def list_published(connection: AsyncConnection) -> list[MapVersion]:
    """The shipped version and those published, in the order of publication."""
    query = select(tariff_maps).where(tariff_maps.c.publication.is_not(None)).order_by(tariff_maps.c.publication)
    return [shipped_version(), *(_map_version(row) for row in await connection.execute(query))]


async def list_versions(connection: AsyncConnection, *, after: int | None, limit: int) -> list[MapVersion]:
    """Versions by number, the shipped one first."""
    shipped = [shipped_version()] if after is None else []
    query = select(tariff_maps).where(tariff_maps.c.number > (after or 0)).order_by(tariff_maps.c.number)
    return [*shipped, *(_map_version(row) for row in await connection.execute(query.limit(limit - len(shipped))))]


async def find_version(connection: AsyncConnection, version: str) -> MapVersion | None:
    """A version by name, or None."""
    if version == shipped_version().version:
        return shipped_version()
    row = (await connection.execute(select(tariff_maps).where(tariff_maps.c.version == version))).one_or_none()
    return _map_version(row) if row is not None else None


async def load_rows(
    connection: AsyncConnection,
    version: str,
    *,
    after: tuple[str, str] | None = None,
    limit: int | None = None,
) -> list[TariffMapRow]:
    """The rows of a version in the order of their prefixes, those after a position and up to a limit if told."""
    if version == shipped_version().version:
        rows = sorted(default_tariff_map().rows, key=_row_key)
        return [row for row in rows if after is None or _row_key(row) > after][:limit]
    query = select(tariff_map_rows).where(tariff_map_rows.c.version == version)
    if after is not None:
        query = query.where(tuple_(tariff_map_rows.c.prefix_from, tariff_map_rows.c.prefix_to) > after)
    query = query.order_by(tariff_map_rows.c.prefix_from, tariff_map_rows.c.prefix_to).limit(limit)
    return [_map_row(row) for row in await connection.execute(query)]


async def load_map(connection: AsyncConnection, version: MapVersion) -> TariffMap:
    """A version as a map; raises `ValueError` when its rows overlap or are no ranges."""
    return _build_map(version, await load_rows(connection, version.version))


async def load_history(connection: AsyncConnection, version: str) -> list[MapChange]:
    """Who did what with a version, oldest first."""
    table = tariff_map_changes.c
    query = select(*(table[name] for name in MapChange._fields)).where(table.version == version)
    return [MapChange(*row) for row in await connection.execute(query.order_by(table.sequence))]


async def find_authors(connection: AsyncConnection, version: str) -> frozenset[str]:
    """Those who wrote the rows of a version, and those for whom they acted."""
    query = select(tariff_map_changes.c.changed_by, tariff_map_changes.c.acting_for).where(
        tariff_map_changes.c.version == version, tariff_map_changes.c.action.in_(("drafted", "edited"))
    )
    return frozenset(name for row in await connection.execute(query) for name in row if name is not None)


async def lock(tx: Transaction) -> None:
    """Let nobody else write versions until this transaction ends: numbers and publications are counted."""
    await tx.connection.execute(text("LOCK TABLE tariff_maps IN SHARE ROW EXCLUSIVE MODE"))


async def add_draft(
    tx: Transaction, *, title: str, based_on: str, rows: Sequence[TariffMapRow], rolls_back: str | None
) -> MapVersion:
    """Add a version as a draft, named after its number; the caller holds the lock."""
    number = 1 + int(await tx.connection.scalar(select(func.max(tariff_maps.c.number))) or 0)
    version = MapVersion(number, f"tariff-map-{number:04d}", title, based_on, "draft", 1, rolls_back=rolls_back)
    await tx.connection.execute(
        tariff_maps.insert().values(
            number=version.number,
            version=version.version,
            title=version.title,
            based_on=version.based_on,
            state=version.stage,
            revision=version.revision,
            rolls_back=version.rolls_back,
        )
    )
    await write_rows(tx, version.version, rows)
    return version


async def write_rows(tx: Transaction, version: str, rows: Sequence[TariffMapRow]) -> None:
    """Add rows to a draft; one with the same two prefixes is replaced."""
    values = [
        (version, row.prefix_from, row.prefix_to, row.center_code, row.source, row.confidence, row.note)
        for row in sorted(rows, key=_row_key)
    ]
    await bulk.insert(tx, tariff_map_rows, _ROW_COLUMNS, values, on_conflict=_REPLACE_ROW)


async def remove_rows(tx: Transaction, version: str, spans: Collection[tuple[str, str]]) -> int:
    """Remove rows of a draft by their two prefixes; gives how many there were."""
    found = await tx.connection.execute(
        delete(tariff_map_rows).where(
            tariff_map_rows.c.version == version,
            tuple_(tariff_map_rows.c.prefix_from, tariff_map_rows.c.prefix_to).in_(list(spans)),
        )
    )
    return found.rowcount


async def mark_edited(tx: Transaction, version: MapVersion) -> MapVersion:
    """A version whose rows changed is a draft again."""
    return await _write_state(tx, version._replace(stage="draft", valid_on=None))


async def mark_validated(tx: Transaction, version: MapVersion, valid_on: date) -> MapVersion:
    """A version that was found without fault for a day."""
    return await _write_state(tx, version._replace(stage="validated", valid_on=valid_on))


async def mark_published(tx: Transaction, version: MapVersion, effective_on: date) -> MapVersion:
    """A version that will be in force from a day on; the caller holds the lock."""
    publication = 1 + int(await tx.connection.scalar(select(func.max(tariff_maps.c.publication))) or 0)
    return await _write_state(
        tx,
        version._replace(stage="published", valid_on=effective_on, publication=publication, effective_on=effective_on),
    )


async def note(
    tx: Transaction,
    version: str,
    action: Action,
    *,
    reason: str,
    changed_by: str,
    acting_for: str | None,
    recorded_at: datetime,
) -> None:
    """Append to the history of a version."""
    await tx.connection.execute(
        tariff_map_changes.insert().values(
            version=version,
            action=action,
            reason=reason,
            changed_by=changed_by,
            acting_for=acting_for,
            recorded_at=recorded_at,
        )
    )


async def list_active_subheadings(connection: AsyncConnection, months: tuple[date, date]) -> list[str]:
    """The subheadings with activity of importers from the first month to the last."""
    return list(await connection.scalars(text(_ACTIVE_SUBHEADINGS), {"first": months[0], "last": months[1]}))


async def list_entry_subheadings(connection: AsyncConnection, since: date) -> list[str]:
    """The subheadings on entries since a day that went by their goods."""
    return list(await connection.scalars(text(_ENTRY_SUBHEADINGS), {"since": since}))


async def count_moving_importers(
    connection: AsyncConnection,
    months: tuple[date, date],
    before: Mapping[str, str | None],
    after: Mapping[str, str | None],
) -> list[Moving]:
    """Importers whose predominant Center would be another, by number of goods from the first month to the last.

    `before` and `after` give the Center of every subheading with activity. More value breaks a tie, then the lower
    Center code.
    """
    parameters = {**_columns(before, after), "first": months[0], "last": months[1]}
    return [Moving(*row) for row in await connection.execute(text(_MOVING_IMPORTERS), parameters)]


async def count_moving_entries(
    connection: AsyncConnection, since: date, before: Mapping[str, str | None], after: Mapping[str, str | None]
) -> list[Moving]:
    """Entries since a day, decided by their goods, that would go to another Center.

    `before` and `after` give the Center of every subheading on them. Most lines decide, as in routing.
    """
    parameters = {**_columns(before, after), "since": since}
    return [Moving(*row) for row in await connection.execute(text(_MOVING_ENTRIES), parameters)]


async def count_entries_without_goods(connection: AsyncConnection, since: date) -> int:
    """Entries decided by their goods of which the goods were not kept, so that nobody can say where they would go."""
    return int(await connection.scalar(text(_WITHOUT_GOODS), {"since": since}) or 0)


async def _write_state(tx: Transaction, version: MapVersion) -> MapVersion:
    written = version._replace(revision=version.revision + 1)
    await tx.connection.execute(
        tariff_maps.update()
        .where(tariff_maps.c.number == written.number)
        .values(
            state=written.stage,
            revision=written.revision,
            valid_on=written.valid_on,
            publication=written.publication,
            effective_on=written.effective_on,
        )
    )
    return written


def _columns(before: Mapping[str, str | None], after: Mapping[str, str | None]) -> dict[str, list[str | None]]:
    numbers = sorted(before)
    return {
        "hts6": list(numbers),
        "before": [before[number] for number in numbers],
        "after": [after[number] for number in numbers],
        "moved": [number for number in numbers if before[number] != after[number]],
    }


def _build_map(version: MapVersion, rows: Sequence[TariffMapRow]) -> TariffMap:
    return default_tariff_map() if version.number == 0 else TariffMap(rows, version.version)


def _map_version(row: Row[Any]) -> MapVersion:
    return MapVersion(
        number=row.number,
        version=row.version,
        title=row.title,
        based_on=row.based_on,
        stage=row.state,
        revision=row.revision,
        valid_on=row.valid_on,
        publication=row.publication,
        effective_on=row.effective_on,
        rolls_back=row.rolls_back,
    )


def _map_row(row: Row[Any]) -> TariffMapRow:
    return TariffMapRow(row.prefix_from, row.prefix_to, row.center, row.source, row.confidence, row.note)


def _row_key(row: TariffMapRow) -> tuple[str, str]:
    return (row.prefix_from, row.prefix_to)
