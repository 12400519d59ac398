"""Broadcasts of the Centers: drafted, counted, released by a second person, paused, withdrawn; and their archive."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.notifications.acts import broadcasts as acts
from services.notifications.acts.pages import render_archive
from services.notifications.acts.rendering import render_page, render_text
from services.notifications.domain.broadcasts import Broadcast, BroadcastState, Content, Nature
from services.notifications.domain.segments import (
    MOST_RANGES,
    Criterion,
    Role,
    Segment,
    Size,
    Standing,
    bounds_of,
    describe_segment,
)
from services.notifications.settings import NotificationsSettings
from services.notifications.store import broadcasts as store
from services.notifications.store.audiences import AudienceCount
from services.notifications.store.broadcasts import ActDone, Told
from shared.contracts.terms import CenterCode, Country
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.access import no_such, reach_of, shown_importer_number
from shared.runtime.concurrency import etag
from shared.runtime.identity import Identity
from shared.runtime.logging import mask_importer_numbers
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.concurrency import RequiredIfMatch
from shared.web.fields import BLANK_IS_ABSENT, BigOrdinal, LegalDay
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.problem import problem_responses
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["broadcasts"])
public_router = APIRouter(tags=["broadcasts"])

_PAGE_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
BroadcastPath = Annotated[UUID, Path(description="The id of the broadcast.")]


def _is_range(value: str) -> str:
    bounds_of(value)
    return value


Tariff = Annotated[str, Field(max_length=13, examples=["84-85"]), AfterValidator(_is_range)]
Program = Annotated[str, Field(min_length=1, max_length=64, examples=["CTPAT"])]
_EXAMPLE: Final[dict[str, Any]] = {
    "center": "CEE007",
    "nature": "bulletin",
    "segment": {"roles": ["importer", "filer"], "tariff": ["84-85"]},
    "subject": "SYNTHETIC: serial numbers of computers",
    "text": "SYNTHETIC: name the serial numbers with the first request.",
    "effective_on": "2026-04-01",
    "is_public": True,
}


class SegmentIn(BaseModel):
    """Whom it is for: one of the roles at the Center, and each other criterion that is given."""

    model_config = ConfigDict(extra="forbid")

    roles: list[Role] = Field(default=["importer"], min_length=1, max_length=4)
    tariff: list[Tariff] = Field(
        default_factory=list,
        max_length=MOST_RANGES,
        description="Goods of the last 12 months in one of these chapters, headings, subheadings, or ranges of them.",
    )
    programs: list[Program] = Field(default_factory=list, max_length=20, description="Accounts in one of these.")
    sizes: list[Size] = Field(default_factory=list, max_length=3, description="Accounts of one of these sizes.")
    countries: list[Country] = Field(
        default_factory=list, max_length=60, description="Goods of the last 12 months from one of these countries."
    )


class BroadcastIn(BaseModel):
    """What a Center says, and to whom."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    center: CenterCode
    nature: Literal["bulletin", "guidance"] = Field(
        default="bulletin", description="guidance: each version is also told to who subscribed, with what changed."
    )
    segment: SegmentIn = SegmentIn()
    subject: str = Field(min_length=1, max_length=200)
    text: str = Field(min_length=1, max_length=10_000)
    subject_es: str | None = Field(default=None, min_length=1, max_length=200, description="In Spanish, beside it.")
    text_es: str | None = Field(default=None, min_length=1, max_length=10_000, description="In Spanish, beside it.")
    effective_on: LegalDay | None = Field(default=None, description="From when what it says holds.")
    is_public: bool = Field(default=True, description="In the public archive, and for who subscribed to the Center.")
    corrects: UUID | None = Field(default=None, description="The released broadcast that it takes the place of.")


class ReasonIn(BaseModel):
    """Why something is done."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "SYNTHETIC: a day in it is wrong."}]}
    )

    reason: str = Field(min_length=1, max_length=1000)


class ActOut(BaseModel):
    """One thing that was done."""

    sequence: int
    act: str = Field(examples=["release"])
    by_whom: str
    reason: str | None
    at: datetime


class ProgressOut(BaseModel):
    """How far it is: recipients by what became of them, and mails by their state in the ledger."""

    recipients: dict[str, int] = Field(
        description="told, waiting, left-out (unknown or unsubscribed), set-aside (broken data), withdrawn.",
        examples=[{"told": 1200, "waiting": 98_800}],
    )
    standings: dict[str, int] = Field(description="reached, no-address, unsubscribed, unknown: when it was released.")
    mails: dict[str, int] = Field(examples=[{"sent": 1100, "queued": 100}])


class BroadcastOut(BaseModel):
    """A broadcast of a Center as its staff sees it."""

    broadcast_id: UUID
    center: str
    nature: Nature
    state: BroadcastState
    revision: int
    segment: SegmentIn
    segment_says: str
    subject: str
    text: str
    subject_es: str | None
    text_es: str | None
    effective_on: date | None
    is_public: bool
    corrects: UUID | None
    corrected_by: UUID | None
    drafted_by: str
    drafted_at: datetime
    released_by: str | None
    released_at: datetime | None
    planned_at: datetime | None = Field(description="When whom it is for was written down.")
    ended_at: datetime | None


class BroadcastDetailOut(BroadcastOut):
    """A broadcast with its progress and history."""

    progress: ProgressOut
    history: list[ActOut]


class AudienceRowOut(BaseModel):
    """So many recipients of a role that have a standing."""

    standing: Standing
    role: str
    basis: str = Field(
        description="segment; subscription; corrected: was told what it corrects; news: asked for guidance or the "
        "directory; open: a criterion is not known of them."
    )
    unknown: list[Criterion] = Field(description="Criteria whose facts are not known of them.")
    recipients: int


class AudienceOut(BaseModel):
    """Whom it would reach if it was released today, exactly, and whom not and why."""

    on: date
    reached: int
    no_address: int = Field(description="Told in their inbox alone, until an address becomes known.")
    unsubscribed: int
    unknown: int = Field(description="Not told: whether they are in the segment is not known.")
    rows: list[AudienceRowOut]


class RecipientOut(BaseModel):
    """Somebody whom a broadcast is for."""

    recipient: str = Field(description="An importer number, masked where it can be a social security one; or a party.")
    role: str
    standing: Standing
    basis: str
    unknown: list[str]
    kind: str
    state: str
    reason: str | None = Field(description="Why it was set aside.")
    notice_id: UUID | None


class ArchivedOut(BaseModel):
    """A broadcast as it was sent; its words never change."""

    broadcast_id: UUID
    center: str
    nature: Nature
    subject: str
    text: str
    subject_es: str | None
    text_es: str | None
    effective_on: date | None
    released_at: datetime
    is_withdrawn: bool = Field(description="The Center withdrew it before all had been told.")
    corrects: UUID | None = Field(description="The broadcast whose place it takes.")
    corrected_by: UUID | None = Field(description="The broadcast that took its place.")


@router.post("/broadcasts", status_code=201, summary="Draft a broadcast", response_model=BroadcastOut)
async def draft_broadcast(
    body: BroadcastIn,
    request: Request,
    caller: Annotated[Identity, allow("center-broadcast.draft")],
    call: CurrentIdempotentCall,
) -> Response:
    """Nothing goes out until another person releases it. With `corrects` it is a new version that names the old one."""

    async def act(tx: Transaction) -> BroadcastOut:
        made = await acts.draft(tx, caller, call, _content(body), body.corrects, now_of(request))
        return _out(made, None)

    return await answer_once(request, call, act)


@router.get("/broadcasts", summary="Broadcasts of the caller's Centers")
async def list_broadcasts(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("center-broadcast.read")],
    page: CurrentPage,
    center: Annotated[CenterCode | None, Query(description="Only of this Center.")] = None,
    state: Annotated[BroadcastState | None, Query(description="Only those in this state.")] = None,
) -> Page[BroadcastOut]:
    """Drafts, what is being sent and what was, drafted last first."""
    after = page.position(datetime, UUID)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_broadcasts(
            connection,
            reach_of(caller, "center-broadcast.read", today_of(request)),
            center=center,
            state=state,
            after=(after[0], after[1]) if after else None,
            limit=page.fetch,
        )
        corrections = await store.find_corrections(connection, [row.broadcast_id for row in rows])
    return build_page(
        rows,
        page,
        key=lambda row: (row.drafted_at, row.broadcast_id),
        item=lambda row: _out(row, corrections.get(row.broadcast_id)),
        request=request,
        response=response,
    )


@router.get("/broadcasts/{broadcast_id}", summary="A broadcast with its progress")
@tells("ETag")
async def read_broadcast(
    broadcast_id: BroadcastPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("center-broadcast.read")],
) -> BroadcastDetailOut:
    """Its words, how far it is, and who did what. The ETag is what revising and releasing want in If-Match."""
    async with transaction(engine_of(request)) as tx:
        found = await acts.find(tx, caller, broadcast_id, now_of(request))
        corrections = await store.find_corrections(tx.connection, [broadcast_id])
        progress = ProgressOut(
            recipients=await store.count_states(tx.connection, broadcast_id),
            standings=await store.count_standings(tx.connection, broadcast_id),
            mails=await store.count_mails(tx.connection, broadcast_id),
        )
        history = await store.list_acts(tx.connection, broadcast_id)
    response.headers["ETag"] = etag(found.revision)
    return BroadcastDetailOut(
        **_out(found, corrections.get(broadcast_id)).model_dump(),
        progress=progress,
        history=[act_out(each) for each in history],
    )


@router.put("/broadcasts/{broadcast_id}", summary="Revise a draft", responses=problem_responses([409, 412, 428]))
@tells("ETag")
async def revise_broadcast(
    broadcast_id: BroadcastPath,
    body: BroadcastIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("center-broadcast.draft")],
    if_match: RequiredIfMatch,
) -> BroadcastOut:
    """Give a draft other words or another segment; what it corrects and its Center stay. Who revises has drafted."""
    async with transaction(engine_of(request)) as tx:
        changed = await acts.revise(tx, caller, broadcast_id, if_match, _content(body), now_of(request))
    return _tagged(changed, response)


@router.get("/broadcasts/{broadcast_id}/audience", summary="Count whom a broadcast would reach")
async def count_audience(
    broadcast_id: BroadcastPath, request: Request, caller: Annotated[Identity, allow("center-broadcast.read")]
) -> AudienceOut:
    """Exactly, as of today: reached, without address, unsubscribed, and those of whom a criterion is not known."""
    async with transaction(engine_of(request)) as tx:
        rows = await acts.count(tx, caller, broadcast_id, now_of(request))
    return AudienceOut(
        on=today_of(request),
        reached=_sum(rows, "reached"),
        no_address=_sum(rows, "no-address"),
        unsubscribed=_sum(rows, "unsubscribed"),
        unknown=_sum(rows, "unknown"),
        rows=[AudienceRowOut(**row._asdict()) for row in rows],
    )


@router.get(
    "/broadcasts/{broadcast_id}/preview",
    summary="A broadcast as it is told",
    response_class=HTMLResponse,
    responses={200: {"content": {"text/html": {}, "text/plain": {}}, "description": "The words of the notice."}},
)
async def preview_broadcast(
    broadcast_id: BroadcastPath,
    request: Request,
    caller: Annotated[Identity, allow("center-broadcast.read")],
    language: Annotated[Literal["en", "es"], Query()] = "en",
    form: Annotated[Literal["html", "text"], Query()] = "html",
    told_as: Annotated[
        Literal["bulletin", "subscription"], Query(description="To the segment, or as news.")
    ] = "bulletin",
) -> Response:
    """As its mail would say it to an importer of the Center, with what it changes of the one that it corrects."""
    async with transaction(engine_of(request)) as tx:
        found = await acts.find(tx, caller, broadcast_id, now_of(request))
        changes = await acts.changes_since(tx.connection, found)
    is_news = found.content.nature == "directory" or (told_as == "subscription" and found.content.nature == "guidance")
    notice = acts.previewed(found, changes, "N-47" if is_news else "N-33", now_of(request))
    settings: NotificationsSettings = request.app.state.settings
    given = {"name": "the importer of record", "base_url": settings.link_base, "language": language}
    if form == "text":
        return PlainTextResponse(render_text(notice, **given), headers=_PAGE_HEADERS)
    return HTMLResponse(render_page(notice, **given), headers=_PAGE_HEADERS)


@router.post(
    "/broadcasts/{broadcast_id}/release", summary="Release a broadcast", responses=problem_responses([409, 412, 428])
)
@tells("ETag")
async def release_broadcast(
    broadcast_id: BroadcastPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("center-broadcast.release")],
    if_match: RequiredIfMatch,
) -> BroadcastOut:
    """By a person who wrote no words of it, as they read it: from now on it is sent at its rate, and never changed."""
    async with transaction(engine_of(request)) as tx:
        changed = await acts.release(tx, caller, broadcast_id, if_match, now_of(request))
    return _tagged(changed, response)


@router.post("/broadcasts/{broadcast_id}/pause", summary="Pause a broadcast", responses=problem_responses([409]))
@tells("ETag")
async def pause_broadcast(
    broadcast_id: BroadcastPath,
    body: ReasonIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("center-broadcast.stop")],
) -> BroadcastOut:
    """Nothing more of it goes out, not even mails that wait already, until it is resumed."""
    return await _stop(acts.pause, broadcast_id, body, request, response, caller)


@router.post("/broadcasts/{broadcast_id}/resume", summary="Resume a broadcast", responses=problem_responses([409]))
@tells("ETag")
async def resume_broadcast(
    broadcast_id: BroadcastPath,
    body: ReasonIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("center-broadcast.stop")],
) -> BroadcastOut:
    """It goes on where it stopped: nobody is told twice."""
    return await _stop(acts.resume, broadcast_id, body, request, response, caller)


@router.post("/broadcasts/{broadcast_id}/withdraw", summary="Withdraw a broadcast", responses=problem_responses([409]))
@tells("ETag")
async def withdraw_broadcast(
    broadcast_id: BroadcastPath,
    body: ReasonIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("center-broadcast.stop")],
) -> BroadcastOut:
    """What has not gone out does not. Who was told stays told: draft one that corrects it."""
    return await _stop(acts.withdraw, broadcast_id, body, request, response, caller)


@router.get("/broadcasts/{broadcast_id}/recipients", summary="Whom a broadcast was for")
async def list_recipients(
    broadcast_id: BroadcastPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("center-broadcast.read")],
    page: CurrentPage,
    standing: Annotated[Standing | None, Query()] = None,
    state: Annotated[
        Literal["waiting", "told", "left-out", "set-aside", "withdrawn"] | None, Query(examples=["set-aside"])
    ] = None,
) -> Page[RecipientOut]:
    """As written down when it was released, in order: who was told, who was left out, and why."""
    after = page.position(BigOrdinal)
    async with transaction(engine_of(request)) as tx:
        await acts.find(tx, caller, broadcast_id, now_of(request))
        rows = await store.list_recipients(
            tx.connection,
            broadcast_id,
            standing=standing,
            state=state,
            after=after[0] if after else None,
            limit=page.fetch,
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.ordinal,),
        item=lambda row: _recipient(row, caller),
        request=request,
        response=response,
    )


@public_router.get(
    "/broadcast-archive", summary="What the Centers told", dependencies=[allow("broadcast-archive.read")]
)
async def search_archive(
    request: Request,
    response: Response,
    page: CurrentPage,
    center: Annotated[CenterCode | None, Query(description="Only of this Center.")] = None,
    since: Annotated[LegalDay | None, Query(description="Released on this day or later.")] = None,
    until: Annotated[LegalDay | None, Query(description="Released on this day or earlier.")] = None,
    q: Annotated[str | None, Query(max_length=100, description="Only where these words occur.")] = None,
) -> Page[ArchivedOut]:
    """Public broadcasts, guidance and changes of the directory as they were told, newest first. Needs no identity."""
    return await _archive(request, response, page, center=center, since=since, until=until, words=q)


@public_router.get(
    "/broadcast-archive.html",
    summary="What the Centers told, as a page",
    dependencies=[allow("broadcast-archive.read")],
    response_class=HTMLResponse,
)
@tells("Link")
async def read_archive_page(
    request: Request,
    response: Response,
    page: CurrentPage,
    center: Annotated[CenterCode | None, BLANK_IS_ABSENT, Query(description="Only of this Center.")] = None,
    since: Annotated[LegalDay | None, BLANK_IS_ABSENT, Query(description="Released on this day or later.")] = None,
    until: Annotated[LegalDay | None, BLANK_IS_ABSENT, Query(description="Released on this day or earlier.")] = None,
    q: Annotated[str | None, Query(max_length=100, description="Only where these words occur.")] = None,
) -> HTMLResponse:
    """The same for a browser, without scripts."""
    found = await _archive(request, response, page, center=center, since=since, until=until, words=q)
    shown = render_archive(
        [item.model_dump() | {"released_on": legal_date(item.released_at)} for item in found.items],
        {"center": center or "", "since": since or "", "until": until or "", "q": q or ""},
        found.next,
    )
    return HTMLResponse(shown, headers={**dict(response.headers), **_PAGE_HEADERS})


@public_router.get(
    "/broadcast-archive/{broadcast_id}",
    summary="What a Center told",
    dependencies=[allow("broadcast-archive.read")],
)
async def read_archived(broadcast_id: BroadcastPath, request: Request) -> ArchivedOut:
    """One public broadcast, under an address that stays, with the one that took its place."""
    async with reading(engine_of(request)) as connection:
        found = await store.find_in_archive(connection, broadcast_id)
        if found is None:
            raise no_such(f"public broadcast {broadcast_id}")
        corrections = await store.find_corrections(connection, [broadcast_id], in_archive=True)
    return _archived(found, corrections)


async def _archive(
    request: Request,
    response: Response,
    page: CurrentPage,
    *,
    center: str | None,
    since: date | None,
    until: date | None,
    words: str | None,
) -> Page[ArchivedOut]:
    after = page.position(datetime, UUID)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_archive(
            connection,
            center=center,
            since=since,
            until=until,
            words=words or None,
            after=(after[0], after[1]) if after else None,
            limit=page.fetch,
        )
        corrections = await store.find_corrections(connection, [row.broadcast_id for row in rows], in_archive=True)
    return build_page(
        rows,
        page,
        key=lambda row: (row.released_at, row.broadcast_id),
        item=lambda row: _archived(row, corrections),
        request=request,
        response=response,
    )


Stop = Callable[[Transaction, Identity, UUID, str, datetime], Awaitable[Broadcast]]


async def _stop(
    act: Stop, broadcast_id: UUID, body: ReasonIn, request: Request, response: Response, caller: Identity
) -> BroadcastOut:
    async with transaction(engine_of(request)) as tx:
        changed = await act(tx, caller, broadcast_id, body.reason, now_of(request))
    return _tagged(changed, response)


def _tagged(changed: Broadcast, response: Response) -> BroadcastOut:
    response.headers["ETag"] = etag(changed.revision)
    return _out(changed, None)


def _content(body: BroadcastIn) -> Content:
    segment = body.segment
    return Content(
        center=body.center,
        nature=body.nature,
        segment=Segment(
            roles=tuple(dict.fromkeys(segment.roles)),
            tariff=tuple(dict.fromkeys(segment.tariff)),
            programs=tuple(dict.fromkeys(segment.programs)),
            sizes=tuple(dict.fromkeys(segment.sizes)),
            countries=tuple(dict.fromkeys(segment.countries)),
        ),
        subject=body.subject,
        text=body.text,
        subject_es=body.subject_es,
        text_es=body.text_es,
        effective_on=body.effective_on,
        is_public=body.is_public,
    )


def _words(broadcast: Broadcast) -> Mapping[str, Any]:
    content = broadcast.content
    return {
        "broadcast_id": broadcast.broadcast_id,
        "center": content.center,
        "nature": content.nature,
        "subject": content.subject,
        "text": content.text,
        "subject_es": content.subject_es,
        "text_es": content.text_es,
        "effective_on": content.effective_on,
        "corrects": broadcast.corrects,
    }


def _out(broadcast: Broadcast, corrected_by: UUID | None) -> BroadcastOut:
    segment = broadcast.content.segment
    return BroadcastOut(
        **_words(broadcast),
        state=broadcast.state,
        revision=broadcast.revision,
        segment=SegmentIn(
            roles=list(segment.roles),
            tariff=list(segment.tariff),
            programs=list(segment.programs),
            sizes=list(segment.sizes),
            countries=list(segment.countries),
        ),
        segment_says=_says(broadcast),
        is_public=broadcast.content.is_public,
        corrected_by=corrected_by,
        drafted_by=broadcast.drafted_by,
        drafted_at=broadcast.drafted_at,
        released_by=broadcast.released_by,
        released_at=broadcast.released_at,
        planned_at=broadcast.planned_at,
        ended_at=broadcast.ended_at,
    )


def _says(broadcast: Broadcast) -> str:
    if broadcast.content.nature == "directory":
        return f"who subscribed to the directory of {broadcast.content.center}"
    return describe_segment(broadcast.content.center, broadcast.content.segment)


def _archived(broadcast: Broadcast, corrections: Mapping[UUID, UUID]) -> ArchivedOut:
    assert broadcast.released_at is not None  # the archive holds no others
    return ArchivedOut(
        **_words(broadcast),
        released_at=broadcast.released_at,
        is_withdrawn=broadcast.state == "withdrawn",
        corrected_by=corrections.get(broadcast.broadcast_id),
    )


def _sum(rows: list[AudienceCount], standing: str) -> int:
    return sum(row.recipients for row in rows if row.standing == standing)


def _recipient(row: Told, caller: Identity) -> RecipientOut:
    told = row._asdict() | {"recipient": _shown(caller, row), "unknown": list(row.unknown)}
    del told["ordinal"]
    return RecipientOut(**told)


def _shown(caller: Identity, row: Told) -> str:
    # What is set aside may be no importer number at all.
    is_number = ":" not in row.recipient and row.state != "set-aside"
    return shown_importer_number(caller, row.recipient) if is_number else mask_importer_numbers(row.recipient)


def act_out(act: ActDone) -> ActOut:
    """A line of a history."""
    return ActOut(**act._asdict())
