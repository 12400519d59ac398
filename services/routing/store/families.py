"""Account families: their names, their numbers, their history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

import orjson
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.store.tables import accounts
from services.routing.store.tables.families import account_families, account_family_changes
from shared.db import bulk
from shared.db.transaction import Transaction

_UPSERT = "(family) DO UPDATE SET name = excluded.name, revision = excluded.revision"
_CHANGE_COLUMNS = (
    "family",
    "revision",
    "name",
    "added",
    "removed",
    "reason",
    "changed_by",
    "acting_for",
    "recorded_at",
)


@dataclass(frozen=True, slots=True)
class FamilyRecord:
    """A family with its importer numbers, in order."""

    family: str
    name: str
    revision: int
    importer_numbers: tuple[str, ...]

    @property
    def tag(self) -> str:
        """Which state this is: numbers come and go with their accounts too, so the revision alone does not tell."""
        digest = blake2b("\n".join(self.importer_numbers).encode(), digest_size=6)
        return f"{self.revision}-{digest.hexdigest()}"


@dataclass(frozen=True, slots=True)
class FamilyChange:
    """A change of a family for its history."""

    family: str
    revision: int
    name: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    reason: str
    changed_by: str
    acting_for: str | None
    recorded_at: datetime


class ListedFamily(NamedTuple):
    """A family in the list, with how many importer numbers it has."""

    family: str
    name: str
    importers: int


async def find_family(connection: AsyncConnection, family: str) -> FamilyRecord | None:
    """One family, or None."""
    row = (await connection.execute(select(account_families).where(account_families.c.family == family))).one_or_none()
    if row is None:
        return None
    numbers = await connection.scalars(
        select(accounts.c.importer_number).where(accounts.c.family == family).order_by(accounts.c.importer_number)
    )
    return FamilyRecord(row.family, row.name, row.revision, tuple(numbers))


async def find_known_families(connection: AsyncConnection, families: Sequence[str]) -> frozenset[str]:
    """Which of these families exist."""
    query = select(account_families.c.family).where(account_families.c.family.in_(families))
    return frozenset(await connection.scalars(query)) if families else frozenset()


async def list_families(connection: AsyncConnection, *, after: str | None, limit: int) -> list[ListedFamily]:
    """Families with how many numbers each has, in order of id."""
    numbers = (
        select(func.count())
        .select_from(accounts)
        .where(accounts.c.family == account_families.c.family)
        .scalar_subquery()
        .label("importers")
    )
    query = (
        select(account_families.c.family, account_families.c.name, numbers)
        .order_by(account_families.c.family)
        .limit(limit)
    )
    if after is not None:
        query = query.where(account_families.c.family > after)
    return [ListedFamily(*row) for row in await connection.execute(query)]


async def find_family_changes(connection: AsyncConnection, family: str) -> list[FamilyChange]:
    """The newest hundred changes of a family, newest first."""
    query = select(account_family_changes).where(account_family_changes.c.family == family)
    rows = await connection.execute(query.order_by(account_family_changes.c.revision.desc()).limit(100))
    return [
        FamilyChange(
            family=row.family,
            revision=row.revision,
            name=row.name,
            added=tuple(row.added),
            removed=tuple(row.removed),
            reason=row.reason,
            changed_by=row.changed_by,
            acting_for=row.acting_for,
            recorded_at=row.recorded_at,
        )
        for row in rows
    ]


async def write_family(tx: Transaction, change: FamilyChange) -> None:
    """Create or rename a family, with the change in its history."""
    await bulk.insert(
        tx,
        account_families,
        ("family", "name", "revision"),
        [(change.family, change.name, change.revision)],
        on_conflict=_UPSERT,
    )
    row = (
        change.family,
        change.revision,
        change.name,
        orjson.dumps(change.added).decode(),
        orjson.dumps(change.removed).decode(),
        change.reason,
        change.changed_by,
        change.acting_for,
        change.recorded_at,
    )
    await bulk.insert(tx, account_family_changes, _CHANGE_COLUMNS, [row])
