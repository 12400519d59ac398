"""Requests for information and notices of action: drafts and what was issued, with their acts and answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.domain.clocks import Form
from services.workqueue.domain.filing import Asked
from services.workqueue.domain.item import Person
from services.workqueue.domain.matter import KeptAct
from services.workqueue.domain.request import PROCESS_OF, SILENCE, Letter, LetterAnswer, Notice
from services.workqueue.store.matters import ACT_COLUMNS, act_cells, kept_act
from services.workqueue.store.quality import is_unseen
from services.workqueue.store.tables import filings, request_acts, request_answers, requests
from services.workqueue.store.tables.requests import REQUEST_ORDER
from shared.db import bulk
from shared.db.idempotency import demand_new
from shared.db.reach import within
from shared.db.transaction import Transaction
from shared.runtime.access import Reach

ANSWERS: Final = "response"
"""The kind of filing that answers a letter."""

_COLUMNS = (
    "request_id",
    "item_id",
    "form",
    "entry_numbers",
    "importer_number",
    "center",
    "questions",
    "drafted_at",
    "issued_by",
    "issued_by_name",
    "acting_for",
    "authority",
    "issue",
    "goods",
    "effect_cents",
    "issued_on",
    "issued_at",
    "asked_until",
    "due_on",
    "stage",
    "changes",
    "from_request",
)
_ANSWER = ("at", "text", "files", "answered_by", "answered_by_name", "acting_for", "authority")

_LOCK_IDS = """
SELECT pg_advisory_xact_lock(hashtextextended('request:' || id, 0))
FROM (SELECT id FROM unnest($1::text[]) AS given(id) ORDER BY id) AS sorted
"""
# In two statements: a request has another key than the item that it came from.
_LOAD_ASKED = """
SELECT request_id, item_id, importer_number, entry_numbers ->> 0 AS entry_number FROM requests
WHERE request_id = ANY($1::uuid[]) AND issued_at IS NOT NULL
"""
_LOAD_MATTERS = "SELECT item_id, protest_number, filing_number FROM items WHERE item_id = ANY($1::uuid[])"
# What nobody answered by its day, while the item that it came from is still worked on.
_FIND_OVERDUE = """
SELECT r.request_id FROM requests r JOIN items i ON i.item_id = r.item_id
WHERE r.stage IN ('issued', 'reminded', 'proposed') AND r.told_overdue_on IS NULL AND r.due_on < $1
    AND i.lasting_state = 'open' AND r.request_id::text <> ALL($2::text[])
ORDER BY r.due_on, r.request_id LIMIT $3
"""
_TELL_OVERDUE = "UPDATE requests SET told_overdue_on = $2 WHERE request_id = ANY($1::uuid[])"
# An action that was taken without a proposal is none over the threshold: its importer was not heard.
_FIND_NOTICES = """
SELECT form, stage, due_on FROM requests WHERE form = 'CBP-29' AND issued_at IS NOT NULL
    AND entry_numbers @> jsonb_build_array($1::text)
"""
_LOCK_ACCOUNT = "SELECT pg_advisory_xact_lock(hashtextextended('letters to ' || $1::text, 0))"


@dataclass(frozen=True, slots=True)
class LetterFilter:
    """Which letters to show: as far as the reach goes; None means any. `states` are as the day leaves them.

    Letters on items that `reader` reviews a second time now are not among them.
    """

    reach: Reach
    today: date
    with_drafts: bool
    reader: str
    states: Sequence[str] = ()
    form: Form | None = None
    center: str | None = None
    importer_number: str | None = None
    entry_number: str | None = None
    due_before: date | None = None


async def write_letter(tx: Transaction, letter: Letter) -> None:
    """Keep a new letter."""
    await bulk.insert(tx, requests, (*_COLUMNS, "filer_code"), [_cells(letter)])


async def rewrite_letter(tx: Transaction, letter: Letter, *, tell_again: bool = False) -> None:
    """Write a letter whose id is held; `tell_again`: its day has moved, so that it may become overdue once more."""
    if not tell_again:
        await rewrite_letters(tx, [letter])
        return
    columns = (*_COLUMNS, "filer_code", "told_overdue_on")
    rows = [(*_cells(letter), None)]
    await bulk.update(tx, requests, ("request_id",), columns, set(columns) - {"request_id"}, rows)


async def rewrite_letters(tx: Transaction, letters: Sequence[Letter]) -> None:
    """Write letters whose ids are held."""
    columns = (*_COLUMNS, "filer_code")
    await bulk.update(tx, requests, ("request_id",), columns, set(columns) - {"request_id"}, list(map(_cells, letters)))


async def lock_ids(tx: Transaction, request_ids: Iterable[UUID]) -> None:
    """Hold the ids of requests until the transaction ends, whether they are issued yet or not.

    So whoever issues a request and whoever hears of an answer to it cannot miss each other. Held before any row, by
    everybody who changes a letter.
    """
    numbers = sorted(map(str, set(request_ids)))
    if numbers:
        await bulk.fetch(tx, _LOCK_IDS, numbers)


async def load_asked(tx: Transaction, request_ids: Iterable[UUID]) -> dict[UUID, Asked]:
    """Those of the requests that were issued, by id, each with the matter of the item that it came from."""
    numbers = sorted(set(request_ids))
    rows = await bulk.fetch(tx, _LOAD_ASKED, numbers) if numbers else ()
    of_items = sorted({row["item_id"] for row in rows})
    matters = {
        row["item_id"]: (row["protest_number"], row["filing_number"])
        for row in (await bulk.fetch(tx, _LOAD_MATTERS, of_items) if of_items else ())
    }
    found = {}
    for request_id, item_id, importer_number, entry_number in rows:
        if item_id in matters:
            protest_number, filing_number = matters[item_id]
            found[request_id] = Asked(request_id, item_id, importer_number, entry_number, protest_number, filing_number)
    return found


async def has_requests(connection: AsyncConnection, item_id: UUID) -> bool:
    """Whether a request or notice was issued in the course of an item."""
    found = await connection.scalar(
        select(requests.c.request_id).where(requests.c.item_id == item_id, requests.c.issued_on.is_not(None)).limit(1)
    )
    return found is not None


async def find_letters(connection: AsyncConnection, request_ids: Iterable[UUID]) -> dict[UUID, Letter]:
    """Letters by id."""
    wanted = sorted(set(request_ids))
    if not wanted:
        return {}
    rows = await connection.execute(_select().where(requests.c.request_id.in_(wanted)))
    return {letter.request_id: letter for letter in map(_letter, rows)}


async def find_requests(connection: AsyncConnection, item_id: UUID) -> list[Letter]:
    """Letters of an item, drafts among them, oldest first."""
    query = _select().where(requests.c.item_id == item_id)
    return [
        _letter(row) for row in await connection.execute(query.order_by(requests.c.drafted_at, requests.c.request_id))
    ]


async def list_requests(
    connection: AsyncConnection, wanted: LetterFilter, *, after: Sequence[Any] | None, limit: int
) -> list[Letter]:
    """Letters, those that are due first first, drafts and others without a day last."""
    return [_letter(row) for row in await connection.execute(select_page(wanted, after=after, limit=limit))]


def select_page(wanted: LetterFilter, *, after: Sequence[Any] | None, limit: int) -> Select[Any]:
    """The query of `list_requests`."""
    columns = requests.c
    query = _select().where(
        within(
            wanted.reach,
            importer_number=columns.importer_number,
            centers=(columns.center,),
            filer_code=columns.filer_code,
        ),
        ~is_unseen(columns.item_id, wanted.reader),
    )
    for column, value in (
        (columns.form, wanted.form),
        (columns.center, wanted.center),
        (columns.importer_number, wanted.importer_number),
    ):
        if value is not None:
            query = query.where(column == value)
    if not wanted.with_drafts:
        query = query.where(columns.issued_at.is_not(None))
    if wanted.states:
        query = query.where(_shown_stage(wanted.today).in_(wanted.states))
    if wanted.entry_number is not None:
        query = query.where(columns.entry_numbers.contains([wanted.entry_number]))
    if wanted.due_before is not None:
        query = query.where(columns.due_on < wanted.due_before)
    order = tuple(columns[name] for name in REQUEST_ORDER)
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*after))
    return query.order_by(*order).limit(limit)


async def find_earlier(connection: AsyncConnection, letter: Letter, since: date, *, limit: int = 20) -> list[Letter]:
    """Letters of the form to the account that were issued since then on the same issue and goods, the newest first.

    One that names no goods is on all of them, and one that names how a tariff number begins on all that begin so. What
    was withdrawn asked nothing in the end. Without an issue nothing says that two are on the same.
    """
    if letter.issue is None:
        return []
    table = requests.c
    query = _select().where(
        table.importer_number == letter.importer_number,
        table.form == letter.form,
        table.issue == letter.issue,
        table.request_id != letter.request_id,
        table.issued_on >= since,
        ~exists().where(request_acts.c.request_id == table.request_id, request_acts.c.act == "withdraw"),
    )
    if letter.goods is not None:
        is_same = or_(
            table.goods.is_(None),
            func.starts_with(table.goods, letter.goods),
            func.starts_with(letter.goods, table.goods),
        )
        query = query.where(is_same)
    query = query.order_by(table.issued_on.desc(), table.request_id).limit(limit)
    return [_letter(row) for row in await connection.execute(query)]


async def find_notices(tx: Transaction, entry_number: str) -> list[Notice]:
    """The notices of action on an entry: form, stage and last day."""
    return [(row["form"], row["stage"], row["due_on"]) for row in await bulk.fetch(tx, _FIND_NOTICES, entry_number)]


async def lock_account(tx: Transaction, importer_number: str) -> None:
    """Let one letter to an account be issued after the other, so that neither misses that the other asks the same."""
    await bulk.fetch(tx, _LOCK_ACCOUNT, importer_number)


async def write_act(tx: Transaction, request_id: UUID, done: KeptAct) -> None:
    """Keep one more act on a letter whose id is held."""
    await bulk.insert(tx, request_acts, ("request_id", *ACT_COLUMNS), [(request_id, *act_cells(done))])


async def load_acts(connection: AsyncConnection, request_ids: Iterable[UUID]) -> dict[UUID, list[KeptAct]]:
    """What officers did with these letters, the first first."""
    table, wanted = request_acts.c, sorted(set(request_ids))
    query = select(table.request_id, *(table[name] for name in ACT_COLUMNS)).where(table.request_id.in_(wanted))
    found: dict[UUID, list[KeptAct]] = {each: [] for each in wanted}
    rows = await connection.execute(query.order_by(table.request_id, table.number))
    for request_id, *act in rows:
        found[request_id].append(kept_act(*act))
    return found


async def write_answer(tx: Transaction, answer_id: UUID, request_id: UUID, answer: LetterAnswer) -> None:
    """Keep what a party answered over the API; raises `Refused` for a key by which they answered before."""
    await demand_new(tx.connection, request_answers.c.answer_id, answer_id)
    assert answer.by is not None
    row = (
        answer_id,
        request_id,
        answer.at,
        answer.text,
        orjson.dumps(answer.files).decode(),
        answer.by.subject,
        answer.by.name,
        answer.by.acting_for,
        answer.authority,
    )
    await bulk.insert(tx, request_answers, ("answer_id", "request_id", *_ANSWER), [row])


async def load_answers(connection: AsyncConnection, letters: Iterable[Letter]) -> dict[UUID, list[LetterAnswer]]:
    """What the parties asked have answered to these letters, by filing and over the API, the first first.

    A filing of another importer answers nothing: its number alone would let anybody answer for everybody.
    """
    asked = {letter.request_id: letter.importer_number for letter in letters}
    found: dict[UUID, list[LetterAnswer]] = {each: [] for each in asked}
    if not asked:
        return found
    table = filings.c
    columns = (table.answers_request, table.importer_number, table.filing_number, table.received_at)
    query = select(*columns).where(table.answers_request.in_(sorted(asked)), table.kind == ANSWERS)
    for request_id, importer_number, filing_number, received_at in await connection.execute(query):
        if asked[request_id] == importer_number:
            found[request_id].append(LetterAnswer(received_at, filing_number))
    given = request_answers.c
    by_api = select(given.request_id, *(given[name] for name in _ANSWER)).where(given.request_id.in_(sorted(asked)))
    for request_id, at, text, files, subject, name, acting_for, authority in await connection.execute(by_api):
        by = Person(subject, name, acting_for)
        found[request_id].append(LetterAnswer(at, None, text, tuple(files), by, authority))
    return {each: sorted(said, key=lambda one: (one.at, one.filing_number or "")) for each, said in found.items()}


async def find_overdue(tx: Transaction, today: date, left_out: Sequence[str], limit: int) -> list[UUID]:
    """Letters whose day has passed without an answer and that nobody was told of yet, but for those left out."""
    rows = await bulk.fetch(tx, _FIND_OVERDUE, today, list(left_out), limit)
    return [row["request_id"] for row in rows]


async def note_told_overdue(tx: Transaction, request_ids: Sequence[UUID], on: date) -> None:
    """Remember that these were told as overdue."""
    await bulk.execute(tx, _TELL_OVERDUE, list(request_ids), on)


def _select() -> Select[Any]:
    return select(*(requests.c[name] for name in _COLUMNS))


def _shown_stage(today: date) -> ColumnElement[str]:
    """`shown_stage` of the domain, as an expression."""
    table = requests.c
    silent = [
        (and_(table.form == form, table.stage.in_(act.source), table.due_on < today), literal(act.target))
        for form, act in ((form, process.act(SILENCE)) for form, process in PROCESS_OF.items())
    ]
    return case(*silent, else_=table.stage)


def _cells(letter: Letter) -> tuple[Any, ...]:
    return (
        letter.request_id,
        letter.item_id,
        letter.form,
        orjson.dumps(letter.entry_numbers).decode(),
        letter.importer_number,
        letter.center,
        orjson.dumps(letter.questions).decode(),
        letter.drafted_at,
        letter.by.subject,
        letter.by.name,
        letter.by.acting_for,
        letter.authority,
        letter.issue,
        letter.goods,
        letter.effect_cents,
        letter.issued_on,
        letter.issued_at,
        letter.asked_until,
        letter.due_on,
        letter.stage,
        letter.changes,
        letter.from_request,
        letter.filer_code,
    )


def _letter(row: bulk.Row) -> Letter:
    (
        request_id,
        item_id,
        form,
        entry_numbers,
        importer_number,
        center,
        questions,
        drafted_at,
        subject,
        name,
        acting_for,
        *rest,
    ) = row
    return Letter(
        request_id,
        item_id,
        form,
        tuple(entry_numbers),
        importer_number,
        center,
        tuple(questions),
        drafted_at,
        Person(subject, name, acting_for),
        *rest,
    )
