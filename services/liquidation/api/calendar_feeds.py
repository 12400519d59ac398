"""Calendar feeds of deadlines: made by an importer for its own entries, and by a party for those of its clients."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.liquidation.acts import calendar_feeds as acts
from services.liquidation.acts.calendar_days import EntryDays
from shared.calendars.feed import Choices
from shared.contracts.terms import ImporterNumber
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


class CalendarFeedIn(BaseModel):
    """A calendar of deadlines."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"owner": "07-345678900", "name": "Customs deadlines", "mine_only": True}]},
    )

    owner: str = Field(max_length=64, description="An importer number, or the id of a party, that you speak for.")
    name: FeedName
    clients: list[ImporterNumber] | None = Field(
        default=None,
        max_length=1_000,
        description="Of a party: the importers whose days are in it; null: all that delegate `see` on the day.",
    )
    mine_only: bool = Field(default=False, description="Only days by which the importer has to act.")
    alarm_days: AlarmDays = None


@making_router.post(
    "/calendar-feeds",
    status_code=201,
    response_model=FeedMadeOut,
    summary="Make a calendar feed",
    responses=problem_responses([409]),
)
async def make_calendar_feed(
    body: CalendarFeedIn,
    request: Request,
    caller: Annotated[Identity, allow("calendar-feed.manage")],
    call_once: CurrentIdempotentCall,
) -> Response:
    """A secret address under which calendar programs read the days of GET /importers/{importer_number}/deadlines.

    Of a party only the days of clients whose delegation has force on the day of reading, whoever was chosen. The
    address is shown this once, also when the call is sent again.
    """

    async def act(tx: Transaction) -> FeedMadeOut:
        clients = None if body.clients is None else tuple(dict.fromkeys(body.clients))
        feed, token = await acts.make(
            tx,
            caller,
            call_once,
            rules_of(request),
            owner=body.owner,
            name=body.name,
            clients=clients,
            choices=Choices(clients=clients, is_mine_only=body.mine_only, alarm_days=body.alarm_days),
            now=now_of(request),
        )
        return feed_made_out(feed, token, rules_of(request), caller, today_of(request))

    return await answer_once(request, call_once, act, keep=without_address)


def build_routers(days: EntryDays) -> tuple[APIRouter, APIRouter]:
    """The operations on feeds of deadlines: those of signed-in people, and the one of calendar programs."""
    return build_feed_routers(days, read="calendar-feed.read", manage="calendar-feed.manage", owners_of=acts.owners_of)
