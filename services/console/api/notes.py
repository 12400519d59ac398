"""Notes on items at their levels, and who is named on a matter that only they know of."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.note_reads import NamedList, Note
from services.console.api.frame import Visitor, form_of, go, key_of, signed_in
from services.console.api.items import show_item

router = APIRouter(include_in_schema=False, prefix="/items")

Officer = Annotated[Visitor, Depends(signed_in)]


@router.post("/{item_id}/notes")
async def write_note(request: Request, who: Officer, item_id: str) -> Response:
    """Write a note at a level."""
    form = await form_of(request, who)
    body = {name: value for name in ("text", "level") if (value := form.get(name, [""])[0])}
    done = await who.person.post("workqueue", f"/items/{item_id}/notes", Note, body, key=key_of(request))
    if not done.is_shown:
        return await show_item(request, who, item_id, refused=done, form=form, about="note")
    return go(f"/items/{item_id}?done=note#notes")


@router.post("/{item_id}/need-to-know")
async def name_person(request: Request, who: Officer, item_id: str) -> Response:
    """Name somebody who needs to know, for a reason."""
    form = await form_of(request, who)
    body = {name: form.get(name, [""])[0] for name in ("subject", "reason")}
    done = await who.person.post("workqueue", f"/items/{item_id}/need-to-know", NamedList, body)
    if not done.is_shown:
        return await show_item(request, who, item_id, refused=done, form=form, about="name")
    return go(f"/items/{item_id}?done=name#need-to-know")


@router.post("/{item_id}/need-to-know/drop")
async def remove_person(request: Request, who: Officer, item_id: str) -> Response:
    """Take somebody off; that they were named stays on record."""
    form = await form_of(request, who)
    done = await who.person.delete("workqueue", f"/items/{item_id}/need-to-know/{form.get('subject', [''])[0]}")
    if not done.is_shown and not done.is_empty:
        return await show_item(request, who, item_id, refused=done)
    return go(f"/items/{item_id}?done=drop#need-to-know")
