"""Calendar feeds over HTTP: how each is shown, listed and revoked, and how a calendar program reads it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

from shared.calendars import store
from shared.calendars.feed import Feed
from shared.calendars.ics import MEDIA_TYPE
from shared.calendars.reading import DaySource, FeedRules, read_feed, revoke_feed
from shared.db.transaction import reading, transaction
from shared.runtime.access import shown_importer_number
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.conditional import NOT_MODIFIED, answer_if_changed
from shared.web.requests import engine_of, now_of, today_of

FeedPath = Annotated[UUID, Path(description="The id of the feed.", examples=["0f1f6d2e-8f0b-5b7c-9d0e-3f6c1a2b4d5e"])]
FeedName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=80,
        pattern=r"^[^\x00-\x1f\x7f]*$",
        description="What the calendar is called in the program that shows it.",
        examples=["Customs deadlines"],
    ),
]
AlarmDays = Annotated[
    int | None,
    Field(ge=0, le=60, description="Have the calendar program remind so many days before each day; null: it does not."),
]
_ADDRESS_NOTE: Final = (
    "The address is shown once, in the first answer to this call. Whoever has it reads the calendar: revoke it with"
    " POST /calendar-feeds/{feed_id}/revoke and make another."
)
_HEADERS: Final = {"Content-Disposition": 'inline; filename="centerline.ics"', "Referrer-Policy": "no-referrer"}


class FeedOut(BaseModel):
    """A calendar feed, without its address."""

    feed_id: UUID
    kind: Literal["importer", "clients", "officer"]
    owner: str = Field(description="The importer number, party or officer whose feed it is.")
    name: str
    clients: list[str] | None = Field(
        description="The importers chosen; null: all that delegated, or not of this kind."
    )
    mine_only: bool = Field(description="Only days by which the importer has to act.")
    team: bool = Field(description="What the officer's team holds as well.")
    alarm_days: int | None
    state: Literal["open", "revoked", "over"]
    expires_on: date = Field(description="The last day on which the address answers.")
    created_by: str
    created_at: datetime
    revoked_by: str | None
    revoked_at: datetime | None
    read_at: datetime | None = Field(description="When a calendar program last read it, to the hour; null: never.")


class FeedMadeOut(FeedOut):
    """A calendar feed that was made; the first answer to the call has its address, and no other answer has it."""

    address: str | None = Field(
        description="Shown in the first answer alone; null when the call is sent again with its key.",
        examples=["https://calendar.example.gov/calendar-feeds/Zm9vYmFy.ics"],
    )
    address_note: str = Field(default=_ADDRESS_NOTE, examples=[_ADDRESS_NOTE])


def rules_of(request: Request) -> FeedRules:
    """How feeds are made and answered, as the operator has set it."""
    rules: FeedRules = request.app.state.feed_rules
    return rules


def feed_out(feed: Feed, caller: Identity, today: date) -> FeedOut:
    """A feed as it is shown to the caller."""
    return FeedOut(**_fields(feed, caller, today))


def feed_made_out(feed: Feed, token: str, rules: FeedRules, caller: Identity, today: date) -> FeedMadeOut:
    """A feed that was just made, with its address."""
    address = f"{rules.base_url}/calendar-feeds/{token}.ics"
    return FeedMadeOut(**_fields(feed, caller, today), address=address)


def without_address(made: FeedMadeOut) -> FeedMadeOut:
    """What is kept of the first answer: the address is not."""
    return made.model_copy(update={"address": None})


def build_feed_routers(
    source: DaySource, *, read: str, manage: str, owners_of: Callable[[Identity], frozenset[str]]
) -> tuple[APIRouter, APIRouter]:
    """The operations on feeds that exist, and the one by which calendar programs read them, which needs no login.

    `read` and `manage` are the actions of the table, `owners_of` whose feeds a caller has.
    """
    router, public_router = APIRouter(tags=["calendars"]), APIRouter(tags=["calendars"])

    @router.get("/calendar-feeds", summary="Calendar feeds of the caller")
    async def list_calendar_feeds(request: Request, caller: Annotated[Identity, allow(read)]) -> list[FeedOut]:
        """Those that are open, those that were revoked and those whose time is over, the newest first."""
        async with reading(engine_of(request)) as connection:
            feeds = await store.list_feeds(connection, owners_of(caller))
        return [feed_out(each, caller, today_of(request)) for each in feeds]

    @router.post("/calendar-feeds/{feed_id}/revoke", summary="Revoke a calendar feed")
    async def revoke_calendar_feed(
        feed_id: FeedPath, request: Request, caller: Annotated[Identity, allow(manage)]
    ) -> FeedOut:
        """Its address answers 404 from now on, and never again; what was in it is forgotten."""
        async with transaction(engine_of(request)) as tx:
            feed = await revoke_feed(tx, caller, feed_id, owners_of(caller), now_of(request))
        return feed_out(feed, caller, today_of(request))

    @public_router.get(
        "/calendar-feeds/{token}.ics",
        summary="A calendar feed",
        dependencies=[allow("calendar-feed.open")],
        response_class=PlainTextResponse,
        responses={
            200: {"content": {"text/calendar": {}}, "description": "The calendar (RFC 5545)."},
            404: {"description": "No calendar at this address: a wrong one, a revoked one, or one whose time is over."},
            **NOT_MODIFIED,
        },
    )
    @tells("Content-Disposition", "ETag")
    async def read_calendar_feed(
        token: Annotated[
            str, Path(min_length=1, max_length=200, description="The secret of the address.", examples=["Zm9vYmFy"])
        ],
        request: Request,
    ) -> Response:
        """The days of the feed as they stand, for calendar programs, which cannot sign in: the address is the secret.

        A day that moved has its new date and a higher SEQUENCE; one that has ended stays for a while as CANCELLED. What
        the subscriber may not see any more is gone. Days that are not known are named in the calendar's description.
        """
        body = await read_feed(engine_of(request), source, rules_of(request), token, now_of(request))
        return answer_if_changed(request, body, media_type=MEDIA_TYPE, headers=_HEADERS)

    return router, public_router


def _fields(feed: Feed, caller: Identity, today: date) -> dict[str, Any]:
    chosen, is_importer = feed.choices, feed.kind == "importer"
    clients = None if chosen.clients is None else [shown_importer_number(caller, each) for each in chosen.clients]
    return {
        "feed_id": feed.feed_id,
        "kind": feed.kind,
        "owner": shown_importer_number(caller, feed.owner) if is_importer else feed.owner,
        "name": feed.name,
        "clients": clients,
        "mine_only": chosen.is_mine_only,
        "team": chosen.has_team,
        "alarm_days": chosen.alarm_days,
        "state": "revoked" if feed.revoked_at is not None else "open" if feed.is_open(today) else "over",
        "expires_on": feed.expires_on,
        "created_by": feed.created_by,
        "created_at": feed.created_at,
        "revoked_by": feed.revoked_by,
        "revoked_at": feed.revoked_at,
        "read_at": feed.read_at,
    }
