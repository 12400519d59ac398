"""A protest: is it in time, its days, what was done and decided, and the acts that follow."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.reads import Files, Protest, Read
from services.console.api.frame import (
    Form,
    Visitor,
    console_of,
    form_of,
    go,
    page,
    problem_page,
    signed_in,
    status_after,
    version_of,
)
from services.console.domain import protest_acts
from services.console.domain.protest_acts import FORMS, Offered, read_protest_act

router = APIRouter(include_in_schema=False)

Reader = Annotated[Visitor, Depends(signed_in)]


def offered_on(protest: Protest | None) -> list[Offered]:
    """The acts on a protest that are this person's, in the order in which a Center meets them."""
    if protest is None:
        return []
    told = {each.action.removeprefix("protest."): each for each in protest.may_do if each.authority is not None}
    entries = entries_of(protest)
    return [
        Offered(
            act, form.label, told[act].may, form.fields, form.has_note, told[act].code, told[act].says, told[act].remedy
        )
        for act, form in ((act, protest_acts.form_of(act, entries)) for act in FORMS if act in told)
    ]


def entries_of(protest: Protest) -> Sequence[str]:
    """The entries that a protest names."""
    return [each.entry_number for each in protest.verdicts]


@router.get("/protests/{number}")
async def read_protest(request: Request, who: Reader, number: str) -> Response:
    """The protest as it stands."""
    return await show_protest(request, who, number)


@router.post("/protests/{number}/acts")
async def act_on_protest(request: Request, who: Reader, number: str) -> Response:
    """Do an act on the version that the page showed; what is refused comes back with what was written."""
    form = await form_of(request, who)
    act = form.get("act", [""])[0]
    if act not in FORMS:
        raise HTTPException(422)
    found = await who.person.get("liquidation", f"/protests/{number}", Protest)
    if found.value is None:
        return problem_page(request, who, found, subject="The protest")
    done = await who.person.post(
        "liquidation",
        f"/protests/{number}/acts",
        Read,
        read_protest_act(form, entries_of(found.value)),
        version=version_of(form),
    )
    if not done.is_shown:
        return await show_protest(request, who, number, refused=done, form=form)
    item_id = form.get("item", [""])[0]
    return go(f"/items/{item_id}?done={act}" if item_id else f"/protests/{number}?done={act}")


async def show_protest(
    request: Request, who: Visitor, number: str, *, refused: Panel[Any] | None = None, form: Form | None = None
) -> Response:
    """The page of a protest; after an act that was refused with what was said, and what had been written."""
    found, files = await panels_of(
        who.person.get("liquidation", f"/protests/{number}", Protest),
        who.person.get("liquidation", f"/protests/{number}/files", Files, limit=100),
    )
    protest = found.value
    if protest is None:
        return problem_page(request, who, found, subject="The protest")
    given = form or {}
    return page(
        request,
        who,
        "protest.html",
        status=status_after(refused),
        protest=protest,
        version=found.version,
        offered=offered_on(protest),
        done_words={"file": "Filed"} | {act: form.label for act, form in FORMS.items()},
        item_id=given.get("item", [""])[0],
        files=files,
        most_bytes=console_of(request).settings.files_max_bytes,
        refused=refused,
        about=given.get("act", [""])[0],
        written={name: values[0] for name, values in given.items()},
        done=request.query_params.get("done", ""),
    )
