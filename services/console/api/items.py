"""The workspace of an item: its facts, why it was selected, its process, its letters, and the decision."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, Response

from services.console.acts.calls import Panel
from services.console.acts.reads import Check, Claim, ItemPage, Read, RuleLine, Rules
from services.console.acts.workspace import load_workspace
from services.console.api.drafts import drop_draft, keep_draft, read_drafts
from services.console.api.frame import (
    Form,
    Visitor,
    console_of,
    form_of,
    go,
    is_of_script,
    key_of,
    page,
    part,
    problem_page,
    signed_in,
    status_after,
)
from services.console.api.protests import offered_on
from services.console.domain.acts import (
    FINDINGS,
    ISSUES,
    OUTCOMES,
    read_act,
    read_check,
    read_decision,
    read_letter,
)

router = APIRouter(include_in_schema=False)

Officer = Annotated[Visitor, Depends(signed_in)]

RULES_FOUND = 8
"""Rules that a search in the form of a decision shows."""
DECIDE = "decide"
LETTER = "letter"


@router.get("/items/{item_id}")
async def read_item(request: Request, who: Officer, item_id: str) -> Response:
    """The whole item on one page."""
    return await show_item(request, who, item_id)


@router.post("/items/{item_id}/claim")
async def claim_item(request: Request, who: Officer, item_id: str) -> Response:
    """Take the item."""
    await form_of(request, who)
    done = await who.person.post("workqueue", f"/items/{item_id}/claim", Claim, key=key_of(request))
    return await _after(request, who, item_id, done)


@router.post("/items/{item_id}/keep")
async def keep_item(request: Request, who: Officer, item_id: str) -> Response:
    """Keep the claim for another lease."""
    form = await form_of(request, who)
    body = {"token": token_in(form)}
    done = await who.person.post("workqueue", f"/items/{item_id}/heartbeat", Claim, body)
    if is_of_script(request):
        return Response(status_code=204 if done.is_shown else 409)
    return await _after(request, who, item_id, done)


@router.post("/items/{item_id}/release")
async def release_item(request: Request, who: Officer, item_id: str) -> Response:
    """Give the item back."""
    form = await form_of(request, who)
    body = {"token": token_in(form)}
    done = await who.person.post("workqueue", f"/items/{item_id}/release", Read, body)
    return await _after(request, who, item_id, done)


@router.post("/items/{item_id}/skip")
async def skip_item(request: Request, who: Officer, item_id: str) -> Response:
    """Pass the item over for some hours, and go back to the queue."""
    form = await form_of(request, who)
    body: dict[str, Any] = {"reason": {"code": "skipped", "text": form.get("reason", [""])[0]}}
    if (token := token_in(form)) is not None:
        body["token"] = token
    done = await who.person.post("workqueue", f"/items/{item_id}/skip", Read, body)
    if done.is_shown or done.is_empty:
        return go("/queue")
    return await _after(request, who, item_id, done, form=form, about="skip")


@router.post("/items/{item_id}/check")
async def check_decision(request: Request, who: Officer, item_id: str) -> Response:
    """Look at a decision before it is made: does it fit, and what would be billed or refunded."""
    form = await form_of(request, who)
    checked = await who.person.post("workqueue", f"/items/{item_id}/decision-check", Check, read_check(form))
    await keep_draft(request, who, item_id, DECIDE, form)
    if checked.value is None:
        return await show_item(request, who, item_id, refused=checked, form=form, about=DECIDE)
    return await show_item(request, who, item_id, checked=checked.value, form=form, about=DECIDE)


@router.post("/items/{item_id}/rules")
async def pick_rule(request: Request, who: Officer, item_id: str) -> Response:
    """Look for a rule by words, or take one that was found, with its citation, into the form of the decision."""
    form = await form_of(request, who)
    words, picked = form.get("rule_words", [""])[0], form.get("pick", [""])[0]
    if picked:
        rule = await who.person.get("liquidation", f"/rules/{picked}", RuleLine)
        if rule.value is None:
            return await show_item(request, who, item_id, refused=rule, form=form, about=DECIDE)
        form |= {"rule": [rule.value.id], "citation": [rule.value.citation]}
        await keep_draft(request, who, item_id, DECIDE, form)
        return await show_item(request, who, item_id, form=form, about=DECIDE)
    found = await who.person.get("liquidation", "/rules", Rules, q=words, limit=RULES_FOUND)
    await keep_draft(request, who, item_id, DECIDE, form)
    if found.value is None:
        return await show_item(request, who, item_id, refused=found, form=form, about=DECIDE)
    return await show_item(request, who, item_id, rules=found.value, form=form, about=DECIDE)


@router.get("/rule-options")
async def list_options(request: Request, who: Officer, rule: str = "") -> Response:
    """Rules whose words have what is being typed, for the list below the field."""
    found = await who.person.get("liquidation", "/rules", Rules, q=rule, limit=RULES_FOUND) if rule else None
    rules = found.value.items if found is not None and found.value is not None else []
    return HTMLResponse(part(request, "rule_options.html", rules=rules))


@router.post("/items/{item_id}/decide")
async def decide_item(request: Request, who: Officer, item_id: str) -> Response:
    """Decide the item; what is refused comes back with what was written."""
    form = await form_of(request, who)
    body, key = read_decision(form, token_in(form) or 0), key_of(request)
    done = await who.person.post("workqueue", f"/items/{item_id}/complete", Read, body, key=key)
    return await _after(request, who, item_id, done, form=form, about=DECIDE)


@router.post("/items/{item_id}/letters")
async def write_letter(request: Request, who: Officer, item_id: str) -> Response:
    """Ask the importer, or propose an action: at once, or as a draft that somebody looks at first."""
    form = await form_of(request, who)
    body, key = read_letter(form, token_in(form) or 0), key_of(request)
    what = "drafts" if form.get("is_draft") else "requests"
    done = await who.person.post("workqueue", f"/items/{item_id}/{what}", Read, body, key=key)
    return await _after(request, who, item_id, done, form=form, about=LETTER)


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
    body, key = read_act(form, kinds, token_in(form)), key_of(request)
    done = await who.person.post("workqueue", f"/items/{item_id}/acts", Read, body, key=key)
    return await _after(request, who, item_id, done, form=form, about=code)


@router.post("/items/{item_id}/draft/{about}")
async def keep_item_draft(request: Request, who: Officer, item_id: str, about: str) -> Response:
    """Keep what is written in a form; an empty one is forgotten."""
    form = await form_of(request, who)
    await keep_draft(request, who, item_id, about, form)
    return Response(status_code=204) if is_of_script(request) else go(f"/items/{item_id}#{about}")


def token_in(form: Form) -> int | None:
    """The token of the claim that a form carries."""
    text = form.get("token", [""])[0]
    return int(text) if text.isascii() and text.isdigit() else None


async def _after(
    request: Request, who: Visitor, item_id: str, done: Panel[Any], *, form: Form | None = None, about: str = ""
) -> Response:
    """Lead back to the item, or show it with what was refused; what had been written is kept."""
    if done.is_shown or done.is_empty:
        if about:
            await drop_draft(request, who, item_id, about)
        return go(f"/items/{item_id}" + (f"?done={about}" if about else ""))
    if form is not None and about:
        await keep_draft(request, who, item_id, about, form)
    return await show_item(request, who, item_id, refused=done, form=form, about=about)


async def show_item(
    request: Request,
    who: Visitor,
    item_id: str,
    *,
    refused: Panel[Any] | None = None,
    checked: Check | None = None,
    rules: Rules | None = None,
    form: Form | None = None,
    about: str = "",
) -> Response:
    """The page of an item; after an act that was refused with what was said, and what had been written."""
    space = await load_workspace(who.person, item_id)
    if isinstance(space, Panel):
        return problem_page(request, who, space, subject="The work item")
    item = space.item
    kept = await read_drafts(request, who, item_id)
    written = {place: content for place, (content, _) in kept.items()}
    if form is not None and about:
        written[about] = {name: values[0] for name, values in form.items()}
    return page(
        request,
        who,
        "item.html",
        status=status_after(refused),
        space=space,
        item=item,
        number=space.number,
        offered=offered_on(space.protest.value)
        if space.protest is not None and space.protest.value is not None
        else [],
        most_bytes=console_of(request).settings.files_max_bytes,
        allowed={each.act: each for each in item.may_do},
        is_mine=item.state == "claimed" and item.holder == who.subject,
        outcomes={} if item.kind == "protest" else OUTCOMES.get(item.kind, {}),
        issues=ISSUES,
        findings=range(1, FINDINGS + 1),
        refused=refused,
        checked=checked,
        rules=rules,
        written=written,
        kept_at={place: at for place, (_, at) in kept.items()},
        about=about,
        done=request.query_params.get("done", ""),
        why_next=who.why_next.get(item_id),
    )
