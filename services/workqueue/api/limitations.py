"""The limitation watch: matters of enforcement by the day on which suit is barred, and where a waiver is due."""

from datetime import date
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from services.workqueue.acts.clock import list_clocks
from services.workqueue.acts.compartment import LISTED, note_reads
from services.workqueue.acts.reach import knower
from services.workqueue.domain.filter import Filter
from services.workqueue.domain.item import WAITING
from services.workqueue.store import items as item_store
from shared.contracts.terms import CenterCode
from shared.db.transaction import reading
from shared.runtime.access import reach_of
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter()

_PROCESSES: Final = ("cear", "liquidated-damages-penalty")
_LIMITATIONS: Final = frozenset({"limitation", "fraud-limitation", "waived-limitation"})
_WATCHES: Final = frozenset({"waiver-watch", "fraud-waiver-watch"})
_MOST: Final = 500


class LimitationOut(BaseModel):
    """A matter whose time runs."""

    item_id: UUID
    process: str
    center: str
    stage: str | None
    holder: str | None
    limitation_on: date | None = Field(
        description="The day on which suit is barred, unless waived (19 USC 1621: five years); null: not known yet."
    )
    months_left: int | None = Field(description="Whole months from today; 0 also when the day has passed.")
    waiver_due: bool = Field(
        description="24 months or less are left, and whether a waiver is asked for is not settled."
    )


class LimitationsOut(BaseModel):
    """Matters by the day of limitation, the first first; those whose day is unknown lead, for nobody watches them."""

    items: list[LimitationOut]
    is_cut: bool = Field(description="There are more than 500: narrow to a Center.")


@router.get("/limitations", summary="Matters by the day on which suit is barred")
async def list_limitations(
    request: Request,
    caller: Annotated[Identity, allow("item.read")],
    center: Annotated[CenterCode | None, Query(examples=["CEE007"])] = None,
    months: Annotated[int | None, Query(ge=0, le=240, description="With so many months left, or fewer.")] = None,
) -> LimitationsOut:
    """Open matters of the enforcement board and of penalties, as far as the caller reads and knows of them."""
    today = today_of(request)
    wanted = Filter(centers=(center,) if center is not None else (), processes=_PROCESSES, states=WAITING)
    reach = reach_of(caller, "item.read", today)
    async with reading(engine_of(request)) as connection:
        rows = await item_store.list_items(connection, reach, knower(caller), wanted, after=None, limit=_MOST + 1)
        found = []
        for row in rows[:_MOST]:
            clocks = {each.clock: each.due_on for each in await list_clocks(connection, row.item)}
            days = [due_on for clock, due_on in clocks.items() if clock in _LIMITATIONS and due_on is not None]
            last = min(days, default=None)
            watched = [due_on for clock, due_on in clocks.items() if clock in _WATCHES and due_on is not None]
            found.append((row.item, last, any(due_on <= today for due_on in watched)))
    told = [
        LimitationOut(
            item_id=item.item_id,
            process=item.process,
            center=item.center,
            stage=item.stage,
            holder=item.holder,
            limitation_on=last,
            months_left=_months(today, last) if last is not None else None,
            waiver_due=waiver_due,
        )
        for item, last, waiver_due in sorted(found, key=lambda each: (each[1] or date.min, each[0].opened_at))
    ]
    shown = [each for each in told if months is None or each.months_left is None or each.months_left <= months]
    sensitive = {row.item.item_id for row in rows if row.item.knowers is not None} & {each.item_id for each in shown}
    await note_reads(engine_of(request), sensitive, caller, LISTED, now_of(request))
    return LimitationsOut(items=shown, is_cut=len(rows) > _MOST)


def _months(today: date, last: date) -> int:
    whole = (last.year - today.year) * 12 + last.month - today.month
    return max(0, whole - (last.day < today.day))
