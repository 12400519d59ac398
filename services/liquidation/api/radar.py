"""The HTTP side of the deadline radar: entries by days to their deemed date and cause, drafts, deemed cases."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.liquidation.acts import radar
from services.liquidation.domain.clocks import reliquidation_due
from services.liquidation.domain.information_request import REPLY_RULES, Form
from services.liquidation.domain.rules import RULES
from services.liquidation.store import hold_sets as holds
from services.liquidation.store import pictures as record
from services.liquidation.store import radar as store
from services.liquidation.store import requests
from services.liquidation.store.radar import Cause, Horizon
from shared.contracts.decision import LegalBasis
from shared.customs.calendar import legal_date
from shared.customs.money import format_cents
from shared.db.transaction import reading, transaction
from shared.runtime.access import shown_importer_number
from shared.runtime.concurrency import etag
from shared.runtime.errors import NotFound
from shared.runtime.identity import Identity, RoleName
from shared.web.concurrency import RequiredIfMatch
from shared.web.identity import StaffIdentity, require
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import canonical_entry_number, engine_of, now_of

router = APIRouter()

CloserIdentity = Annotated[
    Identity,
    Depends(require(RoleName.LIQUIDATION_SPECIALIST, RoleName.CENTER_DIRECTOR, RoleName.ASSISTANT_CENTER_DIRECTOR)),
]
_DRAFT_MONTHS = 12  # ext-length, 19 CFR 159.12(a), (d): a year at most
_MOST_MONTHS = 36  # ext-max, 19 CFR 159.12(e)


class RadarCountOut(BaseModel):
    """Entries of one horizon and cause; each horizon counts what the shorter ones do not."""

    horizon: Horizon
    cause: Cause
    entries: int


class RadarOut(BaseModel):
    """Running entries by days until they are deemed liquidated, and why somebody should look at them."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "date": "2026-08-14",
                    "clock_unknown": 3,
                    "deemed_cases_open": 0,
                    "counts": [{"horizon": "60", "cause": "extension-needed", "entries": 12}],
                }
            ]
        }
    )

    date: date
    clock_unknown: int = Field(description="Entries whose clock lacks a fact: GET /clocks-unknown lists them.")
    deemed_cases_open: int = Field(description="Entries deemed liquidated by oversight: GET /deemed-cases.")
    counts: list[RadarCountOut]


class OpenRequestOut(BaseModel):
    """A request for information (CBP 28) or a proposed notice of action (CBP 29) whose work item has not ended."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "request_id": "3f0c6f1e-6b1d-5a53-9a3c-5f8f0a5f3a11",
                    "form": "CBP-28",
                    "item_id": "b1a5c1f2-8d0e-5c49-8a4e-0c4fd6a4b7f0",
                    "issued_on": "2026-07-01",
                    "reply_by": "2026-07-31",
                    "legal_basis": {"rule": "cf28-reply", "citation": "CBP Form 28; practice"},
                }
            ]
        }
    )

    request_id: str
    form: Form
    item_id: str
    issued_on: date
    reply_by: date = Field(description="The day on the form, else 30 days (CBP 28) or 20 days (CBP 29) from its date.")
    legal_basis: LegalBasis


class RadarEntryOut(BaseModel):
    """An entry whose period ends soon."""

    entry_number: str
    deemed_on: date
    legal_basis: LegalBasis | None
    state: str
    scheduled_on: date | None
    center: str | None
    lane: str | None
    importer_number: str | None
    extensions: int
    extension_requested_on: date | None = Field(description="When the importer asked for an extension in writing.")
    open_requests: list[OpenRequestOut] = Field(description="What CBP asked the importer and is open.")
    duty_usd: str
    fees_usd: str


class DraftedExtensionOut(BaseModel):
    """The body for POST /entries/{entry_number}/extensions, once the notice is posted (`posted_on` is missing)."""

    reason: Literal["information-needed", "importer-request"]
    months: int
    requested_on: date | None
    explanation: str


class ExtensionDraftOut(BaseModel):
    """A drafted extension: a person posts the notice before the period ends, or lets it be."""

    entry_number: str
    post_by: date = Field(description="The last day of the period: a notice after it does not extend anything.")
    center: str | None
    importer_number: str | None
    drafted_at: datetime
    legal_basis: LegalBasis
    extension: DraftedExtensionOut
    open_requests: list[OpenRequestOut] = Field(description="What CBP asked the importer and is open.")


class DeemedCaseOut(BaseModel):
    """An entry deemed liquidated without anybody having meant it."""

    entry_number: str
    state: Literal["open", "closed"]
    revision: int
    deemed_on: date
    found_on: date = Field(description="The Friday whose cycle found it.")
    cause: str = Field(examples=["not-taken-in-time"])
    reliquidation_by: date = Field(description="The last day on which CBP may reliquidate of its own motion.")
    legal_basis: LegalBasis
    center: str | None
    importer_number: str | None
    duty_usd: str
    fees_usd: str
    closed_at: datetime | None
    closed_by: str | None
    closed_because: str | None


class CloseIn(BaseModel):
    """Why a case is closed."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "Reliquidated on 2026-08-20 as entered."}]}
    )

    reason: Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]


@router.get("/radar", summary="Deadlines by horizon and cause")
async def read_radar(request: Request, _: StaffIdentity) -> RadarOut:
    """Counts over every running entry whose period ends within 90 days; `past` ended before today.

    An entry may have several causes; `any` counts each entry once, those without a cause too. `request-open` counts the
    importer's request for an extension and what CBP asked the importer (CBP 28, CBP 29) until its work item ends. Held
    entries count from 90 days on, long before the hold is overridden by the end of the period.
    """
    now = now_of(request)
    async with transaction(engine_of(request)) as tx:
        counts = await store.count_radar(tx, legal_date(now), await holds.find_standing(tx, now))
        unknown = await record.count_unknown_clocks(tx.connection)
        cases = await store.count_open_deemed_cases(tx.connection)
    return RadarOut(
        date=legal_date(now),
        clock_unknown=unknown,
        deemed_cases_open=cases,
        counts=[RadarCountOut.model_validate(each, from_attributes=True) for each in counts],
    )


@router.get("/radar/entries", summary="Entries of a horizon and cause")
async def list_radar_entries(
    request: Request,
    response: Response,
    caller: StaffIdentity,
    page: CurrentPage,
    horizon: Annotated[Horizon, Query(description="Days: from the horizon before it to this one.")],
    cause: Annotated[Cause, Query(description="Only those with this cause.")] = "any",
) -> Page[RadarEntryOut]:
    """Those whose period ends first before the others."""
    now = now_of(request)
    async with transaction(engine_of(request)) as tx:
        rows = await store.list_radar(
            tx,
            legal_date(now),
            await holds.find_standing(tx, now),
            horizon=horizon,
            cause=cause,
            after=page.position(date, str),
            limit=page.fetch,
        )
        asked = await requests.list_open_requests(tx.connection, [row["entry_number"] for row in rows])
    return build_page(
        rows,
        page,
        key=lambda row: (row["deemed_on"], row["entry_number"]),
        item=lambda row: _radar_entry(row, asked.get(row["entry_number"], ()), caller),
        request=request,
        response=response,
    )


@router.get("/extension-drafts", summary="Extensions that should be posted")
async def list_extension_drafts(
    request: Request, response: Response, caller: StaffIdentity, page: CurrentPage
) -> Page[ExtensionDraftOut]:
    """Drafted 60 days before the period ends while a review, the importer's request or a CBP 28 is open."""
    async with reading(engine_of(request)) as connection:
        rows = await store.list_drafts(connection, after=page.position(date, str), limit=page.fetch)
        asked = await requests.list_open_requests(connection, [row.entry_number for row in rows])
    return build_page(
        rows,
        page,
        key=lambda row: (row.deemed_on, row.entry_number),
        item=lambda row: _draft(row, asked.get(row.entry_number, ()), caller),
        request=request,
        response=response,
    )


@router.get("/deemed-cases", summary="Entries deemed liquidated by oversight")
async def list_deemed_cases(
    request: Request,
    response: Response,
    caller: StaffIdentity,
    page: CurrentPage,
    state: Annotated[Literal["open", "closed"], Query(description="Open or closed ones.")] = "open",
) -> Page[DeemedCaseOut]:
    """Oldest first, each with the last day on which it can still be reliquidated."""
    async with reading(engine_of(request)) as connection:
        rows = await store.list_deemed_cases(connection, state=state, after=page.position(date, str), limit=page.fetch)
    return build_page(
        rows,
        page,
        key=lambda row: (row.deemed_on, row.entry_number),
        item=lambda row: _case(row, caller),
        request=request,
        response=response,
    )


@router.get("/deemed-cases/{entry_number}", summary="The case of an entry deemed liquidated")
async def read_deemed_case(
    entry_number: str, request: Request, response: Response, caller: StaffIdentity
) -> DeemedCaseOut:
    """The ETag is its revision."""
    return await _shown_case(canonical_entry_number(entry_number), request, response, caller)


@router.post("/deemed-cases/{entry_number}/close", summary="Close the case of an entry deemed liquidated")
async def close_deemed_case(
    entry_number: str,
    body: CloseIn,
    request: Request,
    response: Response,
    caller: CloserIdentity,
    meant: RequiredIfMatch,
) -> DeemedCaseOut:
    """Say what was done about it, or why nothing is."""
    number = canonical_entry_number(entry_number)
    await radar.close_deemed_case(engine_of(request), now_of(request), number, meant, body.reason, caller)
    return await _shown_case(number, request, response, caller)


async def _shown_case(number: str, request: Request, response: Response, caller: Identity) -> DeemedCaseOut:
    async with reading(engine_of(request)) as connection:
        row = await store.find_deemed_case(connection, number)
    if row is None:
        raise NotFound(f"There is no case of a deemed liquidation of {number}.", remedy="GET /deemed-cases.")
    response.headers["ETag"] = etag(row.revision)
    return _case(row, caller)


def _radar_entry(row: Any, asked: Sequence[Any], caller: Identity) -> RadarEntryOut:
    return RadarEntryOut(
        entry_number=row["entry_number"],
        deemed_on=row["deemed_on"],
        legal_basis=_basis(row["deemed_rule"]) if row["deemed_rule"] else None,
        state=row["state"],
        scheduled_on=row["scheduled_on"],
        center=row["center"],
        lane=row["lane"],
        importer_number=_importer(row["importer_number"], caller),
        extensions=row["extensions"],
        extension_requested_on=row["requested_on"],
        open_requests=[_open_request(each) for each in asked],
        duty_usd=format_cents(row["duty_cents"] or 0),
        fees_usd=format_cents(row["fees_cents"] or 0),
    )


def _open_request(row: Any) -> OpenRequestOut:
    rule = REPLY_RULES[row.form]
    return OpenRequestOut(
        request_id=row.request_id,
        form=row.form,
        item_id=row.item_id,
        issued_on=row.issued_on,
        reply_by=row.due_on,
        legal_basis=LegalBasis(rule=rule.rule, citation=rule.citation),
    )


def _draft(row: Any, asked: Sequence[Any], caller: Identity) -> ExtensionDraftOut:
    return ExtensionDraftOut(
        entry_number=row.entry_number,
        post_by=row.deemed_on,
        center=row.center,
        importer_number=_importer(row.importer_number, caller),
        drafted_at=row.drafted_at,
        legal_basis=_basis("ext-notice"),
        extension=DraftedExtensionOut(
            reason=row.reason,
            months=min(_DRAFT_MONTHS, _MOST_MONTHS - row.extended_months),
            requested_on=row.requested_on,
            explanation=row.explanation,
        ),
        open_requests=[_open_request(each) for each in asked],
    )


def _case(row: Any, caller: Identity) -> DeemedCaseOut:
    return DeemedCaseOut(
        entry_number=row.entry_number,
        state=row.state,
        revision=row.revision,
        deemed_on=row.deemed_on,
        found_on=row.found_on,
        cause=row.cause,
        reliquidation_by=reliquidation_due(row.deemed_on),
        legal_basis=_basis("liq-after-deemed"),
        center=row.center,
        importer_number=_importer(row.importer_number, caller),
        duty_usd=format_cents(row.duty_cents or 0),
        fees_usd=format_cents(row.fees_cents or 0),
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        closed_because=row.closed_because,
    )


def _basis(rule: str) -> LegalBasis:
    return LegalBasis(rule=rule, citation=RULES[rule].citation)


def _importer(number: str | None, caller: Identity) -> str | None:
    return shown_importer_number(caller, number) if number else None
