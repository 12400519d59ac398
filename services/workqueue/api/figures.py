"""How much work there is: by queue, and by state."""

from collections import Counter
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from services.workqueue.acts.reach import knower
from services.workqueue.api.common import center_goal_of, pending_cutoff_of
from services.workqueue.domain.filter import DueBucket
from services.workqueue.domain.item import Division, Kind
from services.workqueue.store import figures as figure_store
from services.workqueue.store.filters import known_to
from shared.db.transaction import reading
from shared.runtime.access import reach_of
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.requests import engine_of, today_of

router = APIRouter(tags=["figures"])


class QueueOut(BaseModel):
    """How much work waits in a queue."""

    center: str
    division: str
    process: str
    open: int
    claimed: int
    oldest_opened_at: datetime
    next_due_on: date | None
    overdue: int = Field(description="Due before today; in PNDING also what waits for a Center past the goal.")
    by_due: dict[DueBucket, int] = Field(
        description="When they are due, as `due` of GET /items.", examples=[{"overdue": 1, "today": 0, "later": 12}]
    )
    by_kind: dict[Kind, int] = Field(description="What they are about.", examples=[{"review": 12, "protest": 1}])


class PendingFigures(BaseModel):
    """What waits for a Center: whom the table lets work on it takes it as `center` PNDING, or a director moves it."""

    open: int
    claimed: int
    past_goal: int = Field(description="Waiting for longer than the goal: policy, nothing follows by law.")
    goal_working_days: int = Field(description="The goal, as the operator has set it.", examples=[2])
    oldest_since: datetime | None


class WorkqueueFigures(BaseModel):
    """Items by state, and those that are not finished by queue."""

    open: int
    claimed: int
    completed: int
    cancelled: int
    by_queue: dict[str, int] = Field(examples=[{"CEE007/enforcement/ad-cvd": 12}])
    pending: PendingFigures


@router.get("/queues", summary="How much work waits, by queue")
async def list_queues(
    request: Request,
    caller: Annotated[Identity, allow("item.read")],
    center: Annotated[str | None, Query(examples=["CEE007"])] = None,
    division: Annotated[Division | None, Query()] = None,
    process: Annotated[str | None, Query(examples=["ad-cvd"])] = None,
) -> list[QueueOut]:
    """Open and claimed items by Center, division and process, with the oldest and the next due date."""
    async with reading(engine_of(request)) as connection:
        rows = await figure_store.count_queues(
            connection,
            reach=reach_of(caller, "item.read", today_of(request)),
            known=known_to(knower(caller)),
            center=center,
            division=division,
            process=process,
            today=today_of(request),
            cutoff=pending_cutoff_of(request),
        )
    return [QueueOut.model_validate(row, from_attributes=True) for row in rows]


@router.get("/figures", summary="Items by state and queue")
async def read_workqueue_figures(request: Request, caller: Annotated[Identity, allow("item.read")]) -> WorkqueueFigures:
    """Counts over the items that the caller may read; `by_queue` counts open and claimed ones."""
    async with reading(engine_of(request)) as connection:
        reach = reach_of(caller, "item.read", today_of(request))
        rows = await figure_store.count_items(connection, reach, known_to(knower(caller)))
        pending = await figure_store.count_pending(connection, reach, pending_cutoff_of(request))
    by_state: Counter[str] = Counter()
    by_queue: Counter[str] = Counter()
    for row in rows:
        by_state[row.state] += row.items
        if row.state in {"open", "claimed"}:
            by_queue[f"{row.center}/{row.division}/{row.process}"] += row.items
    return WorkqueueFigures(
        open=by_state["open"],
        claimed=by_state["claimed"],
        completed=by_state["completed"],
        cancelled=by_state["cancelled"],
        by_queue=by_queue,
        pending=PendingFigures(
            open=pending.open,
            claimed=pending.claimed,
            past_goal=pending.past_goal,
            goal_working_days=center_goal_of(request),
            oldest_since=pending.oldest_since,
        ),
    )
