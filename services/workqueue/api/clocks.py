"""Clocks of items: their days with what they are counted from, days that supervisors set, pauses, escalations."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.workqueue.acts import clock as acts
from services.workqueue.acts.compartment import LISTED, note_reads
from services.workqueue.acts.reach import demand_item_sight, knower
from services.workqueue.api.common import ItemId
from services.workqueue.domain.due import LEVELS, PAUSES, ItemClock, Pause, level_of
from services.workqueue.store import escalations as store
from services.workqueue.store import items as item_store
from shared.contracts.terms import CenterCode, Code, ShortText
from shared.db.transaction import reading, transaction
from shared.runtime.access import no_such, reach_of
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.fields import LegalDay
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["clocks"])


class ItemClockOut(BaseModel):
    """A clock of an item."""

    clock: str = Field(examples=["review-cutoff"])
    kind: Literal["statutory", "policy", "goal"]
    began_on: date = Field(description="From which legal day it counts.")
    computed_on: date = Field(description="Its last day as the sources say now.")
    due_on: date = Field(description="Its last day after what a supervisor set; of a clock of law the same.")
    set_on: date | None = Field(description="The day that a supervisor set; null: none, or one that is over.")
    paused_on: date | None
    pause: str | None = Field(description="Why it stands still.", examples=["laboratory"])
    passed_percent: int = Field(description="The highest of 0, 50, 75, 90 and 100 that has passed.", examples=[75])
    may_be_set: bool


class ClockActIn(BaseModel):
    """What a supervisor does with a policy clock."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"act": "set-day", "clock": "review-cutoff", "due_on": "2027-01-06", "reason": "The importer asked."}
            ]
        },
    )

    act: Literal["set-day", "pause", "resume"]
    clock: Code
    due_on: LegalDay | None = Field(default=None, description="For `set-day`.")
    pause: Pause | None = Field(
        default=None, description="For `pause`: " + "; ".join(f"`{code}`: {text}" for code, text in PAUSES.items())
    )
    reason: Annotated[ShortText, Field(min_length=1)]

    @model_validator(mode="after")
    def _with_what_it_needs(self) -> "ClockActIn":
        if (self.act == "set-day") != (self.due_on is not None) or (self.act == "pause") != (self.pause is not None):
            raise ValueError("set-day takes due_on, pause takes pause, resume takes neither")
        return self


class ClocksOut(BaseModel):
    """The clocks of an item that run, the nearest first."""

    item_id: UUID
    due_on: date | None = Field(description="The day by which the item stands in its queue.")
    clocks: list[ItemClockOut]


class EscalationOut(BaseModel):
    """Who was told that a clock has come so far."""

    model_config = ConfigDict(from_attributes=True)

    item_id: UUID
    clock: str
    kind: str
    began_on: date
    due_on: date
    level: int = Field(description="Hundredths of the clock that have passed: 50, 75, 90 or 100.", examples=[90])
    told: list[str] = Field(
        description="holder, team-lead, assistant-center-director, center-director, headquarters.",
        examples=[["center-director", "headquarters"]],
    )
    center: str
    division: str
    holder: str | None = Field(description="Who held it then.")
    at: datetime


@router.get("/items/{item_id}/clocks", summary="The clocks of an item")
async def list_item_clocks(
    item_id: ItemId, request: Request, caller: Annotated[Identity, allow("item.read")]
) -> ClocksOut:
    """Every clock that runs with the day from which it counts, computed now from the days of its sources."""
    async with reading(engine_of(request)) as connection:
        found = await item_store.find_items(connection, [item_id])
        if not found:
            raise no_such(f"item {item_id}")
        demand_item_sight(caller, found[0], today_of(request))
        clocks = await acts.list_clocks(connection, found[0])
    if found[0].knowers is not None:
        await note_reads(engine_of(request), [item_id], caller, "clocks", now_of(request))
    told = [_clock_out(each, today_of(request)) for each in clocks]
    return ClocksOut(item_id=item_id, due_on=found[0].due_on, clocks=told)


@router.post("/items/{item_id}/clocks", summary="Set, pause or resume a policy clock")
async def act_on_item_clock(
    item_id: ItemId,
    body: ClockActIn,
    request: Request,
    caller: Annotated[Identity, allow("item.set-day")],
) -> ClocksOut:
    """Give a policy clock another day, let it stand still for one of the reasons that there are, or let it go on.

    409 `statutory-clock` for a clock of law, whose day nobody sets. Once the sources give a policy clock another day,
    what was set for the old one is over. The history of the item has who, why, before and after.
    """
    now = now_of(request)
    async with transaction(engine_of(request)) as tx:
        match body.act:
            case "set-day":
                assert body.due_on is not None
                item = await acts.set_day(tx, caller, item_id, body.clock, body.due_on, body.reason, now)
            case "pause":
                assert body.pause is not None
                item = await acts.pause(tx, caller, item_id, body.clock, body.pause, body.reason, now)
            case "resume":
                item = await acts.resume(tx, caller, item_id, body.clock, body.reason, now)
        clocks = await acts.list_clocks(tx.connection, item)
    told = [_clock_out(each, today_of(request)) for each in clocks]
    return ClocksOut(item_id=item_id, due_on=item.due_on, clocks=told)


@router.get("/escalations", summary="Who was told that a clock runs down")
async def list_escalations(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("item.read")],
    page: CurrentPage,
    center: Annotated[CenterCode | None, Query()] = None,
    told: Annotated[
        Literal["holder", "team-lead", "assistant-center-director", "center-director", "headquarters"] | None,
        Query(description="Only what these were told."),
    ] = None,
    level: Annotated[int | None, Query(ge=LEVELS[0][0], le=LEVELS[-1][0])] = None,
    item: Annotated[UUID | None, Query()] = None,
) -> Page[EscalationOut]:
    """What was told at 50, 75, 90 and 100 % of clocks, the newest first, as far as the caller reads items."""
    position = page.position(datetime, UUID, str, date, int)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_escalations(
            connection,
            reach_of(caller, "item.read", today_of(request)),
            knower(caller),
            center=center,
            told=told,
            level=level,
            item_id=item,
            after=position,
            limit=page.fetch,
        )
    await note_reads(engine_of(request), {row.item_id for row in rows}, caller, LISTED, now_of(request))
    return build_page(
        rows,
        page,
        key=lambda row: (row.at, row.item_id, row.clock, row.due_on, row.level),
        item=EscalationOut.model_validate,
        request=request,
        response=response,
    )


def _clock_out(clock: ItemClock, today: date) -> ItemClockOut:
    made = clock.set_day
    return ItemClockOut(
        clock=clock.clock,
        kind=clock.kind,
        began_on=clock.began_on,
        computed_on=clock.computed_on,
        due_on=clock.due_on,
        set_on=made.due_on if made is not None else None,
        paused_on=clock.paused_on,
        pause=made.pause if made is not None else None,
        passed_percent=level_of(clock.began_on, clock.due_on, today),
        may_be_set=clock.kind != "statutory",
    )
