"""Which entries of an importer may have a day ahead, so that only of these everything is loaded."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.store.entry_lists import WantedEntries, list_conditions
from services.liquidation.store.sight import entries_within
from services.liquidation.store.tables.acts import reliquidations
from services.liquidation.store.tables.bills import bills
from services.liquidation.store.tables.money_acts import money_acts
from services.liquidation.store.tables.protests import protest_entries
from services.liquidation.store.tables.records import entries, entry_versions, protests
from services.liquidation.store.tables.refunds import refunds
from shared.customs.entry_types import entry_types
from shared.db.reach import is_one_of
from shared.runtime.access import Reach

_AFTER_LIQUIDATION: Final = timedelta(days=400)
"""Longer than any period that runs from a liquidation, a reliquidation or a demand: they end after 180 days at most."""
_FLAGGED: Final = timedelta(days=1_000)
"""Longer than the 21 months in which a flagged entry is reconciled, and a late summary before them."""


async def list_running(
    connection: AsyncConnection, reach: Reach, wanted: WantedEntries, since: date, *, limit: int
) -> list[str]:
    """Entries, as far as they are wanted and reached, of which a day on or after `since` may be known or awaited.

    None is left out that has one; some are given that have none.
    """
    owners = frozenset({wanted.importer_number}) if wanted.importer_number is not None else wanted.importer_numbers
    query = select(entries.c.entry_number).where(
        entries_within(reach), *list_conditions(wanted), _may_have_days(owners or frozenset(), since)
    )
    return list((await connection.execute(query.order_by(entries.c.entry_number).limit(limit))).scalars())


async def find_reached(connection: AsyncConnection, reach: Reach, entry_numbers: Collection[str]) -> dict[str, str]:
    """The importers of those of the entries that are reached and have one, by entry."""
    table = entries.c
    query = select(table.entry_number, table.importer_number).where(
        entries_within(reach),
        is_one_of(table.entry_number, frozenset(entry_numbers)),
        table.importer_number.is_not(None),
    )
    return {row.entry_number: row.importer_number for row in await connection.execute(query)}


def _may_have_days(importer_numbers: frozenset[str], since: date) -> ColumnElement[bool]:
    """An entry that is not liquidated, was not long ago, or to which something hangs that has days of its own."""
    table, recently = entries.c, since - _AFTER_LIQUIDATION
    special = sorted(code for code, kind in entry_types().items() if kind.tib or kind.reconciliation)
    named = select(func.jsonb_array_elements_text(protests.c.entries))
    return or_(
        table.liquidated_on.is_(None),
        func.greatest(table.liquidated_on, table.liquidation_posted_on) >= recently,
        table.entry_type.in_(special),
        table.entry_number.in_(named.where(is_one_of(protests.c.importer_number, importer_numbers))),
        select(protest_entries.c.entry_number).where(protest_entries.c.entry_number == table.entry_number).exists(),
        select(reliquidations.c.entry_number)
        .where(reliquidations.c.entry_number == table.entry_number, reliquidations.c.reliquidated_on >= recently)
        .exists(),
        select(bills.c.bill_number).where(bills.c.entry_number == table.entry_number, bills.c.open_cents != 0).exists(),
        select(refunds.c.refund_number)
        .where(refunds.c.entry_number == table.entry_number, refunds.c.state.not_in(["paid", "replaced"]))
        .exists(),
        select(money_acts.c.entry_number)
        .where(
            money_acts.c.entry_number == table.entry_number,
            money_acts.c.change == "surety-billed",
            money_acts.c.occurred_on >= recently,
        )
        .exists(),
        (table.entry_date >= since - _FLAGGED)
        & select(entry_versions.c.entry_number)
        .where(
            entry_versions.c.entry_number == table.entry_number,
            entry_versions.c.body["reconciliation_issues"].astext != "[]",  # null is none either
        )
        .exists(),
    )
