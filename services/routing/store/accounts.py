"""Importer accounts and their assignments: registration, reading, listing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.store.tables import accounts, assignments
from shared.db import bulk
from shared.db.transaction import Transaction

_LATEST = """
SELECT DISTINCT ON (importer_number) importer_number, sequence, center, effective_on
FROM assignments WHERE importer_number = ANY($1::text[])
ORDER BY importer_number, sequence DESC
"""
_ACCOUNT_COLUMNS = ("importer_number", "name", "size", "is_broker", "contact_email", "filer_code", "trusted_programs")
_REPLACE_ACCOUNT = "(importer_number) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in _ACCOUNT_COLUMNS[1:]
)


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """What is known of an importer account beside its assignment."""

    importer_number: str
    name: str
    size: str
    is_broker: bool
    contact_email: str | None
    filer_code: str | None
    trusted_programs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewAssignment:
    """An assignment to append; `reasons` is JSON text."""

    importer_number: str
    sequence: int
    center: str | None
    previous_center: str | None
    basis: str
    effective_on: date
    reasons: str
    assigned_by: str


@dataclass(frozen=True, slots=True)
class LatestAssignment:
    """The newest assignment of an account."""

    sequence: int
    center: str | None
    effective_on: date


async def lock_and_load_latest(tx: Transaction, importer_numbers: Sequence[str]) -> dict[str, LatestAssignment]:
    """The newest assignment of each account, with the accounts locked for this transaction, in order of number."""
    await bulk.fetch(
        tx,
        "SELECT 1 FROM accounts WHERE importer_number = ANY($1::text[]) ORDER BY importer_number FOR UPDATE",
        list(importer_numbers),
    )
    return {
        row["importer_number"]: LatestAssignment(row["sequence"], row["center"], row["effective_on"])
        for row in await bulk.fetch(tx, _LATEST, list(importer_numbers))
    }


async def write_accounts(tx: Transaction, records: Sequence[AccountRecord]) -> None:
    """Create accounts or replace what is known of them."""
    rows = [
        (
            record.importer_number,
            record.name,
            record.size,
            record.is_broker,
            record.contact_email,
            record.filer_code,
            orjson.dumps(record.trusted_programs).decode(),
        )
        for record in sorted(records, key=lambda record: record.importer_number)
    ]
    await bulk.insert(tx, accounts, _ACCOUNT_COLUMNS, rows, on_conflict=_REPLACE_ACCOUNT)


async def append_assignments(tx: Transaction, new: Sequence[NewAssignment]) -> None:
    """Append assignments; history is never changed."""
    rows = [
        (
            item.importer_number,
            item.sequence,
            item.center,
            item.basis,
            item.effective_on,
            item.reasons,
            item.assigned_by,
        )
        for item in new
    ]
    columns = ("importer_number", "sequence", "center", "basis", "effective_on", "reasons", "assigned_by")
    await bulk.insert(tx, assignments, columns, rows)


async def find_account(connection: AsyncConnection, importer_number: str) -> Any | None:
    """One account, or None."""
    return (
        await connection.execute(select(accounts).where(accounts.c.importer_number == importer_number))
    ).one_or_none()


async def find_assignments(connection: AsyncConnection, importer_number: str) -> list[Any]:
    """The assignments of an account, oldest first."""
    query = select(assignments).where(assignments.c.importer_number == importer_number)
    return list(await connection.execute(query.order_by(assignments.c.sequence)))


async def list_accounts(connection: AsyncConnection, *, center: str | None, after: str | None, limit: int) -> list[Any]:
    """Accounts with their newest assignment, in order of number."""
    newest = (
        select(assignments.c.importer_number, assignments.c.center, assignments.c.basis, assignments.c.effective_on)
        .distinct(assignments.c.importer_number)
        .order_by(assignments.c.importer_number, assignments.c.sequence.desc())
        .subquery()
    )
    query = (
        select(accounts, newest.c.center, newest.c.basis, newest.c.effective_on)
        .join(newest, newest.c.importer_number == accounts.c.importer_number, isouter=True)
        .order_by(accounts.c.importer_number)
        .limit(limit)
    )
    if center is not None:
        query = query.where(newest.c.center == center)
    if after is not None:
        query = query.where(accounts.c.importer_number > after)
    return list(await connection.execute(query))
