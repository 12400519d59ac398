"""An account as a whole, wherever its work is: what is open and decided, what was asked, what it is worth."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.workqueue.domain.item import Item
from services.workqueue.store.items import ITEM_COLUMNS, SELECT_ITEMS
from services.workqueue.store.items import item_of as _item_of
from services.workqueue.store.tables.items import QUEUE_ORDER
from shared.db import bulk
from shared.db.transaction import Transaction

_ORDER = ", ".join(QUEUE_ORDER)
_SHOWN = "knowers IS NULL"
"""A law-enforcement-sensitive matter is on no page of its account: whoever need not know learns nothing of it."""
_COUNTS = f"""
SELECT center, process, state, count(*) AS items, coalesce(sum(value_usd), 0)::bigint AS value_usd,
       min(due_on) AS next_due_on
FROM items WHERE importer_number = $1 AND lasting_state = 'open' AND {_SHOWN} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_OPEN = f"""
{SELECT_ITEMS} WHERE importer_number = $1 AND lasting_state = 'open' AND {_SHOWN} ORDER BY {_ORDER} LIMIT $2
"""
_LETTERS = """
SELECT request_id, item_id, form, center, stage, issued_on, due_on, issue, effect_cents FROM requests
WHERE importer_number = $1 AND stage IN ('issued', 'reminded', 'proposed') ORDER BY due_order, request_id LIMIT $2
"""
_DECIDED = f"""
SELECT d.item_id, i.center, i.process, i.entry_number, i.filing_number, d.outcome, d.duty_cents, d.fees_cents,
       d.decided_by, d.decided_by_name, d.acting_for, d.decided_at
FROM items i JOIN decisions d ON d.item_id = i.item_id AND d.refused_at IS NULL
WHERE i.importer_number = $1 AND i.{_SHOWN} AND NOT EXISTS (
    SELECT FROM quality_samples s WHERE s.item_id = i.item_id AND s.reviewer = $3 AND s.state = 'taken')
ORDER BY d.decided_at DESC, d.item_id LIMIT $2
"""
# An entry under several reviews, or on which advice is asked, is worth what it is worth once.
_STAKE = f"""
SELECT coalesce((SELECT sum(value_usd) FROM (
           SELECT max(value_usd) AS value_usd FROM items
           WHERE importer_number = $1 AND lasting_state = 'open' AND {_SHOWN}
           GROUP BY coalesce(entry_number, item_id::text)) AS each_once), 0)::bigint AS value_usd,
       coalesce((SELECT sum(effect_cents) FROM requests
                 WHERE importer_number = $1 AND stage = 'proposed'), 0)::bigint AS proposed_cents
"""
_MONEY = """
SELECT coalesce(sum(d.duty_cents) FILTER (WHERE d.outcome = 'increase'), 0)::bigint AS increases,
       coalesce(sum(d.duty_cents) FILTER (WHERE d.outcome = 'refund'), 0)::bigint AS refunds
FROM items i JOIN decisions d ON d.item_id = i.item_id AND d.refused_at IS NULL
WHERE i.importer_number = $1 AND d.decided_at >= $2
"""
_CLOCKS = f"""
SELECT item_id, center, process, kind, clock, due_on FROM (
    SELECT i.item_id, i.center, i.process, i.kind, 'work' AS clock, i.due_on FROM items i
    WHERE i.importer_number = $1 AND i.lasting_state = 'open' AND i.{_SHOWN}
    UNION ALL
    SELECT i.item_id, i.center, i.process, i.kind, 'deemed-liquidation', e.deemed_on
    FROM items i JOIN entries e USING (entry_number)
    WHERE i.importer_number = $1 AND i.kind = 'review' AND i.lasting_state = 'open'
    UNION ALL
    SELECT r.item_id, r.center, r.form, 'letter', 'answer', r.due_on FROM requests r
    WHERE r.importer_number = $1 AND r.stage IN ('issued', 'reminded', 'proposed')) AS running
WHERE due_on <= $2 ORDER BY due_on, item_id, clock LIMIT $3
"""
# Open work on the same goods: of entries whose routed lines have a key of these.
_SAME_GOODS = """
SELECT DISTINCT g.entry_number FROM unnest($1::text[]) AS keys(k)
JOIN routed_goods g ON g.goods @> jsonb_build_array(jsonb_build_object('key', k)) LIMIT $2
"""
_OF_ENTRIES = f"""
{SELECT_ITEMS} WHERE entry_number = ANY($1::text[]) AND lasting_state = 'open' AND {_SHOWN}
ORDER BY {_ORDER} LIMIT $2
"""
_SAME_ISSUE = f"""
SELECT {", ".join(f"i.{name}" for name in ITEM_COLUMNS)} FROM items i
WHERE i.lasting_state = 'open' AND i.{_SHOWN} AND i.item_id IN (
    SELECT r.item_id FROM requests r WHERE r.issue IS NOT NULL AND r.importer_number = $2 AND r.issue IN (
        SELECT o.issue FROM requests o WHERE o.item_id = $1 AND o.issue IS NOT NULL))
ORDER BY {", ".join(f"i.{name}" for name in QUEUE_ORDER)} LIMIT $3
"""


class OpenCount(NamedTuple):
    """Open work of an account in a Center."""

    center: str
    process: str
    state: str
    items: int
    value_usd: int
    next_due_on: date | None


class LetterOut(NamedTuple):
    """A letter that the account has to answer."""

    request_id: UUID
    item_id: UUID
    form: str
    center: str
    stage: str
    issued_on: date | None
    due_on: date | None
    issue: str | None
    effect_cents: int | None


class Decided(NamedTuple):
    """A decision on work of the account."""

    item_id: UUID
    center: str
    process: str
    entry_number: str | None
    filing_number: str | None
    outcome: str
    duty_cents: int
    fees_cents: int
    decided_by: str
    decided_by_name: str
    acting_for: str | None
    decided_at: datetime


class RunningDay(NamedTuple):
    """A day that comes, of an item or a letter."""

    item_id: UUID
    center: str
    process: str
    kind: str
    clock: str
    due_on: date


async def count_open(tx: Transaction, importer_number: str) -> list[OpenCount]:
    """Open work by Center, process and state."""
    return [OpenCount(*row) for row in await bulk.fetch(tx, _COUNTS, importer_number)]


async def list_open(tx: Transaction, importer_number: str | None, limit: int) -> list[Item]:
    """Open work of an account in the order of the queue; of no account there is none."""
    return [_item_of(row) for row in await bulk.fetch(tx, _OPEN, importer_number, limit)]


async def list_letters(tx: Transaction, importer_number: str, limit: int) -> list[LetterOut]:
    """Letters that wait for the account, the nearest day first."""
    return [LetterOut(*row) for row in await bulk.fetch(tx, _LETTERS, importer_number, limit)]


async def list_decided(tx: Transaction, importer_number: str, limit: int, reader: str) -> list[Decided]:
    """Decisions that stand, the newest first, without those that `reader` reviews a second time now."""
    return [Decided(*row) for row in await bulk.fetch(tx, _DECIDED, importer_number, limit, reader)]


async def sum_stake(tx: Transaction, importer_number: str) -> tuple[int, int]:
    """What open work is worth, in whole US dollars, and what notices of action propose to change, in cents."""
    row = (await bulk.fetch(tx, _STAKE, importer_number))[0]
    return row["value_usd"], row["proposed_cents"]


async def sum_decided(tx: Transaction, importer_number: str, since: datetime) -> tuple[int, int]:
    """Duty of increases and of refunds decided since then, in cents; refunds are negative."""
    row = (await bulk.fetch(tx, _MONEY, importer_number, since))[0]
    return row["increases"], row["refunds"]


async def list_days(tx: Transaction, importer_number: str, until: date, limit: int) -> list[RunningDay]:
    """Days up to this one, those that are over too, of open work and of letters."""
    return [RunningDay(*row) for row in await bulk.fetch(tx, _CLOCKS, importer_number, until, limit)]


async def list_same_goods(tx: Transaction, keys: list[str], limit: int) -> list[Item]:
    """Open work on entries with goods of one of these keys, in the order of the queue."""
    if not keys:
        return []
    entries = [row["entry_number"] for row in await bulk.fetch(tx, _SAME_GOODS, keys, 10 * limit)]
    return [_item_of(row) for row in await bulk.fetch(tx, _OF_ENTRIES, entries, limit)]


async def list_same_issue(tx: Transaction, item_id: UUID, importer_number: str | None, limit: int) -> list[Item]:
    """Open work of an account on which a letter was written about an issue that one on this item is about.

    Of no account there is none.
    """
    rows: list[Any] = await bulk.fetch(tx, _SAME_ISSUE, item_id, importer_number, limit)
    return [_item_of(row) for row in rows]
