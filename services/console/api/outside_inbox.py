"""The inbox of a party: what it was told, what of it is new, saying that it was read, and replying."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.reads import Inbox, NoticePage, Notices, Read
from services.console.api.drafts import drop_draft, keep_draft, read_drafts
from services.console.api.frame import (
    Form,
    Visitor,
    form_of,
    go,
    hand_on,
    is_of_script,
    key_of,
    outsider,
    page,
    place_after,
    problem_page,
    status_after,
)
from services.console.domain.letters import way_to_answer

router = APIRouter(include_in_schema=False)

Party = Annotated[Visitor, Depends(outsider)]

SHOWN: Final = 20
REPLY: Final = "reply"
_FILTERS: Final = ("kind", "unread", "importer", "due_to")


@router.get("/inbox")
async def read_inbox(
    request: Request,
    who: Party,
    kind: str = "",
    unread: str = "",
    importer: str = "",
    due_to: str = "",
    after: str = "",
) -> Response:
    """What came, the newest first: narrowed by kind, client and day, or to what nobody has read."""
    given = {"kind": kind, "unread": "true" if unread else "", "importer": importer, "due_to": due_to}
    notices, counts = await panels_of(
        who.person.get("notifications", "/notices", Notices, limit=SHOWN, after=after, **given),
        who.person.get("notifications", "/inbox", Inbox),
    )
    if not notices.is_shown and notices.silent is not None:
        return problem_page(request, who, notices, subject="The inbox")
    return page(
        request,
        who,
        "inbox.html",
        status=status_after(None if notices.is_shown else notices),
        notices=notices,
        counts=counts,
        given=given,
        address="&".join(f"{name}={given[name]}" for name in _FILTERS if given[name]),
        more=place_after(notices.value.next) if notices.value is not None else None,
    )


@router.get("/inbox/{notice_id}")
async def read_notice(request: Request, who: Party, notice_id: str) -> Response:
    """One notice with its words, what can be done, and how it was sent."""
    return await _show(request, who, notice_id)


@router.post("/inbox/{notice_id}/acknowledge")
async def acknowledge(request: Request, who: Party, notice_id: str) -> Response:
    """Say that it was read."""
    form = await form_of(request, who)
    done = await who.person.post("notifications", f"/notices/{notice_id}/acknowledge", Read)
    if done.is_empty or done.is_shown:
        return go("/inbox?unread=yes" if form.get("back") else f"/inbox/{notice_id}?done=read")
    return await _show(request, who, notice_id, refused=done)


@router.post("/inbox/{notice_id}/reply")
async def reply(request: Request, who: Party, notice_id: str) -> Response:
    """Reply in words; what is refused comes back with what was written."""
    form = await form_of(request, who)
    body = {"text": form.get("text", [""])[0], "files": []}
    done = await who.person.post("notifications", f"/notices/{notice_id}/reply", Read, body, key=key_of(request))
    if done.is_shown:
        await drop_draft(request, who, notice_id, REPLY)
        return go(f"/inbox/{notice_id}?done=reply")
    await keep_draft(request, who, notice_id, REPLY, form)
    return await _show(request, who, notice_id, refused=done, form=form)


@router.post("/inbox/{notice_id}/draft")
async def keep_reply(request: Request, who: Party, notice_id: str) -> Response:
    """Keep what is written, unsent."""
    await keep_draft(request, who, notice_id, REPLY, await form_of(request, who))
    return Response(status_code=204) if is_of_script(request) else go(f"/inbox/{notice_id}#reply")


@router.get("/inbox/{notice_id}/letter.pdf")
async def give_letter(request: Request, who: Party, notice_id: str) -> Response:
    """The notice on paper."""
    opened = await who.person.open("notifications", f"/notices/{notice_id}/letter.pdf")
    return hand_on(request, who, opened, subject="The letter", name=f"notice-{notice_id[:8]}.pdf")


async def _show(
    request: Request, who: Visitor, notice_id: str, *, refused: Panel[Any] | None = None, form: Form | None = None
) -> Response:
    found = await who.person.get("notifications", f"/notices/{notice_id}", NoticePage)
    notice = found.value
    if notice is None:
        return problem_page(request, who, found, subject="The notice")
    kept = await read_drafts(request, who, notice_id)
    written, kept_at = kept.get(REPLY, ({}, None))
    if form is not None:
        written = {name: values[0] for name, values in form.items()}
    return page(
        request,
        who,
        "notice.html",
        status=status_after(refused),
        notice=notice,
        way=way_to_answer(notice.reply.service, notice.kind, notice.entry_number, notice.facts),
        refused=refused,
        written=written,
        kept_at=kept_at,
        done=request.query_params.get("done", ""),
    )
