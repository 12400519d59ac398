"""What comes, goes and waits: for those who answer for a Center, and for the account as a whole."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from services.workqueue.domain.standard import Attainment, Standard
from shared.db import bulk
from shared.db.transaction import Transaction

_LOCAL = "AT TIME ZONE 'America/New_York'"
_ENDING = "('completed', 'closed')"
# A line of opening counts as an arrival where it is that of the item's opening: later versions are no new work.
_FLOW = f"""
SELECT (e.at {_LOCAL})::date AS on_day, i.center, i.process,
       count(*) FILTER (WHERE e.change IN ('routed', 'opened') AND e.at = i.opened_at) AS arrived,
       count(*) FILTER (WHERE e.change IN {_ENDING}) AS completed,
       count(*) FILTER (WHERE e.change = 'cancelled') AS cancelled
FROM item_events e JOIN items i USING (item_id)
WHERE e.change IN ('routed', 'opened', 'completed', 'closed', 'cancelled') AND e.at >= $1 AND e.at < $2
  AND ($3::text[] IS NULL OR i.center = ANY($3)) AND i.knowers IS NULL
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_AGEING = f"""
SELECT center, process,
       CASE WHEN days <= 7 THEN '0-7' WHEN days <= 30 THEN '8-30' WHEN days <= 90 THEN '31-90'
            WHEN days <= 365 THEN '91-365' ELSE 'over-365' END AS age,
       count(*) AS items, count(*) FILTER (WHERE state = 'open') AS unclaimed,
       count(*) FILTER (WHERE due_on < $1) AS late
FROM (SELECT center, process, state, due_on, $1 - (opened_at {_LOCAL})::date AS days FROM items
      WHERE lasting_state = 'open' AND knowers IS NULL AND ($2::text[] IS NULL OR center = ANY($2))) AS waiting
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
# A decision that was refused ended nothing: what it ended counts by what ended it afterwards.
_ENDED = f"""
SELECT count(*) AS ended,
       count(*) FILTER (WHERE CASE WHEN $5::integer IS NULL THEN ended_on <= due_on
                                   ELSE ended_on - opened_on <= $5 END) AS in_time,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY ended_on - opened_on) AS p50,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY ended_on - opened_on) AS p90
FROM (SELECT i.due_on, (i.opened_at {_LOCAL})::date AS opened_on, (e.at {_LOCAL})::date AS ended_on
      FROM item_events e JOIN items i USING (item_id)
      WHERE e.change IN {_ENDING} AND i.state = 'completed' AND e.at >= $1 AND e.at < $2
        AND ($3::text[] IS NULL OR i.center = ANY($3)) AND i.kind = ANY($4::text[])
        AND (i.reopened_at IS NULL OR e.at >= i.reopened_at)
        AND ($6::text[] = '{{}}' OR i.process = ANY($6)) AND ($5::integer IS NOT NULL OR i.due_on IS NOT NULL)) AS ended
"""
_HELD = """
SELECT coalesce(CASE WHEN state = 'claimed' THEN holder ELSE assigned_to END, '') AS subject, process, count(*) AS items
FROM items WHERE lasting_state = 'open' AND waits_for IS NULL AND knowers IS NULL AND center = $1 GROUP BY 1, 2
"""
_TRUSTED = """
SELECT count(*) AS items, count(*) FILTER (WHERE p.programs <> '[]') AS trusted,
       coalesce(sum(i.value_usd), 0)::bigint AS value_usd,
       coalesce(sum(i.value_usd) FILTER (WHERE p.programs <> '[]'), 0)::bigint AS trusted_value_usd
FROM items i LEFT JOIN importers p USING (importer_number)
WHERE i.lasting_state = 'open' AND i.knowers IS NULL AND ($1::text[] IS NULL OR i.center = ANY($1))
"""
_MOVABLE = """
SELECT i.item_id, i.process, i.kind, i.importer_number, i.entry_number, i.due_on, i.assigned_to
FROM offered_items o JOIN items i USING (item_id)
WHERE o.center = $1 AND (o.assigned_to = ANY($2::text[]) OR o.assigned_to IS NULL) AND i.knowers IS NULL
ORDER BY o.assigned_to IS NULL, o.due_order DESC, o.priority DESC, o.item_id LIMIT $3
"""


class Flow(NamedTuple):
    """What came and went on a legal day."""

    on_day: date
    center: str
    process: str
    arrived: int
    completed: int
    cancelled: int


class Age(NamedTuple):
    """What waits, by how many days it is old."""

    center: str
    process: str
    age: str
    items: int
    unclaimed: int
    late: int


class Trusted(NamedTuple):
    """What waits, and how much of it is of accounts in a trusted program."""

    items: int
    trusted: int
    value_usd: int
    trusted_value_usd: int


class Movable(NamedTuple):
    """An open item that might be somebody else's."""

    item_id: UUID
    process: str
    kind: str
    importer_number: str
    entry_number: str | None
    due_on: date | None
    assigned_to: str | None


async def list_flow(tx: Transaction, since: datetime, until: datetime, centers: Sequence[str] | None) -> list[Flow]:
    """Arrivals and ends by day, Center and process; None means every Center."""
    return [Flow(*row) for row in await bulk.fetch(tx, _FLOW, since, until, centers)]


async def list_ages(tx: Transaction, today: date, centers: Sequence[str] | None) -> list[Age]:
    """What waits by its age."""
    return [Age(*row) for row in await bulk.fetch(tx, _AGEING, today, centers)]


async def measure(
    tx: Transaction, standard: Standard, since: datetime, until: datetime, centers: Sequence[str] | None
) -> Attainment:
    """How a standard was met by what ended between two instants."""
    given: list[Any] = [since, until, centers, list(standard.kinds), standard.days, list(standard.processes)]
    row = (await bulk.fetch(tx, _ENDED, *given))[0]
    p50, p90 = (Decimal(str(row[name])) if row[name] is not None else None for name in ("p50", "p90"))
    return Attainment(standard, row["ended"], row["in_time"], p50, p90)


async def list_held(tx: Transaction, center: str) -> list[tuple[str, str, int]]:
    """Items of a Center that somebody works on next, by who has them ('' nobody) and process."""
    return [(row["subject"], row["process"], row["items"]) for row in await bulk.fetch(tx, _HELD, center)]


async def count_trusted(tx: Transaction, centers: Sequence[str] | None) -> Trusted:
    """The share of trusted accounts in what waits."""
    return Trusted(*(await bulk.fetch(tx, _TRUSTED, centers))[0])


async def list_movable(tx: Transaction, center: str, subjects: Sequence[str], limit: int) -> list[Movable]:
    """Open items assigned to these people, and then those assigned to nobody, what is due last first."""
    return [Movable(*row) for row in await bulk.fetch(tx, _MOVABLE, center, list(subjects), limit)]
