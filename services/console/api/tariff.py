"""The page of a tariff number: its Center and why, special duties, criteria that name it, open work on it."""

from collections.abc import Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.reads import Criteria, Items, Processes, TariffNumber
from services.console.api.frame import Visitor, go, page, problem_page, visitor
from services.console.domain.numbers import is_declared, tidy_number

router = APIRouter(include_in_schema=False)

Anyone = Annotated[Visitor, Depends(visitor)]

SHOWN = 20
"""Open items that are shown."""


@router.get("/tariff/{hts}")
async def read_tariff(request: Request, who: Anyone, hts: str) -> Response:
    """What the map says of a number, for anyone; for officers also which criteria name it, and what is open on it."""
    canonical = tidy_number(hts)
    if canonical not in {None, hts}:
        return go(f"/tariff/{canonical}")
    calls: dict[str, Coroutine[Any, Any, Panel[Any]]] = {
        "number": who.person.get("routing", f"/tariff-numbers/{hts}", TariffNumber)
    }
    if who.is_of_cbp and canonical is not None:
        calls["criteria"] = who.person.get("routing", "/selection-criteria", Criteria, tariff=hts, limit=100)
        calls["processes"] = who.person.get("workqueue", "/processes", Processes)
        if is_declared(hts):
            waiting = {"tariff": hts, "state": ["open", "claimed"], "limit": SHOWN}
            calls["items"] = who.person.get("workqueue", "/items", Items, **waiting)
    panels = dict(zip(calls, await panels_of(*calls.values()), strict=True))
    number, processes = panels["number"], panels.get("processes")
    if number.value is None:
        return problem_page(request, who, number, subject=f"Tariff number {hts}")
    return page(
        request,
        who,
        "tariff.html",
        number=number.value,
        criteria=panels.get("criteria"),
        items=panels.get("items"),
        names=processes.value.names if processes is not None and processes.value is not None else {},
    )
