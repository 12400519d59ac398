"""Items and their history: what events and people write."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from services.workqueue.domain.item import Goods, Item, Note, Person
from services.workqueue.store.tables import item_events, items
from shared.db import bulk
from shared.db.transaction import Transaction

ITEM_COLUMNS = (
    "item_id",
    "process",
    "entry_number",
    "protest_number",
    "importer_number",
    "center",
    "division",
    "priority",
    "value_usd",
    "opened_at",
    "due_on",
    "state",
    "holder",
    "holder_name",
    "token",
    "lease_until",
    "acts",
    "filing_number",
    "asking_center",
    "authority",
    "goods",
    "center_since",
)
_SELECT = f"SELECT {', '.join(ITEM_COLUMNS)} FROM items"
_LOCK = f"""
{_SELECT}
WHERE item_id IN (SELECT unnest($1::uuid[])
                  UNION SELECT item_id FROM items WHERE entry_number = ANY($2::text[]) AND protest_number IS NULL)
ORDER BY item_id FOR UPDATE
"""
_LOCK_EXPIRED = f"""
{_SELECT}
WHERE state = 'claimed' AND lease_until <= $1
  AND ($3::text[] IS NULL OR center = ANY($3)) AND ($4::text[] IS NULL OR division = ANY($4))
ORDER BY lease_until LIMIT $2 FOR UPDATE SKIP LOCKED
"""
_REPLACE_ITEM = "(item_id) DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in ITEM_COLUMNS[1:])
_NOTE_COLUMNS = (
    "item_id",
    "change_key",
    "sequence",
    "change",
    "state",
    "at",
    "actor",
    "actor_name",
    "acting_for",
    "reasons",
)
_ORDER = "due_order, priority, opened_at, item_id"
_TAKE = f"""
UPDATE items taken
SET state = 'claimed', holder = $1, holder_name = $2, lease_until = $3, token = taken.token + 1, acts = taken.acts + 1
FROM chosen WHERE taken.item_id = chosen.item_id
RETURNING {", ".join(f"taken.{name}" for name in ITEM_COLUMNS)}
"""
OPEN_CENTERS = """
WITH RECURSIVE found AS (
    SELECT min(center) AS center FROM items WHERE state = 'open'
    UNION ALL
    SELECT (SELECT min(i.center) FROM items i WHERE i.state = 'open' AND i.center > found.center) FROM found
    WHERE found.center IS NOT NULL)
SELECT center FROM found WHERE center IS NOT NULL
"""


def _claim_next(is_by_process: bool, heads: str) -> str:
    """Look at the first open items of each queue in their order, lock the best that nobody else has in hand, take it.

    The lock comes after the order and before the limit, so a row that another call holds is passed over, never waited
    for; PostgreSQL checks `state` again on the row as it is when the lock is had.
    """
    process = "AND q.process = $6" if is_by_process else ""
    return f"""
WITH chosen AS MATERIALIZED (
    SELECT candidate.item_id
    FROM (SELECT head.* FROM unnest($4::text[]) AS c(center) CROSS JOIN unnest($5::text[]) AS d(division)
          CROSS JOIN LATERAL (
              SELECT {_ORDER} FROM items q
              WHERE q.center = c.center AND q.division = d.division AND q.state = 'open' {process}
              ORDER BY {_ORDER} {heads}) AS head
          ORDER BY {_ORDER}) AS head
    JOIN items candidate USING (item_id)
    WHERE candidate.state = 'open'
    ORDER BY {", ".join(f"head.{name}" for name in _ORDER.split(", "))}
    LIMIT 1 FOR UPDATE OF candidate SKIP LOCKED)
{_TAKE}"""


CLAIM_NEXT = _claim_next(False, "LIMIT 32")
CLAIM_NEXT_OF_PROCESS = _claim_next(True, "LIMIT 32")
_CLAIM_ANY = _claim_next(False, "")
_CLAIM_ANY_OF_PROCESS = _claim_next(True, "")


async def lock_items(
    tx: Transaction, item_ids: Iterable[UUID], *, entry_numbers: Iterable[str] = ()
) -> dict[UUID, Item]:
    """Items by id, and the reviews of these entries, each locked for this transaction."""
    rows = await bulk.fetch(tx, _LOCK, sorted(set(item_ids)), sorted(set(entry_numbers)))
    return {item.item_id: item for item in map(_item, rows)}


async def lock_expired(
    tx: Transaction,
    now: datetime,
    limit: int,
    *,
    centers: Sequence[str] | None = None,
    divisions: Sequence[str] | None = None,
) -> list[Item]:
    """Claims whose lease has run out and that nobody else has in hand, locked for this transaction; None means all."""
    return [_item(row) for row in await bulk.fetch(tx, _LOCK_EXPIRED, now, limit, centers, divisions)]


async def claim_next(
    tx: Transaction,
    person: Person,
    *,
    lease_until: datetime,
    centers: Sequence[str],
    divisions: Sequence[str],
    process: str | None,
) -> Item | None:
    """Give the person the first open item of these queues in one statement; None when there is none.

    When every head of every queue is in the hands of other calls, a second statement looks at all open items.
    """
    arguments = [person.subject, person.name, lease_until, list(centers), list(divisions)]
    statements = (CLAIM_NEXT, _CLAIM_ANY)
    if process is not None:
        arguments.append(process)
        statements = (CLAIM_NEXT_OF_PROCESS, _CLAIM_ANY_OF_PROCESS)
    for statement in statements:
        rows = await bulk.fetch(tx, statement, *arguments)
        if rows:
            return _item(rows[0])
    return None


async def find_open_centers(tx: Transaction) -> list[str]:
    """The Centers that have open items: one step in the index for each, however many items there are."""
    return [row["center"] for row in await bulk.fetch(tx, OPEN_CENTERS)]


async def write_items(tx: Transaction, changed: Sequence[Item]) -> None:
    """Create items, or write those that are locked."""
    rows = [tuple(_cell(item, name) for name in ITEM_COLUMNS) for item in changed]
    await bulk.insert(tx, items, ITEM_COLUMNS, rows, on_conflict=_REPLACE_ITEM)


async def append_notes(tx: Transaction, notes: Sequence[tuple[Item, Note]]) -> None:
    """Add lines to the history of items; a line that is there stays as it is."""
    rows: list[tuple[Any, ...]] = [
        (
            item.item_id,
            note.key,
            note.sequence,
            note.change,
            note.state,
            note.at,
            note.by.subject,
            note.by.name,
            note.by.acting_for,
            orjson.dumps([dict(reason) for reason in note.reasons]).decode(),
        )
        for item, note in notes
    ]
    await bulk.insert(tx, item_events, _NOTE_COLUMNS, rows, on_conflict="DO NOTHING")


def _cell(item: Item, name: str) -> Any:
    value = getattr(item, name)
    return orjson.dumps(value).decode() if name == "goods" and value is not None else value


def _item(row: Any) -> Item:
    goods = row["goods"]
    item = Item(*row)
    return item if goods is None else replace(item, goods=tuple(Goods(**each) for each in goods))
