"""Office hours and events of the Centers, for everybody."""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.routing.acts import calendar as acts
from services.routing.domain.calendar import LONGEST, CalendarEvent, CalendarKind, Occasion, occasions
from services.routing.store import calendar as store
from shared.contracts.terms import CenterCode, ShortText
from shared.customs.calendar import add_days, end_of_legal_day, legal_date
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.fields import AppointedHour, LegalDay
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["directory"])
public_router = APIRouter(tags=["directory"])

_MOST_DAYS = 366

CenterPath = Annotated[CenterCode, Path(description="The Center.", examples=["CEE007"])]


class CalendarEventIn(BaseModel):
    """Something to which a Center invites the trade."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "kind": "office-hours",
                    "title": "Questions about entries of electronics",
                    "place": "By telephone, number of the Center",
                    "starts_at": "2026-03-05T15:00:00Z",
                    "ends_at": "2026-03-05T17:00:00Z",
                    "weekly_until": "2026-06-25",
                }
            ]
        },
    )

    kind: CalendarKind
    title: Annotated[str, Field(min_length=1, max_length=200)]
    place: Annotated[str, Field(min_length=1, max_length=500, description="Where, or how to take part.")]
    starts_at: AppointedHour
    ends_at: AppointedHour
    weekly_until: LegalDay | None = Field(default=None, description="Each week at the same hour until this day.")

    @model_validator(mode="after")
    def _in_order(self) -> "CalendarEventIn":
        if not timedelta(0) < self.ends_at - self.starts_at <= LONGEST:
            raise ValueError("ends_at is after starts_at, by a week at most")
        if self.weekly_until is not None and not (
            timedelta(0) <= self.weekly_until - legal_date(self.starts_at) <= timedelta(days=_MOST_DAYS)
        ):
            raise ValueError("weekly_until is the day of starts_at or later, by a year at most")
        return self


class CancellationIn(BaseModel):
    """Why an event is cancelled."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "Moved to April."}]})

    reason: Annotated[ShortText, Field(min_length=1)]


class CalendarEventOut(BaseModel):
    """An event as it stands."""

    model_config = ConfigDict(from_attributes=True)

    event_id: UUID
    revision: int
    center: str
    kind: CalendarKind
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    weekly_until: date | None
    is_cancelled: bool
    reason: str | None


class OccasionOut(BaseModel):
    """One time at which an event takes place, or would have."""

    event_id: UUID
    center: str
    kind: CalendarKind
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    is_cancelled: bool
    reason: str | None = Field(description="Why it is cancelled.")


class CalendarOut(BaseModel):
    """What takes place from one day to another, in the order of time."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "first": "2026-03-02",
                    "last": "2026-04-01",
                    "items": [
                        {
                            "event_id": "0f1f6d2e-8f0b-5b7c-9d0e-3f6c1a2b4d5e",
                            "center": "CEE007",
                            "kind": "office-hours",
                            "title": "Questions about entries of electronics",
                            "place": "By telephone, number of the Center",
                            "starts_at": "2026-03-05T15:00:00Z",
                            "ends_at": "2026-03-05T17:00:00Z",
                            "is_cancelled": False,
                            "reason": None,
                        }
                    ],
                }
            ]
        }
    )

    first: date
    last: date
    items: list[OccasionOut]


@router.post(
    "/centers/{code}/calendar",
    status_code=201,
    summary="Announce an event of a Center",
    response_model=CalendarEventOut,
)
async def announce_event(
    code: CenterPath,
    body: CalendarEventIn,
    request: Request,
    caller: Annotated[Identity, allow("center-calendar.write")],
    call: CurrentIdempotentCall,
) -> Response:
    """Office hours, calls, trainings, days for visits: in the public calendar from now on."""

    async def act(tx: Transaction) -> CalendarEventOut:
        event: CalendarEvent = await acts.announce(tx, caller, now_of(request), code, key=call.key, **body.model_dump())
        return CalendarEventOut.model_validate(event)

    return await answer_once(request, call, act)


@router.post("/centers/{code}/calendar/{event_id}/cancel", summary="Cancel an event of a Center")
async def cancel_event(
    code: CenterPath,
    event_id: Annotated[UUID, Path(examples=["0f1f6d2e-8f0b-5b7c-9d0e-3f6c1a2b4d5e"])],
    body: CancellationIn,
    request: Request,
    caller: Annotated[Identity, allow("center-calendar.write")],
) -> CalendarEventOut:
    """It stays in the calendar and says that it does not take place, and why."""
    async with transaction(engine_of(request)) as tx:
        event = await acts.cancel(tx, caller, now_of(request), code, event_id, body.reason)
    return CalendarEventOut.model_validate(event)


@public_router.get("/calendar", summary="Office hours and events of the Centers")
async def read_calendar(
    request: Request,
    _: Annotated[Identity, allow("center-calendar.read")],
    center: Annotated[CenterCode | None, Query(examples=["CEE007"])] = None,
    first: Annotated[LegalDay | None, Query(description="Today by default.")] = None,
    last: Annotated[LegalDay | None, Query(description="Thirty days after the first by default.")] = None,
) -> CalendarOut:
    """Every time at which something takes place, up to a year; what is cancelled says so."""
    begin = first if first is not None else today_of(request)
    end = last if last is not None else add_days(begin, 30)
    if not 0 <= (end - begin).days <= _MOST_DAYS:
        raise Refused(
            "The last day is the first or after it, by a year at most.",
            rule="calendar",
            code="calendar-days",
            remedy="Ask for fewer days.",
        )
    since, before = end_of_legal_day(add_days(begin, -1)), end_of_legal_day(end)
    async with reading(engine_of(request)) as connection:
        events = await store.list_standing(connection, center, since, before)
    return CalendarOut(first=begin, last=end, items=[_occasion_out(each) for each in occasions(events, begin, end)])


def _occasion_out(occasion: Occasion) -> OccasionOut:
    event = occasion.event
    return OccasionOut(
        event_id=event.event_id,
        center=event.center,
        kind=event.kind,
        title=event.title,
        place=event.place,
        starts_at=occasion.starts_at,
        ends_at=occasion.ends_at,
        is_cancelled=event.is_cancelled,
        reason=event.reason,
    )
