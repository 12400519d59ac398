"""The deadline radar: entries that the law liquidates soon, by what keeps them, and the entries of a cell."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.reads import Center, ClocksUnknown, DeemedCases, ExtensionDrafts, Radar, RadarEntries
from services.console.api.frame import Visitor, page, place_after, problem_page, signed_in, table_file
from services.console.domain.horizons import say_horizons
from shared.customs.centers import centers

router = APIRouter(include_in_schema=False)

Officer = Annotated[Visitor, Depends(signed_in)]

SHOWN: Final = 20
"""Rows of the lists beside the matrix."""
MOST: Final = 500
"""Entries of a cell in its file."""


@router.get("/radar")
async def read_radar(
    request: Request,
    who: Officer,
    center: str = "",
    horizon: str = "",
    cause: str = "any",
    after: str = "",
) -> Response:
    """The matrix, the entries of the cell that the address names, and what is to be posted, mended or recorded."""
    radar, drafts, cases, unknown, every, *cell = await panels_of(
        who.person.get("liquidation", "/radar", Radar, center=center),
        who.person.get("liquidation", "/extension-drafts", ExtensionDrafts, center=center, limit=SHOWN),
        who.person.get("liquidation", "/deemed-cases", DeemedCases, center=center, limit=SHOWN),
        who.person.get("liquidation", "/clocks-unknown", ClocksUnknown, center=center, limit=SHOWN),
        who.person.get("routing", "/centers", list[Center]),
        *([_entries_of(who, center, horizon, cause, after, 50)] if horizon else []),
    )
    if radar.value is None:
        return problem_page(request, who, radar, subject="The radar")
    chosen: Panel[RadarEntries] | None = cell[0] if cell else None
    horizons = list(dict.fromkeys(each.horizon for each in radar.value.counts))
    return page(
        request,
        who,
        "radar.html",
        radar=radar.value,
        horizons=say_horizons(horizons),
        causes=list(dict.fromkeys(each.cause for each in radar.value.counts)),
        counts={(each.cause, each.horizon): each.entries for each in radar.value.counts},
        found={each.cause for each in radar.value.counts if each.entries},
        drafts=drafts,
        cases=cases,
        unknown=unknown,
        chosen=chosen,
        more=place_after(chosen.value.next) if chosen is not None and chosen.value is not None else None,
        every=[each.code for each in every.value] if every.value is not None else list(centers()),
        center=center,
        horizon=horizon,
        cause=cause,
    )


@router.get("/radar.csv")
async def give_cell(
    request: Request, who: Officer, center: str = "", horizon: str = "", cause: str = "any"
) -> Response:
    """The entries of a cell as a file, the first of them where there are many."""
    found = await _entries_of(who, center, horizon, cause, "", MOST)
    if found.value is None:
        return problem_page(request, who, found, subject="The entries")
    header = ("entry_number", "act_by", "deemed_on", "center", "importer_number", "state", "scheduled_on", "duty_usd")
    rows = [[getattr(each, name) for name in header] for each in found.value.items]
    return table_file(header, rows, "radar")


async def _entries_of(
    who: Visitor, center: str, horizon: str, cause: str, after: str, limit: int
) -> Panel[RadarEntries]:
    asked = {"center": center, "horizon": horizon, "cause": cause, "after": after}
    return await who.person.get("liquidation", "/radar/entries", RadarEntries, limit=limit, **asked)
