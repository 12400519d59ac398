"""The deadline radar: entries that the law liquidates soon, by what keeps them, and the entries of a cell."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.reads import Radar, RadarEntries
from services.console.api.frame import Visitor, page, place_after, problem_page, signed_in

router = APIRouter(include_in_schema=False)


@router.get("/radar")
async def read_radar(
    request: Request,
    who: Annotated[Visitor, Depends(signed_in)],
    horizon: str = "",
    cause: str = "any",
    after: str = "",
) -> Response:
    """The matrix, and the entries of the cell that the address names."""
    radar = await who.person.get("liquidation", "/radar", Radar)
    if radar.value is None:
        return problem_page(request, who, radar, subject="The radar")
    chosen = None
    if horizon:
        chosen = await who.person.get(
            "liquidation", "/radar/entries", RadarEntries, horizon=horizon, cause=cause, after=after, limit=50
        )
    horizons = list(dict.fromkeys(each.horizon for each in radar.value.counts))
    causes = list(dict.fromkeys(each.cause for each in radar.value.counts))
    counts = {(each.cause, each.horizon): each.entries for each in radar.value.counts}
    return page(
        request,
        who,
        "radar.html",
        radar=radar.value,
        horizons=horizons,
        causes=causes,
        counts=counts,
        chosen=chosen,
        more=place_after(chosen.value.next) if chosen is not None and chosen.value is not None else None,
        horizon=horizon,
        cause=cause,
    )
