"""The queue board: what waits, in the order of the queue, and the next item."""

from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import together
from services.console.acts.reads import Center, Items, Next, Processes, Queue
from services.console.acts.secrets import act_key, digest
from services.console.api.frame import Visitor, console_of, form_of, go, page, place_after, problem_page, signed_in
from services.console.store import views
from shared.customs.centers import centers
from shared.db.transaction import transaction

router = APIRouter(include_in_schema=False)

FILTERS = ("center", "division", "process", "kind", "state", "importer", "entry", "due_before", "overdue", "holder")


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
    console = console_of(request)
    async with transaction(console.platform.engine) as tx:
        saved = await views.listing(tx, who.subject or "", who.centers)
    queues, items, mine, processes, every = await together(
        who.person.get("workqueue", "/queues", list[Queue], center=given["center"]),
        who.person.get("workqueue", "/items", Items, limit=20, after=after, **asked),
        who.person.get("workqueue", "/items", Items, limit=10, holder="me", state="claimed"),
        who.person.get("workqueue", "/processes", Processes),
        who.person.get("routing", "/centers", list[Center]),
    )
    if items.silent is not None:
        return problem_page(request, who, items, subject="The queue")
    more = None
    if items.value is not None and (place := place_after(items.value.next)) is not None:
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
        query=urlencode(chosen),
        every=[each.code for each in every.value] if every.value is not None else list(centers()),
        saved=saved,
        is_empty=request.query_params.get("nothing") == "1",
    )


@router.post("/queue/next")
async def take_next(request: Request, who: Annotated[Visitor, Depends(signed_in)]) -> Response:
    """Claim the next item of the queue that is shown, and open it; sent twice, it claims once."""
    form = await form_of(request, who)
    chosen = {name: form[name][0] for name in ("center", "process") if form.get(name, [""])[0]}
    key = act_key(form["form_key"][0])
    claimed = await who.person.post("workqueue", "/items/next", Next, chosen, key=key)
    if claimed.value is not None:
        if who.session_id is not None:
            sessions = console_of(request).sessions
            await sessions.note_next(digest(who.session_id), claimed.value.item_id, claimed.value.why)
        return go(f"/items/{claimed.value.item_id}")
    if claimed.is_empty:
        return go("/queue?" + urlencode({**chosen, "nothing": "1"}))
    return problem_page(request, who, claimed, subject="The next item")


@router.post("/queue/views")
async def keep_view(request: Request, who: Annotated[Visitor, Depends(signed_in)]) -> Response:
    """Keep the filters of the address under a name, for oneself or for one's Center."""
    form = await form_of(request, who)
    console, name = console_of(request), form.get("name", [""])[0][:60]
    query = urlencode([(key, value) for key, value in parse_qsl(form.get("query", [""])[0]) if key in FILTERS])
    center = who.centers[0] if form.get("is_shared") and who.centers else None
    if name:
        async with transaction(console.platform.engine) as tx:
            await views.keep(tx, who.subject or "", center, name, query, console.platform.clock.now())
    return go(f"/queue?{query}")


@router.post("/queue/views/{view_id}/drop")
async def drop_view(request: Request, who: Annotated[Visitor, Depends(signed_in)], view_id: int) -> Response:
    """Take away a view of one's own."""
    await form_of(request, who)
    async with transaction(console_of(request).platform.engine) as tx:
        await views.drop(tx, who.subject or "", view_id)
    return go("/queue")
