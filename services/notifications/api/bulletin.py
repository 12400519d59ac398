"""The public bulletin: its search, as data and as a page, for anyone."""

import csv
import io
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse
from pydantic import BaseModel, Field

from services.notifications.acts.rendering import render_bulletin, render_feed
from services.notifications.domain.bulletin import (
    ACTIONS,
    CITATION,
    EVENT_TYPES,
    RULE,
    Search,
    SearchRefused,
    kept_until,
    parse_search,
)
from services.notifications.settings import NotificationsSettings
from services.notifications.store import bulletin as bulletin_store
from services.notifications.store.bulletin import Posted
from shared.customs.importer_number import mask_importer_number
from shared.db.transaction import reading
from shared.runtime.access import no_such
from shared.runtime.errors import Refused
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.pagination import CurrentPage, Page, PageParams, build_page
from shared.web.requests import engine_of, now_of

router = APIRouter(tags=["bulletin"])

_MOST_IN_FILE: Final = 5000
_MOST_IN_FEED: Final = 100
_FILE_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

_PAGE_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",  # a search may name an importer number
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


class PostingOut(BaseModel):
    """One notice on the public bulletin."""

    notice_id: UUID
    entry_number: str
    filer_code: str
    importer_number: str = Field(description="Never shown whole.", examples=["**-*****8900"])
    surety_code: str | None
    port_of_entry: str
    entry_type: str
    entry_date: date
    event_type: str = Field(examples=["liquidation"])
    basis: str = Field(description="The rule that the act rests on.", examples=["liq-cycle-314"])
    action: str = Field(examples=["no-change"])
    event_on: date = Field(description="The date of liquidation, extension, suspension or voiding.")
    posted_on: date
    kept_until: date = Field(description="The posting is kept until this day at least (15 months).")
    voided_on: date | None = Field(
        description="Set when this liquidation has no effect in law: the day on which that was posted."
    )


async def search_terms(
    entry_number: Annotated[str | None, Query(max_length=64, examples=["B7603245278"])] = None,
    filer: Annotated[str | None, Query(max_length=64, description="Filer code.", examples=["B76"])] = None,
    importer_number: Annotated[
        str | None, Query(max_length=64, description="Importer of record number, whole.", examples=["07-345678900"])
    ] = None,
    port: Annotated[str | None, Query(max_length=64, description="Schedule D code.", examples=["2704"])] = None,
    liquidated_from: Annotated[str | None, Query(max_length=64, examples=["2026-01-01"])] = None,
    liquidated_to: Annotated[str | None, Query(max_length=64, examples=["2026-01-31"])] = None,
    posted_from: Annotated[str | None, Query(max_length=64, examples=["2026-01-01"])] = None,
    posted_to: Annotated[str | None, Query(max_length=64, examples=["2026-01-31"])] = None,
    entry_date: Annotated[str | None, Query(max_length=64, examples=["2025-03-02"])] = None,
    surety_code: Annotated[str | None, Query(max_length=64, examples=["036"])] = None,
    event_type: Annotated[str | None, Query(max_length=64, description="One of " + ", ".join(EVENT_TYPES))] = None,
    basis: Annotated[
        str | None, Query(max_length=64, description="The rule of the act.", examples=["liq-cycle-314"])
    ] = None,
    action: Annotated[str | None, Query(max_length=64, description="One of " + ", ".join(ACTIONS))] = None,
) -> dict[str, str]:
    """Dependency: what was typed into the fields of a search, blanks left out; a form sends blanks."""
    given = {
        "entry_number": entry_number,
        "filer": filer,
        "importer_number": importer_number,
        "port": port,
        "liquidated_from": liquidated_from,
        "liquidated_to": liquidated_to,
        "posted_from": posted_from,
        "posted_to": posted_to,
        "entry_date": entry_date,
        "surety_code": surety_code,
        "event_type": event_type,
        "basis": basis,
        "action": action,
    }
    return {name: value.strip() for name, value in given.items() if value and value.strip()}


SearchTerms = Annotated[dict[str, str], Depends(search_terms)]


@router.get("/bulletin", summary="Search the public bulletin", dependencies=[allow("bulletin.read")])
async def search_bulletin(
    request: Request, response: Response, terms: SearchTerms, page: CurrentPage
) -> Page[PostingOut]:
    """Notices of liquidation, reliquidation, extension, suspension and voiding, newest posting first.

    Name two fields or more (CBP Dec. 16-25); the two ends of a period are one field. Needs no identity.
    """
    return await _search(request, response, _parsed(terms), page)


@router.get(
    "/bulletin.html",
    summary="The public bulletin as a page",
    dependencies=[allow("bulletin.read")],
    response_class=HTMLResponse,
    responses={422: {"content": {"text/html": {}}, "description": "The page, saying what to type instead."}},
)
@tells("Link")
async def read_bulletin_page(
    request: Request, response: Response, terms: SearchTerms, page: CurrentPage
) -> HTMLResponse:
    """The search form; with two fields or more, also what was found. Works without scripts."""
    settings: NotificationsSettings = request.app.state.settings
    found: Page[PostingOut] | None = None
    problem = problem_term = None
    if terms:
        try:
            found = await _search(request, response, parse_search(terms), page)
        except SearchRefused as error:
            problem, problem_term = str(error), error.term
        except Refused as error:
            problem = error.detail
    html = render_bulletin(
        terms=terms,
        postings=[item.model_dump() for item in found.items] if found else None,
        problem=problem,
        problem_term=problem_term,
        next_link=f"{settings.link_base}{found.next}" if found and found.next else None,
        choices={"event_type": EVENT_TYPES, "action": ACTIONS},
        citation=CITATION,
        demonstration_at=now_of(request) if settings.clock_behind_seconds is not None else None,
    )
    return HTMLResponse(html, 422 if problem else 200, headers=_PAGE_HEADERS)


@router.get(
    "/bulletin.csv",
    summary="A search of the bulletin as a file",
    dependencies=[allow("bulletin.read")],
    response_class=PlainTextResponse,
    responses={200: {"content": {"text/csv": {}}, "description": "A line for each posting, with a header (RFC 4180)."}},
)
async def read_bulletin_file(request: Request, terms: SearchTerms) -> Response:
    """The newest postings that a search finds, 5,000 at most; narrow the period for more. Needs no identity."""
    rows = await _find(request, _parsed(terms), _MOST_IN_FILE)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    names = list(PostingOut.model_fields)
    writer.writerow(names)
    for row in rows:
        told = row.model_dump(mode="json")
        writer.writerow([told[name] for name in names])
    return Response(text.getvalue(), media_type="text/csv; charset=utf-8", headers=_FILE_HEADERS)


@router.get(
    "/bulletin.atom",
    summary="A search of the bulletin as a feed",
    dependencies=[allow("bulletin.read")],
    response_class=PlainTextResponse,
    responses={200: {"content": {"application/atom+xml": {}}, "description": "A feed (RFC 4287)."}},
)
async def read_bulletin_feed(request: Request, terms: SearchTerms) -> Response:
    """The newest 100 postings that a search finds, as an Atom feed: what is new for an importer or a filer, without
    asking day by day. Needs no identity.
    """
    settings: NotificationsSettings = request.app.state.settings
    rows = await _find(request, _parsed(terms), _MOST_IN_FEED)
    feed = render_feed(
        [row.model_dump(mode="json") for row in rows],
        base_url=settings.link_base,
        query=urlencode(terms),
        now=now_of(request),
    )
    return Response(feed, media_type="application/atom+xml; charset=utf-8", headers=_FILE_HEADERS)


@router.get("/bulletin/{notice_id}", summary="One posting", dependencies=[allow("bulletin.read")])
async def read_posting(
    notice_id: Annotated[UUID, Path(description="The id of the notice that was posted.")], request: Request
) -> PostingOut:
    """A posting under an address that stays: it is never changed nor removed, also after its 15 months."""
    async with reading(engine_of(request)) as connection:
        found = await bulletin_store.find_posting(connection, notice_id)
        voided = await bulletin_store.find_voided(connection, [found] if found is not None else [])
    if found is None:
        raise no_such(f"posting {notice_id}")
    return _posting(found, voided.get(notice_id))


async def _find(request: Request, search: Search, most: int) -> list[PostingOut]:
    async with reading(engine_of(request)) as connection:
        rows = await bulletin_store.search_postings(connection, search, after=None, limit=most)
        voided = await bulletin_store.find_voided(connection, rows)
    return [_posting(row, voided.get(row.notice_id)) for row in rows]


def _parsed(terms: Mapping[str, str]) -> Search:
    try:
        return parse_search(terms)
    except SearchRefused as error:
        raise Refused(
            str(error),
            rule=RULE if error.term is None else error.term.replace("_", "-"),
            code="too-few-search-fields" if error.term is None else "bad-search-field",
            citation=CITATION if error.term is None else None,
            remedy="Name two fields or more." if error.term is None else "Correct the field, or leave it out.",
        ) from error


async def _search(request: Request, response: Response, search: Search, page: PageParams) -> Page[PostingOut]:
    after = page.position(date, str, UUID)
    async with reading(engine_of(request)) as connection:
        rows = await bulletin_store.search_postings(
            connection, search, after=(after[0], after[1], after[2]) if after else None, limit=page.fetch
        )
        voided = await bulletin_store.find_voided(connection, rows)
    return build_page(
        rows,
        page,
        key=lambda row: (row.posting.posted_on, row.posting.entry_number, row.notice_id),
        item=lambda row: _posting(row, voided.get(row.notice_id)),
        request=request,
        response=response,
    )


def _posting(posted: Posted, voided_on: date | None) -> PostingOut:
    posting = posted.posting
    return PostingOut(
        notice_id=posted.notice_id,
        entry_number=posting.entry_number,
        filer_code=posting.filer_code,
        importer_number=mask_importer_number(posting.importer_number),
        surety_code=posting.surety_code,
        port_of_entry=posting.port_of_entry,
        entry_type=posting.entry_type,
        entry_date=posting.entry_date,
        event_type=posting.event_type,
        basis=posting.basis,
        action=posting.action,
        event_on=posting.event_on,
        posted_on=posting.posted_on,
        kept_until=kept_until(posting.posted_on),
        voided_on=voided_on,
    )
