"""A party answers a CBP 28 or CBP 29: what it writes is kept until it is sent, with the files that it chose."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.reads import Read
from services.console.api.drafts import drop_draft, keep_draft
from services.console.api.frame import Visitor, form_of, go, is_of_script, key_of, signed_in
from services.console.api.letters import show_letter
from services.console.domain.letters import ANSWER

router = APIRouter(include_in_schema=False)

Party = Annotated[Visitor, Depends(signed_in)]

_NOT_KEPT: Final = frozenset({"file"})
"""Which files are chosen is seen from what was sent before."""


@router.post("/letters/{request_id}/answer")
async def answer_letter(request: Request, who: Party, request_id: str) -> Response:
    """Send the answer with its files; what is refused comes back with what was written."""
    form = await form_of(request, who)
    body = {"text": form.get("text", [""])[0], "files": form.get("file", [])}
    done = await who.person.post("workqueue", f"/requests/{request_id}/answers", Read, body, key=key_of(request))
    if done.is_shown:
        await drop_draft(request, who, request_id, ANSWER)
        return go(f"/letters/{request_id}?done=answer")
    await _keep(request, who, request_id, form)
    return await show_letter(request, who, request_id, refused=done, form=form, about=ANSWER)


@router.post("/letters/{request_id}/draft")
async def keep_answer(request: Request, who: Party, request_id: str) -> Response:
    """Keep what is written, unsent."""
    form = await form_of(request, who)
    await _keep(request, who, request_id, form)
    return Response(status_code=204) if is_of_script(request) else go(f"/letters/{request_id}#answer")


async def _keep(request: Request, who: Visitor, request_id: str, form: dict[str, list[str]]) -> None:
    written = {name: values for name, values in form.items() if name not in _NOT_KEPT}
    await keep_draft(request, who, request_id, ANSWER, written)
