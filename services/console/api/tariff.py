"""The page of a tariff number: its Center and why, special duties, criteria that name it, open work on it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import Panel, together
from services.console.acts.reads import Criteria, Items, Processes, TariffNumber
from services.console.api.frame import Visitor, go, page, problem_page, visitor
from services.console.domain.numbers import is_declared

router = APIRouter(include_in_schema=False)

Anyone = Annotated[Visitor, Depends(visitor)]

SHOWN = 20
"""Open items that are shown."""


@router.get("/tariff/{hts}")
async def read_tariff(request: Request, who: Anyone, hts: str) -> Response:
    """What the map says of a number, for anyone; for officers also which criteria name it, and what is open on it."""
    number = await who.person.get("routing", f"/tariff-numbers/{hts}", TariffNumber)
    if number.value is None:
        return problem_page(request, who, number, subject=f"Tariff number {hts}")
    found: TariffNumber = number.value
    if found.hts != hts:
        return go(f"/tariff/{found.hts}")
    criteria: Panel[Criteria] | None = None
    items: Panel[Items] | None = None
    names: dict[str, str] = {}
    if who.is_of_cbp:
        panels: list[Panel[Any]] = await together(
            who.person.get("routing", "/selection-criteria", Criteria, tariff=found.hts, limit=100),
            who.person.get("workqueue", "/processes", Processes),
            *(
                [who.person.get("workqueue", "/items", Items, tariff=found.hts, state=["open", "claimed"], limit=SHOWN)]
                if is_declared(found.hts)
                else []
            ),
        )
        criteria, processes, *work = panels
        names = processes.value.names if processes.value is not None else {}
        items = work[0] if work else None
    return page(request, who, "tariff.html", number=found, criteria=criteria, items=items, names=names)
