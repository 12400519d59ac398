"""How much work there is, by queue and by state."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.domain.item import State
from services.workqueue.store.tables import items
from shared.db.reach import within
from shared.runtime.access import Reach


@dataclass(frozen=True, slots=True)
class QueueCount:
    """The open and claimed items of a queue, with when the oldest was opened and when the next is due."""

    center: str
    division: str
    process: str
    open: int
    claimed: int
    oldest_opened_at: datetime
    next_due_on: date | None


@dataclass(frozen=True, slots=True)
class StateCount:
    """The items of a queue in one state."""

    center: str
    division: str
    process: str
    state: State
    items: int


def _of_queues(reach: Reach) -> ColumnElement[bool]:
    """Whether an item waits in a queue that is reached: that of the Center which has it, not of the one that asked."""
    return within(reach, centers=(items.c.center,), division=items.c.division)


async def count_queues(
    connection: AsyncConnection,
    *,
    reach: Reach,
    center: str | None,
    division: str | None,
    process: str | None,
) -> list[QueueCount]:
    """Open and claimed items by queue; as far as the reach goes; None means any."""
    queue = (items.c.center, items.c.division, items.c.process)
    query = select(
        *queue,
        func.count().filter(items.c.state == "open"),
        func.count().filter(items.c.state == "claimed"),
        func.min(items.c.opened_at),
        func.min(items.c.due_on),
    ).where(items.c.state.in_(["open", "claimed"]), _of_queues(reach))
    for column, value in zip(queue, (center, division, process), strict=True):
        if value is not None:
            query = query.where(column == value)
    return [QueueCount(*row) for row in await connection.execute(query.group_by(*queue).order_by(*queue))]


async def count_items(connection: AsyncConnection, reach: Reach) -> list[StateCount]:
    """Items by queue and state, as far as the reach goes."""
    by = (items.c.center, items.c.division, items.c.process, items.c.state)
    query = select(*by, func.count()).where(_of_queues(reach)).group_by(*by).order_by(*by)
    return [StateCount(*row) for row in await connection.execute(query)]
