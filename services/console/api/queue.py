"""The queue board: what waits, in the order of the queue, and the next item."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import together
from services.console.acts.reads import Claim, Items, Processes, Queue
from services.console.acts.secrets import act_key
from services.console.api.frame import Visitor, form_of, go, page, problem_page, signed_in

router = APIRouter(include_in_schema=False)

FILTERS = ("center", "process", "kind", "state", "importer", "due_before", "overdue", "holder")


@router.get("/queue")
async def read_queue(request: Request, who: Annotated[Visitor, Depends(signed_in)]) -> Response:
    """The items that the filters in the address leave, and the queues beside them."""
    given = {name: request.query_params.get(name, "").strip() for name in FILTERS}
    if "center" not in request.query_params and len(who.centers) == 1:
        given["center"] = who.centers[0]
    if not given["state"]:
        given["state"] = "open"
    asked = {name: value for name, value in given.items() if value and value != "any"}
    after = request.query_params.get("after", "")
    queues, items, mine, processes = await together(
        who.person.get("workqueue", "/queues", list[Queue], center=given["center"]),
        who.person.get("workqueue", "/items", Items, limit=25, after=after, **asked),
        who.person.get("workqueue", "/items", Items, limit=10, holder=who.subject, state="claimed"),
        who.person.get("workqueue", "/processes", Processes),
    )
    if items.silent is not None:
        return problem_page(request, who, items, subject="The queue")
    more = None
    if items.value is not None and items.value.next is not None:
        place = items.value.next.partition("after=")[2].partition("&")[0]
        more = "/queue?" + urlencode({name: value for name, value in given.items() if value}) + f"&after={place}"
    names = {each.code: each.label for each in processes.value.items} if processes.value is not None else {}
    chosen = {name: value for name, value in given.items() if value}
    return page(
        request,
        who,
        "queue.html",
        queues=queues,
        items=items,
        mine=mine,
        names=names,
        given=given,
        more=more,
        address="/queue?" + urlencode(chosen),
        is_empty=request.query_params.get("nothing") == "1",
    )


@router.post("/queue/next")
async def take_next(request: Request, who: Annotated[Visitor, Depends(signed_in)]) -> Response:
    """Claim the next item of the queue that is shown, and open it; sent twice, it claims once."""
    form = await form_of(request, who)
    chosen = {name: form[name][0] for name in ("center", "process") if form.get(name, [""])[0]}
    key = act_key(form["form_key"][0])
    claimed = await who.person.post("workqueue", "/items/next", Claim, chosen, key=key)
    if claimed.value is not None:
        return go(f"/items/{claimed.value.item_id}")
    if claimed.is_empty:
        return go("/queue?" + urlencode({**chosen, "nothing": "1"}))
    return problem_page(request, who, claimed, subject="The next item")
