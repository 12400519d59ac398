"""Importer accounts and their assignments: registration, reading, listing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.store.tables import accounts, assignments
from shared.db import bulk
from shared.db.transaction import Transaction

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


async def find_account(connection: AsyncConnection, importer_number: str) -> Any | None:
    """One account, or None."""
    return (
        await connection.execute(select(accounts).where(accounts.c.importer_number == importer_number))
    ).one_or_none()


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
