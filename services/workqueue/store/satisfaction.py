"""What parties said after an inquiry or a visit, and which matters they have not been heard on."""

from dataclasses import fields
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.domain.satisfaction import ASKED_AFTER, Answer, Said
from services.workqueue.store.tables.items import items
from services.workqueue.store.tables.satisfaction import satisfaction_answers
from shared.customs.calendar import legal_date
from shared.db import bulk
from shared.db.transaction import Transaction

_NAMES = tuple(each.name for each in fields(Answer))


class Question(NamedTuple):
    """A matter that has ended, about which its importer is asked."""

    item_id: UUID
    process: str
    center: str
    importer_number: str
    opened_at: datetime


async def write_answer(tx: Transaction, answer: Answer) -> bool:
    """Keep what a party said of a matter; False when somebody did before."""
    row = tuple(getattr(answer, name) for name in _NAMES)
    kept = await bulk.insert(
        tx, satisfaction_answers, _NAMES, [row], on_conflict="(item_id) DO NOTHING", returning="item_id"
    )
    return bool(kept)


async def list_questions(connection: AsyncConnection, importer_numbers: frozenset[str], limit: int) -> list[Question]:
    """Ended inquiries and visits of these importers of which nobody was heard, the newest first."""
    heard = select(satisfaction_answers.c.item_id).where(satisfaction_answers.c.item_id == items.c.item_id).exists()
    query = (
        select(*(items.c[name] for name in Question._fields))
        .where(
            items.c.importer_number.in_(sorted(importer_numbers)),
            items.c.process.in_(ASKED_AFTER),
            items.c.state == "completed",
            items.c.knowers.is_(None),
            ~heard,
        )
        .order_by(items.c.opened_at.desc(), items.c.item_id)
        .limit(limit)
    )
    return [Question(*row) for row in await connection.execute(query)]


async def list_said(connection: AsyncConnection, before: datetime) -> list[Said]:
    """Every answer that was given before an instant."""
    columns = ("center", "importer_number", "score", "is_resolved", "answered_at")
    query = select(*(satisfaction_answers.c[name] for name in columns)).where(
        satisfaction_answers.c.answered_at < before
    )
    return [
        Said(center, importer_number, score, is_resolved, legal_date(at))
        for center, importer_number, score, is_resolved, at in await connection.execute(query)
    ]


class WaitingAtHeadquarters(NamedTuple):
    """How long matters of a process have waited for headquarters, in days."""

    process: str
    waiting: int
    p50_days: int
    p90_days: int


async def list_at_headquarters(connection: AsyncConnection, now: datetime) -> list[WaitingAtHeadquarters]:
    """Matters that wait for headquarters now, by process; none that is law-enforcement-sensitive."""
    age = func.extract("epoch", now - items.c.stage_since) / 86_400
    quantiles = (func.percentile_cont(literal_column(part)).within_group(age) for part in ("0.5", "0.9"))
    query = (
        select(items.c.process, func.count(), *quantiles)
        .where(
            and_(
                items.c.lasting_state == literal_column("'open'"),
                items.c.waits_for == "headquarters",
                items.c.stage_since.is_not(None),
                items.c.knowers.is_(None),
            )
        )
        .group_by(items.c.process)
        .order_by(items.c.process)
    )
    return [WaitingAtHeadquarters(row[0], row[1], int(row[2]), int(row[3])) for row in await connection.execute(query)]
