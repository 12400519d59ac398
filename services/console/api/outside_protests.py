"""A party protests: what is missing or out of time is told before anything is sent, by the rules of the filing."""

from collections.abc import Coroutine
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.reads import Account, FiledProtest, ProtestCheck, Protests, Timeline
from services.console.api.drafts import drop_draft, keep_draft, read_drafts
from services.console.api.frame import (
    Form,
    Visitor,
    form_of,
    go,
    is_of_script,
    key_of,
    outsider,
    page,
    status_after,
)
from services.console.domain.protest_filing import CRITERIA, DECISIONS, OBJECTIONS, STATED, read_protest_form

router = APIRouter(include_in_schema=False)

Party = Annotated[Visitor, Depends(outsider)]

PLACE: Final = "protest"
FILE: Final = "file"
SHOWN: Final = 10
"""Protests that were filed before, beside the form."""
UNTIL: Final = "protest-until"
"""How the codes of the days begin until which a liquidation can be protested."""


@router.get("/my/protest")
async def read_form(request: Request, who: Party, entry: str = "") -> Response:
    """The form, for an entry that the address may name, with what was written before."""
    kept = await read_drafts(request, who, PLACE)
    form = {name: [value] for name, value in kept[FILE][0].items()} if FILE in kept else {}
    if entry:
        form["entries"] = [entry]
    return await _show(request, who, form)


@router.post("/my/protest/check")
async def check_protest(request: Request, who: Party) -> Response:
    """What filing it would come to; nothing is sent to be kept."""
    form = await form_of(request, who)
    await keep_draft(request, who, PLACE, FILE, form)
    body = read_protest_form(form)
    checked = await who.person.question("liquidation", "/protests/check", ProtestCheck, body)
    return await _show(request, who, form, checked=checked.value, refused=None if checked.is_shown else checked)


@router.post("/my/protest/draft")
async def keep_form(request: Request, who: Party) -> Response:
    """Keep what is written, unsent."""
    await keep_draft(request, who, PLACE, FILE, await form_of(request, who))
    return Response(status_code=204) if is_of_script(request) else go("/my/protest")


@router.post("/my/protest")
async def file_protest(request: Request, who: Party) -> Response:
    """File it; what is refused comes back with what was written."""
    form = await form_of(request, who)
    body = read_protest_form(form)
    filed = await who.person.post("liquidation", "/protests", FiledProtest, body, key=key_of(request))
    if filed.value is not None:
        await drop_draft(request, who, PLACE, FILE)
        return go(f"/protests/{filed.value.protest_number}?done=file")
    await keep_draft(request, who, PLACE, FILE, form)
    return await _show(request, who, form, refused=filed)


async def _show(
    request: Request,
    who: Visitor,
    form: Form,
    *,
    checked: ProtestCheck | None = None,
    refused: Panel[Any] | None = None,
) -> Response:
    numbers = read_protest_form(form)["entries"]
    written = {name: values[0] for name, values in form.items()}
    calls: dict[str, Coroutine[Any, Any, Panel[Any]]] = {
        "filed": who.person.get("liquidation", "/protests", Protests, limit=SHOWN)
    }
    if who.importers and "name" not in written:
        calls["account"] = who.person.get("routing", f"/importers/{who.importers[0]}", Account)
    if numbers:
        calls["timeline"] = who.person.get("liquidation", f"/entries/{numbers[0]}/timeline", Timeline)
    panels = dict(zip(calls, await panels_of(*calls.values()), strict=True))
    if "account" in panels and panels["account"].value is not None:
        written["name"] = panels["account"].value.name
    timeline: Timeline | None = panels["timeline"].value if "timeline" in panels else None
    return page(
        request,
        who,
        "my_protest.html",
        status=status_after(refused),
        written=written,
        chosen=form.get("criterion", []),
        until=[row for row in timeline.rows if row.code.startswith(UNTIL)] if timeline is not None else [],
        filed=panels["filed"],
        decisions=DECISIONS,
        criteria=CRITERIA,
        stated=STATED,
        objections=range(1, OBJECTIONS + 1),
        checked=checked,
        refused=refused,
    )
