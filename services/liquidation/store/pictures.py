"""Questions to the record: one entry with everything that is recorded of it, lists, counts."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
from sqlalchemy import ColumnElement, Date, Select, Table, Text, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.domain.facts import Version
from services.liquidation.domain.protest.filing import Filing, read_filing
from services.liquidation.domain.protest.stages import Stage
from services.liquidation.store.clock_facts import ClockFactsRow, list_clock_facts
from services.liquidation.store.extensions import ExtensionRow
from services.liquidation.store.records import EntryRow, LegalEvent, version_of
from services.liquidation.store.reliquidations import ReliquidationRow
from services.liquidation.store.requests import RequestOnEntry, list_requests_on
from services.liquidation.store.sight import entries_within, protests_within
from services.liquidation.store.suspensions import SuspensionRow
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
from services.liquidation.store.voided_liquidations import VoidedRow
from shared.runtime.access import Reach

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

RowT = TypeVar("RowT", bound="DataclassInstance")


@dataclass(frozen=True, slots=True)
class FiledVersion:
    """A version of the summary, with the day of importation that it states and why it cannot govern.

    `tariff_numbers` are all that its lines report, `issues` what it leaves to a reconciliation.
    """

    version: Version
    imported_on: date | None
    barred_as: str | None
    tariff_numbers: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewOfEntry:
    """A review decision and what became of it; effects in cents."""

    decision_id: str
    process: str
    outcome: str
    status: str
    duty_cents: int
    fees_cents: int
    decided_at: datetime
    rule: str | None
    remedy: str | None


@dataclass(frozen=True, slots=True)
class ProtestOnEntry:
    """A protest that names the entry. `timeliness` and `outcome` are of this entry, None until they are found."""

    filing: Filing
    decide_by: date
    stage: Stage
    timeliness: str | None
    outcome: str | None
    denied_on: date | None


@dataclass(frozen=True, slots=True)
class NotedContradiction:
    """An event that contradicts the record, and the rule by which it does not stand."""

    kind: str
    rule: str
    detail: str
    event_source: str
    event_id: str


@dataclass(frozen=True, slots=True)
class AskedExtension:
    """A written request of the importer for an extension."""

    filing_number: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class HoldOnEntry:
    """A hold set that kept the entry out of cycles, from which Friday to which."""

    hold_set_id: str
    name: str
    state: str
    first_held_on: date
    last_held_on: date
    is_overridden: bool


@dataclass(frozen=True, slots=True)
class BillOnEntry:
    """A bill as far as its due day goes; cents."""

    bill_number: str
    liquidated_on: date
    due_on: date
    state: str
    open_cents: int


@dataclass(frozen=True, slots=True)
class RefundOnEntry:
    """A refund as far as its due day goes."""

    refund_number: str
    liquidated_on: date
    due_on: date
    state: str


@dataclass(frozen=True, slots=True)
class MoneyActOnEntry:
    """A notice, payment or certification on one of the entry's bills or refunds."""

    occurred_on: date
    change: str
    rule: str
    detail: str
    actor: str | None
    authority: str | None


@dataclass(frozen=True, slots=True)
class EntryPicture:
    """Everything that is recorded of one entry."""

    entry: EntryRow
    importer_name: str | None
    versions: list[FiledVersion]
    acts: list[LegalEvent]
    extensions: list[ExtensionRow]
    decisions: list[ReviewOfEntry]
    protests: list[ProtestOnEntry]
    contradictions: list[NotedContradiction]
    suspensions: list[SuspensionRow]
    reliquidations: list[ReliquidationRow]
    voided_liquidations: list[VoidedRow]
    extension_requests: list[AskedExtension]
    requests: list[RequestOnEntry]
    holds: list[HoldOnEntry]
    bills: list[BillOnEntry]
    refunds: list[RefundOnEntry]
    money_acts: list[MoneyActOnEntry]
    clock_facts: list[ClockFactsRow]


async def find_picture(connection: AsyncConnection, entry_number: str) -> EntryPicture | None:
    """All there is on an entry; None when nothing has come."""
    row = (await connection.execute(select(entries).where(entries.c.entry_number == entry_number))).one_or_none()
    if row is None:
        return None
    entry = EntryRow(*row)

    async def of_entry(kind: type[RowT], table: Table, order: str) -> list[RowT]:
        return await _list_of_entry(connection, kind, table, entry_number, order)

    return EntryPicture(
        entry=entry,
        importer_name=await _find_importer_name(connection, entry.importer_number),
        versions=await list_versions(connection, entry_number),
        acts=await of_entry(LegalEvent, legal_events, "sequence"),
        extensions=await of_entry(ExtensionRow, extensions, "number"),
        decisions=await of_entry(ReviewOfEntry, review_decisions, "decided_at"),
        protests=await list_protests_on(connection, entry_number),
        contradictions=await of_entry(NotedContradiction, conflicts, "event_id"),
        suspensions=await of_entry(SuspensionRow, suspensions, "began_on"),
        reliquidations=await of_entry(ReliquidationRow, reliquidations, "number"),
        voided_liquidations=await of_entry(VoidedRow, voided_liquidations, "turn"),
        extension_requests=await list_extension_requests(connection, entry_number),
        requests=await list_requests_on(connection, entry_number),
        holds=await list_holds(connection, entry_number),
        bills=await of_entry(BillOnEntry, bills, "bill_number"),
        refunds=await of_entry(RefundOnEntry, refunds, "refund_number"),
        money_acts=await of_entry(MoneyActOnEntry, money_acts, "number"),
        clock_facts=await list_clock_facts(connection, entry_number),
    )


async def list_versions(connection: AsyncConnection, entry_number: str) -> list[FiledVersion]:
    """Every version of an entry in order, without the bodies."""
    columns: list[ColumnElement[Any]] = [column for column in entry_versions.columns if column.name != "body"]
    body = entry_versions.c.body
    columns.append(cast(body["import_date"].astext, Date).label("imported_on"))
    columns.append(
        func.jsonb_path_query_array(body, literal_column("'$.lines[*].tariffs[*].hts'::jsonpath")).label(
            "tariff_numbers"
        )
    )
    columns.append(body["reconciliation_issues"].label("issues"))
    query = select(*columns).where(entry_versions.c.entry_number == entry_number).order_by(entry_versions.c.version)
    found = [row._asdict() for row in await connection.execute(query)]
    return [
        FiledVersion(
            version_of(row),
            row["imported_on"],
            row["barred_as"],
            tuple(row["tariff_numbers"]),
            tuple(row["issues"] or ()),
        )
        for row in found
    ]


async def list_protests_on(connection: AsyncConnection, entry_number: str) -> list[ProtestOnEntry]:
    """The protests that name an entry, oldest first, with what was found of this entry."""
    of_entry = protest_entries.c
    query = select(protests, of_entry.timeliness.label("entry_timeliness"), of_entry.outcome.label("entry_outcome"))
    is_same = (of_entry.filing_number == protests.c.filing_number) & (of_entry.entry_number == entry_number)
    query = query.outerjoin(protest_entries, is_same).where(_names_entry(protests, entry_number))
    found = await connection.execute(query.order_by(protests.c.received_at, protests.c.filing_number))
    return [_read_protest(row._asdict()) for row in found]


async def list_extension_requests(connection: AsyncConnection, entry_number: str) -> list[AskedExtension]:
    """Requests for an extension that name an entry, oldest first."""
    filings = post_entry_filings.c
    query = select(filings.filing_number, filings.received_at).where(filings.kind == "extension-request")
    query = query.where(_names_entry(post_entry_filings, entry_number)).order_by(filings.received_at)
    return [AskedExtension(*row) for row in await connection.execute(query)]


async def list_holds(connection: AsyncConnection, entry_number: str) -> list[HoldOnEntry]:
    """The hold sets that held an entry back, with the Fridays and what became of the set."""
    held = held_entries.c
    query = select(
        held.hold_set_id,
        hold_sets.c.name,
        hold_sets.c.state,
        held.first_held_on,
        held.last_held_on,
        held.is_overridden,
    ).join(hold_sets, hold_sets.c.hold_set_id == held.hold_set_id)
    query = query.where(held.entry_number == entry_number).order_by(held.first_held_on, held.hold_set_id)
    return [HoldOnEntry(*row) for row in await connection.execute(query)]


async def list_unknown_clocks(
    connection: AsyncConnection, reach: Reach, *, after: str | None, limit: int
) -> list[EntryRow]:
    """Entries with a clock that cannot be computed, in order of number."""
    query = (
        select(entries)
        .where(entries.c.state == "clock-unknown", entries_within(reach))
        .order_by(entries.c.entry_number)
        .limit(limit)
    )
    if after is not None:
        query = query.where(entries.c.entry_number > after)
    return [EntryRow(*row) for row in await connection.execute(query)]


async def count_unknown_clocks(connection: AsyncConnection, reach: Reach) -> int:
    """How many entries have a clock that cannot be computed."""
    query = select(func.count()).select_from(entries).where(entries.c.state == "clock-unknown", entries_within(reach))
    return int(await connection.scalar(query) or 0)


async def count_states(connection: AsyncConnection, reach: Reach) -> dict[tuple[str, str | None], int]:
    """Entries by state and kind of liquidation."""
    query = select(entries.c.state, entries.c.liquidation_kind, func.count().label("entries")).where(
        entries_within(reach)
    )
    found = await connection.execute(query.group_by(entries.c.state, entries.c.liquidation_kind))
    return {(row.state, row.liquidation_kind): row.entries for row in found}


async def count_protests(connection: AsyncConnection, reach: Reach) -> int:
    """How many protests have been filed."""
    return int(await connection.scalar(select(func.count()).select_from(protests).where(protests_within(reach))) or 0)


async def _find_importer_name(connection: AsyncConnection, importer_number: str | None) -> str | None:
    query = select(importer_accounts.c.name).where(importer_accounts.c.importer_number == importer_number)
    name: str | None = await connection.scalar(query)
    return name


async def _list_of_entry(
    connection: AsyncConnection, kind: type[RowT], table: Table, entry_number: str, order: str
) -> list[RowT]:
    """The rows of an entry in a table, each as `kind`, whose fields are columns of the table."""
    names = [field.name for field in fields(kind)]
    query: Select[Any] = select(*(table.c[name] for name in names)).where(table.c.entry_number == entry_number)
    found = await connection.execute(query.order_by(table.c[order], *table.primary_key.columns))
    return [kind(*row) for row in found]


def _names_entry(table: Table, entry_number: str) -> ColumnElement[bool]:
    """Whether the list of entries of a filing names one."""
    named = cast(orjson.dumps([entry_number]).decode(), Text)
    return table.c.entries.op("@>")(cast(named, JSONB))


def _read_protest(row: Mapping[str, Any]) -> ProtestOnEntry:
    filing = read_filing(
        row["filing_number"], row["importer_number"], row["filed_by"], row["entries"], row["received_at"], row["body"]
    )
    return ProtestOnEntry(
        filing, row["decide_by"], row["state"], row["entry_timeliness"], row["entry_outcome"], row["denied_on"]
    )
