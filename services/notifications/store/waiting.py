"""Deliveries that wait, for operators: counted by lane and channel, and no recipient named."""

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.domain.kind import Lane
from shared.db import bulk
from shared.db.transaction import Transaction
from shared.operations.standing import PART_SECONDS, Deliveries, WaitingDeliveries, ask, within

# Each webhook is a channel of its own: they are counted together.
_WAITING: Final = """
SELECT lane, CASE lane WHEN $2::integer THEN 'webhook' ELSE channel END AS channel, count(*) AS waiting,
    count(*) FILTER (WHERE attempts > 0) AS failing, count(*) FILTER (WHERE next_try_at <= $1::timestamptz) AS due,
    count(*) FILTER (WHERE held_for IS NOT NULL) AS held, count(*) FILTER (WHERE is_waiting) AS without_account,
    min(queued_at) AS oldest_at
FROM deliveries WHERE state = 'queued' GROUP BY 1, 2 ORDER BY 1, 2
"""
_BY_STATE: Final = "SELECT state, count(*) AS deliveries FROM deliveries GROUP BY state ORDER BY state"


async def count_waiting(engine: AsyncEngine, now: datetime) -> Deliveries:
    """What waits, and all deliveries by state where they can be counted in half the time of a part."""

    async def waiting(tx: Transaction) -> list[WaitingDeliveries]:
        return [
            WaitingDeliveries(
                Lane(row["lane"]).name.lower(),
                row["channel"],
                row["waiting"],
                row["failing"],
                row["due"],
                row["held"],
                row["without_account"],
                row["oldest_at"],
            )
            for row in await bulk.fetch(tx, _WAITING, now, Lane.WEBHOOK.value)
        ]

    async def states(tx: Transaction) -> dict[str, int]:
        return {row["state"]: row["deliveries"] for row in await bulk.fetch(tx, _BY_STATE)}

    half = PART_SECONDS / 2
    found = await ask(engine, waiting, PART_SECONDS)
    return Deliveries(found, (await within(ask(engine, states, half), half)).value)
