"""The queue board: what waits, in the order of the queue, and the next item."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import panels_of
from services.console.acts.people import ACTS_ON_MANY, ASSIGNS
from services.console.acts.reads import Center, Count, Items, Next, Processes, Queue, View, Views
from services.console.acts.secrets import digest
from services.console.api.frame import (
    Visitor,
    console_of,
    form_of,
    go,
    hand_on,
    key_of,
    page,
    place_after,
    problem_page,
    signed_in,
)
from services.console.domain.filters import FIELDS, Filters, address_of_view, read_filters
from shared.customs.centers import centers

router = APIRouter(include_in_schema=False)

Officer = Annotated[Visitor, Depends(signed_in)]


MOST = 500
"""Items in a file."""


def filters_of(request: Request, who: Visitor) -> Filters:
    """The filters in the address; who is of one Center begins there."""
    home = who.centers[0] if len(who.centers) == 1 else None
    return read_filters(request.query_params.multi_items(), home)


@router.get("/queue")
async def read_queue(request: Request, who: Officer) -> Response:
    """The items that the filters in the address leave, and the queues beside them."""
    if who.is_outside:
        return go("/my")  # where one comes to who signed in without saying where to
    filters = filters_of(request, who)
    views, queues, items, count, mine, processes, every = await panels_of(
        who.person.get("workqueue", "/views", Views),
        who.person.get("workqueue", "/queues", list[Queue], center=filters.one("center")),
        who.person.get(
            "workqueue", "/items", Items, limit=20, after=request.query_params.get("after", ""), **filters.asked
        ),
        who.person.get("workqueue", "/items/count", Count, **filters.asked),
        who.person.get("workqueue", "/items", Items, limit=10, holder="me", state="claimed"),
        who.person.get("workqueue", "/processes", Processes),
        who.person.get("routing", "/centers", list[Center]),
    )
    if items.silent is not None:
        return problem_page(request, who, items, subject="The queue")
    saved: list[View] = views.value.views if views.value is not None else []
    if not request.query_params and (begins := next((each for each in saved if each.role in who.roles), None)):
        return go(address_of_view(begins.query))
    more = None
    if items.value is not None and (place := place_after(items.value.next)) is not None:
        more = f"/queue?{filters.address}&after={place}"
    return page(
        request,
        who,
        "queue.html",
        queues=queues,
        items=items,
        count=count,
        mine=mine,
        names=processes.value.names if processes.value is not None else {},
        given={name: filters.one(name) for name in FIELDS},
        filters=filters,
        more=more,
        every=[each.code for each in every.value] if every.value is not None else list(centers()),
        views=views,
        saved=[(each, address_of_view(each.query)) for each in saved],
        here=f"/queue?{filters.address}",
        gives_views=bool(ASSIGNS & set(who.roles)),
        may_bulk=bool(ACTS_ON_MANY & set(who.roles)),
        is_empty=request.query_params.get("nothing") == "1",
    )


@router.get("/queue.csv")
async def give_items(request: Request, who: Officer) -> Response:
    """The items that the filters leave as a file, in the order of the queue."""
    asked = filters_of(request, who).asked | {"limit": MOST}
    opened = await who.person.open("workqueue", "/items.csv", asked)
    return hand_on(request, who, opened, subject="The list")


@router.post("/queue/next")
async def take_next(request: Request, who: Officer) -> Response:
    """Claim the next item of the queue that is shown, and open it; sent twice, it claims once."""
    form = await form_of(request, who)
    chosen = {name: form[name][0] for name in ("center", "process") if form.get(name, [""])[0]}
    key = key_of(request)
    claimed = await who.person.post("workqueue", "/items/next", Next, chosen, key=key)
    if claimed.value is not None:
        if who.session_id is not None:
            sessions = console_of(request).sessions
            await sessions.note_next(digest(who.session_id), claimed.value.item_id, claimed.value.why)
        return go(f"/items/{claimed.value.item_id}")
    if claimed.is_empty:
        return go("/queue?" + urlencode({**chosen, "nothing": "1"}))
    return problem_page(request, who, claimed, subject="The next item")
