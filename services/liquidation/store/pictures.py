"""Questions to the record: one entry, lists, counts."""

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Date, Text, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.store.clock_facts import ClockFactsRow, list_clock_facts
from services.liquidation.store.requests import list_requests_on
from services.liquidation.store.tables.acts import reliquidations, suspensions, voided_liquidations
from services.liquidation.store.tables.bills import bills
from services.liquidation.store.tables.hold_sets import held_entries, hold_sets
from services.liquidation.store.tables.money_acts import money_acts
from services.liquidation.store.tables.protests import protest_entries
from services.liquidation.store.tables.records import (
    conflicts,
    entries,
    entry_versions,
    extensions,
    importer_accounts,
    legal_events,
    post_entry_filings,
    protests,
    review_decisions,
)
from services.liquidation.store.tables.refunds import refunds


@dataclass(frozen=True, slots=True)
class EntryPicture:
    """Everything that is recorded of one entry."""

    entry: Any
    importer_name: str | None
    versions: list[Any]
    acts: list[Any]
    extensions: list[Any]
    decisions: list[Any]
    protests: list[Any]
    conflicts: list[Any]
    suspensions: list[Any]
    reliquidations: list[Any]
    voided_liquidations: list[Any]
    extension_requests: list[Any]
    requests: list[Any]
    holds: list[Any]
    bills: list[Any]
    refunds: list[Any]
    money_acts: list[Any]
    clock_facts: list[ClockFactsRow]


async def find_picture(connection: AsyncConnection, entry_number: str) -> EntryPicture | None:
    """All there is on an entry; None when nothing has come."""
    entry = (await connection.execute(select(entries).where(entries.c.entry_number == entry_number))).one_or_none()
    if entry is None:
        return None
    name = await connection.scalar(
        select(importer_accounts.c.name).where(importer_accounts.c.importer_number == entry.importer_number)
    )
    columns: list[ColumnElement[Any]] = [column for column in entry_versions.columns if column.name != "body"]
    columns.append(cast(entry_versions.c.body["import_date"].astext, Date).label("imported_on"))
    return EntryPicture(
        entry=entry,
        importer_name=name,
        versions=await _of_entry(connection, select(*columns), entry_versions, entry_number, "version"),
        acts=await _of_entry(connection, select(legal_events), legal_events, entry_number, "sequence"),
        extensions=await _of_entry(connection, select(extensions), extensions, entry_number, "number"),
        decisions=await _of_entry(connection, select(review_decisions), review_decisions, entry_number, "decided_at"),
        protests=await list_protests_on(connection, entry_number),
        conflicts=await _of_entry(connection, select(conflicts), conflicts, entry_number, "event_id"),
        suspensions=await _of_entry(connection, select(suspensions), suspensions, entry_number, "began_on"),
        reliquidations=await _of_entry(connection, select(reliquidations), reliquidations, entry_number, "number"),
        voided_liquidations=await _of_entry(
            connection, select(voided_liquidations), voided_liquidations, entry_number, "turn"
        ),
        extension_requests=await list_extension_requests(connection, entry_number),
        requests=await list_requests_on(connection, entry_number),
        holds=await list_holds(connection, entry_number),
        bills=await _of_entry(connection, select(bills), bills, entry_number, "bill_number"),
        refunds=await _of_entry(connection, select(refunds), refunds, entry_number, "refund_number"),
        money_acts=await _of_entry(connection, select(money_acts), money_acts, entry_number, "number"),
        clock_facts=await list_clock_facts(connection, entry_number),
    )


async def list_protests_on(connection: AsyncConnection, entry_number: str) -> list[Any]:
    """The protests that name an entry, oldest first, with what was found of this entry (`entry_*`, null: nothing)."""
    named = cast(orjson.dumps([entry_number]).decode(), Text)
    of_entry = protest_entries.c
    query = select(protests, of_entry.timeliness.label("entry_timeliness"), of_entry.outcome.label("entry_outcome"))
    is_same = (of_entry.filing_number == protests.c.filing_number) & (of_entry.entry_number == entry_number)
    query = query.outerjoin(protest_entries, is_same).where(protests.c.entries.op("@>")(cast(named, JSONB)))
    return list(await connection.execute(query.order_by(protests.c.received_at, protests.c.filing_number)))


async def list_extension_requests(connection: AsyncConnection, entry_number: str) -> list[Any]:
    """Requests for an extension that name an entry, oldest first."""
    named = cast(orjson.dumps([entry_number]).decode(), Text)
    query = select(post_entry_filings).where(post_entry_filings.c.kind == "extension-request")
    query = query.where(post_entry_filings.c.entries.op("@>")(cast(named, JSONB)))
    return list(await connection.execute(query.order_by(post_entry_filings.c.received_at)))


async def list_holds(connection: AsyncConnection, entry_number: str) -> list[Any]:
    """The hold sets that held an entry back, with the Fridays and what became of the set."""
    query = select(held_entries, hold_sets.c.name, hold_sets.c.state).join(
        hold_sets, hold_sets.c.hold_set_id == held_entries.c.hold_set_id
    )
    query = query.where(held_entries.c.entry_number == entry_number)
    return list(await connection.execute(query.order_by(held_entries.c.first_held_on, held_entries.c.hold_set_id)))


async def list_unknown_clocks(connection: AsyncConnection, *, after: str | None, limit: int) -> list[Any]:
    """Entries with a clock that cannot be computed, in order of number."""
    query = select(entries).where(entries.c.state == "clock-unknown").order_by(entries.c.entry_number).limit(limit)
    if after is not None:
        query = query.where(entries.c.entry_number > after)
    return list(await connection.execute(query))


async def count_unknown_clocks(connection: AsyncConnection) -> int:
    """How many entries have a clock that cannot be computed."""
    query = select(func.count()).select_from(entries).where(entries.c.state == "clock-unknown")
    return int(await connection.scalar(query) or 0)


async def count_states(connection: AsyncConnection) -> dict[tuple[str, str | None], int]:
    """Entries by state and kind of liquidation."""
    query = select(entries.c.state, entries.c.liquidation_kind, func.count().label("entries"))
    found = await connection.execute(query.group_by(entries.c.state, entries.c.liquidation_kind))
    return {(row.state, row.liquidation_kind): row.entries for row in found}


async def count_protests(connection: AsyncConnection) -> int:
    """How many protests have been filed."""
    return int(await connection.scalar(select(func.count()).select_from(protests)) or 0)


async def _of_entry(connection: AsyncConnection, query: Any, table: Any, entry_number: str, order: str) -> list[Any]:
    key = [*table.primary_key.columns]
    found = await connection.execute(query.where(table.c.entry_number == entry_number).order_by(table.c[order], *key))
    return list(found)
