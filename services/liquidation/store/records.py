"""Entries with their versions and legal acts, and events that contradict them: what makes up the record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from services.liquidation.domain.facts import Origin, Version
from services.liquidation.domain.program.duties import LineDuty
from services.liquidation.store.lines import LineRow, write_lines
from services.liquidation.store.special_duties import write_special_duties
from services.liquidation.store.tables.records import (
    conflicts,
    entries,
    entry_versions,
    importer_accounts,
    legal_events,
)
from services.liquidation.store.upserts import replace_row
from shared.db import bulk
from shared.db.pieces import rows_of_each
from shared.db.transaction import Transaction

_CYCLE_LOCK = 7_305_119_314
# A number that has no row yet is held by a claim: whoever else would create its row waits until this transaction ends.
_CLAIM = """
INSERT INTO entry_claims (entry_number)
SELECT number FROM unnest($1::text[]) AS given(number)
WHERE NOT EXISTS (SELECT FROM entries e WHERE e.entry_number = number) ORDER BY number
ON CONFLICT DO NOTHING
"""
_UNCLAIM = "DELETE FROM entry_claims WHERE entry_number = ANY($1::text[])"
_ENTRY_COLUMNS = tuple(column.name for column in entries.columns)
_LOCK = f"""
SELECT {", ".join(_ENTRY_COLUMNS)} FROM entries WHERE entry_number = ANY($1::text[]) ORDER BY entry_number FOR UPDATE
"""
_VERSIONS = f"""{
    rows_of_each(
        "entry_versions",
        "entry_number, version, importer_number, entry_type, surety_code, port_of_entry, entry_date, paid_on,"
        " duty_cents, fees_cents, case_number, content_digest, filed_at, event_source, event_id, barred_as,"
        " is_announced, cases, is_flagged",
        "entry_number",
    )
} ORDER BY entry_number, version"""
_REMARK = """
UPDATE entry_versions SET barred_as = given.barred_as, is_announced = given.is_announced
FROM unnest($1::text[], $2::integer[], $3::text[], $4::boolean[])
    AS given(entry_number, version, barred_as, is_announced)
WHERE entry_versions.entry_number = given.entry_number AND entry_versions.version = given.version
"""


@dataclass(slots=True)
class EntryRow:
    """A row of `entries`, held by this transaction until it ends.

    `liquidated_on` is the day of liquidation in law, `liquidation_posted_on` that of its posting, and
    `liquidation_cycle_on` the Friday of the cycle that took it, None when a person did.
    """

    entry_number: str
    state: str
    version: int | None
    governed_at: datetime | None
    importer_number: str | None
    entry_type: str | None
    surety_code: str | None
    port_of_entry: str | None
    entry_date: date | None
    paid_on: date | None
    duty_cents: int | None
    fees_cents: int | None
    released_at: datetime | None
    port_of_release: str | None
    release_kind: str | None
    center: str | None
    division: str | None
    lane: str | None
    routed_version: int | None
    routed_at: datetime | None
    routed_by_event: str | None
    rule: str | None
    why: str | None
    is_informal: bool
    is_suspended: bool
    scheduled_on: date | None
    deemed_on: date | None
    deemed_rule: str | None
    extensions: int
    extended_months: int
    liquidated_on: date | None
    liquidation_posted_on: date | None
    liquidation_kind: str | None
    liquidation_rule: str | None
    effect_duty_cents: int | None
    effect_fees_cents: int | None
    routed_move: int
    turns: int
    act_by: date | None
    liquidation_cycle_on: date | None
    read: tuple[Any, ...] | None = field(default=None, repr=False, compare=False)
    """What the table holds of it, column by column; None: it has no row yet."""


@dataclass(slots=True)
class VersionRow:
    """A version with how it stands; `body`, `lines`, `duties` and `classes` are of one to be written whole.

    None and empty for one that is known.

    `is_new` says that no version of this number has been written before.
    """

    version: Version
    barred_as: str | None
    is_announced: bool
    body: str | None = None
    lines: Sequence[LineRow] = ()
    duties: Sequence[LineDuty] = ()
    classes: str | None = None
    is_new: bool = False
    is_remarked: bool = False


@dataclass(frozen=True, slots=True)
class LegalEvent:
    """One legal act, ready to be written."""

    entry_number: str
    event_key: str
    sequence: int
    change: str
    to_state: str
    occurred_on: date
    rule: str
    detail: str | None = None
    scheduled_on: date | None = None
    deemed_on: date | None = None
    kind: str | None = None
    actor: str | None = None
    authority: str | None = None


@dataclass(frozen=True, slots=True)
class ContradictingEvent:
    """An event that contradicts what is known."""

    entry_number: str
    kind: str
    origin: Origin
    rule: str
    detail: str


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An importer account as it was last assigned."""

    importer_number: str
    sequence: int
    name: str
    center: str | None


async def exclude_cycles(tx: Transaction) -> None:
    """Keep the weekly cycle waiting until this transaction ends: it locks rows in no order of its own."""
    await bulk.fetch(tx, "SELECT pg_advisory_xact_lock_shared($1)", _CYCLE_LOCK)


async def exclude_everyone(tx: Transaction) -> None:
    """Wait for writers of entries to end and keep others waiting: the cycle has the record for itself."""
    await bulk.fetch(tx, "SELECT pg_advisory_xact_lock($1)", _CYCLE_LOCK)


async def lock_entries(tx: Transaction, entry_numbers: Sequence[str], *, create: bool = True) -> dict[str, EntryRow]:
    """The rows of these entries, held; in order of number, so writers cannot deadlock.

    With `create` those that are missing come new, to be written, and nobody else makes them meanwhile.
    """
    if not entry_numbers:
        return {}
    numbers = sorted(set(entry_numbers))
    if create and await bulk.execute(tx, _CLAIM, numbers):
        # The claim holds until the transaction ends, whether its row stays or not.
        await bulk.execute(tx, _UNCLAIM, numbers)
    found = {row["entry_number"]: _known_entry(tuple(row)) for row in await bulk.fetch(tx, _LOCK, numbers)}
    if create:
        found |= {number: _new_entry(number) for number in numbers if number not in found}
    return found


async def load_entries(tx: Transaction, entry_numbers: Sequence[str]) -> dict[str, EntryRow]:
    """The rows of these entries, not held: to be looked at and not written."""
    sql = _LOCK.replace("FOR UPDATE", "")
    rows = await bulk.fetch(tx, sql, sorted(set(entry_numbers)))
    return {row["entry_number"]: _known_entry(tuple(row)) for row in rows}


async def try_lock_entries(tx: Transaction, entry_numbers: Sequence[str]) -> bool:
    """Hold the rows of these entries if nobody else does, without waiting; False: somebody holds one of them."""
    numbers = sorted(set(entry_numbers))
    if not numbers:
        return True
    return len(await bulk.fetch(tx, f"{_LOCK} SKIP LOCKED", numbers)) == len(numbers)


async def load_versions(tx: Transaction, entry_numbers: Sequence[str]) -> dict[str, dict[int, VersionRow]]:
    """Every known version of these entries, by entry number and version."""
    found: dict[str, dict[int, VersionRow]] = {}
    if not entry_numbers:
        return found
    for row in await bulk.fetch(tx, _VERSIONS, list(entry_numbers)):
        version = version_of(row)
        found.setdefault(row["entry_number"], {})[version.number] = VersionRow(
            version, row["barred_as"], row["is_announced"]
        )
    return found


def version_of(row: Mapping[str, Any]) -> Version:
    """The version that a row of `entry_versions` holds."""
    return Version(
        number=row["version"],
        entry_type=row["entry_type"],
        importer_number=row["importer_number"],
        surety_code=row["surety_code"],
        port_of_entry=row["port_of_entry"],
        entry_date=row["entry_date"],
        paid_on=row["paid_on"],
        duty_cents=row["duty_cents"],
        fees_cents=row["fees_cents"],
        case=row["case_number"],
        digest=UUID(int=row["content_digest"].int),
        origin=Origin(row["filed_at"], row["event_source"], row["event_id"]),
        cases=tuple(row["cases"].split()),
        is_flagged=row["is_flagged"],
    )


async def write_entries(tx: Transaction, rows: Sequence[EntryRow]) -> None:
    """Write rows that `lock_entries` gave: new ones whole, of others the columns that changed in any of them."""
    new, changed, columns = [], [], set()
    for row in rows:
        values = _values_of(row)
        if row.read is None:
            new.append(values)
        elif values != row.read:
            changed.append(values)
            columns |= {name for name, now, then in zip(_ENTRY_COLUMNS, values, row.read, strict=True) if now != then}
        row.read = values
    await bulk.copy(tx, entries, _ENTRY_COLUMNS, new)
    await bulk.update(tx, entries, ("entry_number",), _ENTRY_COLUMNS, columns, changed)


async def write_versions(tx: Transaction, entry_number_and_row: Sequence[tuple[str, VersionRow]]) -> None:
    """Write new versions whole, and how known ones stand now."""
    whole = [(number, row) for number, row in entry_number_and_row if row.body is not None]
    remarked = [(number, row) for number, row in entry_number_and_row if row.body is None and row.is_remarked]
    new = [_version_values(number, row) for number, row in whole if row.is_new]
    await bulk.copy(tx, entry_versions, _VERSION_COLUMNS, new)
    replaced = [_version_values(number, row) for number, row in whole if not row.is_new]
    on_conflict = replace_row(entry_versions, _VERSION_COLUMNS)
    await bulk.insert(tx, entry_versions, _VERSION_COLUMNS, replaced, on_conflict=on_conflict)
    await write_lines(tx, [(number, row.version.number, row.is_new, row.lines) for number, row in whole])
    await write_special_duties(tx, [(number, row.version.number, row.is_new, row.duties) for number, row in whole])
    if remarked:
        await bulk.execute(
            tx,
            _REMARK,
            [number for number, _ in remarked],
            [row.version.number for _, row in remarked],
            [row.barred_as for _, row in remarked],
            [row.is_announced for _, row in remarked],
        )


async def append_legal_events(tx: Transaction, acts: Sequence[LegalEvent]) -> None:
    """Append acts that nobody can have written before."""
    await bulk.copy(tx, legal_events, _ACT_COLUMNS, list(map(attrgetter(*_ACT_COLUMNS), acts)))


async def write_legal_events(tx: Transaction, acts: Sequence[LegalEvent]) -> None:
    """Append acts. The act of a version whose earlier event came late rests on that event from then on."""
    values = list(map(attrgetter(*_ACT_COLUMNS), acts))
    latest = f"{replace_row(legal_events, _ACT_COLUMNS)}, recorded_at = now()"
    await bulk.insert(tx, legal_events, _ACT_COLUMNS, values, on_conflict=latest)


async def write_contradictions(tx: Transaction, found: Sequence[ContradictingEvent]) -> None:
    """Note events that contradict the record, each once."""
    values = [
        (item.entry_number, item.kind, item.origin.source, item.origin.id, item.rule, item.detail) for item in found
    ]
    columns = ("entry_number", "kind", "event_source", "event_id", "rule", "detail")
    await bulk.insert(tx, conflicts, columns, values, on_conflict="DO NOTHING")


async def write_accounts(tx: Transaction, newest: Sequence[AccountRow]) -> None:
    """Write importer accounts, keeping the latest sequence of each."""
    columns = tuple(AccountRow.__dataclass_fields__)
    latest = f"{replace_row(importer_accounts, columns)} WHERE excluded.sequence > importer_accounts.sequence"
    await bulk.insert(tx, importer_accounts, columns, list(map(attrgetter(*columns), newest)), on_conflict=latest)


def _known_entry(values: tuple[Any, ...]) -> EntryRow:
    row = EntryRow(*values)
    row.read = values
    return row


def _new_entry(entry_number: str) -> EntryRow:
    return EntryRow(entry_number, *_NEW_ENTRY)


_ACT_COLUMNS = tuple(LegalEvent.__dataclass_fields__)
_values_of = attrgetter(*_ENTRY_COLUMNS)
_NEW_VALUES: dict[str, Any] = {
    **dict.fromkeys(_ENTRY_COLUMNS[1:]),
    "state": "recorded",
    "is_informal": False,
    "is_suspended": False,
    **dict.fromkeys(("extensions", "extended_months", "routed_move", "turns"), 0),
}
_NEW_ENTRY: tuple[Any, ...] = tuple(_NEW_VALUES.values())  # in the order of the fields, which is that of the columns
_VERSION_COLUMNS = tuple(column.name for column in entry_versions.columns if column.name != "recorded_at")


def _version_values(entry_number: str, row: VersionRow) -> tuple[Any, ...]:
    version = row.version
    return (
        entry_number,
        version.number,
        version.importer_number,
        version.entry_type,
        version.surety_code,
        version.port_of_entry,
        version.entry_date,
        version.paid_on,
        version.duty_cents,
        version.fees_cents,
        version.case,
        version.digest,
        version.origin.at,
        version.origin.source,
        version.origin.id,
        row.barred_as,
        row.is_announced,
        row.body,
        " ".join(version.cases),
        version.is_flagged,
        row.classes,
    )
