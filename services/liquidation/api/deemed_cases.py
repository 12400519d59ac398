"""The HTTP side of cases of deemed liquidation: listed, read, closed."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.liquidation.acts import deemed_cases as acts
from services.liquidation.api.common import OfCenter, narrow, shown_number
from services.liquidation.domain.clocks import reliquidation_due
from services.liquidation.publishing import legal_basis
from services.liquidation.store import deemed_cases as store
from services.liquidation.store.deemed_cases import CaseState, DeemedCase
from shared.contracts.decision import LegalBasis
from shared.customs.money import format_cents
from shared.db.transaction import reading, transaction
from shared.runtime.access import reach_of
from shared.runtime.concurrency import etag
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.concurrency import RequiredIfMatch
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import canonical_entry_number, engine_of, now_of, today_of

router = APIRouter(tags=["deemed cases"])


class DeemedCaseOut(BaseModel):
    """An entry deemed liquidated without anybody having meant it."""

    entry_number: str
    state: CaseState
    revision: int
    deemed_on: date
    found_on: date = Field(description="The day on which the cycle that found it ran.")
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
    authority: str | None = Field(description="The row of the table of authority that closing it rests on.")


class CloseIn(BaseModel):
    """Why a case is closed."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "Reliquidated on 2026-08-20 as entered."}]}
    )

    reason: Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]


@router.get("/deemed-cases", summary="Entries deemed liquidated by oversight")
async def list_deemed_cases(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("deemed-case.read")],
    page: CurrentPage,
    state: Annotated[CaseState, Query(description="Open or closed ones.")] = "open",
    center: OfCenter = None,
) -> Page[DeemedCaseOut]:
    """Oldest first, each with the last day on which it can still be reliquidated."""
    async with reading(engine_of(request)) as connection:
        rows = await store.list_deemed_cases(
            connection,
            narrow(reach_of(caller, "deemed-case.read", today_of(request)), center),
            state=state,
            after=page.position(date, str),
            limit=page.fetch,
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.deemed_on, row.entry_number),
        item=lambda row: _case(row, caller),
        request=request,
        response=response,
    )


@router.get("/deemed-cases/{entry_number}", summary="The case of an entry deemed liquidated")
@tells("ETag")
async def read_deemed_case(
    entry_number: str, request: Request, response: Response, caller: Annotated[Identity, allow("deemed-case.read")]
) -> DeemedCaseOut:
    """The ETag is its revision."""
    number = canonical_entry_number(entry_number)
    async with reading(engine_of(request)) as connection:
        case = await store.find_deemed_case(connection, number)
    if case is None or not reach_of(caller, "deemed-case.read", today_of(request)).covers(acts.matter_of_case(case)):
        raise acts.no_case(number)
    response.headers["ETag"] = etag(case.revision)
    return _case(case, caller)


@router.post("/deemed-cases/{entry_number}/close", summary="Close the case of an entry deemed liquidated")
@tells("ETag")
async def close_deemed_case(
    entry_number: str,
    body: CloseIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("deemed-case.close")],
    meant: RequiredIfMatch,
) -> DeemedCaseOut:
    """Say what was done about it, or why nothing is."""
    number = canonical_entry_number(entry_number)
    async with transaction(engine_of(request)) as tx:
        closed = await acts.close_deemed_case(tx, now_of(request), number, meant, body.reason, caller)
    response.headers["ETag"] = etag(closed.revision)
    return _case(closed, caller)


def _case(row: DeemedCase, caller: Identity) -> DeemedCaseOut:
    return DeemedCaseOut(
        entry_number=row.entry_number,
        state=row.state,
        revision=row.revision,
        deemed_on=row.deemed_on,
        found_on=row.found_on,
        cause=row.cause,
        reliquidation_by=reliquidation_due(row.deemed_on),
        legal_basis=legal_basis("liq-after-deemed"),
        center=row.center,
        importer_number=shown_number(row.importer_number, caller),
        duty_usd=format_cents(row.duty_cents or 0),
        fees_usd=format_cents(row.fees_cents or 0),
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        closed_because=row.closed_because,
        authority=row.authority,
    )
