"""Appeals against the assigned Center: filed, supplied, decided; every act is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Row, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.appeals import Act, AppealContents, State, read_contents, supplement, to_document
from services.routing.domain.decided import Origin
from services.routing.store.tables import appeals
from services.routing.store.tables.appeals import appeal_steps
from shared.db import bulk
from shared.db.reach import within
from shared.db.transaction import Transaction
from shared.runtime.access import Reach

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
    "authority",
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
class StandingAppeal:
    """An appeal as it stands: what was filed, what was supplied later, and the state. `revision` counts its acts."""

    appeal_number: str
    importer_number: str
    filed: AppealContents
    supplied: AppealContents
    filed_by: Mapping[str, Any]
    received_at: datetime
    content_digest: bytes
    state: State
    decided_center: str | None
    effective_on: date | None
    revision: int

    @property
    def contents(self) -> AppealContents:
        """What the appeal says with everything that was supplied later."""
        return supplement(self.filed, self.supplied)

    @property
    def version(self) -> str:
        """Which state this is: acts and contents, since an earlier event may replace what was filed."""
        return f"{self.revision}-{self.content_digest.hex()[:8]}"


class PendingAppeal(NamedTuple):
    """An appeal that is not decided or withdrawn."""

    appeal_number: str
    state: State
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """An act on an appeal: the state that it led to, its reasons, what was supplied or decided."""

    act: Act
    state: State
    reasons: tuple[str, ...]
    detail: dict[str, Any]
    done_by: str
    acting_for: str | None
    done_at: datetime
    authority: str | None


@dataclass(frozen=True, slots=True)
class AppealFilter:
    """Which appeals to list; what is None does not matter."""

    state: State | None
    current_center: str | None
    importer_number: str | None


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


async def find_appeal(connection: AsyncConnection, appeal_number: str) -> StandingAppeal | None:
    """One appeal, or None."""
    query = select(appeals).where(appeals.c.appeal_number == appeal_number)
    row = (await connection.execute(query)).one_or_none()
    return _read(row) if row is not None else None


async def find_open_appeal(connection: AsyncConnection, importer_number: str) -> PendingAppeal | None:
    """The newest appeal that concerns an account and is not decided or withdrawn, or None."""
    query = (
        select(appeals.c.appeal_number, appeals.c.state, appeals.c.received_at)
        .where(
            or_(
                appeals.c.importer_number == importer_number,
                appeals.c.contents["importer_numbers"].contains([importer_number]),
            )
        )
        .where(appeals.c.state.not_in(("upheld", "reassigned", "withdrawn")))
        .order_by(appeals.c.received_at.desc(), appeals.c.appeal_number)
        .limit(1)
    )
    row = (await connection.execute(query)).one_or_none()
    return PendingAppeal(*row) if row is not None else None


async def lock_appeal(tx: Transaction, appeal_number: str) -> StandingAppeal | None:
    """One appeal, locked for this transaction, or None."""
    query = select(appeals).where(appeals.c.appeal_number == appeal_number).with_for_update()
    row = (await tx.connection.execute(query)).one_or_none()
    return _read(row) if row is not None else None


async def list_appeals(
    connection: AsyncConnection, reach: Reach, wanted: AppealFilter, *, after: tuple[datetime, str] | None, limit: int
) -> list[StandingAppeal]:
    """Appeals in the order of their receipt, as far as the caller's reach goes."""
    position = (appeals.c.received_at, appeals.c.appeal_number)
    is_seen = within(reach, importer_number=appeals.c.importer_number)
    query = select(appeals).where(is_seen).order_by(*position).limit(limit)
    if wanted.state is not None:
        query = query.where(appeals.c.state == wanted.state)
    if wanted.current_center is not None:
        query = query.where(appeals.c.contents["current_center"].astext == wanted.current_center)
    if wanted.importer_number is not None:
        query = query.where(appeals.c.importer_number == wanted.importer_number)
    if after is not None:
        query = query.where(tuple_(*position) > after)
    return [_read(row) for row in await connection.execute(query)]


async def list_steps(connection: AsyncConnection, appeal_number: str) -> list[Step]:
    """Every act on an appeal after its filing, oldest first."""
    query = select(appeal_steps).where(appeal_steps.c.appeal_number == appeal_number)
    return [
        Step(
            row.act, row.state, tuple(row.reasons), row.detail, row.done_by, row.acting_for, row.done_at, row.authority
        )
        for row in await connection.execute(query.order_by(appeal_steps.c.sequence))
    ]


async def append_step(
    tx: Transaction,
    appeal: StandingAppeal,
    step: Step,
    *,
    supplied: AppealContents | None = None,
    center: str | None = None,
    effective_on: date | None = None,
) -> StandingAppeal:
    """Append an act to an appeal that the caller has locked, and give the appeal as it is then."""
    sequence = appeal.revision + 1
    values = (
        appeal.appeal_number,
        sequence,
        step.act,
        step.state,
        orjson.dumps(step.reasons).decode(),
        orjson.dumps(step.detail).decode(),
        step.done_by,
        step.acting_for,
        step.done_at,
        step.authority,
    )
    await bulk.insert(tx, appeal_steps, _STEP_COLUMNS, [values])
    changes: dict[str, Any] = {"state": step.state, "revision": sequence}
    if supplied is not None:
        changes["supplements"] = to_document(supplement(appeal.supplied, supplied))
    if step.state in {"upheld", "reassigned"}:
        changes |= {"decided_center": center, "effective_on": effective_on}
    query = appeals.update().where(appeals.c.appeal_number == appeal.appeal_number).values(changes).returning(appeals)
    return _read((await tx.connection.execute(query)).one())


def _read(row: Row[Any]) -> StandingAppeal:
    return StandingAppeal(
        appeal_number=row.appeal_number,
        importer_number=row.importer_number,
        filed=read_contents(row.importer_number, row.contents),
        supplied=read_contents(row.importer_number, row.supplements),
        filed_by=row.filed_by,
        received_at=row.received_at,
        content_digest=row.content_digest,
        state=row.state,
        decided_center=row.decided_center,
        effective_on=row.effective_on,
        revision=row.revision,
    )
