"""Questions of a Center's community: as they stand, what was done with each, who follows it, what the public reads."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.domain.questions import Question, QuestionAct, RuleRow
from services.notifications.store.broadcasts import ActDone
from services.notifications.store.tables import question_acts, question_followers, questions
from shared.db import bulk
from shared.db.reach import is_one_of
from shared.db.transaction import Transaction
from shared.runtime.access import Reach

_COLUMNS = tuple(column.name for column in questions.columns)
_ACT_COLUMNS = ("question_id", "sequence", "act", "by_whom", "reason", "content", "at")
_HOLD: Final = "SELECT FROM questions WHERE question_id = $1 FOR UPDATE"
_NEXT_SEQUENCE: Final = "SELECT coalesce(max(sequence), 0) + 1 AS n FROM question_acts WHERE question_id = $1"
_MARK: Final = """
UPDATE questions q SET rule_changed_at = $3
FROM unnest($1::text[], $2::text[]) AS g(rule, digest)
WHERE q.published_at IS NOT NULL AND q.rule_changed_at IS NULL
    AND q.published -> 'rule' ->> 'rule' = g.rule AND q.published -> 'rule' ->> 'digest' <> g.digest
"""
_MARK_GONE: Final = """
UPDATE questions q SET rule_changed_at = $2
WHERE q.published_at IS NOT NULL AND q.rule_changed_at IS NULL AND q.published -> 'rule' ->> 'rule' <> ALL($1::text[])
"""


@dataclass(frozen=True, slots=True)
class Published:
    """A question with its answer as the public reads it."""

    question_id: UUID
    center: str
    subject: str
    question: str
    asked_by: str | None
    answer: str
    answer_es: str | None
    rule: RuleRow
    published_at: datetime
    rule_changed_at: datetime | None


async def write_question(tx: Transaction, question: Question) -> bool:
    """Write a question that is new; False when it is known."""
    written = await bulk.insert(
        tx,
        questions,
        _COLUMNS,
        [_row(question, None)],
        on_conflict="(question_id) DO NOTHING",
        returning="question_id",
    )
    return bool(written)


async def change_question(
    tx: Transaction, question: Question, published: Published | None, *, is_taken_down: bool = False
) -> None:
    """Write a question as it stands now; `published` is what the public reads from now on, None: as before, or
    nothing where the answer is taken down.
    """
    kept = {"question_id", "center", "asker", "asked_by", "asker_name", "asked_at", "is_anonymous"}
    if published is None and not is_taken_down:
        kept |= {"published", "published_at", "rule_changed_at"}
    changed = set(_COLUMNS) - kept
    await bulk.update(tx, questions, ("question_id",), _COLUMNS, changed, [_row(question, published)])


async def write_act(
    tx: Transaction,
    question: Question,
    act: QuestionAct,
    by_whom: str,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Keep what was done, with the words of the question and its answer then."""
    (row,) = await bulk.fetch(tx, _NEXT_SEQUENCE, question.question_id)
    content = {
        "state": question.state,
        "subject": question.subject,
        "text": question.text,
        "answer": question.answer,
        "answer_es": question.answer_es,
        "rule": None if question.rule is None else asdict(question.rule),
        "merged_into": None if question.merged_into is None else str(question.merged_into),
    }
    line = (question.question_id, row["n"], act, by_whom, reason, orjson.dumps(content).decode(), now)
    await bulk.insert(tx, question_acts, _ACT_COLUMNS, [line])


async def hold_question(tx: Transaction, question_id: UUID) -> Question | None:
    """A question that nobody else changes until this transaction ends."""
    await bulk.execute(tx, _HOLD, question_id)
    return await find_question(tx.connection, question_id)


async def find_authors(connection: AsyncConnection, question_id: UUID) -> list[str]:
    """The signatures of everybody who wrote the answer of a question since one was released last."""
    columns = question_acts.c
    of_question = columns.question_id == question_id
    released = select(func.coalesce(func.max(columns.sequence), 0)).where(of_question, columns.act == "release")
    query = select(columns.by_whom).where(
        of_question, columns.act == "answer", columns.sequence > released.scalar_subquery()
    )
    return list((await connection.scalars(query.order_by(columns.sequence))).all())


async def list_merged(connection: AsyncConnection, question_id: UUID) -> list[Question]:
    """The questions that were merged with one, and with those, by their ids."""
    columns = questions.c
    merged = (
        select(columns.question_id)
        .where(columns.merged_into == question_id, columns.state == "merged")
        .cte("merged", recursive=True)
    )
    others = questions.alias()
    merged = merged.union(
        select(others.c.question_id).where(others.c.merged_into == merged.c.question_id, others.c.state == "merged")
    )
    query = select(questions).where(columns.question_id.in_(select(merged.c.question_id)))
    return [_question(row) for row in await connection.execute(query.order_by(columns.question_id))]


async def find_question(connection: AsyncConnection, question_id: UUID) -> Question | None:
    """One question, or None."""
    row = (await connection.execute(select(questions).where(questions.c.question_id == question_id))).one_or_none()
    return _question(row) if row is not None else None


async def list_questions(
    connection: AsyncConnection,
    reach: Reach,
    *,
    center: str | None,
    state: str | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Question]:
    """Questions as far as a reach goes, asked last first."""
    columns = questions.c
    order = (columns.asked_at, columns.question_id)
    query = select(questions).where(_within(reach)).order_by(*(column.desc() for column in order)).limit(limit)
    if center is not None:
        query = query.where(columns.center == center)
    if state is not None:
        query = query.where(columns.state == state)
    if after is not None:
        query = query.where(tuple_(*order) < tuple_(*after))
    return [_question(row) for row in await connection.execute(query)]


async def list_published(
    connection: AsyncConnection,
    *,
    center: str | None,
    words: str | None,
    rule: str | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Published]:
    """Published answers, newest first; every one of the words stands in the question or in its answer."""
    columns = questions.c
    order = (columns.published_at, columns.question_id)
    query = select(questions).where(columns.published_at.is_not(None))
    query = query.order_by(*(column.desc() for column in order)).limit(limit)
    if center is not None:
        query = query.where(columns.center == center)
    if rule is not None:
        query = query.where(columns.published["rule"]["rule"].astext == rule)
    for word in (words or "").split():
        texts = [columns.published[name].astext for name in ("subject", "question", "answer", "answer_es")]
        query = query.where(or_(*(text.icontains(word, autoescape=True) for text in texts)))
    if after is not None:
        query = query.where(tuple_(*order) < tuple_(*after))
    return [_published(row) for row in await connection.execute(query)]


async def find_published(connection: AsyncConnection, question_id: UUID) -> Published | None:
    """One published answer, or None."""
    query = select(questions).where(questions.c.question_id == question_id, questions.c.published_at.is_not(None))
    row = (await connection.execute(query)).one_or_none()
    return _published(row) if row is not None else None


async def list_acts(connection: AsyncConnection, question_id: UUID) -> list[ActDone]:
    """What was done with a question, oldest first."""
    columns = question_acts.c
    query = select(columns.sequence, columns.act, columns.by_whom, columns.reason, columns.at)
    query = query.where(columns.question_id == question_id).order_by(columns.sequence)
    return [ActDone(*row) for row in await connection.execute(query)]


async def follow(tx: Transaction, question_id: UUID, recipients: Collection[str], now: datetime) -> None:
    """Let recipients be told when a question is answered; who follows it already goes on."""
    rows = [(question_id, recipient, now) for recipient in sorted(recipients)]
    await bulk.insert(
        tx,
        question_followers,
        ("question_id", "recipient", "since"),
        rows,
        on_conflict="(question_id, recipient) DO NOTHING",
    )


async def list_followers(tx: Transaction, question_id: UUID) -> list[str]:
    """Who is told when a question is answered."""
    columns = question_followers.c
    query = select(columns.recipient).where(columns.question_id == question_id).order_by(columns.recipient)
    return list((await tx.connection.scalars(query)).all())


async def mark_changed(tx: Transaction, rules: Mapping[str, str], now: datetime) -> int:
    """Mark answers that rest on a rule which is another one now, or is there no more; gives how many.

    `rules` are the digests of all rules of today by their ids.
    """
    names = sorted(rules)
    changed = await bulk.execute(tx, _MARK, names, [rules[name] for name in names], now)
    return changed + await bulk.execute(tx, _MARK_GONE, names, now)


async def has_published(connection: AsyncConnection) -> bool:
    """Whether any answer is published, so that rules have to be looked at."""
    query = select(func.count()).select_from(
        select(questions.c.question_id).where(questions.c.published_at.is_not(None)).limit(1).subquery()
    )
    return bool((await connection.execute(query)).scalar_one())


def _within(reach: Reach) -> ColumnElement[bool]:
    """Questions of Centers that are reached, and those that the caller's importers and parties asked."""
    columns = questions.c
    reached: list[ColumnElement[bool]] = []
    if reach.is_national:
        return and_(True)
    if reach.centers:
        reached.append(columns.center.in_(sorted(reach.centers)))
    own: Sequence[str] = sorted(reach.importer_numbers | reach.party_ids)
    reached.append(is_one_of(columns.asker, own))
    return or_(*reached)


def _row(question: Question, published: Published | None) -> tuple[Any, ...]:
    rule = None if question.rule is None else orjson.dumps(asdict(question.rule)).decode()
    told = None
    if published is not None:
        kept = ("subject", "question", "asked_by", "answer", "answer_es", "rule")
        told = orjson.dumps({name: value for name, value in asdict(published).items() if name in kept}).decode()
    return (
        question.question_id,
        question.center,
        question.state,
        question.revision,
        question.subject,
        question.text,
        question.is_anonymous,
        question.asker,
        question.asked_by,
        question.asker_name,
        question.asked_at,
        question.held_for,
        question.refused_for,
        question.merged_into,
        question.answer,
        question.answer_es,
        question.answered_by,
        rule,
        told,
        question.released_by,
        question.published_at,
        question.rule_changed_at,
    )


def _question(row: Any) -> Question:
    values = row._asdict()
    del values["published"]
    return Question(**(values | {"rule": None if row.rule is None else RuleRow(**row.rule)}))


def _published(row: Any) -> Published:
    told = dict(row.published)
    return Published(
        question_id=row.question_id,
        center=row.center,
        published_at=row.published_at,
        rule_changed_at=row.rule_changed_at,
        **(told | {"rule": RuleRow(**told["rule"])}),
    )
