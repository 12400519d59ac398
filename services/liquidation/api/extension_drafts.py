"""The HTTP side of extensions drafted for people to post."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from services.liquidation.api.common import OfCenter, narrow, shown_number
from services.liquidation.api.open_requests import OpenRequestOut, show_open_request
from services.liquidation.domain.clocks import MAX_EXTENDED_MONTHS, MAX_EXTENSION_MONTHS
from services.liquidation.publishing import legal_basis
from services.liquidation.store import extension_drafts as store
from services.liquidation.store.extension_drafts import ExtensionDraft
from services.liquidation.store.requests import list_open_requests
from shared.contracts.decision import LegalBasis
from shared.db.transaction import reading
from shared.runtime.access import reach_of
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, today_of

router = APIRouter(tags=["extensions"])


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


@router.get("/extension-drafts", summary="Extensions that should be posted")
async def list_extension_drafts(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("oversight.read")],
    page: CurrentPage,
    center: OfCenter = None,
) -> Page[ExtensionDraftOut]:
    """Drafted 60 days before the period ends while a review, the importer's request or a CBP 28 is open."""
    async with reading(engine_of(request)) as connection:
        rows = await store.list_drafts(
            connection,
            narrow(reach_of(caller, "oversight.read", today_of(request)), center),
            after=page.position(date, str),
            limit=page.fetch,
        )
        asked = await list_open_requests(connection, [row.entry_number for row in rows])
    return build_page(
        rows,
        page,
        key=lambda row: (row.deemed_on, row.entry_number),
        item=lambda row: _draft(row, asked.get(row.entry_number, ()), caller),
        request=request,
        response=response,
    )


def _draft(row: ExtensionDraft, asked: Sequence[Any], caller: Identity) -> ExtensionDraftOut:
    return ExtensionDraftOut(
        entry_number=row.entry_number,
        post_by=row.deemed_on,
        center=row.center,
        importer_number=shown_number(row.importer_number, caller),
        drafted_at=row.drafted_at,
        legal_basis=legal_basis("ext-notice"),
        extension=DraftedExtensionOut(
            reason=row.reason,
            months=min(MAX_EXTENSION_MONTHS, MAX_EXTENDED_MONTHS - row.extended_months),
            requested_on=row.requested_on,
            explanation=row.explanation,
        ),
        open_requests=[show_open_request(each) for each in asked],
    )
