"""An appeal as it stands: supplied, given files, withdrawn; for officers the list of all, review and decision."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.reads import AppealPage, Appeals, Files, Read
from services.console.acts.specialist_reads import MyActions
from services.console.api.frame import (
    PAGE_OF_FILE,
    Form,
    Visitor,
    console_of,
    form_of,
    go,
    officer,
    outsider,
    page,
    place_after,
    problem_page,
    status_after,
    tag_of,
    whole_list,
)
from services.console.domain.appeal_form import read_goods, read_supplement
from shared.customs.centers import centers

router = APIRouter(include_in_schema=False)

Party = Annotated[Visitor, Depends(outsider)]
Officer = Annotated[Visitor, Depends(officer)]

SHOWN: Final = 25
STATES: Final = ("appealed", "under-review", "upheld", "reassigned", "withdrawn")
_ACTIONS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "supplement": ("supplement", "appeal.supply"),
        "withdraw": ("withdraw", "appeal.withdraw"),
        "review": ("take-up", "appeal.review"),
        "decide": ("uphold", "appeal.decide"),
    }
)
"""Acts of the page: as which act of the appeal's state, and by which action of the table of authority."""
_DONE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "yes": "Filed. Print this page, or save its address.",
        "file": "The file is kept: see Files.",
        "supplement": "Supplied. What the appeal has to say is judged anew below.",
        "withdraw": "Withdrawn. A new appeal may be made at any time.",
        "review": "Taken under review.",
        "decide": "Decided. The parties are told.",
    }
)


@router.get("/appeals")
async def list_appeals(
    request: Request, who: Officer, state: str = "", current_center: str = "", after: str = ""
) -> Response:
    """Appeals in the order of receipt."""
    asked = {"state": state if state in STATES else "", "current_center": current_center}
    found = await who.person.get("routing", "/appeals", Appeals, after=after, limit=SHOWN, **asked)
    if found.value is None:
        return problem_page(request, who, found, subject="The appeals")
    return page(
        request,
        who,
        "appeals.html",
        appeals=found.value.items,
        state=asked["state"],
        states=STATES,
        center=current_center,
        centers=[each for each in centers() if each.startswith("CEE")],
        more=place_after(found.value.next),
    )


@router.get("/appeals/list.csv")
async def give_appeals(request: Request, who: Officer, state: str = "", current_center: str = "") -> Response:
    """Appeals as a file."""
    asked = {"state": state if state in STATES else "", "current_center": current_center}
    header = (
        *("appeal_number", "importer_number", "state", "is_complete", "current_center", "preferred_center"),
        *("received_at", "decided_center", "effective_on"),
    )

    async def ask(after: str) -> Panel[Appeals]:
        return await who.person.get("routing", "/appeals", Appeals, after=after, limit=PAGE_OF_FILE, **asked)

    return await whole_list(
        request, who, ask, header, lambda each: [getattr(each, name) for name in header], name="appeals", subject="They"
    )


@router.get("/appeals/{number}")
async def read_appeal_as_officer(request: Request, who: Officer, number: str) -> Response:
    """An appeal for who works on it."""
    return await show_appeal(request, who, number)


@router.get("/my/appeals/{number}")
async def read_own_appeal(request: Request, who: Party, number: str) -> Response:
    """An appeal as it was filed and as it stands, to be printed."""
    return await show_appeal(request, who, number)


@router.post("/appeals/{number}/acts")
async def act_as_officer(request: Request, who: Officer, number: str) -> Response:
    """Take an appeal under review, or decide it."""
    return await _act(request, who, number)


@router.post("/my/appeals/{number}/acts")
async def act_on_own_appeal(request: Request, who: Party, number: str) -> Response:
    """Supply what it lacks, or withdraw it."""
    return await _act(request, who, number)


def place_of(who: Visitor, number: str) -> str:
    """Where somebody has the page of an appeal."""
    return f"/my/appeals/{number}" if who.is_outside else f"/appeals/{number}"


async def _act(request: Request, who: Visitor, number: str) -> Response:
    form = await form_of(request, who)
    act, path = form.get("act", [""])[0], f"/appeals/{number}"
    given = {name: values[0] for name, values in form.items()}
    done: Panel[Read]
    match act:
        case "supplement":
            if read_goods(given.get("goods", ""))[1]:
                return await show_appeal(request, who, number, form=form, status=422)
            call, body = "supplements", read_supplement(form)
        case "withdraw":
            call, body = "withdrawal", {"reason": given.get("reason", "")}
        case "review":
            call, body = "review", {"reason": given["reason"]} if given.get("reason") else {}
        case "decide":
            call, body = "decision", {"outcome": given.get("outcome", ""), "reasons": [given.get("reason", "")]}
            body |= {name: given[name] for name in ("center", "effective_on") if given.get(name)}
        case _:
            raise HTTPException(422)
    done = await who.person.post("routing", f"{path}/{call}", Read, body, version=tag_of(form))
    if not done.is_shown:
        return await show_appeal(request, who, number, refused=done, form=form)
    return go(f"{place_of(who, number)}?done={act}")


async def show_appeal(
    request: Request,
    who: Visitor,
    number: str,
    *,
    refused: Panel[Any] | None = None,
    form: Form | None = None,
    status: int = 200,
) -> Response:
    """The page of an appeal; after an act that was refused with what had been written."""
    found, files, mine = await panels_of(
        who.person.get("routing", f"/appeals/{number}", AppealPage),
        who.person.get("routing", f"/appeals/{number}/files", Files, limit=100),
        who.person.get("routing", "/me", MyActions),
    )
    appeal: AppealPage | None = found.value
    if appeal is None:
        return problem_page(request, who, found, subject="The appeal")
    written = {name: values[0] for name, values in (form or {}).items()}
    offered = {
        act: mine.value is not None and mine.value.may(action)
        for act, (step, action) in _ACTIONS.items()
        if step in appeal.may_do
    }
    return page(
        request,
        who,
        "appeal.html",
        status=status_after(refused) if refused is not None else status,
        appeal=appeal,
        version=found.tag,
        here=place_of(who, number),
        files=files,
        adds_files=mine.value is not None and mine.value.may("appeal-file.add"),
        most_bytes=console_of(request).settings.files_max_bytes,
        offered=frozenset(act for act, may in offered.items() if may),
        written=written,
        about=written.get("act", ""),
        wrong=read_goods(written.get("goods", ""))[1],
        centers=[each for each in centers() if each.startswith("CEE")],
        refused=refused,
        done=_DONE.get(request.query_params.get("done", ""), ""),
    )
