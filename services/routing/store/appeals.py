"""Appeals against the assigned Center: filed, supplied, decided; every act is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.appeal import AppealContents, read_contents, supplement, to_document
from services.routing.store.decisions import Origin
from services.routing.store.tables import appeal_steps, appeals
from shared.db import bulk
from shared.db.transaction import Transaction

_FILED = (
    "importer_number",
    "contents",
    "filed_by",
    "received_at",
    "content_digest",
    "filed_at",
    "event_source",
    "event_id",
)
_KEEP_EARLIEST = (
    "(appeal_number) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _FILED)
    + " WHERE (excluded.filed_at, excluded.event_source, excluded.event_id)"
    " < (appeals.filed_at, appeals.event_source, appeals.event_id)"
)
_STEP_COLUMNS = (
    "appeal_number",
    "sequence",
    "act",
    "state",
    "reasons",
    "detail",
    "done_by",
    "acting_for",
    "done_at",
)


@dataclass(frozen=True, slots=True)
class FiledAppeal:
    """An appeal as filed, by event or here; `filed_by` is JSON text with role, id and name."""

    appeal_number: str
    importer_number: str
    contents: AppealContents
    filed_by: str
    received_at: datetime
    digest: bytes
    origin: Origin


@dataclass(frozen=True, slots=True)
class Step:
    """An act on an appeal: the state that it led to, its reasons, what was supplied or decided."""

    act: str
    state: str
    reasons: tuple[str, ...]
    detail: dict[str, Any]
    done_by: str
    acting_for: str | None
    done_at: datetime


@dataclass(frozen=True, slots=True)
class AppealFilter:
    """Which appeals to list; what is None does not matter. `importer_numbers` limits to those appellants."""

    state: str | None = None
    current_center: str | None = None
    importer_number: str | None = None
    importer_numbers: frozenset[str] | None = None


async def write_filed(tx: Transaction, filed: Sequence[FiledAppeal]) -> None:
    """Write appeals as filed, any number of times; of two contents under one number the earlier event's stands.

    What was supplied or decided since is not touched.
    """
    earliest: dict[str, FiledAppeal] = {}
    for item in sorted(filed, key=lambda item: (item.appeal_number, item.origin)):
        earliest.setdefault(item.appeal_number, item)
    rows = [
        (
            item.appeal_number,
            item.importer_number,
            orjson.dumps(to_document(item.contents)).decode(),
            item.filed_by,
            item.received_at,
            item.digest,
            *item.origin,
        )
        for item in earliest.values()
    ]
    await bulk.insert(tx, appeals, ("appeal_number", *_FILED), rows, on_conflict=_KEEP_EARLIEST)


async def find_appeal(connection: AsyncConnection, appeal_number: str) -> Any | None:
    """One appeal as its row, or None."""
    return (await connection.execute(select(appeals).where(appeals.c.appeal_number == appeal_number))).one_or_none()


async def lock_appeal(tx: Transaction, appeal_number: str) -> Any | None:
    """One appeal as its row, locked for this transaction, or None."""
    query = select(appeals).where(appeals.c.appeal_number == appeal_number).with_for_update()
    return (await tx.connection.execute(query)).one_or_none()


async def list_appeals(
    connection: AsyncConnection, wanted: AppealFilter, *, after: tuple[datetime, str] | None, limit: int
) -> Sequence[Any]:
    """Appeals in the order of their receipt."""
    position = (appeals.c.received_at, appeals.c.appeal_number)
    query = select(appeals).order_by(*position).limit(limit)
    if wanted.state is not None:
        query = query.where(appeals.c.state == wanted.state)
    if wanted.current_center is not None:
        query = query.where(appeals.c.contents["current_center"].astext == wanted.current_center)
    if wanted.importer_number is not None:
        query = query.where(appeals.c.importer_number == wanted.importer_number)
    if wanted.importer_numbers is not None:
        query = query.where(appeals.c.importer_number.in_(sorted(wanted.importer_numbers)))
    if after is not None:
        query = query.where(tuple_(*position) > after)
    return (await connection.execute(query)).all()


async def list_steps(connection: AsyncConnection, appeal_number: str) -> Sequence[Any]:
    """Every act on an appeal after its filing, oldest first."""
    query = select(appeal_steps).where(appeal_steps.c.appeal_number == appeal_number)
    return (await connection.execute(query.order_by(appeal_steps.c.sequence))).all()


async def append_step(
    tx: Transaction,
    row: Any,
    step: Step,
    *,
    supplied: AppealContents | None = None,
    center: str | None = None,
    effective_on: date | None = None,
) -> Any:
    """Append an act to an appeal that the caller has locked, and give the appeal as it is then."""
    sequence = row.revision + 1
    values = (
        row.appeal_number,
        sequence,
        step.act,
        step.state,
        orjson.dumps(step.reasons).decode(),
        orjson.dumps(step.detail).decode(),
        step.done_by,
        step.acting_for,
        step.done_at,
    )
    await bulk.insert(tx, appeal_steps, _STEP_COLUMNS, [values])
    changes: dict[str, Any] = {"state": step.state, "revision": sequence}
    if supplied is not None:
        changes["supplements"] = to_document(supplement(read_supplements(row), supplied))
    if step.state in {"upheld", "reassigned"}:
        changes |= {"decided_center": center, "effective_on": effective_on}
    query = appeals.update().where(appeals.c.appeal_number == row.appeal_number).values(changes).returning(appeals)
    return (await tx.connection.execute(query)).one()


def read_supplements(row: Any) -> AppealContents:
    """What was supplied after the filing."""
    return read_contents(row.importer_number, row.supplements)


def read_all(row: Any) -> AppealContents:
    """What the appeal says with everything that was supplied later."""
    return supplement(read_contents(row.importer_number, row.contents), read_supplements(row))
