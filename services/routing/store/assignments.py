"""Center assignments of importer accounts: appended, read, never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from operator import attrgetter
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.policies import Ground
from services.routing.store.tables import assignments
from shared.db import bulk
from shared.db.transaction import Transaction

_LATEST = """
SELECT DISTINCT ON (importer_number) importer_number, sequence, center, effective_on, basis
FROM assignments WHERE importer_number = ANY($1::text[])
ORDER BY importer_number, sequence DESC
"""
_COLUMNS = (
    "importer_number",
    "sequence",
    "center",
    "basis",
    "effective_on",
    "reasons",
    "assigned_by",
    "policy_version",
    "map_version",
    "figures",
    "runner_up",
    "margin_basis_points",
    "confirmed_by",
    "ground",
)
_columns_of = attrgetter(*_COLUMNS)


@dataclass(frozen=True, slots=True)
class NewAssignment:
    """An assignment to append; `reasons` is JSON text.

    One that rests on figures says on which (JSON text), by which policy and tariff map, which Center came second and
    how many basis points behind, and who confirmed it; an override also its ground.
    """

    importer_number: str
    sequence: int
    center: str | None
    previous_center: str | None
    basis: str
    effective_on: date
    reasons: str
    assigned_by: str
    policy_version: str | None = None
    map_version: str | None = None
    figures: str | None = None
    runner_up: str | None = None
    margin_basis_points: int | None = None
    confirmed_by: str | None = None
    ground: str | None = None


@dataclass(frozen=True, slots=True)
class RecordedAssignment:
    """An assignment as the history keeps it: figures and reasons are JSON values."""

    sequence: int
    center: str | None
    basis: str
    effective_on: date
    reasons: Sequence[Mapping[str, Any]]
    assigned_by: str
    policy_version: str | None
    map_version: str | None
    figures: Mapping[str, Any] | None
    runner_up: str | None
    margin_basis_points: int | None
    confirmed_by: str | None
    ground: Ground | None


@dataclass(frozen=True, slots=True)
class LatestAssignment:
    """The newest assignment of an account."""

    sequence: int
    center: str | None
    effective_on: date
    basis: str

    @property
    def is_registered(self) -> bool:
        """Whether it came with the registration of the account; others were decided by people on their grounds."""
        return self.basis in {"registered", "unaligned"}


async def lock_and_load_latest(tx: Transaction, importer_numbers: Sequence[str]) -> dict[str, LatestAssignment]:
    """The newest assignment of each account, with the accounts locked for this transaction, in order of number."""
    await bulk.fetch(
        tx,
        "SELECT 1 FROM accounts WHERE importer_number = ANY($1::text[]) ORDER BY importer_number FOR UPDATE",
        list(importer_numbers),
    )
    return {
        row["importer_number"]: LatestAssignment(row["sequence"], row["center"], row["effective_on"], row["basis"])
        for row in await bulk.fetch(tx, _LATEST, list(importer_numbers))
    }


async def find_center(connection: AsyncConnection, importer_number: str, on: date) -> str | None:
    """The Center that an account is assigned to on a legal day, None when it has none or is not known."""
    query = (
        select(assignments.c.center)
        .where(assignments.c.importer_number == importer_number, assignments.c.effective_on <= on)
        .order_by(assignments.c.sequence.desc())
        .limit(1)
    )
    center: str | None = (await connection.execute(query)).scalar_one_or_none()
    return center


async def append_assignments(tx: Transaction, new: Sequence[NewAssignment]) -> None:
    """Append assignments; history is never changed."""
    await bulk.insert(tx, assignments, _COLUMNS, [_columns_of(item) for item in new])


async def find_assignments(connection: AsyncConnection, importer_number: str) -> list[RecordedAssignment]:
    """The assignments of an account, oldest first."""
    columns = [assignments.c[item.name] for item in fields(RecordedAssignment)]
    query = select(*columns).where(assignments.c.importer_number == importer_number)
    return [RecordedAssignment(*row) for row in await connection.execute(query.order_by(assignments.c.sequence))]
