"""Calendar feeds of officers: the clocks of what they hold, and of what their team does."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.workqueue.acts.calendar_days import ItemDays
from shared.calendars.feed import Choices, keep_officer
from shared.calendars.reading import make_feed
from shared.db.transaction import Transaction
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.calendars import (
    AlarmDays,
    FeedMadeOut,
    FeedName,
    build_feed_routers,
    feed_made_out,
    rules_of,
    without_address,
)
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.problem import problem_responses
from shared.web.requests import now_of, today_of

making_router = APIRouter(tags=["calendars"])


class OfficerFeedIn(BaseModel):
    """A calendar of clocks."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "My clocks", "team": True, "alarm_days": 1}]}
    )

    name: FeedName
    team: bool = Field(default=False, description="Also what the people of your teams hold, as the register has them.")
    alarm_days: AlarmDays = None


@making_router.post(
    "/calendar-feeds",
    status_code=201,
    response_model=FeedMadeOut,
    summary="Make a calendar feed",
    responses=problem_responses([409]),
)
async def make_calendar_feed(
    body: OfficerFeedIn,
    request: Request,
    caller: Annotated[Identity, allow("officer-calendar.manage")],
    call_once: CurrentIdempotentCall,
) -> Response:
    """A secret address under which calendar programs read the clocks of the items that you hold or are assigned.

    It shows what you read with the roles, Centers and divisions of today's token, no law-enforcement-sensitive matter.
    Revoke it when they change. The address is shown this once, also when the call is sent again.
    """

    async def act(tx: Transaction) -> FeedMadeOut:
        feed, token = await make_feed(
            tx,
            caller,
            call_once,
            rules_of(request),
            kind="officer",
            owner=caller.subject,
            name=body.name,
            choices=Choices(has_team=body.team, alarm_days=body.alarm_days),
            kept=keep_officer(caller),
            now=now_of(request),
        )
        return feed_made_out(feed, token, rules_of(request), caller, today_of(request))

    return await answer_once(request, call_once, act, keep=without_address)


feeds_router, reading_router = build_feed_routers(
    ItemDays(),
    read="officer-calendar.read",
    manage="officer-calendar.manage",
    owners_of=lambda caller: frozenset({caller.subject}),
)
