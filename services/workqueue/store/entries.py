"""Entries with their legal dates, and every routing decision on them. Rows are locked in order of their key."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, NamedTuple

import orjson
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.domain.goods import DeclaredGoods
from services.workqueue.domain.item import Goods
from services.workqueue.domain.review import Consultation, LegalDates, RoutedVersion, in_rank
from services.workqueue.store.tables.entries import entries, routed_goods, routed_versions
from shared.db import bulk
from shared.db.pieces import rows_of_each
from shared.db.transaction import Transaction

_DATES_COLUMNS = (
    "entry_number",
    "sequence",
    "state",
    "scheduled_on",
    "deemed_on",
    "liquidated_on",
    "liquidated_at",
    "liquidated_sequence",
    "surety_code",
)
_STUB_ENTRIES = "INSERT INTO entries (entry_number) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING"
_LOCK_ENTRIES = (
    f"SELECT {', '.join(_DATES_COLUMNS)} FROM entries"
    " WHERE entry_number = ANY($1::text[]) ORDER BY entry_number FOR UPDATE"
)
_WRITE_DATES = """
UPDATE entries e
SET sequence = n.sequence, state = n.state, scheduled_on = n.scheduled_on, deemed_on = n.deemed_on,
    liquidated_on = n.liquidated_on, liquidated_at = n.liquidated_at, liquidated_sequence = n.liquidated_sequence,
    surety_code = n.surety_code
FROM unnest(
    $1::text[], $2::int[], $3::text[], $4::date[], $5::date[], $6::date[], $7::timestamptz[], $8::int[], $9::text[])
    AS n(entry_number, sequence, state, scheduled_on, deemed_on, liquidated_on, liquidated_at, liquidated_sequence,
        surety_code)
WHERE e.entry_number = n.entry_number
"""
_VERSION_COLUMNS = (
    "entry_number",
    "version",
    "event_id",
    "filed_at",
    "importer_number",
    "center",
    "division",
    "lane",
    "processes",
    "value_usd",
    "move",
    "move_reason",
    "consultations",
    "authority",
    "entry_type",
    "port_of_entry",
)
_WRITTEN_COLUMNS = (*_VERSION_COLUMNS, "duty_cents", "reasons")
_LOAD_VERSIONS = rows_of_each("routed_versions", ", ".join(_VERSION_COLUMNS), "entry_number")
# Of the newest decision that called for a review, in the order of `in_rank`.
_DECLARED = """
SELECT g.goods FROM (
    SELECT entry_number, version, event_id FROM routed_versions WHERE entry_number = $1 AND lane <> 'no-review'
    ORDER BY version DESC, move DESC, filed_at, event_id COLLATE "C" LIMIT 1) AS newest
JOIN routed_goods g USING (entry_number, version, event_id)
"""
# Of the decision that stands, in the order of `in_rank`.
ROUTED = """
SELECT entry_number, duty_cents, reasons FROM unnest(CAST(:numbers AS text[])) AS given(wanted) CROSS JOIN LATERAL (
    SELECT * FROM routed_versions v WHERE v.entry_number = given.wanted
    ORDER BY version DESC, move DESC, filed_at, event_id COLLATE "C" LIMIT 1) AS newest
"""
_FOREIGN_ENTRIES = """
SELECT given.entry_number FROM unnest($1::text[]) WITH ORDINALITY AS given(entry_number, position)
WHERE NOT coalesce((SELECT bool_and(v.importer_number = $2) FROM routed_versions v
                    WHERE v.entry_number = given.entry_number), false)
ORDER BY position
"""


class RoutedBecause(NamedTuple):
    """What the routing decision that stands for an entry says: the duty declared, and its reasons where it has some."""

    duty_cents: int | None
    reasons: tuple[Mapping[str, str | None], ...]


async def find_routed(connection: AsyncConnection, entry_numbers: Collection[str]) -> dict[str, RoutedBecause]:
    """Duty and reasons of the decisions that stand for entries, by entry number."""
    if not entry_numbers:
        return {}
    rows = await connection.execute(text(ROUTED), {"numbers": sorted(entry_numbers)})
    return {number: RoutedBecause(duty, tuple(reasons or ())) for number, duty, reasons in rows}


async def lock_entries(tx: Transaction, entry_numbers: Iterable[str]) -> dict[str, LegalDates]:
    """The legal dates of entries, each locked for this transaction; an entry not seen before gets its row."""
    numbers = sorted(set(entry_numbers))
    if not numbers:
        return {}
    await bulk.execute(tx, _STUB_ENTRIES, numbers)
    rows = await bulk.fetch(tx, _LOCK_ENTRIES, numbers)
    return {row["entry_number"]: LegalDates(*row) for row in rows}


async def write_dates(tx: Transaction, changed: Sequence[LegalDates]) -> None:
    """Write the legal dates of entries that are locked."""
    if changed:
        await bulk.execute(tx, _WRITE_DATES, *([getattr(dates, name) for dates in changed] for name in _DATES_COLUMNS))


async def load_versions(tx: Transaction, entry_numbers: Iterable[str]) -> Mapping[str, list[RoutedVersion]]:
    """Every routed version of entries, by entry number."""
    versions: defaultdict[str, list[RoutedVersion]] = defaultdict(list)
    numbers = sorted(set(entry_numbers))
    for row in await bulk.fetch(tx, _LOAD_VERSIONS, numbers) if numbers else ():
        consulted = tuple(
            Consultation(each["center"], Goods(each["tariff"], each["line_count"], each["value_usd"]))
            for each in row["consultations"]
        )
        version = RoutedVersion(**{**row, "processes": tuple(row["processes"]), "consultations": consulted})
        versions[version.entry_number].append(version)
    return versions


async def load_standing(tx: Transaction, entry_numbers: Iterable[str]) -> dict[str, RoutedVersion]:
    """The routed version that stands for each entry."""
    return {number: in_rank(found)[-1] for number, found in (await load_versions(tx, entry_numbers)).items()}


async def write_versions(tx: Transaction, versions: Sequence[RoutedVersion]) -> None:
    """Add routed versions of entries that are locked, none of which is there, with the goods of those under review."""
    rows = [
        (
            item.entry_number,
            item.version,
            item.event_id,
            item.filed_at,
            item.importer_number,
            item.center,
            item.division,
            item.lane,
            orjson.dumps(item.processes).decode(),
            item.value_usd,
            item.move,
            item.move_reason,
            orjson.dumps(_consultations(item)).decode() if item.consultations else "[]",
            orjson.dumps(item.authority).decode(),
            item.entry_type,
            item.port_of_entry,
            item.duty_cents,
            orjson.dumps(item.reasons).decode() if item.reasons else None,
        )
        for item in versions
    ]
    await bulk.copy(tx, routed_versions, _WRITTEN_COLUMNS, rows)
    goods = [
        (item.entry_number, item.version, item.event_id, orjson.dumps(item.goods).decode())
        for item in versions
        if item.goods
    ]
    await bulk.copy(tx, routed_goods, ("entry_number", "version", "event_id", "goods"), goods)


async def load_declared(tx: Transaction, entry_number: str) -> list[DeclaredGoods]:
    """The lines of an entry under review as they were declared; empty where routing did not tell them."""
    return [
        DeclaredGoods(**{**each, "special_tariffs": tuple(each["special_tariffs"]), "cases": tuple(each["cases"])})
        for row in await bulk.fetch(tx, _DECLARED, entry_number)
        for each in row["goods"]
    ]


async def find_foreign_entries(tx: Transaction, entry_numbers: Sequence[str], importer_number: str) -> list[str]:
    """Those of the entries that are unknown or belong to another importer."""
    rows = await bulk.fetch(tx, _FOREIGN_ENTRIES, list(entry_numbers), importer_number)
    return [row["entry_number"] for row in rows]


def _consultations(version: RoutedVersion) -> list[dict[str, Any]]:
    return [{"center": each.center, **asdict(each.goods)} for each in version.consultations]


async def find_dates(connection: AsyncConnection, entry_number: str) -> tuple[date | None, date | None]:
    """When an entry is scheduled to liquidate, and when it does by law; None where that is not known."""
    query = select(entries.c.scheduled_on, entries.c.deemed_on).where(entries.c.entry_number == entry_number)
    row = (await connection.execute(query)).one_or_none()
    return (row.scheduled_on, row.deemed_on) if row is not None else (None, None)


async def find_surety(connection: AsyncConnection, entry_number: str | None) -> str | None:
    """The surety on the bond of an entry, None where there is none or the legal record has not said it."""
    query = select(entries.c.surety_code).where(entries.c.entry_number == entry_number)
    surety: str | None = (await connection.execute(query)).scalar_one_or_none()
    return surety
