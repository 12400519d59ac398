"""How much work there is, by queue and by state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, get_args

from sqlalchemy import ColumnElement, Date, Select, and_, false, func, literal_column, not_, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.domain.filing import WITHOUT_CENTER
from services.workqueue.domain.filter import DueBucket, Span, span_of
from services.workqueue.domain.item import Kind, State
from services.workqueue.store.tables import items
from shared.customs.centers import PENDING
from shared.db.reach import within
from shared.runtime.access import Reach

_UNKNOWN_DAY: ColumnElement[date] = literal_column("'infinity'::date", Date)
"""The place in the queue of what has no day."""
_BUCKETS: tuple[DueBucket, ...] = get_args(DueBucket)
_KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class QueueCount:
    """The open and claimed items of a queue, with when the oldest was opened and when the next is due.

    `by_due` and `by_kind` have how many of them are due when and are about what; none is left out.
    """

    center: str
    division: str
    process: str
    open: int
    claimed: int
    oldest_opened_at: datetime
    next_due_on: date | None
    overdue: int
    by_due: Mapping[DueBucket, int]
    by_kind: Mapping[Kind, int]


@dataclass(frozen=True, slots=True)
class PendingCount:
    """What waits for a Center: not finished, and with no other office by law."""

    open: int
    claimed: int
    past_goal: int
    oldest_since: datetime | None


@dataclass(frozen=True, slots=True)
class StateCount:
    """The items of a queue in one state."""

    center: str
    division: str
    process: str
    state: State
    items: int


def waits_for_center() -> ColumnElement[bool]:
    """Whether an item waits for a Center to be found; what another office has by law does not."""
    by_law = func.coalesce(items.c.center_basis.in_(sorted(WITHOUT_CENTER)), false())
    return and_(items.c.center == PENDING, items.c.lasting_state == literal_column("'open'"), not_(by_law))


def is_overdue(today: date, cutoff: datetime) -> ColumnElement[bool]:
    """Whether an unfinished item was due before this day, or has waited for a Center since the cut-off or longer."""
    is_late = and_(items.c.due_on < today, items.c.lasting_state == literal_column("'open'"))
    return or_(is_late, and_(waits_for_center(), _waiting_since() <= cutoff))


def is_due_in(span: Span | None) -> ColumnElement[bool]:
    """Whether the day of an item is in a span: asked of the place in the queue, by which the indexes are ordered."""
    if span is None:
        return items.c.due_order == _UNKNOWN_DAY
    first = items.c.due_order >= span.first if span.first is not None else true()
    return and_(first, items.c.due_order < (span.before if span.before is not None else _UNKNOWN_DAY))


def _waiting_since() -> ColumnElement[datetime]:
    return func.coalesce(items.c.center_since, items.c.opened_at)


def _of_queues(reach: Reach) -> ColumnElement[bool]:
    """Whether an item waits in a queue that is reached: that of the Center which has it, not of the one that asked."""
    return within(reach, centers=(items.c.center,), division=items.c.division)


async def count_queues(
    connection: AsyncConnection,
    *,
    reach: Reach,
    known: ColumnElement[bool],
    center: str | None,
    division: str | None,
    process: str | None,
    today: date,
    cutoff: datetime,
) -> list[QueueCount]:
    """Open and claimed items by queue, as far as the reach goes, of those that may be known.

    None means any; the days are those of `is_overdue`.
    """
    queue = (items.c.center, items.c.division, items.c.process)
    query = select(
        *queue,
        func.count().filter(items.c.state == "open"),
        func.count().filter(items.c.state == "claimed"),
        func.min(items.c.opened_at),
        func.min(items.c.due_on),
        func.count().filter(is_overdue(today, cutoff)),
        *(func.count().filter(is_due_in(span_of(bucket, today))) for bucket in _BUCKETS),
        *(func.count().filter(items.c.kind == kind) for kind in _KINDS),
    ).where(items.c.lasting_state == literal_column("'open'"), _of_queues(reach), known)
    for column, value in zip(queue, (center, division, process), strict=True):
        if value is not None:
            query = query.where(column == value)
    return [_queue_count(row) for row in await connection.execute(query.group_by(*queue).order_by(*queue))]


def _queue_count(row: Sequence[Any]) -> QueueCount:
    first = len(row) - len(_KINDS)
    before = first - len(_BUCKETS)
    by_due = dict(zip(_BUCKETS, row[before:first], strict=True))
    return QueueCount(*(*row[:before], by_due, dict(zip(_KINDS, row[first:], strict=True))))


async def count_pending(connection: AsyncConnection, reach: Reach, cutoff: datetime) -> PendingCount:
    """What waits for a Center, as far as the reach goes; past its goal since the cut-off or longer."""
    return PendingCount(*(await connection.execute(select_pending(reach, cutoff))).one())


def select_pending(reach: Reach, cutoff: datetime) -> Select[int, int, int, datetime]:
    """The query of `count_pending`."""
    return select(
        func.count().filter(items.c.state == "open"),
        func.count().filter(items.c.state == "claimed"),
        func.count().filter(_waiting_since() <= cutoff),
        func.min(_waiting_since()),
    ).where(waits_for_center(), _of_queues(reach))


async def count_items(connection: AsyncConnection, reach: Reach, known: ColumnElement[bool]) -> list[StateCount]:
    """Items by queue and state, as far as the reach goes, of those that may be known."""
    by = (items.c.center, items.c.division, items.c.process, items.c.state)
    query = select(*by, func.count()).where(_of_queues(reach), known).group_by(*by).order_by(*by)
    return [StateCount(*row) for row in await connection.execute(query)]
