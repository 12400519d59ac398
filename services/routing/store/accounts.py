"""Importer accounts with their history: registration, reading, listing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import RowMapping, and_, exists, func, not_, or_, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.accounts import (
    AccountRecord,
    FieldChange,
    TrustedProgram,
    read_brokers,
    read_contacts,
    read_programs,
    read_related_parties,
    read_standing,
    write_document,
)
from services.routing.store.tables import accounts, assignments
from services.routing.store.tables.accounts import account_changes
from shared.customs.postal import read_address
from shared.db import bulk
from shared.db.transaction import Transaction

# Two who register the same new number would both find nothing to lock; registrations are short and follow one another.
_LOCK_REGISTRATION = "SELECT pg_advisory_xact_lock(hashtextextended('routing-account-registration', 0))"
_LOAD = "SELECT * FROM accounts WHERE importer_number = ANY($1::text[])"
_JSON_COLUMNS: Final = (
    "trusted_programs",
    "other_names",
    "contacts",
    "brokers",
    "standing",
    "related_parties",
    "postal_address",
)
_ACCOUNT_COLUMNS: Final = (
    "importer_number",
    "name",
    "size",
    "is_broker",
    "contact_email",
    "filer_code",
    *_JSON_COLUMNS,
    "family",
    "registered_on",
    "revision",
)
_REPLACE_ACCOUNT = "(importer_number) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in _ACCOUNT_COLUMNS[1:]
)
_CHANGE_COLUMNS = (
    "importer_number",
    "revision",
    "action",
    "changes",
    "reason",
    "changed_by",
    "acting_for",
    "recorded_at",
)


@dataclass(frozen=True, slots=True)
class AccountChange:
    """A change of an account for its history: `action` is `registered` (then without fields) or `changed`."""

    importer_number: str
    revision: int
    action: str
    fields: tuple[FieldChange, ...]
    reason: str
    changed_by: str
    acting_for: str | None
    recorded_at: datetime


class ListedAccount(NamedTuple):
    """An account in the list, with its newest assignment; the ordinal counts registrations."""

    ordinal: int
    importer_number: str
    name: str
    size: str
    is_broker: bool
    trusted_programs: tuple[TrustedProgram, ...]
    family: str | None
    center: str | None
    basis: str | None
    effective_on: date | None


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """Which accounts to list; what is None does not matter. `program` means: in force on `today`."""

    today: date
    center: str | None
    family: str | None
    program: str | None
    size: str | None
    starts_with: str | None


async def lock_registration(tx: Transaction) -> None:
    """Wait until nobody else registers or changes accounts, and keep it so to the end of the transaction."""
    await bulk.execute(tx, _LOCK_REGISTRATION)


async def load_accounts(tx: Transaction, importer_numbers: Sequence[str]) -> dict[str, AccountRecord]:
    """What is known of accounts, by importer number."""
    rows = await bulk.fetch(tx, _LOAD, list(importer_numbers))
    return {row["importer_number"]: read_account(row) for row in rows}


async def write_accounts(tx: Transaction, records: Sequence[AccountRecord]) -> None:
    """Create accounts or replace what is known of them."""
    rows = [_account_row(record) for record in sorted(records, key=lambda record: record.importer_number)]
    await bulk.insert(tx, accounts, _ACCOUNT_COLUMNS, rows, on_conflict=_REPLACE_ACCOUNT)


async def append_changes(tx: Transaction, changes: Sequence[AccountChange]) -> None:
    """Append to the history of accounts."""
    rows = [
        (
            change.importer_number,
            change.revision,
            change.action,
            orjson.dumps(
                [{"field": item.name, "from": item.before, "to": item.after} for item in change.fields]
            ).decode(),
            change.reason,
            change.changed_by,
            change.acting_for,
            change.recorded_at,
        )
        for change in changes
    ]
    await bulk.insert(tx, account_changes, _CHANGE_COLUMNS, rows)


async def find_account(connection: AsyncConnection, importer_number: str) -> AccountRecord | None:
    """What is known of one account, or None."""
    found = await connection.execute(select(accounts).where(accounts.c.importer_number == importer_number))
    row = found.mappings().one_or_none()
    return read_account(row) if row is not None else None


async def find_account_changes(
    connection: AsyncConnection, importer_number: str, *, after: int | None, limit: int
) -> list[AccountChange]:
    """The history of an account, oldest change first."""
    query = select(account_changes).where(account_changes.c.importer_number == importer_number)
    if after is not None:
        query = query.where(account_changes.c.revision > after)
    rows = await connection.execute(query.order_by(account_changes.c.revision).limit(limit))
    return [
        AccountChange(
            importer_number=row.importer_number,
            revision=row.revision,
            action=row.action,
            fields=tuple(FieldChange(item["field"], item["from"], item["to"]) for item in row.changes),
            reason=row.reason,
            changed_by=row.changed_by,
            acting_for=row.acting_for,
            recorded_at=row.recorded_at,
        )
        for row in rows
    ]


async def list_accounts(
    connection: AsyncConnection, wanted: AccountFilter, *, after: int | None, limit: int
) -> list[ListedAccount]:
    """Accounts with their newest assignment, in the order in which they were registered.

    Not in order of number: a cursor would then hold a number, which may be a social security number.
    """
    newest = (
        select(assignments.c.center, assignments.c.basis, assignments.c.effective_on)
        .where(assignments.c.importer_number == accounts.c.importer_number)
        .order_by(assignments.c.sequence.desc())
        .limit(1)
        .lateral("newest")
    )
    query = (
        select(
            accounts.c.ordinal,
            accounts.c.importer_number,
            accounts.c.name,
            accounts.c.size,
            accounts.c.is_broker,
            accounts.c.trusted_programs,
            accounts.c.family,
            newest.c.center,
            newest.c.basis,
            newest.c.effective_on,
        )
        .join(newest, true(), isouter=True)
        .order_by(accounts.c.ordinal)
        .limit(limit)
    )
    if wanted.center is not None:
        query = query.where(newest.c.center == wanted.center)
    if wanted.family is not None:
        query = query.where(accounts.c.family == wanted.family)
    if wanted.size is not None:
        query = query.where(accounts.c.size == wanted.size)
    if wanted.program is not None:
        query = query.where(*_in_program(wanted.program, wanted.today))
    if wanted.starts_with is not None:
        query = query.where(_starts_with(wanted.starts_with))
    if after is not None:
        query = query.where(accounts.c.ordinal > after)
    return [
        ListedAccount(
            ordinal=row.ordinal,
            importer_number=row.importer_number,
            name=row.name,
            size=row.size,
            is_broker=row.is_broker,
            trusted_programs=read_programs(row.trusted_programs),
            family=row.family,
            center=row.center,
            basis=row.basis,
            effective_on=row.effective_on,
        )
        for row in await connection.execute(query)
    ]


def read_account(row: Mapping[str, Any] | RowMapping) -> AccountRecord:
    """An account from its row, by column."""
    return AccountRecord(
        importer_number=row["importer_number"],
        name=row["name"],
        size=row["size"],
        is_broker=row["is_broker"],
        contact_email=row["contact_email"],
        filer_code=row["filer_code"],
        trusted_programs=read_programs(row["trusted_programs"]),
        other_names=tuple(row["other_names"]),
        contacts=read_contacts(row["contacts"]),
        brokers=read_brokers(row["brokers"]),
        standing=read_standing(row["standing"]),
        related_parties=read_related_parties(row["related_parties"]),
        family=row["family"],
        registered_on=row["registered_on"],
        postal_address=read_address(row["postal_address"]),
        revision=row["revision"],
    )


def _account_row(record: AccountRecord) -> tuple[Any, ...]:
    document = write_document(record)
    return (
        record.importer_number,
        record.name,
        record.size,
        record.is_broker,
        record.contact_email,
        record.filer_code,
        *(orjson.dumps(document[name]).decode() for name in _JSON_COLUMNS),
        record.family,
        record.registered_on,
        record.revision,
    )


def _in_program(program: str, day: date) -> tuple[Any, ...]:
    """Conditions on accounts: in a trusted-trader program on a legal day."""
    # The containment finds the few accounts by their index; the dates, which sort as text, are asked of those.
    held = func.jsonb_array_elements(accounts.c.trusted_programs).table_valued("value", name="held")
    item = held.c.value.cast(JSONB)
    first, last = item["from"].astext, item["to"].astext
    in_force = (
        exists()
        .select_from(held)
        .where(
            item["program"].astext == program,
            or_(first.is_(None), first <= day.isoformat()),
            or_(last.is_(None), last >= day.isoformat()),
        )
    )
    return (accounts.c.trusted_programs.contains([{"program": program}]), in_force)


def _starts_with(text: str) -> Any:
    # A social security number is found by its whole only: prefixes would let anybody spell it out digit by digit.
    number = accounts.c.importer_number
    is_social_security = number.like("___-__-____")
    return or_(
        func.upper(accounts.c.name).startswith(text.upper(), autoescape=True),
        and_(number.startswith(text, autoescape=True), not_(is_social_security)),
        number == text,
    )
