"""The workspace of an item: its facts, why it was selected, its process, its letters, and the decision."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import Panel, together
from services.console.acts.reads import Claim, Entry, ItemPage, ProcessPage, Read, Routing, Version
from services.console.acts.secrets import act_key
from services.console.api.frame import Visitor, form_of, go, page, problem_page, signed_in, told
from services.console.domain.acts import OUTCOMES, read_act, read_decision, read_letter

router = APIRouter(include_in_schema=False)

Officer = Annotated[Visitor, Depends(signed_in)]


@router.get("/items/{item_id}")
async def read_item(request: Request, who: Officer, item_id: str) -> Response:
    """The whole item on one page."""
    return await _show(request, who, item_id)


@router.post("/items/{item_id}/claim")
async def claim_item(request: Request, who: Officer, item_id: str) -> Response:
    """Take the item."""
    form = await form_of(request, who)
    key = act_key(form["form_key"][0])
    return await _after(
        request, who, item_id, await who.person.post("workqueue", f"/items/{item_id}/claim", Claim, key=key)
    )


@router.post("/items/{item_id}/keep")
async def keep_item(request: Request, who: Officer, item_id: str) -> Response:
    """Keep the claim for another lease."""
    form = await form_of(request, who)
    body = {"token": _token(form)}
    done = await who.person.post("workqueue", f"/items/{item_id}/heartbeat", Claim, body)
    return await _after(request, who, item_id, done)


@router.post("/items/{item_id}/release")
async def release_item(request: Request, who: Officer, item_id: str) -> Response:
    """Give the item back."""
    form = await form_of(request, who)
    body = {"token": _token(form)}
    return await _after(
        request, who, item_id, await who.person.post("workqueue", f"/items/{item_id}/release", Read, body)
    )


@router.post("/items/{item_id}/decide")
async def decide_item(request: Request, who: Officer, item_id: str) -> Response:
    """Decide the item; what is refused comes back with what was written."""
    form = await form_of(request, who)
    body, key = read_decision(form, _token(form) or 0), act_key(form["form_key"][0])
    done = await who.person.post("workqueue", f"/items/{item_id}/complete", Read, body, key=key)
    return await _after(request, who, item_id, done, form=form, about="decide")


@router.post("/items/{item_id}/letters")
async def send_letter(request: Request, who: Officer, item_id: str) -> Response:
    """Ask the importer, or propose an action."""
    form = await form_of(request, who)
    body, key = read_letter(form, _token(form) or 0), act_key(form["form_key"][0])
    done = await who.person.post("workqueue", f"/items/{item_id}/requests", Read, body, key=key)
    return await _after(request, who, item_id, done, form=form, about="letter")


@router.post("/items/{item_id}/acts")
async def act_on_item(request: Request, who: Officer, item_id: str) -> Response:
    """Do an act of the item's process."""
    form = await form_of(request, who)
    item = await who.person.get("workqueue", f"/items/{item_id}", ItemPage)
    if item.value is None:
        return problem_page(request, who, item, subject="The work item")
    code = form.get("act", [""])[0]
    acts = item.value.matter.next if item.value.matter is not None else []
    kinds = {field.name: field.kind for act in acts if act.act == code for field in act.fields}
    body, key = read_act(form, kinds, _token(form)), act_key(form["form_key"][0])
    done = await who.person.post("workqueue", f"/items/{item_id}/acts", Read, body, key=key)
    return await _after(request, who, item_id, done, form=form, about=code)


def _token(form: dict[str, list[str]]) -> int | None:
    text = form.get("token", [""])[0]
    return int(text) if text.isascii() and text.isdigit() else None


async def _after(
    request: Request,
    who: Visitor,
    item_id: str,
    done: Panel[Any],
    *,
    form: dict[str, list[str]] | None = None,
    about: str = "",
) -> Response:
    """Lead back to the item, or show it with what was refused and what had been written."""
    if done.is_shown or done.is_empty:
        return go(f"/items/{item_id}")
    return await _show(request, who, item_id, refused=done, form=form, about=about)


async def _show(
    request: Request,
    who: Visitor,
    item_id: str,
    *,
    refused: Panel[Any] | None = None,
    form: dict[str, list[str]] | None = None,
    about: str = "",
) -> Response:
    found = await who.person.get("workqueue", f"/items/{item_id}", ItemPage)
    item = found.value
    if item is None:
        return problem_page(request, who, found, subject="The work item")
    number = item.entry_number or (item.entry_numbers[0] if item.entry_numbers else None)
    process = await who.person.get("workqueue", f"/processes/{item.process}", ProcessPage)
    entry: Panel[Entry] | None = None
    routing: Panel[Routing] | None = None
    version: Panel[Version] | None = None
    if number is not None:
        entry, routing = await together(
            who.person.get("liquidation", f"/entries/{number}", Entry),
            who.person.get("routing", f"/entries/{number}/routing", Routing),
        )
        if entry.value is not None and entry.value.version is not None:
            version = await who.person.get("liquidation", f"/entries/{number}/versions/{entry.value.version}", Version)
    allowed = {each.act: each for each in item.may_do}
    is_mine = item.state == "claimed" and item.holder == who.subject
    status = 200
    if refused is not None:
        status = refused.problem.status if refused.problem is not None else 503
    return page(
        request,
        who,
        "item.html",
        status=status,
        item=item,
        number=number,
        process=process,
        entry=entry,
        routing=routing,
        version=version,
        allowed=allowed,
        is_mine=is_mine,
        outcomes=OUTCOMES.get(item.kind, {}),
        refused=refused,
        errors=told(refused.problem) if refused is not None and refused.problem is not None else {},
        written={name: values[0] for name, values in (form or {}).items()},
        about=about,
    )
