"""The HTTP side of notifications: notices with their deliveries, figures, and the public bulletin."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

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
from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.domain.delivery import State
from services.notifications.rendering import render_bulletin, render_text
from services.notifications.settings import NotificationsSettings
from services.notifications.store import bulletin as bulletin_store
from services.notifications.store import notices as notice_store
from services.notifications.store.deliveries import notice_facts
from services.notifications.store.notices import NoticeFilter, Sight
from shared.customs.importer_number import mask_importer_number
from shared.db.transaction import reading
from shared.runtime.access import demand_sight, is_staff, shown_importer_number
from shared.runtime.errors import NotFound, Refused
from shared.runtime.identity import Identity, RoleName
from shared.web.identity import CurrentIdentity, StaffIdentity
from shared.web.pagination import CurrentPage, Page, PageParams, build_page
from shared.web.requests import canonical_entry_number, engine_of

router = APIRouter()
public_router = APIRouter(tags=["public"])


_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",  # a search may name an importer number
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


class NoticeOut(BaseModel):
    """A notice: what it is, about what, since when, until when, under which law."""

    notice_id: UUID
    kind: str = Field(examples=["N-09"])
    name: str = Field(examples=["Courtesy notice of liquidation"])
    form: str
    has_legal_effect: bool = Field(description="False where the notice itself changes nobody's rights.")
    variant: str | None = Field(description="Which case of its kind the notice is.", examples=["allowed-in-part"])
    version: int = Field(description="The version of the catalogue that the notice was made with.")
    importer_number: str = Field(description="Masked when it is a social security number of someone else.")
    entry_number: str | None = Field(description="The entry, when the notice is about one.")
    entry_count: int
    filer_code: str | None
    center: str | None
    issued_on: date
    due_on: date | None
    citation: str
    if_nothing_is_done: str


class LedgerLineOut(BaseModel):
    """One line of a delivery's ledger."""

    sequence: int
    event: str = Field(examples=["sent"])
    detail: str | None
    at: datetime


class DeliveryOut(BaseModel):
    """One way of a notice to a recipient, its state and its history."""

    channel: str = Field(examples=["email"])
    recipient_role: str = Field(examples=["importer"])
    state: State
    attempts: int
    message_id: str | None
    sent_to: str | None = Field(description="Shown to staff and to the importer.")
    last_error: str | None
    queued_at: datetime
    next_try_at: datetime | None
    settled_at: datetime | None
    ledger: list[LedgerLineOut]


class NoticeDetailOut(NoticeOut):
    """A notice with its facts, its words and its deliveries."""

    entry_numbers: list[str]
    facts: dict[str, Any]
    text: str
    deliveries: list[DeliveryOut]


class NoticeFigures(BaseModel):
    """Deliveries by kind of notice and state."""

    notices: dict[str, dict[str, int]] = Field(examples=[{"N-09": {"sent": 120, "queued": 3}, "N-13": {"posted": 123}}])
    total: int


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


@public_router.get("/bulletin", summary="Search the public bulletin")
async def search_bulletin(
    request: Request, response: Response, terms: SearchTerms, page: CurrentPage
) -> Page[PostingOut]:
    """Notices of liquidation, reliquidation, extension, suspension and voiding, newest posting first.

    Name two fields or more (CBP Dec. 16-25); the two ends of a period are one field. Needs no identity.
    """
    return await _search(request, response, _parsed(terms), page)


@public_router.get(
    "/bulletin.html",
    summary="The public bulletin as a page",
    response_class=HTMLResponse,
    responses={422: {"content": {"text/html": {}}, "description": "The page, saying what to type instead."}},
)
async def read_bulletin_page(
    request: Request, response: Response, terms: SearchTerms, page: CurrentPage
) -> HTMLResponse:
    """The search form; with two fields or more, also what was found. Works without scripts."""
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
        next_link=found.next if found else None,
        choices={"event_type": EVENT_TYPES, "action": ACTIONS},
        citation=CITATION,
    )
    return HTMLResponse(html, 422 if problem else 200, headers=_PAGE_HEADERS)


@router.get("/notices", summary="Notices")
async def list_notices(
    request: Request,
    response: Response,
    caller: CurrentIdentity,
    page: CurrentPage,
    kind: Annotated[str | None, Query(description="Id in the catalogue.", examples=["N-09"])] = None,
    entry: Annotated[str | None, Query(description="Entry number, with or without hyphens.")] = None,
    importer: Annotated[str | None, Query(description="Importer number, whole.", max_length=20)] = None,
    state: Annotated[State | None, Query(description="Only notices with a delivery in this state.")] = None,
) -> Page[NoticeOut]:
    """Newest first. Staff see all; importers, brokers and sureties those that concern them."""
    if kind is not None and kind not in CATALOGUE:
        raise Refused(
            f"There is no kind of notice {kind!r}.",
            rule="notice-kind-exists",
            code="unknown-kind",
            remedy=f"Give one of {', '.join(CATALOGUE)}.",
        )
    wanted = NoticeFilter(
        kind=kind,
        entry_number=canonical_entry_number(entry) if entry else None,
        importer_number=importer,
        state=state.value if state else None,
        sight=None if is_staff(caller) else _sight(caller),
    )
    after = page.position(date, UUID)
    async with reading(engine_of(request)) as connection:
        rows = await notice_store.list_notices(
            connection, wanted, after=(after[0], after[1]) if after else None, limit=page.fetch
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.issued_on, row.notice_id),
        item=lambda row: NoticeOut(**_notice(row, caller)),
        request=request,
        response=response,
    )


@router.get("/notices/{notice_id}", summary="A notice with its words and its deliveries")
async def read_notice(
    notice_id: Annotated[UUID, Path(description="The id of the notice.")], request: Request, caller: CurrentIdentity
) -> NoticeDetailOut:
    """Everything about one notice; the importer number is masked in its words."""
    async with reading(engine_of(request)) as connection:
        row = await notice_store.find_notice(connection, notice_id)
        deliveries = await notice_store.find_deliveries(connection, notice_id)
        ledger = await notice_store.find_ledger(connection, notice_id)
    if row is None:
        raise NotFound(f"There is no notice {notice_id}.", remedy="Take the id from GET /notices.")
    demand_sight(
        caller,
        f"notice {notice_id}",
        importer_number=row.importer_number,
        filer_code=row.filer_code,
        surety_code=row.surety_code,
    )
    settings: NotificationsSettings = request.app.state.settings
    shows_address = is_staff(caller) or row.importer_number in caller.importer_numbers
    return NoticeDetailOut(
        **_notice(row, caller),
        entry_numbers=row.entry_numbers,
        facts=row.body,
        text=render_text(
            notice_facts(row._mapping),  # noqa: SLF001  the public way to read a row by name
            name="the importer of record",
            base_url=settings.public_base_url,
        ),
        deliveries=[_delivery(item, ledger, shows_address=shows_address) for item in deliveries],
    )


@router.get("/figures", summary="Deliveries by kind of notice and state")
async def read_notice_figures(request: Request, _: StaffIdentity) -> NoticeFigures:
    """Counts over all deliveries: a notice that goes two ways counts twice."""
    async with reading(engine_of(request)) as connection:
        rows = await notice_store.count_deliveries(connection)
    figures = NoticeFigures(notices={}, total=0)
    for row in sorted(rows, key=lambda row: (row.kind, row.state)):
        figures.notices.setdefault(row.kind, {})[row.state] = row.deliveries
        figures.total += row.deliveries
    return figures


def _sight(caller: Identity) -> Sight:
    return Sight(
        importer_numbers=tuple(sorted(caller.importer_numbers)),
        filer_code=caller.filer_code if caller.has_role(RoleName.BROKER) else None,
        surety_code=caller.surety_code if caller.has_role(RoleName.SURETY) else None,
    )


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
        key=lambda row: (row.posted_on, row.entry_number, row.notice_id),
        item=lambda row: _posting(row, voided.get(row.notice_id)),
        request=request,
        response=response,
    )


def _posting(row: Any, voided_on: date | None) -> PostingOut:
    return PostingOut(
        notice_id=row.notice_id,
        entry_number=row.entry_number,
        filer_code=row.filer_code,
        importer_number=mask_importer_number(row.importer_number),
        surety_code=row.surety_code,
        port_of_entry=row.port_of_entry,
        entry_type=row.entry_type,
        entry_date=row.entry_date,
        event_type=row.event_type,
        basis=row.basis,
        action=row.action,
        event_on=row.event_on,
        posted_on=row.posted_on,
        kept_until=kept_until(row.posted_on),
        voided_on=voided_on,
    )


def _notice(row: Any, caller: Identity) -> dict[str, Any]:
    kind = CATALOGUE[row.kind]
    return {
        "notice_id": row.notice_id,
        "kind": row.kind,
        "name": kind.name,
        "form": kind.form,
        "has_legal_effect": kind.words(row.variant).has_legal_effect,
        "variant": row.variant,
        "version": row.version,
        "importer_number": shown_importer_number(caller, row.importer_number),
        "entry_number": row.entry_number,
        "entry_count": len(row.entry_numbers),
        "filer_code": row.filer_code,
        "center": row.center,
        "issued_on": row.issued_on,
        "due_on": row.due_on,
        "citation": row.citation,
        "if_nothing_is_done": row.if_nothing_is_done,
    }


def _delivery(row: Any, ledger: list[Any], *, shows_address: bool) -> DeliveryOut:
    lines = [line for line in ledger if (line.channel, line.recipient_role) == (row.channel, row.recipient_role)]
    return DeliveryOut(
        channel=row.channel,
        recipient_role=row.recipient_role,
        state=row.state,
        attempts=row.attempts,
        message_id=row.message_id,
        sent_to=row.sent_to if shows_address else None,
        last_error=row.last_error if shows_address else None,
        queued_at=row.queued_at,
        next_try_at=row.next_try_at,
        settled_at=row.settled_at,
        ledger=[
            LedgerLineOut(
                sequence=line.sequence, event=line.event, detail=line.detail if shows_address else None, at=line.at
            )
            for line in lines
        ],
    )
