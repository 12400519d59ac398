"""The public bulletin: postings written once and searched."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.domain.bulletin import LIQUIDATIONS, VOIDING, Posting, Search
from services.notifications.domain.reconciliation import ToldAct
from services.notifications.store.notices import IssuedNotice
from services.notifications.store.tables import notices
from services.notifications.store.tables.bulletin import bulletin_postings
from shared.db import bulk
from shared.db.reach import is_one_of
from shared.db.transaction import Transaction

_COLUMNS = tuple(column.name for column in bulletin_postings.columns)


@dataclass(frozen=True, slots=True)
class Posted:
    """A posting with the notice that it is of."""

    notice_id: UUID
    posting: Posting


async def write_postings(tx: Transaction, issued: Sequence[IssuedNotice]) -> None:
    """Post the notices that go on the bulletin."""
    rows = [
        (item.notice_id, *(getattr(item.notice.posting, name) for name in _COLUMNS[1:]))
        for item in issued
        if item.notice.posting is not None
    ]
    await bulk.insert(tx, bulletin_postings, _COLUMNS, rows)


async def search_postings(
    connection: AsyncConnection, search: Search, *, after: tuple[date, str, UUID] | None, limit: int
) -> list[Posted]:
    """Postings that a search finds, newest first."""
    rows = await connection.execute(postings_query(search, after=after, limit=limit))
    return [Posted(notice_id, Posting(*facts)) for notice_id, *facts in rows]


async def find_posting(connection: AsyncConnection, notice_id: UUID) -> Posted | None:
    """One posting, or None."""
    query = select(bulletin_postings).where(bulletin_postings.c.notice_id == notice_id)
    row = (await connection.execute(query)).one_or_none()
    return Posted(row[0], Posting(*row[1:])) if row is not None else None


async def list_acts_told(connection: AsyncConnection, entry_numbers: Sequence[str]) -> list[ToldAct]:
    """What was told of these entries that goes on the bulletin, and the courtesy notices beside it."""
    columns = notices.c
    query = (
        select(
            columns.subject,
            columns.cause_sequence,
            columns.kind,
            bulletin_postings.c.notice_id.is_not(None),
            columns.body["program"].as_string().is_not(None),
        )
        .outerjoin(bulletin_postings, bulletin_postings.c.notice_id == columns.notice_id)
        .where(
            is_one_of(columns.entry_number, entry_numbers), columns.kind.in_(("N-09", "N-10", "N-11", "N-13", "N-39"))
        )
    )
    return [ToldAct(*row) for row in await connection.execute(query)]


async def find_voided(connection: AsyncConnection, postings: Sequence[Posted]) -> dict[UUID, date]:
    """Of these postings, the liquidations that have no effect in law, with the day on which that was posted."""
    ids = [each.notice_id for each in postings if each.posting.event_type in LIQUIDATIONS]
    if not ids:
        return {}
    return {row.notice_id: row.voided_on for row in await connection.execute(voided_query(ids))}


def voided_query(notice_ids: Sequence[UUID]) -> Select[Any]:
    """The statement of `find_voided`: a voiding takes the effect from what was posted by earlier acts on the entry."""
    posted, voiding = bulletin_postings.alias("posted"), bulletin_postings.alias("voiding")
    of_posted, of_voiding = notices.alias("of_posted"), notices.alias("of_voiding")
    return (
        select(posted.c.notice_id, func.min(voiding.c.posted_on).label("voided_on"))
        .join(of_posted, of_posted.c.notice_id == posted.c.notice_id)
        .join(voiding, (voiding.c.entry_number == posted.c.entry_number) & (voiding.c.event_type == VOIDING))
        .join(of_voiding, of_voiding.c.notice_id == voiding.c.notice_id)
        .where(posted.c.notice_id.in_(notice_ids), of_voiding.c.cause_sequence > of_posted.c.cause_sequence)
        .group_by(posted.c.notice_id)
    )


def postings_query(search: Search, *, after: tuple[date, str, UUID] | None, limit: int) -> Select[Any]:
    """The statement of a search, for running it and for looking at its plan."""
    columns = bulletin_postings.c
    order = (columns.posted_on, columns.entry_number, columns.notice_id)
    query = select(bulletin_postings).order_by(*(column.desc() for column in order)).limit(limit)
    query = query.where(*_conditions(search))
    return query if after is None else query.where(tuple_(*order) < tuple_(*after))


def _conditions(search: Search) -> list[ColumnElement[bool]]:
    columns = bulletin_postings.c
    equal = {
        columns.entry_number: search.entry_number,
        columns.filer_code: search.filer,
        columns.importer_number: search.importer_number,
        columns.port_of_entry: search.port,
        columns.entry_date: search.entry_date,
        columns.surety_code: search.surety_code,
        columns.event_type: search.event_type,
        columns.basis: search.basis,
        columns.action: search.action,
    }
    conditions: list[ColumnElement[bool]] = [column == value for column, value in equal.items() if value is not None]
    if search.liquidated_from is not None:
        conditions.append(columns.event_on >= search.liquidated_from)
    if search.liquidated_to is not None:
        conditions.append(columns.event_on <= search.liquidated_to)
    if search.liquidated_from is not None or search.liquidated_to is not None:
        conditions.append(columns.event_type.in_(LIQUIDATIONS))
    if search.posted_from is not None:
        conditions.append(columns.posted_on >= search.posted_from)
    if search.posted_to is not None:
        conditions.append(columns.posted_on <= search.posted_to)
    return conditions
