"""The limitation watch: matters of enforcement by the day on which suit is barred, and where a waiver is due."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

from services.workqueue.acts.compartment import LISTED, note_reads
from services.workqueue.acts.limitations import Watched, list_watched
from services.workqueue.acts.reach import knower
from shared.contracts.terms import CenterCode
from shared.db.transaction import snapshot
from shared.runtime.access import reach_of
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["limitations"])


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


@router.get("/limitations", summary="Matters by the day on which suit is barred")
async def list_limitations(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("item.read")],
    page: CurrentPage,
    center: Annotated[CenterCode | None, Query(examples=["CEE007"])] = None,
    months: Annotated[int | None, Query(ge=0, le=240, description="With so many months left, or fewer.")] = None,
) -> Page[LimitationOut]:
    """Open matters of the enforcement board, of fraud and of penalties, as far as the caller reads and knows of them.

    By the day of limitation, the first first; those whose day is unknown lead, for no clock warns of them. None is left
    out: what is more than a page is on the next.
    """
    position = page.position(date, AwareDatetime, UUID)
    today = today_of(request)
    centers = (center,) if center is not None else ()
    async with snapshot(engine_of(request)) as tx:
        watched = await list_watched(tx, reach_of(caller, "item.read", today), knower(caller), centers)
    rows = [
        each
        for each in watched
        if (months is None or each.limitation_on is None or _months(today, each.limitation_on) <= months)
        and (position is None or _place(each) > position)
    ][: page.fetch]
    shown = build_page(rows, page, key=_place, item=lambda each: _out(each, today), request=request, response=response)
    sensitive = {each.item.item_id for each in rows[: page.limit] if each.item.knowers is not None}
    await note_reads(engine_of(request), sensitive, caller, LISTED, now_of(request))
    return shown


def _place(watched: Watched) -> tuple[date, AwareDatetime, UUID]:
    return watched.limitation_on or date.min, watched.item.opened_at, watched.item.item_id


def _out(watched: Watched, today: date) -> LimitationOut:
    item, last, watch = watched.item, watched.limitation_on, watched.waiver_watch_on
    return LimitationOut(
        item_id=item.item_id,
        process=item.process,
        center=item.center,
        stage=item.stage,
        holder=item.holder,
        limitation_on=last,
        months_left=_months(today, last) if last is not None else None,
        waiver_due=watch is not None and watch <= today,
    )


def _months(today: date, last: date) -> int:
    whole = (last.year - today.year) * 12 + last.month - today.month
    return max(0, whole - (last.day < today.day))
