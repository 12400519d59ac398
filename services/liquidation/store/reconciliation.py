"""Summaries of an importer that are flagged for reconciliation and that no reconciliation names."""

from datetime import date

from sqlalchemy import and_, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.domain.reconciliation import Flagged
from services.liquidation.store.sight import entries_within
from services.liquidation.store.tables.records import entries, entry_versions, post_entry_filings
from shared.runtime.access import Reach


async def list_unreconciled(
    connection: AsyncConnection, importer_number: str, reach: Reach, limit: int
) -> list[Flagged]:
    """They are in the order of their numbers; a reconciliation of the same importer names an entry among its own.

    One that another importer filed reconciles nothing: a slip in its list takes no summary out of this inventory.
    """
    named = exists().where(
        post_entry_filings.c.kind == "reconciliation",
        post_entry_filings.c.importer_number == entries.c.importer_number,
        post_entry_filings.c.entries.contains(func.jsonb_build_array(entries.c.entry_number)),
    )
    issues = entry_versions.c.body["reconciliation_issues"]
    query = (
        select(
            entries.c.entry_number,
            entries.c.entry_date,
            entry_versions.c.body["import_date"].astext,
            issues,
            entries.c.liquidated_on.is_not(None),
        )
        .join(
            entry_versions,
            and_(
                entry_versions.c.entry_number == entries.c.entry_number,
                entry_versions.c.version == entries.c.version,
            ),
        )
        .where(entries.c.importer_number == importer_number, entry_versions.c.is_flagged, ~named, entries_within(reach))
        .order_by(entries.c.entry_number)
        .limit(limit)
    )
    return [
        Flagged(number, entered, date.fromisoformat(imported) if imported else None, tuple(left or ()), is_liquidated)
        for number, entered, imported, left, is_liquidated in await connection.execute(query)
    ]
