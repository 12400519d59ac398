"""The start page, which explains the Centers to a newcomer, and the search box."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import panels_of
from services.console.acts.people import SAMPLE_PEOPLE
from services.console.acts.reads import Center, Processes
from services.console.api.frame import Visitor, go, page, visitor
from services.console.domain.numbers import find_page

router = APIRouter(include_in_schema=False)


@router.get("/")
async def read_start(request: Request, who: Annotated[Visitor, Depends(visitor)]) -> Response:
    """What the Centers are, what is here, and whom to be."""
    centers, processes = await panels_of(
        who.person.get("routing", "/centers", list[Center]), who.person.get("workqueue", "/processes", Processes)
    )
    return page(request, who, "start.html", centers=centers, processes=processes, people=SAMPLE_PEOPLE)


@router.get("/help")
async def read_help(request: Request, who: Annotated[Visitor, Depends(visitor)]) -> Response:
    """What numbers, marks and keys mean, in the same place on every page (WCAG 2.2, 3.2.6)."""
    return page(request, who, "help.html")


@router.get("/search")
async def search_number(request: Request, who: Annotated[Visitor, Depends(visitor)], q: str = "") -> Response:
    """Lead to the page of a number."""
    found = find_page(q)
    if found is not None:
        return go(found)
    text = (
        f"“{q}” is no entry number, importer number, tariff number, work item, Center or rule. An entry number has"
        " eleven characters and a check digit: B76-0324527-8."
    )
    return page(request, who, "message.html", status=404, title="Nothing has this number", text=text)
