"""Claims: the first open item of some queues, taken in one statement, and claims whose lease has run out."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.workqueue.domain.item import Item, Person
from services.workqueue.store.items import ITEM_COLUMNS, SELECT_ITEMS, item_of
from services.workqueue.store.tables.items import QUEUE_ORDER
from shared.db import bulk
from shared.db.transaction import Transaction

_LOCK_EXPIRED = f"""
{SELECT_ITEMS}
WHERE state = 'claimed' AND lease_until <= $1
  AND ($3::text[] IS NULL OR center = ANY($3)) AND ($4::text[] IS NULL OR division = ANY($4))
  AND ($5::uuid[] IS NULL OR item_id = ANY($5))
ORDER BY lease_until LIMIT $2 FOR UPDATE SKIP LOCKED
"""
_EXPIRED = """
SELECT item_id FROM items WHERE state = 'claimed' AND lease_until <= $1 AND item_id <> ALL($2::text[]::uuid[])
ORDER BY lease_until LIMIT $3
"""
_ORDER = ", ".join(QUEUE_ORDER)
_TAKE = f"""
UPDATE items taken
SET state = 'claimed', holder = $1, holder_name = $2, lease_until = $3, token = taken.token + 1, acts = taken.acts + 1
FROM chosen WHERE taken.item_id = chosen.item_id
RETURNING {", ".join(f"taken.{name}" for name in ITEM_COLUMNS)}
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
    ORDER BY {", ".join(f"head.{name}" for name in QUEUE_ORDER)}
    LIMIT 1 FOR UPDATE OF candidate SKIP LOCKED)
{_TAKE}"""


CLAIM_NEXT = _claim_next(False, "LIMIT 32")
CLAIM_NEXT_OF_PROCESS = _claim_next(True, "LIMIT 32")
_CLAIM_ANY = _claim_next(False, "")
_CLAIM_ANY_OF_PROCESS = _claim_next(True, "")


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
            return item_of(rows[0])
    return None


async def find_expired(tx: Transaction, now: datetime, left_out: Sequence[str], limit: int) -> list[UUID]:
    """Claims whose lease has run out, the earliest first, but for those left out."""
    return [row["item_id"] for row in await bulk.fetch(tx, _EXPIRED, now, list(left_out), limit)]


async def lock_expired(
    tx: Transaction,
    now: datetime,
    limit: int,
    *,
    centers: Sequence[str] | None = None,
    divisions: Sequence[str] | None = None,
    among: Sequence[UUID] | None = None,
) -> list[Item]:
    """Claims whose lease has run out and that nobody else has in hand, locked for this transaction; None means all."""
    rows = await bulk.fetch(tx, _LOCK_EXPIRED, now, limit, centers, divisions, among)
    return [item_of(row) for row in rows]
