"""The HTTP side of what a cycle did against its cut sheet."""

from collections import Counter
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.liquidation.acts.cycle_reports import find_basis
from services.liquidation.api.common import NOTHING_UNSEEN, FridayPath, UnseenOut, show_unseen
from services.liquidation.store import cycle_reports as store
from services.liquidation.store.cycle_reports import Way
from shared.db.transaction import snapshot
from shared.runtime.access import reach_of
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, today_of

router = APIRouter(tags=["cycles"])


class ComparedOut(BaseModel):
    """Entries of which the cut sheet said, and the cycle did, the same; null: not on the sheet, or not taken."""

    said: str | None = Field(examples=["as-entered"])
    did: str | None = Field(examples=["as-entered"])
    entries: int


class CycleDifferenceOut(BaseModel):
    """Entries that differ in the same way and for the same reason."""

    way: Way = Field(description="Left out of what the sheet names, added to it, or treated otherwise.")
    said: str | None = Field(examples=["as-entered"])
    did: str | None = Field(examples=["by-decision"])
    why: str = Field(description="What the record shows of it.", examples=["decision came"])
    entries: int


class CycleReportOut(BaseModel):
    """What a confirmed cut sheet said against what its cycle did; `as_said` entries went as the sheet said."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "date": "2026-08-14",
                    "revision": 1,
                    "forecast_number": 2,
                    "made_at": "2026-08-13T14:00:00Z",
                    "run_at": "2026-08-14T10:00:00Z",
                    "unseen": NOTHING_UNSEEN,
                    "as_said": 185,
                    "differing": 2,
                    "counts": [
                        {"said": "as-entered", "did": "as-entered", "entries": 185},
                        {"said": "as-entered", "did": "by-decision", "entries": 1},
                        {"said": "as-entered", "did": None, "entries": 1},
                    ],
                    "differences": [
                        {
                            "way": "otherwise",
                            "said": "as-entered",
                            "did": "by-decision",
                            "why": "decision came",
                            "entries": 1,
                        },
                        {
                            "way": "left-out",
                            "said": "as-entered",
                            "did": None,
                            "why": "suspended since",
                            "entries": 1,
                        },
                    ],
                }
            ]
        }
    )

    date: date
    revision: int = Field(description="The revision of the cut sheet that two people confirmed.")
    forecast_number: int = Field(description="Its dry run.")
    made_at: datetime
    run_at: datetime
    unseen: UnseenOut = Field(description="Events on their way that the cycle did not see.")
    as_said: int
    differing: int
    counts: list[ComparedOut]
    differences: list[CycleDifferenceOut]


class DifferingEntryOut(BaseModel):
    """One entry that the cycle did not treat as the sheet said, and why; `state` is its state now."""

    entry_number: str
    way: Way
    said: str | None
    did: str | None
    why: str = Field(examples=["suspended since"])
    state: str
    center: str | None


@router.get("/cycles/{friday}/report", summary="What a cycle did against its cut sheet")
async def read_cycle_report(
    friday: FridayPath, request: Request, _: Annotated[Identity, allow("cycle.read")]
) -> CycleReportOut:
    """Counts by what the sheet said and what was done, and of those that differ by the reason that the record shows.

    404 without a cut sheet; 409 while two people have not confirmed it or the cycle has not run.
    """
    async with snapshot(engine_of(request)) as tx:
        basis = await find_basis(tx, friday)
        compared = await store.count_compared(tx, basis)
    counts: Counter[tuple[str | None, str | None]] = Counter()
    for each in compared:
        counts[each.said, each.did] += each.entries
    return CycleReportOut(
        date=friday,
        revision=basis.revision,
        forecast_number=basis.forecast_number,
        made_at=basis.made_at,
        run_at=basis.run_at,
        unseen=show_unseen(basis.unseen),
        as_said=sum(each.entries for each in compared if each.way is None),
        differing=sum(each.entries for each in compared if each.way is not None),
        counts=[ComparedOut(said=said, did=did, entries=entries) for (said, did), entries in counts.most_common()],
        differences=[
            CycleDifferenceOut.model_validate(each, from_attributes=True) for each in compared if each.way is not None
        ],
    )


@router.get("/cycles/{friday}/report/entries", summary="Entries that a cycle did not treat as its cut sheet said")
async def list_cycle_report_entries(
    friday: FridayPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("cycle.read")],
    page: CurrentPage,
    way: Annotated[Way | None, Query(description="Only those that differ in this way.")] = None,
    why: Annotated[str | None, Query(max_length=100, description="Only those with this reason.")] = None,
) -> Page[DifferingEntryOut]:
    """In order of entry number, each with the reason that the record shows."""
    position = page.position(str)
    async with snapshot(engine_of(request)) as tx:
        basis, reach = await find_basis(tx, friday), reach_of(caller, "entry.read", today_of(request))
        after = position[0] if position else None
        rows = await store.list_differing(tx, basis, reach, way=way, why=why, after=after, limit=page.fetch)
    return build_page(
        rows,
        page,
        key=lambda row: (row.entry_number,),
        item=lambda row: DifferingEntryOut.model_validate(row, from_attributes=True),
        request=request,
        response=response,
    )
