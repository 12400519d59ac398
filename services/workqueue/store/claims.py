"""Claims: the first open item of some queues, taken in one statement, and claims whose lease has run out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select, tuple_

from services.workqueue.domain.claim import SKILL_RELAXED
from services.workqueue.domain.filter import Filter
from services.workqueue.domain.item import ACTS_FROM, Item, Person
from services.workqueue.store.filters import conditions_of
from services.workqueue.store.items import ITEM_COLUMNS, SELECT_ITEMS, item_of
from services.workqueue.store.tables.items import QUEUE_ORDER, items, offered_items
from shared.bus.outbox import Frame
from shared.customs.calendar import legal_date
from shared.db import bulk
from shared.db.reach import is_one_of
from shared.db.transaction import Alone, Transaction


class Taken(NamedTuple):
    """An item that was claimed: whether it was assigned, and which skills it asked for that the holder has not."""

    item: Item
    is_assigned: bool
    relaxed: tuple[str, ...]


class ClaimFrame(NamedTuple):
    """What goes around the event of a claim, and its actor as JSON."""

    frame: Frame
    actor: str


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


LOCK_EXPIRED = f"""
{SELECT_ITEMS}
WHERE item_id = ANY(ARRAY(
    SELECT h.item_id FROM held_items h WHERE h.lease_until <= $1 AND ($5::uuid[] IS NULL OR h.item_id = ANY($5))))
  AND state = 'claimed' AND lease_until <= $1
  AND ($3::text[] IS NULL OR center = ANY($3)) AND ($4::text[] IS NULL OR division = ANY($4))
ORDER BY lease_until LIMIT $2 FOR UPDATE SKIP LOCKED
"""
_EXPIRED = """
SELECT item_id FROM held_items WHERE lease_until <= $1 AND item_id <> ALL($2::text[]::uuid[])
ORDER BY lease_until LIMIT $3
"""
_ORDER = ", ".join(QUEUE_ORDER)
_TAKE = f"""
taken AS (
    UPDATE items taken
    SET state = 'claimed', holder = $1, holder_name = $2, lease_until = $3, token = taken.token + 1,
        acts = taken.acts + 1
    FROM chosen WHERE taken.item_id = chosen.item_id
    RETURNING {", ".join(f"taken.{name}" for name in ITEM_COLUMNS)}, chosen.is_own, chosen.relaxed)"""
# The line of history and the event of a claim, as `claim` of domain/claim.py and `work_item_changed` would write them:
# in the statement of the claim they cost no round trip. A relaxed skill is the rare reason that such a line has.
_TELL = f"""
noted AS (
    INSERT INTO item_events (item_id, change_key, sequence, change, state, at, actor, actor_name, acting_for, reasons)
    SELECT item_id, 'claimed:' || acts, {ACTS_FROM} + acts, 'claimed', 'claimed', $8, $1, $2, $9,
        CASE WHEN relaxed IS NULL THEN '[]' ELSE coalesce((
            SELECT jsonb_agg(jsonb_build_object(
                'code', 'skill-relaxed', 'text', format({_text(SKILL_RELAXED)}, skill), 'fact', skill))
            FROM unnest(relaxed) AS lacked(skill)), '[]') END
    FROM taken),
told AS (
    INSERT INTO outbox (topic, key, value, headers)
    SELECT $10, item_id::text, convert_to(concat(
        $11::text, ',"id":"', encode(substr(sha256(convert_to('claimed ' || item_id || ' ' || acts, 'UTF8')), 1, 16),
                                     'hex')::uuid,
        '","subject":"', item_id, '","data":', json_build_object(
            'item_id', item_id, 'sequence', {ACTS_FROM} + acts, 'change', 'claimed', 'state', 'claimed',
            'entry_number', entry_number, 'importer_number', importer_number, 'center', center, 'division', division,
            'process', process, 'actor', $12::json, 'at', $8, 'filing_number', filing_number,
            'asking_center', asking_center), '}}'), 'UTF8'), $13::jsonb
    FROM taken WHERE knowers IS NULL)
SELECT {", ".join(ITEM_COLUMNS)}, is_own, relaxed FROM taken"""
# Who claims must not have the work of these importers ($6 are the person and whom they act for, $7 is today).
_IN_CONFLICT = """
ARRAY(SELECT k.importer_number FROM staff_conflicts k
      WHERE k.subject = ANY($6::text[]) AND (k.until_on IS NULL OR k.until_on >= $7))"""
# A scalar subquery is never hashed: it is asked for protests alone, and by the index of their entry.
_OWN_DECISION = """
CASE WHEN candidate.kind = 'protest' THEN
    (SELECT true FROM items r CROSS JOIN LATERAL (
         SELECT decided_by, acting_for FROM decisions WHERE item_id = r.item_id AND refused_at IS NULL
         UNION ALL SELECT decided_by, acting_for FROM decisions WHERE item_id = r.item_id AND refused_at IS NOT NULL) d
     WHERE r.entry_number = candidate.entry_number AND r.kind = 'review'
       AND (d.decided_by = ANY($6) OR d.acting_for = ANY($6)) LIMIT 1) END"""
_SKIPPED = "ARRAY(SELECT s.item_id FROM skips s WHERE s.subject = $1 AND s.until > $8::timestamptz)"
# Which skills the candidate asks for that the person has not, and since when it must have waited to do without them.
_ASKED = """
SELECT array_agg(k.kind || ' ' || k.code ORDER BY k.kind || ' ' || k.code) AS skills,
       min(coalesce($8::timestamptz - k.relax_hours * interval '1 hour', '-infinity')) AS since
FROM skill_demands k
WHERE k.center = candidate.center AND k.process = candidate.process AND NOT EXISTS (
    SELECT FROM staff_skills s WHERE s.subject = $1 AND s.kind = k.kind AND s.code = k.code AND s.level >= k.level)"""


def _each(parameter: int, name: str) -> str:
    """The values of an array, of which PostgreSQL expects one.

    For a plan that holds for any values it would expect ten of each, a hundred queues, and so plan each claim anew:
    that takes longer than the claim. A limit whose value it does not know lets it expect a tenth.
    """
    array = f"${parameter}::text[]"
    return f"(SELECT {name} FROM unnest({array}) AS each({name}) LIMIT cardinality({array})) AS {name}s"


def _heads(is_by_process: bool, heads: str) -> str:
    """What is assigned to the person, and the first open items of each queue in their order, so many of each."""
    process = "AND q.process = $14" if is_by_process else ""
    return f"""
SELECT true AS is_own, own.* FROM (
    SELECT {_ORDER} FROM offered_items q
    WHERE q.assigned_to = $1 AND q.center = ANY($4::text[]) AND q.division = ANY($5::text[]) {process}
    ORDER BY {_ORDER} {heads}) AS own
UNION ALL
SELECT false, head.* FROM {_each(4, "center")} CROSS JOIN {_each(5, "division")}
CROSS JOIN LATERAL (
    SELECT {_ORDER} FROM offered_items q
    WHERE q.center = centers.center AND q.division = divisions.division AND q.assigned_to IS NULL {process}
    ORDER BY {_ORDER} {heads}) AS head"""


def _claim_first(of: str) -> str:
    """Of these items lock the best that nobody else has in hand and that nothing keeps from the person, take it, and
    write and publish that.

    The lock comes after the order and before the limit, so a row that another call holds is passed over, never waited
    for; PostgreSQL checks the row's own columns again as they are when the lock is had: what was offered a moment ago
    may be another's now. What concerns the person is read once, and is empty for most.
    """
    return f"""
WITH chosen AS MATERIALIZED (
    SELECT candidate.item_id, head.is_own, CASE WHEN NOT head.is_own THEN asked.skills END AS relaxed
    FROM ({of}
          ORDER BY is_own DESC, {_ORDER}) AS head
    JOIN items candidate USING (item_id) CROSS JOIN LATERAL ({_ASKED}) AS asked
    WHERE candidate.state = 'open' AND candidate.waits_for IS NULL
      AND candidate.center = ANY($4::text[]) AND candidate.division = ANY($5::text[])
      AND coalesce(candidate.assigned_to, $1) = $1
      AND coalesce(candidate.importer_number, '') <> ALL ({_IN_CONFLICT})
      AND candidate.item_id <> ALL ({_SKIPPED})
      AND (candidate.knowers IS NULL OR candidate.knowers ? $1)
      AND ({_OWN_DECISION}) IS NULL
      AND (head.is_own OR asked.since IS NULL OR candidate.opened_at <= asked.since)
    ORDER BY head.is_own DESC, {", ".join(f"head.{name}" for name in QUEUE_ORDER)}
    LIMIT 1 FOR UPDATE OF candidate SKIP LOCKED),
{_TAKE},
{_TELL}"""


_STATEMENTS, _STATEMENTS_OF_PROCESS = (
    [_claim_first(_heads(is_by_process, heads)) for heads in ("LIMIT 4", "LIMIT 32", "LIMIT 200", "")]
    for is_by_process in (False, True)
)
CLAIM_NEXT, CLAIM_NEXT_OF_PROCESS = _STATEMENTS[0], _STATEMENTS_OF_PROCESS[0]
_CLAIM_AMONG = _claim_first(f"""
SELECT q.assigned_to IS NOT NULL AS is_own, {", ".join(f"q.{name}" for name in QUEUE_ORDER)}
FROM offered_items q
WHERE q.item_id = ANY($14::uuid[]) AND q.center = ANY($4::text[]) AND q.division = ANY($5::text[])
  AND coalesce(q.assigned_to, $1) = $1""")
_AT_ONCE = 500


async def claim_next(
    tx: Transaction | Alone,
    person: Person,
    now: datetime,
    told: ClaimFrame,
    *,
    lease_until: datetime,
    centers: Sequence[str],
    divisions: Sequence[str],
    process: str | None,
) -> Taken | None:
    """Give the person the first open item of these queues, with its line of history and its event, in one statement.

    None when there is none. When every head of every queue is in the hands of other calls or kept from the person,
    further statements look at more of them, the last at all.
    """
    arguments = _arguments(person, now, told, lease_until, centers, divisions)
    statements = _STATEMENTS
    if process is not None:
        arguments.append(process)
        statements = _STATEMENTS_OF_PROCESS
    for statement in statements:
        if (taken := await _claim(tx, statement, arguments)) is not None:
            return taken
    return None


async def claim_next_narrowed(
    tx: Transaction,
    person: Person,
    now: datetime,
    told: ClaimFrame,
    wanted: Filter,
    *,
    lease_until: datetime,
    centers: Sequence[str],
    divisions: Sequence[str],
    process: str | None,
) -> Taken | None:
    """The same of what a filter gives as well: found in its order first, then the first of it that may be taken."""
    arguments = _arguments(person, now, told, lease_until, centers, divisions)
    for is_assigned in (offered_items.c.assigned_to == person.subject, offered_items.c.assigned_to.is_(None)):
        after: Sequence[Any] | None = None
        while found := await _find_open(tx, wanted, is_assigned, centers, divisions, process, after):
            taken = await _claim(tx, _CLAIM_AMONG, [*arguments, [row.item_id for row in found]])
            if taken is not None:
                return taken
            after = found[-1]
    return None


async def _find_open(
    tx: Transaction,
    wanted: Filter,
    is_assigned: ColumnElement[bool],
    centers: Sequence[str],
    divisions: Sequence[str],
    process: str | None,
    after: Sequence[Any] | None,
) -> Sequence[Any]:
    order = [offered_items.c[name] for name in QUEUE_ORDER]
    query = (
        select(*order)
        .join_from(offered_items, items, items.c.item_id == offered_items.c.item_id)
        .where(
            is_assigned,
            is_one_of(offered_items.c.center, centers),
            is_one_of(offered_items.c.division, divisions),
            *conditions_of(wanted),
        )
    )
    if process is not None:
        query = query.where(offered_items.c.process == process)
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*after))
    return (await tx.connection.execute(query.order_by(*order).limit(_AT_ONCE))).all()


def _arguments(
    person: Person,
    now: datetime,
    told: ClaimFrame,
    lease_until: datetime,
    centers: Sequence[str],
    divisions: Sequence[str],
) -> list[Any]:
    return [
        person.subject,
        person.name,
        lease_until,
        list(centers),
        list(divisions),
        sorted({person.subject, person.acting_for or person.subject}),
        legal_date(now),
        now,
        person.acting_for,
        told.frame.topic,
        told.frame.head,
        told.actor,
        told.frame.headers,
    ]


async def _claim(tx: Transaction | Alone, statement: str, arguments: Sequence[Any]) -> Taken | None:
    rows = await bulk.fetch(tx, statement, *arguments)
    if not rows:
        return None
    *cells, is_own, relaxed = rows[0]
    return Taken(item_of(cells), is_own, tuple(relaxed or ()))


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
    rows = await bulk.fetch(tx, LOCK_EXPIRED, now, limit, centers, divisions, among)
    return [item_of(row) for row in rows]
