"""Views of the queue under a name: for oneself, for one's Center, or what a role of it begins with."""

from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import Panel
from services.console.acts.reads import Read, View, Views
from services.console.api.frame import Visitor, form_of, go, key_of, problem_page, signed_in
from services.console.domain.filters import read_filters

router = APIRouter(include_in_schema=False)

Officer = Annotated[Visitor, Depends(signed_in)]


@router.post("/queue/views")
async def keep_view(request: Request, who: Officer) -> Response:
    """Keep the filters of the address under a name, instead of what this person had under it."""
    form = await form_of(request, who)
    filters = read_filters(parse_qsl(form.get("address", [""])[0], keep_blank_values=True), None)
    role, is_shared = form.get("role", [""])[0], bool(form.get("is_shared"))
    body: dict[str, Any] = {"name": form.get("name", [""])[0], "query": filters.query}
    if who.centers and (is_shared or role):
        body["center"] = who.centers[0]
    if role:
        body["role"] = role
    kept = await _keep(who, body, key_of(request))
    return go(f"/queue?{filters.address}") if kept.is_shown else problem_page(request, who, kept, subject="The view")


@router.post("/queue/views/{view_id}/drop")
async def drop_view(request: Request, who: Officer, view_id: str) -> Response:
    """Take a view away."""
    await form_of(request, who)
    done = await who.person.delete("workqueue", f"/views/{view_id}")
    return go("/queue?center=") if done.is_empty else problem_page(request, who, done, subject="The view")


async def _keep(who: Visitor, body: dict[str, Any], key: str) -> Panel[Read]:
    views = await who.person.get("workqueue", "/views", Views)
    known: list[View] = views.value.views if views.value is not None else []
    before = next((each for each in known if each.may_change and each.name == body["name"]), None)
    if before is None:
        return await who.person.post("workqueue", "/views", Read, body, key=key)
    return await who.person.put("workqueue", f"/views/{before.view_id}", Read, body, version=before.version)
