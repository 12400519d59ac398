"""The enforcement board (CEAR): who sits on it, and a matter before it: comparable matters, votes, standing aside."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.console.acts.board_reads import Board, Comparables, Votes
from services.console.acts.calls import Panel, panels_of
from services.console.acts.reads import ItemPage, ProcessPage, Read
from services.console.api.frame import (
    Form,
    Visitor,
    form_of,
    go,
    key_of,
    officer,
    page,
    problem_page,
    status_after,
    version_of,
)
from services.console.domain.board import read_board, write_board

router = APIRouter(include_in_schema=False)

Officer = Annotated[Visitor, Depends(officer)]

CEAR: Final = "cear"
"""The process of the board, as the work queue calls it."""
_DONE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "vote": "Your vote is on record. The chair records what carried.",
        "recuse": "You stand aside; what you voted does not count.",
        "set": "The board is set, from now on, also for matters that are to be voted on.",
    }
)


@router.get("/boards/{center}")
async def read_center_board(request: Request, who: Officer, center: str) -> Response:
    """Who sits on the board of a Center."""
    return await _show_center(request, who, center)


@router.post("/boards/{center}")
async def set_center_board(request: Request, who: Officer, center: str) -> Response:
    """A new version of the board, in the place of the one that the page showed."""
    form = await form_of(request, who)
    version = version_of(form) if form.get("version", [""])[0] else None
    done = await who.person.put("workqueue", f"/centers/{center}/board", Board, read_board(form), version=version)
    if not done.is_shown:
        return await _show_center(request, who, center, refused=done, form=form)
    return go(f"/boards/{center}?done=set")


@router.get("/items/{item_id}/board")
async def read_matter(request: Request, who: Officer, item_id: str) -> Response:
    """What the board did in a matter, and how the vote stands."""
    return await _show_matter(request, who, item_id)


@router.post("/items/{item_id}/board")
async def act_in_matter(request: Request, who: Officer, item_id: str) -> Response:
    """Read comparable matters, vote, or stand aside."""
    form = await form_of(request, who)
    act = form.get("act", [""])[0]
    given = {name: form.get(name, [""])[0] for name in ("disposition", "reason", "opinion")}
    done: Panel[Read]
    match act:
        case "compare":
            shown = await who.person.post("workqueue", f"/items/{item_id}/comparables", Comparables)
            refused = None if shown.is_shown else shown
            return await _show_matter(request, who, item_id, comparables=shown.value, refused=refused)
        case "vote":
            done = await who.person.post("workqueue", f"/items/{item_id}/votes", Read, given, key=key_of(request))
        case "recuse":
            why = {"reason": given["reason"]}
            done = await who.person.post("workqueue", f"/items/{item_id}/recusals", Read, why, key=key_of(request))
        case _:
            raise HTTPException(422)
    if not done.is_shown:
        return await _show_matter(request, who, item_id, refused=done, form=form)
    return go(f"/items/{item_id}/board?done={act}")


async def _show_center(
    request: Request, who: Visitor, center: str, *, refused: Panel[Any] | None = None, form: Form | None = None
) -> Response:
    found = await who.person.get("workqueue", f"/centers/{center}/board", Board)
    if found.value is None and (found.problem is None or found.problem.status != 404):
        return problem_page(request, who, found, subject="The board")
    written = {name: values[0] for name, values in (form or {}).items()}
    if not written and found.value is not None:
        written = {"quorum": str(found.value.quorum), "members": write_board(found.value.members)}
    return page(
        request,
        who,
        "board.html",
        status=status_after(refused),
        center=center,
        board=found.value,
        version=found.version,
        written=written,
        refused=refused,
        done=_DONE.get(request.query_params.get("done", ""), ""),
    )


async def _show_matter(
    request: Request,
    who: Visitor,
    item_id: str,
    *,
    comparables: Comparables | None = None,
    refused: Panel[Any] | None = None,
    form: Form | None = None,
) -> Response:
    item, votes, process = await panels_of(
        who.person.get("workqueue", f"/items/{item_id}", ItemPage),
        who.person.get("workqueue", f"/items/{item_id}/votes", Votes),
        who.person.get("workqueue", f"/processes/{CEAR}", ProcessPage),
    )
    if item.value is None:
        return problem_page(request, who, item, subject="The matter")
    table: ProcessPage | None = process.value
    fields = {name: table.field("dispose", name) if table is not None else None for name in _CODED}
    return page(
        request,
        who,
        "board_matter.html",
        status=status_after(refused),
        item=item.value,
        votes=votes,
        codes={name: (field.codes or {}) if field is not None else {} for name, field in fields.items()},
        comparables=comparables,
        written={name: values[0] for name, values in (form or {}).items()},
        refused=refused,
        done=_DONE.get(request.query_params.get("done", ""), ""),
    )


_CODED: Final = ("disposition", "disposition_reason")
"""The fields of a disposition whose codes a vote names too."""
