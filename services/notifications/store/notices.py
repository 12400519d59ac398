"""Notices as facts: written once, listed and read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.domain.delivery import PORTAL, State
from services.notifications.domain.kind import VERSION
from services.notifications.domain.notices import Notice
from services.notifications.domain.recipients import Matter
from services.notifications.store.tables import deliveries, notices
from shared.db import bulk
from shared.db.reach import within
from shared.db.transaction import Transaction
from shared.runtime.access import Reach
from shared.runtime.ids import event_id

NOTICE_COLUMNS = (
    "notice_id",
    "kind",
    "subject",
    "cause_sequence",
    "version",
    "importer_number",
    "entry_number",
    "filer_code",
    "surety_code",
    "center",
    "issued_on",
    "due_on",
    "citation",
    "if_nothing_is_done",
    "body",
    "caused_at",
    "variant",
    "entry_numbers",
    "party_id",
)


@dataclass(frozen=True, slots=True)
class IssuedNotice:
    """A notice with its identity and the time of the event that caused it."""

    notice_id: str
    notice: Notice
    caused_at: datetime


def issue(notice: Notice, caused_at: datetime) -> IssuedNotice:
    """A notice under its id, which follows from kind, subject and the sequence of its cause."""
    notice_id = event_id("notice", notice.kind, notice.subject, str(notice.sequence))
    return IssuedNotice(notice_id, notice, caused_at)


@dataclass(frozen=True, slots=True)
class WrittenNotice:
    """A notice as it was written down; `version` is that of the catalogue."""

    notice_id: UUID
    kind: str
    subject: str
    cause_sequence: int
    version: int
    importer_number: str | None
    entry_number: str | None
    filer_code: str | None
    surety_code: str | None
    center: str | None
    issued_on: date
    due_on: date | None
    citation: str
    if_nothing_is_done: str
    body: Mapping[str, Any]
    caused_at: datetime
    variant: str | None
    entry_numbers: tuple[str, ...]
    party_id: str | None = None


@dataclass(frozen=True, slots=True)
class NoticeFilter:
    """Which notices to list: as far as the reach goes, and every part that is not None must hold."""

    reach: Reach
    kind: str | None = None
    entry_number: str | None = None
    importer_number: str | None = None
    state: str | None = None
    filer_code: str | None = None
    due_from: date | None = None
    due_to: date | None = None
    unread_by: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class UnreadCount:
    """Unread notices of a kind, with the nearest day that is still to come."""

    kind: str
    notices: int
    next_due_on: date | None


async def write_notices(tx: Transaction, issued: Sequence[IssuedNotice]) -> set[str]:
    """Write notices, each once; gives the ids of those that were not known."""
    rows = [_row(item) for item in issued]
    new = await bulk.insert(
        tx, notices, NOTICE_COLUMNS, rows, on_conflict="(notice_id) DO NOTHING", returning="notice_id"
    )
    return {str(row["notice_id"]) for row in new}


async def find_notice(connection: AsyncConnection, notice_id: UUID) -> WrittenNotice | None:
    """One notice, or None."""
    row = (await connection.execute(_select().where(notices.c.notice_id == notice_id))).one_or_none()
    return notice_of(row) if row is not None else None


async def list_notices(
    connection: AsyncConnection, wanted: NoticeFilter, *, after: tuple[date, UUID] | None, limit: int
) -> list[WrittenNotice]:
    """Notices, newest first."""
    position = tuple_(notices.c.issued_on, notices.c.notice_id)
    query = _select().order_by(notices.c.issued_on.desc(), notices.c.notice_id.desc()).limit(limit)
    query = query.where(*_conditions(wanted))
    if after is not None:
        query = query.where(position < tuple_(*after))
    return [notice_of(row) for row in await connection.execute(query)]


async def count_unread(
    connection: AsyncConnection, wanted: NoticeFilter, *, since: date, today: date, most: int
) -> list[UnreadCount]:
    """The newest unread notices, `most` of them, issued since a day: counted by kind."""
    columns = notices.c
    newest = (
        select(columns.kind, columns.due_on)
        .where(columns.issued_on >= since, *_conditions(wanted))
        .order_by(columns.issued_on.desc(), columns.notice_id.desc())
        .limit(most)
        .subquery()
    )
    to_come = func.min(newest.c.due_on).filter(newest.c.due_on >= today)
    query = select(newest.c.kind, func.count(), to_come).group_by(newest.c.kind).order_by(newest.c.kind)
    return [UnreadCount(*row) for row in await connection.execute(query)]


def _conditions(wanted: NoticeFilter) -> list[ColumnElement[bool]]:
    """A filter as conditions on notices."""
    query: list[ColumnElement[bool]] = []
    columns = notices.c
    if wanted.kind is not None:
        query.append(columns.kind == wanted.kind)
    if wanted.entry_number is not None:
        several = columns.entry_number.is_(None) & columns.entry_numbers.contains([wanted.entry_number])
        query.append((columns.entry_number == wanted.entry_number) | several)
    if wanted.importer_number is not None:
        query.append(columns.importer_number == wanted.importer_number)
    if wanted.filer_code is not None:
        query.append(columns.filer_code == wanted.filer_code)
    if wanted.due_from is not None:
        query.append(columns.due_on >= wanted.due_from)
    if wanted.due_to is not None:
        query.append(columns.due_on <= wanted.due_to)
    of_notice = select(deliveries.c.notice_id).where(deliveries.c.notice_id == columns.notice_id)
    if wanted.state is not None:
        query.append(of_notice.where(deliveries.c.state == wanted.state).exists())
    if wanted.unread_by is not None:
        role = deliveries.c.recipient_role
        acknowledged = of_notice.where(
            deliveries.c.channel == PORTAL,
            role.in_(sorted(wanted.unread_by)),
            # Who reads a notice as its filer is not the importer that acknowledged it, though it is one too.
            or_(role != "importer", columns.importer_number.in_(sorted(wanted.reach.importer_numbers))),
            deliveries.c.state == State.ACKNOWLEDGED.value,
        )
        query.append(~acknowledged.exists())
    is_seen = within(
        wanted.reach,
        importer_number=columns.importer_number,
        centers=(columns.center,),
        filer_code=columns.filer_code,
        surety_code=columns.surety_code,
        party_id=columns.party_id,
    )
    return [*query, is_seen]


def notice_of(row: bulk.Row) -> WrittenNotice:
    """A notice from its `NOTICE_COLUMNS`."""
    *facts, entry_numbers, party_id = row
    return WrittenNotice(*(*facts, tuple(entry_numbers), party_id))


def matter_of(notice: WrittenNotice) -> Matter:
    """What of a notice decides who is told."""
    return Matter(
        notice_id=str(notice.notice_id),
        kind=notice.kind,
        importer_number=notice.importer_number,
        entry_number=notice.entry_number,
        filer_code=notice.filer_code,
        surety_code=notice.surety_code,
        issued_on=notice.issued_on,
    )


def _select() -> Select[Any]:
    return select(*(notices.c[name] for name in NOTICE_COLUMNS))


def _row(item: IssuedNotice) -> tuple[Any, ...]:
    notice = item.notice
    return (
        item.notice_id,
        notice.kind,
        notice.subject,
        notice.sequence,
        VERSION,
        notice.importer_number,
        notice.entry_number,
        notice.filer_code,
        notice.surety_code,
        notice.center,
        notice.issued_on,
        notice.due_on,
        notice.citation,
        notice.words.if_nothing_is_done,
        orjson.dumps(notice.body).decode(),
        item.caused_at,
        notice.variant,
        orjson.dumps(notice.entry_numbers).decode(),
        notice.party_id,
    )
