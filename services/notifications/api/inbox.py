"""The inbox of a party: what is unread, acknowledging it, and what the party asks for."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Final, Literal, Self
from uuid import UUID
from zoneinfo import available_timezones

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse
from pydantic import BaseModel, Field, field_validator, model_validator

from services.notifications.acts import inbox as acts
from services.notifications.acts.inbox import accounts_of, matter_of_notice, recipients_of
from services.notifications.acts.rendering import render_page, render_text, told_in_edition
from services.notifications.domain.editions import find_edition
from services.notifications.domain.holding import USUAL_ZONE, Manner, Quiet
from services.notifications.domain.kind import EDITIONS
from services.notifications.domain.recipients import Asked
from services.notifications.settings import NotificationsSettings
from services.notifications.store import notices as notice_store
from services.notifications.store import preferences as preference_store
from services.notifications.store.notices import NoticeFilter
from services.notifications.store.preferences import Preference
from shared.db.transaction import reading, transaction
from shared.runtime.access import demand_sight, no_such, reach_of
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.fields import LegalDay
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["inbox"])

_MOST: Final = 10_000
_USUAL: Final = timedelta(days=90)
_PAGE_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
NoticePath = Annotated[UUID, Path(description="The id of the notice.")]


class UnreadOut(BaseModel):
    """Unread notices of a kind."""

    kind: str = Field(examples=["N-03"])
    unread: int
    next_due_on: date | None = Field(description="The nearest day among them that is still to come.")


class InboxOut(BaseModel):
    """What is unread."""

    unread: int
    is_more: bool = Field(description=f"There are more: of the newest {_MOST} only these are counted.")
    since: date
    next_due_on: date | None
    by_kind: list[UnreadOut]


class QuietHours(BaseModel):
    """Hours of each day in which mails that may wait do wait."""

    since: time = Field(examples=["21:00"])
    to: time = Field(examples=["07:00"], description="On the next day where it is the earlier one.")

    @model_validator(mode="after")
    def _are_hours(self) -> Self:
        if self.since == self.to or self.since.tzinfo is not None or self.to.tzinfo is not None:
            raise ValueError("two different times of the day, in `time_zone`")
        return self


class PreferenceIn(BaseModel):
    """What a recipient asks for beside what the law requires; nothing in it makes it told less of that.

    Quiet hours and digests hold back what may wait: no notice with an effect in law or with a letter behind it, no
    urgent one, and none whose day is less than 30 days away.
    """

    recipient: str = Field(
        max_length=64, description="An importer number, or the id of a party.", examples=["filer:B76"]
    )
    language: Literal["en", "es"] = Field(default="en", description="A second language, where a notice has it.")
    second_email: str | None = Field(
        default=None,
        max_length=254,
        pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$",
        description="Who is reached when the first address is not.",
        examples=["second@broker.example"],
    )
    quiet_hours: QuietHours | None = Field(default=None, description="None: at any hour.")
    digest: Literal["none", "daily"] = Field(
        default="none", description="daily: what may wait comes in one mail a day, after seven in the morning."
    )
    time_zone: str = Field(
        default=USUAL_ZONE, max_length=64, description="By whose clock, as the tz database names it."
    )
    reminders: bool = Field(
        default=True,
        description="false: no reminders of days that come near (N-45); all else still comes.",
    )

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("a name of the tz database, as America/Los_Angeles")
        return value


class PreferenceOut(BaseModel):
    """What a recipient asked for."""

    recipient: str
    language: str
    second_email: str | None
    quiet_hours: QuietHours | None
    digest: Literal["none", "daily"]
    time_zone: str
    reminders: bool = Field(description="Whether days that come near are reminded of (N-45).")
    revision: int
    changed_by: str
    changed_at: datetime


@router.get("/inbox", summary="What is unread")
async def read_inbox(
    request: Request,
    caller: Annotated[Identity, allow("notice.read")],
    issued_from: Annotated[LegalDay | None, Query(description="Issued since this day; 90 days by default.")] = None,
    importer: Annotated[str | None, Query(description="Only of this client, by its number.", max_length=20)] = None,
    kind: Annotated[str | None, Query(description="Only of this kind.", max_length=8, examples=["N-03"])] = None,
    filer: Annotated[str | None, Query(description="Filer code.", max_length=3, examples=["B76"])] = None,
    due_from: Annotated[LegalDay | None, Query(description="What is due on this day or later.")] = None,
    due_to: Annotated[LegalDay | None, Query(description="What is due on this day or earlier.")] = None,
) -> InboxOut:
    """Counts of what nobody has acknowledged for the caller's party, by kind, with the nearest day of each; narrowed as
    `GET /notices` is, which lists them with `unread=true`.
    """
    acts.demand_kind(kind)
    today = today_of(request)
    wanted = NoticeFilter(
        reach=reach_of(caller, "notice.read", today),
        importer_number=importer,
        kind=kind,
        filer_code=filer.upper() if filer else None,
        due_from=due_from,
        due_to=due_to,
        unread_by=recipients_of(caller),
    )
    since = issued_from or today - _USUAL
    async with reading(engine_of(request)) as connection:
        rows = await notice_store.count_unread(connection, wanted, since=since, today=today, most=_MOST)
    unread = sum(row.notices for row in rows)
    return InboxOut(
        unread=unread,
        is_more=unread >= _MOST,
        since=since,
        next_due_on=min((row.next_due_on for row in rows if row.next_due_on is not None), default=None),
        by_kind=[UnreadOut(kind=row.kind, unread=row.notices, next_due_on=row.next_due_on) for row in rows],
    )


@router.post("/notices/{notice_id}/acknowledge", status_code=204, summary="Acknowledge a notice")
async def acknowledge_notice(
    notice_id: NoticePath, request: Request, caller: Annotated[Identity, allow("notice.acknowledge")]
) -> Response:
    """Say that the caller's party has read it: a line in its ledger. Acknowledging again changes nothing, and nobody's
    rights depend on it.
    """
    async with transaction(engine_of(request)) as tx:
        await acts.acknowledge(tx, caller, notice_id, now_of(request))
    return Response(status_code=204)


@router.get(
    "/notices/{notice_id}/preview",
    summary="A notice as it is told",
    response_class=HTMLResponse,
    responses={200: {"content": {"text/html": {}, "text/plain": {}}, "description": "The words of the notice."}},
)
async def preview_notice(
    notice_id: NoticePath,
    request: Request,
    caller: Annotated[Identity, allow("notice.read")],
    language: Annotated[Literal["en", "es"], Query(description="Where the kind has it.")] = "en",
    form: Annotated[Literal["html", "text"], Query()] = "html",
    edition: Annotated[
        int | None, Query(ge=1, le=10_000, description="As this edition of the catalogue tells it.", examples=[2])
    ] = None,
) -> Response:
    """The same bytes that a mail of it has as its text, or as HTML, in the edition that it was made with.

    With `edition` its facts in the words of another one, older or newer, to compare the two.
    """
    asked = find_edition(edition) if edition is not None else None
    if edition is not None and asked is None:
        known = ", ".join(f"{each.version} (used from {each.used_from})" for each in EDITIONS)
        raise Refused(
            f"There is no edition {edition} of the catalogue of notices.",
            rule="notice-edition-exists",
            code="unknown-edition",
            remedy=f"Give one of {known}.",
        )
    async with reading(engine_of(request)) as connection:
        notice = await notice_store.find_notice(connection, notice_id)
    if notice is None:
        raise no_such(f"notice {notice_id}")
    demand_sight(caller, "notice", today_of(request), matter_of_notice(notice), f"notice {notice_id}")
    if asked is not None:
        notice = told_in_edition(notice, asked)
    settings: NotificationsSettings = request.app.state.settings
    given = {"name": "the importer of record", "base_url": settings.link_base, "language": language}
    if form == "text":
        return PlainTextResponse(render_text(notice, **given), headers=_PAGE_HEADERS)
    return HTMLResponse(render_page(notice, **given), headers=_PAGE_HEADERS)


@router.get("/preferences", summary="What the caller's recipients asked for")
async def list_preferences(
    request: Request, caller: Annotated[Identity, allow("preference.read")]
) -> list[PreferenceOut]:
    """Of the importer numbers and parties that the caller speaks for; nothing of those that asked for nothing."""
    async with reading(engine_of(request)) as connection:
        rows = await preference_store.list_preferences(connection, accounts_of(caller))
    return [_preference(row) for row in rows]


@router.put("/preferences", summary="Ask for a language, a second contact and a time")
async def write_preference(
    body: PreferenceIn, request: Request, caller: Annotated[Identity, allow("preference.write")]
) -> PreferenceOut:
    """Beside what the law requires: what is asked for adds, and never takes away."""
    quiet = Quiet(body.quiet_hours.since, body.quiet_hours.to) if body.quiet_hours is not None else None
    manner = Manner(quiet, is_digest=body.digest == "daily", zone=body.time_zone)
    asked = Asked(body.language, body.second_email, manner, body.reminders)
    async with transaction(engine_of(request)) as tx:
        return _preference(await acts.ask(tx, caller, body.recipient, asked, now_of(request)))


def _preference(row: Preference) -> PreferenceOut:
    manner = row.asked.manner
    return PreferenceOut(
        recipient=row.recipient,
        language=row.asked.language,
        second_email=row.asked.second_email,
        quiet_hours=QuietHours(since=manner.quiet.since, to=manner.quiet.to) if manner.quiet is not None else None,
        digest="daily" if manner.is_digest else "none",
        time_zone=manner.zone,
        reminders=row.asked.wants_reminders,
        revision=row.revision,
        changed_by=row.changed_by,
        changed_at=row.changed_at,
    )
