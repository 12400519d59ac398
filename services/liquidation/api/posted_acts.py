"""The acts of a day that are posted on the bulletin, as the legal record has them: for who compares the two."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from services.liquidation.store.posted_acts import RecordedAct, list_recorded_acts
from shared.db.transaction import reading
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.fields import LegalDay
from shared.web.pagination import Page, PageParams, build_page
from shared.web.requests import engine_of

router = APIRouter(tags=["liquidations"])

_MOST: Final = 50_000


class PostedActOut(BaseModel):
    """An act on an entry: its place in the entry's record, and what it was. Nothing else of it is said here."""

    entry_number: str
    sequence: int
    change: str


@router.get("/posted-acts", summary="Acts of a day that are posted on the bulletin")
async def list_posted_acts(
    request: Request,
    response: Response,
    _: Annotated[Identity, allow("posted-act.read")],
    day: Annotated[LegalDay, Query(description="The legal day on which they were recorded.")],
    after: Annotated[
        str | None, Query(description="The cursor from `next` of the page before.", max_length=2000)
    ] = None,
    limit: Annotated[int, Query(ge=1, le=_MOST, description="Acts in a page at most.")] = _MOST,
) -> Page[PostedActOut]:
    """What must stand on the public bulletin, by entry and act, for anybody: the bulletin says more of each."""
    page = PageParams(after, limit)
    position = page.position(str, int)
    async with reading(engine_of(request)) as connection:
        rows = await list_recorded_acts(
            connection, day, after=(position[0], position[1]) if position else None, limit=page.fetch
        )
    return build_page(
        rows, page, key=lambda row: (row.entry_number, row.sequence), item=_out, request=request, response=response
    )


def _out(act: RecordedAct) -> PostedActOut:
    return PostedActOut(**act._asdict())
