"""A letter to an importer: a CBP 28 or CBP 29 with its answers, what was done with it, and what may be done next."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.reads import Files, ItemPage, LetterPage, Read
from services.console.api.drafts import read_drafts
from services.console.api.frame import (
    Form,
    Visitor,
    console_of,
    form_of,
    go,
    key_of,
    page,
    problem_page,
    signed_in,
    status_after,
)
from services.console.api.items import token_in
from services.console.domain.acts import ISSUES, read_act, read_letter
from services.console.domain.letters import ANSWER, TAKES_ANSWERS

router = APIRouter(include_in_schema=False)

Officer = Annotated[Visitor, Depends(signed_in)]


@router.get("/letters/{request_id}")
async def read_page(request: Request, who: Officer, request_id: str) -> Response:
    """The letter as it stands."""
    return await show_letter(request, who, request_id)


@router.post("/letters/{request_id}/edit")
async def edit_letter(request: Request, who: Officer, request_id: str) -> Response:
    """Write a draft anew."""
    form = await form_of(request, who)
    body = read_letter(form, token_in(form))
    key = key_of(request)
    return await _after(
        request,
        who,
        request_id,
        await who.person.put("workqueue", f"/requests/{request_id}", Read, body, key=key),
        form,
    )


@router.post("/letters/{request_id}/issue")
async def issue_letter(request: Request, who: Officer, request_id: str) -> Response:
    """Issue a draft."""
    form = await form_of(request, who)
    body = {} if (token := token_in(form)) is None else {"token": token}
    key = key_of(request)
    done = await who.person.post("workqueue", f"/requests/{request_id}/issue", Read, body, key=key)
    return await _after(request, who, request_id, done, form)


@router.post("/letters/{request_id}/acts")
async def act_on_letter(request: Request, who: Officer, request_id: str) -> Response:
    """Remind, extend, assess, close, propose, take, withdraw: whatever its process lets follow."""
    form = await form_of(request, who)
    letter = await who.person.get("workqueue", f"/requests/{request_id}", LetterPage)
    if letter.value is None:
        return problem_page(request, who, letter, subject="The letter")
    code = form.get("act", [""])[0]
    kinds = {field.name: field.kind for act in letter.value.next if act.act == code for field in act.fields}
    body, key = read_act(form, kinds, token_in(form)), key_of(request)
    done = await who.person.post("workqueue", f"/requests/{request_id}/acts", Read, body, key=key)
    return await _after(request, who, request_id, done, form, about=code)


async def _after(
    request: Request, who: Visitor, request_id: str, done: Panel[Any], form: Form, *, about: str = ""
) -> Response:
    if done.is_shown or done.is_empty:
        return go(f"/letters/{request_id}?done=1")
    return await show_letter(request, who, request_id, refused=done, form=form, about=about)


async def show_letter(
    request: Request,
    who: Visitor,
    request_id: str,
    *,
    refused: Panel[Any] | None = None,
    form: Form | None = None,
    about: str = "",
) -> Response:
    """The page of a letter; after an act that was refused with what was said, and what had been written."""
    found = await who.person.get("workqueue", f"/requests/{request_id}", LetterPage)
    letter = found.value
    if letter is None:
        return problem_page(request, who, found, subject="The letter")
    kept = await read_drafts(request, who, request_id)
    written = {place: content for place, (content, _) in kept.items()}
    if form is not None:
        written[about] = {name: values[0] for name, values in form.items()}
    item, files = await panels_of(
        who.person.get("workqueue", f"/items/{letter.item_id}", ItemPage),
        who.person.get("workqueue", f"/items/{letter.item_id}/files", Files, limit=100),
    )
    return page(
        request,
        who,
        "letter.html",
        status=status_after(refused),
        letter=letter,
        item=item.value,
        token=item.value.token if item.value is not None else None,
        issues=ISSUES,
        files=files,
        named={each.file_id: each for each in files.value.items} if files.value is not None else {},
        most_bytes=console_of(request).settings.files_max_bytes,
        refused=refused,
        written=written,
        draft_at=kept[ANSWER][1] if ANSWER in kept else None,
        takes_answers=TAKES_ANSWERS,
        sent_before={file for each in letter.answers for file in each.files},
        about=about,
        done=request.query_params.get("done", ""),
    )
