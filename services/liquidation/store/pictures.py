"""Questions to the record: one entry with everything that is recorded of it, lists, counts."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import ColumnElement, Date, Table, TableValuedAlias, Text, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.domain.facts import Version
from services.liquidation.domain.protest.filing import Filing, read_filing
from services.liquidation.domain.protest.stages import Stage
from services.liquidation.store.clock_facts import ClockFactsRow, load_clock_history
from services.liquidation.store.extensions import ExtensionRow
from services.liquidation.store.records import EntryRow, LegalEvent, version_of
from services.liquidation.store.reliquidations import ReliquidationRow
from services.liquidation.store.requests import RequestOnEntry, load_requests_on
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
from shared.db.reach import is_one_of
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
    """A notice, payment or certification on one of the entry's bills or refunds; cents where there is an amount."""

    occurred_on: date
    change: str
    rule: str
    detail: str
    actor: str | None
    authority: str | None
    event_key: str
    bill_number: str | None
    refund_number: str | None
    cents: int | None


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
    return (await load_pictures(connection, [entry_number])).get(entry_number)


async def load_pictures(connection: AsyncConnection, entry_numbers: Collection[str]) -> dict[str, EntryPicture]:
    """All there is on each of these entries, with a statement for each table; what nothing has come of is absent."""
    numbers = sorted(set(entry_numbers))
    found = await connection.execute(select(entries).where(is_one_of(entries.c.entry_number, numbers)))
    rows = [EntryRow(*row) for row in found]
    names = await _load_importer_names(connection, {row.importer_number for row in rows if row.importer_number})

    async def of_entries(kind: type[RowT], table: Table, order: str) -> dict[str, list[RowT]]:
        return await _list_of_entries(connection, kind, table, numbers, order)

    versions = await load_filed_versions(connection, numbers)
    acts = await of_entries(LegalEvent, legal_events, "sequence")
    extended = await of_entries(ExtensionRow, extensions, "number")
    decisions = await of_entries(ReviewOfEntry, review_decisions, "decided_at")
    protested = await load_protests_on(connection, numbers)
    contradictions = await of_entries(NotedContradiction, conflicts, "event_id")
    suspended = await of_entries(SuspensionRow, suspensions, "began_on")
    reliquidated = await of_entries(ReliquidationRow, reliquidations, "number")
    voided = await of_entries(VoidedRow, voided_liquidations, "turn")
    asked = await _load_extension_requests(connection, numbers)
    requests = await load_requests_on(connection, numbers)
    holds = await load_holds(connection, numbers)
    billed = await of_entries(BillOnEntry, bills, "bill_number")
    refunded = await of_entries(RefundOnEntry, refunds, "refund_number")
    paid = await of_entries(MoneyActOnEntry, money_acts, "number")
    facts = await load_clock_history(connection, numbers)
    return {
        row.entry_number: EntryPicture(
            entry=row,
            importer_name=names.get(row.importer_number or ""),
            versions=versions.get(row.entry_number, []),
            acts=acts.get(row.entry_number, []),
            extensions=extended.get(row.entry_number, []),
            decisions=decisions.get(row.entry_number, []),
            protests=protested.get(row.entry_number, []),
            contradictions=contradictions.get(row.entry_number, []),
            suspensions=suspended.get(row.entry_number, []),
            reliquidations=reliquidated.get(row.entry_number, []),
            voided_liquidations=voided.get(row.entry_number, []),
            extension_requests=asked.get(row.entry_number, []),
            requests=requests.get(row.entry_number, []),
            holds=holds.get(row.entry_number, []),
            bills=billed.get(row.entry_number, []),
            refunds=refunded.get(row.entry_number, []),
            money_acts=paid.get(row.entry_number, []),
            clock_facts=facts.get(row.entry_number, []),
        )
        for row in rows
    }


async def load_filed_versions(
    connection: AsyncConnection, entry_numbers: Sequence[str]
) -> dict[str, list[FiledVersion]]:
    """Every version of each of these entries in order, without the bodies."""
    columns: list[ColumnElement[Any]] = [column for column in entry_versions.columns if column.name != "body"]
    body = entry_versions.c.body
    columns.append(cast(body["import_date"].astext, Date).label("imported_on"))
    columns.append(
        func.jsonb_path_query_array(body, literal_column("'$.lines[*].tariffs[*].hts'::jsonpath")).label(
            "tariff_numbers"
        )
    )
    columns.append(body["reconciliation_issues"].label("issues"))
    query = select(*columns).where(is_one_of(entry_versions.c.entry_number, entry_numbers))
    found: defaultdict[str, list[FiledVersion]] = defaultdict(list)
    for each in await connection.execute(query.order_by(entry_versions.c.entry_number, entry_versions.c.version)):
        row = each._asdict()
        found[row["entry_number"]].append(
            FiledVersion(
                version_of(row),
                row["imported_on"],
                row["barred_as"],
                tuple(row["tariff_numbers"]),
                tuple(row["issues"] or ()),
            )
        )
    return found


async def load_protests_on(
    connection: AsyncConnection, entry_numbers: Sequence[str]
) -> dict[str, list[ProtestOnEntry]]:
    """The protests that name each of these entries, oldest first, with what was found of the entry."""
    of_entry, named = protest_entries.c, _given(entry_numbers)
    query = select(
        named.c.number,
        *protests.columns,
        of_entry.timeliness.label("entry_timeliness"),
        of_entry.outcome.label("entry_outcome"),
    ).select_from(
        named.join(protests, _names_entry(protests, named.c.number)).outerjoin(
            protest_entries,
            (of_entry.filing_number == protests.c.filing_number) & (of_entry.entry_number == named.c.number),
        )
    )
    found: defaultdict[str, list[ProtestOnEntry]] = defaultdict(list)
    for row in await connection.execute(query.order_by(protests.c.received_at, protests.c.filing_number)):
        found[row.number].append(_read_protest(row._asdict()))
    return found


async def _load_extension_requests(
    connection: AsyncConnection, entry_numbers: Sequence[str]
) -> dict[str, list[AskedExtension]]:
    """Requests for an extension that name each of these entries, oldest first."""
    filings, named = post_entry_filings.c, _given(entry_numbers)
    query = select(named.c.number, filings.filing_number, filings.received_at).select_from(
        named.join(post_entry_filings, _names_entry(post_entry_filings, named.c.number))
    )
    query = query.where(filings.kind == "extension-request").order_by(filings.received_at, filings.filing_number)
    found: defaultdict[str, list[AskedExtension]] = defaultdict(list)
    for number, *row in await connection.execute(query):
        found[number].append(AskedExtension(*row))
    return found


async def load_holds(connection: AsyncConnection, entry_numbers: Sequence[str]) -> dict[str, list[HoldOnEntry]]:
    """The hold sets that held each of these entries back, with the Fridays and what became of the set."""
    held = held_entries.c
    query = select(
        held.entry_number,
        held.hold_set_id,
        hold_sets.c.name,
        hold_sets.c.state,
        held.first_held_on,
        held.last_held_on,
        held.is_overridden,
    ).join(hold_sets, hold_sets.c.hold_set_id == held.hold_set_id)
    query = query.where(is_one_of(held.entry_number, entry_numbers)).order_by(held.first_held_on, held.hold_set_id)
    found: defaultdict[str, list[HoldOnEntry]] = defaultdict(list)
    for number, *row in await connection.execute(query):
        found[number].append(HoldOnEntry(*row))
    return found


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


async def _load_importer_names(connection: AsyncConnection, importer_numbers: Collection[str]) -> dict[str, str]:
    query = select(importer_accounts.c.importer_number, importer_accounts.c.name)
    found = await connection.execute(query.where(is_one_of(importer_accounts.c.importer_number, importer_numbers)))
    return {row.importer_number: row.name for row in found}


async def _list_of_entries(
    connection: AsyncConnection, kind: type[RowT], table: Table, entry_numbers: Sequence[str], order: str
) -> dict[str, list[RowT]]:
    """The rows of these entries in a table, each as `kind`, whose fields are columns of the table."""
    names = [field.name for field in fields(kind)]
    query = select(table.c.entry_number.label("of_entry"), *(table.c[name] for name in names))
    query = query.where(is_one_of(table.c.entry_number, entry_numbers))
    rows: defaultdict[str, list[RowT]] = defaultdict(list)
    for number, *row in await connection.execute(query.order_by(table.c[order], *table.primary_key.columns)):
        rows[number].append(kind(*row))
    return rows


def _given(entry_numbers: Sequence[str]) -> TableValuedAlias:
    """These numbers as a table, so that each asks the index of what names it."""
    numbers = func.unnest(cast(list(entry_numbers), ARRAY(Text)))
    return numbers.table_valued("number", name="given").render_derived()


def _names_entry(table: Table, entry_number: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the list of entries of a filing names one."""
    return table.c.entries.op("@>")(func.jsonb_build_array(entry_number))


def _read_protest(row: Mapping[str, Any]) -> ProtestOnEntry:
    filing = read_filing(
        row["filing_number"], row["importer_number"], row["filed_by"], row["entries"], row["received_at"], row["body"]
    )
    return ProtestOnEntry(
        filing, row["decide_by"], row["state"], row["entry_timeliness"], row["entry_outcome"], row["denied_on"]
    )
