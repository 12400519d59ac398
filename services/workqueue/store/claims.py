"""Claims: the first open item of some queues, taken in one statement, and claims whose lease has run out."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.workqueue.domain.item import Item, Person
from services.workqueue.store.items import ITEM_COLUMNS, SELECT_ITEMS, item_of
from services.workqueue.store.tables.items import QUEUE_ORDER
from shared.customs.calendar import legal_date
from shared.db import bulk
from shared.db.transaction import Transaction


class Taken(NamedTuple):
    """An item that was claimed: whether it was assigned, and whether it asked for skills that the holder has not."""

    item: Item
    is_assigned: bool
    is_relaxed: bool


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
RETURNING {", ".join(f"taken.{name}" for name in ITEM_COLUMNS)}, chosen.is_own, chosen.is_relaxed
"""


# Who claims must not have the work of these importers ($6 are the person and whom they act for, $7 is today).
_IN_CONFLICT = """
ARRAY(SELECT k.importer_number FROM staff_conflicts k
      WHERE k.subject = ANY($6::text[]) AND (k.until_on IS NULL OR k.until_on >= $7))"""
# A scalar subquery is never hashed: it is asked for protests alone, and by the index of their entry.
_OWN_DECISION = """
CASE WHEN candidate.kind = 'protest' THEN
    (SELECT true FROM items r JOIN decisions d ON d.item_id = r.item_id
     WHERE r.entry_number = candidate.entry_number AND r.kind = 'review'
       AND (d.decided_by = ANY($6) OR d.acting_for = ANY($6)) LIMIT 1) END"""
_SKIPPED = "ARRAY(SELECT s.item_id FROM skips s WHERE s.subject = $1 AND s.until > $8::timestamptz)"
# For queue and process since when work must have waited so that it no longer asks for what the person has not.
_LACKING = """
SELECT jsonb_object_agg(of_work.work, of_work.since) AS works FROM (
    SELECT k.center || ' ' || k.process AS work,
           min(coalesce($8::timestamptz - k.relax_hours * interval '1 hour', '-infinity')) AS since
    FROM skill_demands k
    WHERE k.center = ANY($4) AND NOT EXISTS (
        SELECT FROM staff_skills s
        WHERE s.subject = $1 AND s.kind = k.kind AND s.code = k.code AND s.level >= k.level)
    GROUP BY 1) AS of_work"""
_ASKED_SINCE = "((SELECT works FROM lacking) ->> (candidate.center || ' ' || candidate.process))::timestamptz"


def _claim_next(is_by_process: bool, heads: str) -> str:
    """Look at what is assigned to the person and then at the first open items of each queue in their order, lock the
    best that nobody else has in hand and that nothing keeps from the person, take it.

    The lock comes after the order and before the limit, so a row that another call holds is passed over, never waited
    for; PostgreSQL checks `state` again on the row as it is when the lock is had. What concerns the person is read
    once (each subquery but that on protests stands for itself), and is empty for most.
    """
    process = "AND q.process = $9" if is_by_process else ""
    return f"""
WITH lacking AS MATERIALIZED ({_LACKING}),
chosen AS MATERIALIZED (
    SELECT candidate.item_id, head.is_own, NOT head.is_own AND {_ASKED_SINCE} IS NOT NULL AS is_relaxed
    FROM (SELECT true AS is_own, own.* FROM (
              SELECT {_ORDER} FROM items q
              WHERE q.assigned_to = $1 AND q.state = 'open' AND q.waits_for IS NULL
                AND q.center = ANY($4::text[]) AND q.division = ANY($5::text[]) {process}
              ORDER BY {_ORDER} {heads}) AS own
          UNION ALL
          SELECT false, head.* FROM unnest($4::text[]) AS c(center) CROSS JOIN unnest($5::text[]) AS d(division)
          CROSS JOIN LATERAL (
              SELECT {_ORDER} FROM items q
              WHERE q.center = c.center AND q.division = d.division AND q.state = 'open' AND q.waits_for IS NULL
                AND q.assigned_to IS NULL {process}
              ORDER BY {_ORDER} {heads}) AS head
          ORDER BY is_own DESC, {_ORDER}) AS head
    JOIN items candidate USING (item_id)
    WHERE candidate.state = 'open'
      AND candidate.importer_number <> ALL ({_IN_CONFLICT})
      AND candidate.item_id <> ALL ({_SKIPPED})
      AND (candidate.knowers IS NULL OR candidate.knowers ? $1)
      AND ({_OWN_DECISION}) IS NULL
      AND (head.is_own OR candidate.opened_at <= coalesce({_ASKED_SINCE}, 'infinity'))
    ORDER BY head.is_own DESC, {", ".join(f"head.{name}" for name in QUEUE_ORDER)}
    LIMIT 1 FOR UPDATE OF candidate SKIP LOCKED)
{_TAKE}"""


CLAIM_NEXT = _claim_next(False, "LIMIT 8")
CLAIM_NEXT_OF_PROCESS = _claim_next(True, "LIMIT 8")
_STATEMENTS = (CLAIM_NEXT, _claim_next(False, "LIMIT 200"), _claim_next(False, ""))
_STATEMENTS_OF_PROCESS = (CLAIM_NEXT_OF_PROCESS, _claim_next(True, "LIMIT 200"), _claim_next(True, ""))


async def claim_next(
    tx: Transaction,
    person: Person,
    now: datetime,
    *,
    lease_until: datetime,
    centers: Sequence[str],
    divisions: Sequence[str],
    process: str | None,
) -> Taken | None:
    """Give the person the first open item of these queues in one statement; None when there is none.

    Beside it whether it was assigned to them, and whether it asked for skills that they have not. When every head
    of every queue is in the hands of other calls or kept from the person, further statements look at more of them, the
    last at all.
    """
    people = sorted({person.subject, person.acting_for or person.subject})
    arguments = [person.subject, person.name, lease_until, list(centers), list(divisions)]
    arguments += [people, legal_date(now), now]
    statements = _STATEMENTS
    if process is not None:
        arguments.append(process)
        statements = _STATEMENTS_OF_PROCESS
    for statement in statements:
        rows = await bulk.fetch(tx, statement, *arguments)
        if rows:
            *cells, is_own, is_relaxed = rows[0]
            return Taken(item_of(cells), is_own, is_relaxed)
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
