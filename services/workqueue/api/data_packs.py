"""The data pack of a matter of policy analysis: figures of routing, the queue and liquidation, side by side."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from services.workqueue.acts.reach import demand_item_sight, knower
from services.workqueue.api.common import ItemId
from services.workqueue.domain.item import WAITING
from services.workqueue.store import figures as figure_store
from services.workqueue.store import items as item_store
from services.workqueue.store.filters import known_to
from shared.db.transaction import reading
from shared.runtime.access import no_such, reach_of
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity
from shared.runtime.together import together
from shared.web.access import allow
from shared.web.asking import Neighbour, Unanswered
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["data packs"])

_PROCESS: Final = "policy-analysis"


class PartOut(BaseModel):
    """What one service answered, or why it did not."""

    answered: bool
    why: str | None = Field(description="Why there is no answer: the service is away, or it does not show it to you.")
    path: str = Field(description="What was asked, so that anybody can ask it again.", examples=["/figures"])
    figures: Any = Field(description="As the service gives them; null without an answer.")


class QueueCountOut(BaseModel):
    """Open work of a Center in a process."""

    center: str
    division: str
    process: str
    items: int


class DataPackOut(BaseModel):
    """Figures of three services as they stand, for one matter."""

    item_id: UUID
    taken_at: datetime
    queue: list[QueueCountOut]
    routing: list[PartOut]
    liquidation: list[PartOut]


@router.get("/items/{item_id}/data-pack", summary="Figures for a matter of policy analysis")
async def read_data_pack(
    item_id: ItemId,
    request: Request,
    caller: Annotated[Identity, allow("item.read")],
    period: Annotated[
        str | None, Query(max_length=10, pattern="^[0-9A-Z-]+$", description="Of what routing publishes by period.")
    ] = None,
    criterion: Annotated[
        str | None,
        Query(max_length=64, pattern="^[a-z0-9-]+$", description="A criterion whose performance is asked for."),
    ] = None,
) -> DataPackOut:
    """Routing by Center, basis and lane, open work, what liquidation counts; a part that is missing says why.

    What is recommended from it becomes a draft at routing: POST /recommendations there, which names this matter.
    """
    async with reading(engine_of(request)) as connection:
        listed = await item_store.find_item(connection, item_id)
        if listed is None:
            raise no_such(f"item {item_id}")
        demand_item_sight(caller, listed.item, today_of(request))
        if listed.item.process != _PROCESS:
            raise Refused(
                "A data pack is of a matter of policy analysis.",
                rule="data-pack",
                code="not-policy-analysis",
                remedy="Open one: POST /items with process policy-analysis.",
            )
        reach = reach_of(caller, "item.read", today_of(request))
        rows = await figure_store.count_items(connection, reach, known_to(knower(caller)))
    of_routing = ["/figures", "/figures/trusted"]
    if period is not None:
        of_routing.append(f"/transparency/{period}")
    if criterion is not None:
        of_routing.append(f"/selection-criteria/{criterion}/performance")
    routing: Neighbour = request.app.state.routing
    liquidation: Neighbour = request.app.state.liquidation
    token = request.headers["authorization"]
    asked = [*((routing, path) for path in of_routing), (liquidation, "/figures")]
    answers = await together(*(service.read(path, token) for service, path in asked))
    parts = [_part(path, answer) for (_, path), answer in zip(asked, answers, strict=True)]
    return DataPackOut(
        item_id=item_id,
        taken_at=now_of(request),
        queue=[
            QueueCountOut(center=row.center, division=row.division, process=row.process, items=row.items)
            for row in rows
            if row.state in WAITING
        ],
        routing=parts[: len(of_routing)],
        liquidation=parts[len(of_routing) :],
    )


def _part(path: str, answer: Any) -> PartOut:
    if isinstance(answer, Unanswered):
        return PartOut(answered=False, why=answer.why, path=path, figures=None)
    return PartOut(answered=True, why=None, path=path, figures=answer)
