"""Files of items, letters, protests and appeals: handed to the service that keeps them, and given out as they came."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import Panel, Upload
from services.console.acts.reads import AddedFile, LetterPage, Problem
from services.console.api.appeals import place_of, show_appeal
from services.console.api.frame import (
    Visitor,
    console_of,
    demand_own,
    go,
    hand_on,
    key_of,
    officer,
    outsider,
    problem_page,
    signed_in,
)
from services.console.api.items import show_item
from services.console.api.letters import show_letter
from services.console.api.protests import show_protest
from shared.runtime.errors import Refused
from shared.web.file_forms import read_file_form

router = APIRouter(include_in_schema=False)

Officer = Annotated[Visitor, Depends(signed_in)]

STREAMED: Final = {"x-streamed-body": True}
"""The limit on bodies that are held in memory is not for a form with a file, which has its own."""


@router.post("/items/{item_id}/files", openapi_extra=STREAMED)
async def add_to_item(request: Request, who: Officer, item_id: str) -> Response:
    """Add a file, and see it in the list."""
    added = await _add(request, who, "workqueue", f"/items/{item_id}/files")
    if added.is_shown:
        return go(f"/items/{item_id}?done=file#files")
    return await show_item(request, who, item_id, refused=added)


@router.post("/letters/{request_id}/files", openapi_extra=STREAMED)
async def add_to_letter(request: Request, who: Officer, request_id: str) -> Response:
    """Add a file to the item of a letter."""
    letter = await who.person.get("workqueue", f"/requests/{request_id}", LetterPage)
    if letter.value is None:
        return problem_page(request, who, letter, subject="The letter")
    added = await _add(request, who, "workqueue", f"/items/{letter.value.item_id}/files")
    if added.is_shown:
        return go(f"/letters/{request_id}?done=file#files")
    return await show_letter(request, who, request_id, refused=added)


@router.post("/protests/{number}/files", openapi_extra=STREAMED)
async def add_to_protest(request: Request, who: Officer, number: str) -> Response:
    """Add a file to a protest."""
    added = await _add(request, who, "liquidation", f"/protests/{number}/files")
    if added.is_shown:
        return go(f"/protests/{number}?done=file#files")
    return await show_protest(request, who, number, refused=added)


@router.post("/my/appeals/{number}/files", openapi_extra=STREAMED)
async def add_to_own_appeal(request: Request, who: Annotated[Visitor, Depends(outsider)], number: str) -> Response:
    """Add a file to an appeal of one's own."""
    return await _add_to_appeal(request, who, number)


@router.post("/appeals/{number}/files", openapi_extra=STREAMED)
async def add_to_appeal(request: Request, who: Annotated[Visitor, Depends(officer)], number: str) -> Response:
    """Add a paper of the office that decides to an appeal."""
    return await _add_to_appeal(request, who, number)


async def _add_to_appeal(request: Request, who: Visitor, number: str) -> Response:
    added = await _add(request, who, "routing", f"/appeals/{number}/files")
    if added.is_shown:
        return go(f"{place_of(who, number)}?done=file#files")
    return await show_appeal(request, who, number, refused=added)


@router.get("/my/appeals/{number}/files/{file_id}")
async def give_own_appeal_file(
    request: Request, who: Annotated[Visitor, Depends(outsider)], number: str, file_id: str
) -> Response:
    """The bytes of a file of an appeal of one's own."""
    return await _give(request, who, "routing", f"/appeals/{number}/files/{file_id}/content")


@router.get("/appeals/{number}/files/{file_id}")
async def give_appeal_file(
    request: Request, who: Annotated[Visitor, Depends(officer)], number: str, file_id: str
) -> Response:
    """The bytes of a file of an appeal."""
    return await _give(request, who, "routing", f"/appeals/{number}/files/{file_id}/content")


@router.get("/items/{item_id}/files/{file_id}")
async def give_item_file(request: Request, who: Officer, item_id: str, file_id: str) -> Response:
    """The bytes of a file of an item."""
    return await _give(request, who, "workqueue", f"/items/{item_id}/files/{file_id}/content")


@router.get("/protests/{number}/files/{file_id}")
async def give_protest_file(request: Request, who: Officer, number: str, file_id: str) -> Response:
    """The bytes of a file of a protest."""
    return await _give(request, who, "liquidation", f"/protests/{number}/files/{file_id}/content")


async def _add(request: Request, who: Visitor, service: str, path: str) -> Panel[AddedFile]:
    """Hand the file of a form on; what is wrong with the form itself is said as the service would."""
    most = console_of(request).settings.files_max_bytes
    try:
        async with read_file_form(request, most, ["form_key", "level"]) as form:
            form_key = form.fields.get("form_key", "")
            demand_own(request, who, form_key)
            fields = {"level": form.fields["level"]} if form.fields.get("level") else {}
            upload = Upload(form.name, form.file)
            return await who.person.post_file(service, path, AddedFile, upload, fields, key_of(request))
    except Refused as refused:
        return Panel(service, problem=told_as_problem(refused))


async def _give(request: Request, who: Visitor, service: str, path: str) -> Response:
    """The bytes of a file, to be kept and not shown in place."""
    return hand_on(request, who, await who.person.open(service, path), subject="The file")


def told_as_problem(refused: Refused) -> Problem:
    """What is wrong with a form, as a service says what is wrong with a call."""
    return Problem(status=refused.status, code=refused.code, detail=refused.detail, remedy=refused.remedy)
