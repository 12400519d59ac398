"""One act on all items that the filters of the queue give: looked at before, begun, followed item by item."""

from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.reads import BulkResults, BulkRun, BulkRuns, Center, Count, Members
from services.console.api.frame import (
    Form,
    Visitor,
    form_of,
    go,
    key_of,
    page,
    part,
    place_after,
    problem_page,
    signed_in,
    status_after,
    watcher,
)
from services.console.api.queue import filters_of
from services.console.domain.filters import Filters, filters_of_query, read_filters
from shared.customs.centers import centers
from shared.web.conditional import answer_if_changed

router = APIRouter(include_in_schema=False)

Officer = Annotated[Visitor, Depends(signed_in)]

ACTS = {
    "assign": ("Assign them to a person", "to"),
    "offer": ("Offer them to another Center", "to_center"),
    "set-day": ("Set the day of their policy clock", "due_on"),
    "no-change": ("Decide reviews as no change", None),
}
"""What can be done with many items, in words, and which field of the form each needs."""
GOING = frozenset({"looking", "running"})
"""States in which a run changes by itself."""


@router.get("/queue/bulk")
async def read_form(request: Request, who: Officer) -> Response:
    """How many items the filters give, and what can be done with them."""
    return await _show_form(request, who, filters_of(request, who))


@router.post("/queue/bulk")
async def ask_for_run(request: Request, who: Officer) -> Response:
    """Have the act looked at on every item; nothing is changed by that."""
    form = await form_of(request, who)
    filters = read_filters(parse_qsl(form.get("address", [""])[0], keep_blank_values=True), None)
    body = _read_run(form) | {"query": filters.query}
    asked = await who.person.post("workqueue", "/bulk-runs", BulkRun, body, key=key_of(request))
    if asked.value is not None:
        return go(f"/bulk/{asked.value.run_id}")
    return await _show_form(request, who, filters, refused=asked, form=form)


@router.get("/bulk")
async def list_runs(request: Request, who: Officer, state: str = "", after: str = "") -> Response:
    """The runs of this person, and those that this person may begin."""
    runs = await who.person.get("workqueue", "/bulk-runs", BulkRuns, state=state, after=after, limit=50)
    if runs.value is None:
        return problem_page(request, who, runs, subject="The acts on many items")
    more = place_after(runs.value.next)
    return page(request, who, "bulk_runs.html", runs=runs.value.items, acts=ACTS, state=state, more=more)


@router.get("/bulk/{run_id}")
async def read_run(request: Request, who: Officer, run_id: str, state: str = "", after: str = "") -> Response:
    """What a run would do, or has done, with each item."""
    return await _show_run(request, who, run_id, state=state, after=after)


@router.get("/bulk/{run_id}/progress")
async def read_progress(request: Request, who: Annotated[Visitor, Depends(watcher)], run_id: str) -> Response:
    """How far a run is, which its page asks for by itself; of one that has ended the page is shown anew."""
    run = await who.person.get("workqueue", f"/bulk-runs/{run_id}", BulkRun)
    if run.value is None:
        return Response(status_code=204)
    if run.value.state not in GOING:
        return Response(headers={"hx-refresh": "true"})
    text = part(request, "bulk_progress.html", run=run.value, is_going=True)
    return answer_if_changed(request, text, media_type="text/html", headers={"Vary": "Cookie"})


@router.post("/bulk/{run_id}/acts")
async def act_on_run(request: Request, who: Officer, run_id: str) -> Response:
    """Begin a run, or withdraw it."""
    form = await form_of(request, who)
    body = {"act": form.get("act", [""])[0]}
    done = await who.person.post("workqueue", f"/bulk-runs/{run_id}/acts", BulkRun, body)
    return go(f"/bulk/{run_id}") if done.is_shown else await _show_run(request, who, run_id, refused=done)


def _read_run(form: Form) -> dict[str, Any]:
    """The act and what it needs; of the other fields nothing is sent."""
    act = form.get("act", [""])[0]
    _, needed = ACTS.get(act, ("", None))
    body: dict[str, Any] = {"act": act, "reason": form.get("reason", [""])[0]}
    if needed is not None and (value := form.get(needed, [""])[0]):
        body[needed] = value
    return body


async def _show_form(
    request: Request, who: Visitor, filters: Filters, *, refused: Panel[Any] | None = None, form: Form | None = None
) -> Response:
    home = filters.one("center") or (who.centers[0] if who.centers else "")
    count, people, every = await panels_of(
        who.person.get("workqueue", "/items/count", Count, **filters.asked),
        who.person.get("workqueue", "/staff", Members, center=home, limit=200),
        who.person.get("routing", "/centers", list[Center]),
    )
    if count.value is None:
        return problem_page(request, who, count, subject="The items")
    return page(
        request,
        who,
        "bulk_form.html",
        status=status_after(refused),
        filters=filters,
        count=count.value,
        people=people.value.items if people.value is not None else [],
        every=[each.code for each in every.value] if every.value is not None else list(centers()),
        acts=ACTS,
        refused=refused,
        written={name: values[0] for name, values in (form or {}).items()},
    )


async def _show_run(
    request: Request,
    who: Visitor,
    run_id: str,
    *,
    state: str = "",
    after: str = "",
    refused: Panel[Any] | None = None,
) -> Response:
    run, results = await panels_of(
        who.person.get("workqueue", f"/bulk-runs/{run_id}", BulkRun),
        who.person.get("workqueue", f"/bulk-runs/{run_id}/items", BulkResults, state=state, after=after, limit=50),
    )
    if run.value is None:
        return problem_page(request, who, run, subject="The run")
    return page(
        request,
        who,
        "bulk_run.html",
        status=status_after(refused),
        run=run.value,
        is_going=run.value.state in GOING,
        act=ACTS[run.value.act][0],
        filters=filters_of_query(run.value.query),
        results=results,
        state=state,
        more=place_after(results.value.next) if results.value is not None else None,
        refused=refused,
    )
