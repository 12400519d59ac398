"""A criterion tried on the entries of a past period: asked for, followed, live beside trial, by Center and by week."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.specialist_reads import Backtest, MyActions
from services.console.api.criteria import show_criterion
from services.console.api.frame import (
    Visitor,
    form_of,
    go,
    key_of,
    officer,
    page,
    part,
    problem_page,
    status_after,
    table_file,
    watcher,
)
from services.console.domain.criteria import BACKTEST_WORDS, say_share
from shared.web.conditional import answer_if_changed

router = APIRouter(include_in_schema=False, prefix="/criteria/{criterion_id}/backtests")

Officer = Annotated[Visitor, Depends(officer)]

GOING: Final = frozenset({"waiting", "running"})
"""States in which a trial changes by itself."""


@router.post("")
async def ask_for_backtest(request: Request, who: Officer, criterion_id: str) -> Response:
    """Have it tried; nothing is changed by that. What is refused comes back with what was written."""
    form = await form_of(request, who)
    given = {name: form.get(name, [""])[0] for name in ("from", "to")}
    revision = form.get("revision", [""])[0]
    body: dict[str, Any] = {name: value for name, value in given.items() if value}
    body |= {"revision": int(revision)} if revision.isascii() and revision.isdigit() else {}
    asked = await who.person.post(
        "routing", f"/selection-criteria/{criterion_id}/backtests", Backtest, body, key=key_of(request)
    )
    if asked.value is not None:
        return go(f"/criteria/{criterion_id}/backtests/{asked.value.backtest_id}")
    return await show_criterion(request, who, criterion_id, asked, form)


@router.get("/{backtest_id}")
async def read_backtest(request: Request, who: Officer, criterion_id: str, backtest_id: str) -> Response:
    """How far a trial is, and what it has counted."""
    return await _show(request, who, criterion_id, backtest_id)


@router.get("/{backtest_id}/progress")
async def read_progress(
    request: Request, who: Annotated[Visitor, Depends(watcher)], criterion_id: str, backtest_id: str
) -> Response:
    """How far it is, which its page asks for by itself; of one that has ended the page is shown anew."""
    found = await _find(who, criterion_id, backtest_id)
    if found.value is None:
        return Response(status_code=204)
    if found.value.state not in GOING:
        return Response(headers={"hx-refresh": "true"})
    text = part(request, "backtest_progress.html", trial=found.value, is_going=True, words=BACKTEST_WORDS)
    return answer_if_changed(request, text, media_type="text/html", headers={"Vary": "Cookie"})


@router.get("/{backtest_id}/centers.csv")
async def give_centers(request: Request, who: Officer, criterion_id: str, backtest_id: str) -> Response:
    """What it counted of each Center as a file."""
    found = await _find(who, criterion_id, backtest_id)
    if found.value is None:
        return problem_page(request, who, found, subject="The trial")
    header = ("center", "entries", "hits", "live_hits", "both", "reviewed", "hits_reviewed", "hit_basis_points")
    rows = [[getattr(each, name) for name in header] for each in found.value.by_center]
    return table_file(header, rows, f"backtest-{criterion_id}")


@router.post("/{backtest_id}/acts")
async def act_on_backtest(request: Request, who: Officer, criterion_id: str, backtest_id: str) -> Response:
    """Withdraw it."""
    form = await form_of(request, who)
    if form.get("act") != ["withdraw"]:
        raise HTTPException(422)
    path = f"/selection-criteria/{criterion_id}/backtests/{backtest_id}/withdraw"
    done = await who.person.post("routing", path, Backtest)
    if not done.is_shown:
        return await _show(request, who, criterion_id, backtest_id, refused=done)
    return go(f"/criteria/{criterion_id}/backtests/{backtest_id}")


async def _find(who: Visitor, criterion_id: str, backtest_id: str) -> Panel[Backtest]:
    return await who.person.get("routing", f"/selection-criteria/{criterion_id}/backtests/{backtest_id}", Backtest)


async def _show(
    request: Request, who: Visitor, criterion_id: str, backtest_id: str, *, refused: Panel[Any] | None = None
) -> Response:
    found, mine = await panels_of(_find(who, criterion_id, backtest_id), who.person.get("routing", "/me", MyActions))
    trial: Backtest | None = found.value
    if trial is None:
        return problem_page(request, who, found, subject="The trial")
    return page(
        request,
        who,
        "backtest.html",
        status=status_after(refused),
        trial=trial,
        is_going=trial.state in GOING,
        may_withdraw=trial.state in GOING and mine.value is not None and mine.value.may("criterion.write"),
        words=BACKTEST_WORDS,
        share=say_share,
        refused=refused,
    )
