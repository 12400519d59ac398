"""An appeal for another Center in five steps: what is written is kept from step to step, and nothing is asked twice."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.reads import (
    Account,
    Activity,
    AppealCheck,
    Appeals,
    Assignment,
    FiledAppeal,
    WhatIf,
)
from services.console.api.drafts import drop_draft, keep_draft, read_drafts
from services.console.api.frame import (
    Visitor,
    form_of,
    go,
    is_of_script,
    key_of,
    outsider,
    page,
    problem_page,
    status_after,
)
from services.console.domain.appeal_form import (
    GIVEN_AT,
    LAST,
    STEPS,
    read_appeal,
    read_goods,
    read_history,
    write_goods,
)
from shared.customs.centers import centers

router = APIRouter(include_in_schema=False)

Party = Annotated[Visitor, Depends(outsider)]

PLACE: Final = "appeal"
FILE: Final = "file"
_OF_THE_STEP: Final = frozenset({"form_key", "what_if"})
_TICKS: Final = {2: ("is_projection",)}
"""Fields of a step that are not sent when they are not ticked."""


@router.get("/my/appeal")
async def read_step(request: Request, who: Party, step: int = 1) -> Response:
    """A step, with what was written at this and the others."""
    if not 1 <= step <= LAST:
        raise HTTPException(404)
    return await _show(request, who, step, await _written(request, who))


@router.post("/my/appeal/{step}")
async def write_step(request: Request, who: Party, step: int) -> Response:
    """Keep what a step says and go on; at the second, ask which Center these goods would get; at the last, file it."""
    if not 1 <= step <= LAST:
        raise HTTPException(404)
    form = await form_of(request, who)
    written = await _written(request, who) | dict.fromkeys(_TICKS.get(step, ()), "")
    written |= {name: values[0] for name, values in form.items() if name not in _OF_THE_STEP}
    await _keep(request, who, written)
    if is_of_script(request):
        return Response(status_code=204)
    if step == LAST:
        return await _file(request, who, written)
    if form.get("what_if"):
        body = read_history(written.get("goods", ""))
        asked = await who.person.question("routing", "/what-if/assignment", WhatIf, body)
        return await _show(request, who, step, written, what_if=asked)
    if step == 2 and read_goods(written.get("goods", ""))[1]:
        return await _show(request, who, step, written, status=422)
    return go(f"/my/appeal?step={step + 1}")


async def _file(request: Request, who: Visitor, written: Mapping[str, str]) -> Response:
    body = read_appeal(written, _importer_of(who, written))
    filed = await who.person.post("routing", "/appeals", FiledAppeal, body, key=key_of(request))
    if filed.value is None:
        return await _show(request, who, LAST, written, refused=filed)
    await drop_draft(request, who, PLACE, FILE)
    return go(f"/my/appeals/{filed.value.appeal_number}?done=yes")


async def _written(request: Request, who: Visitor) -> dict[str, str]:
    kept = await read_drafts(request, who, PLACE)
    return dict(kept[FILE][0]) if FILE in kept else {}


async def _keep(request: Request, who: Visitor, written: Mapping[str, str]) -> None:
    await keep_draft(request, who, PLACE, FILE, {name: [value] for name, value in written.items()})


def _importer_of(who: Visitor, written: Mapping[str, str]) -> str:
    return written.get("importer") or (who.importers[0] if who.importers else "none")


async def _show(
    request: Request,
    who: Visitor,
    step: int,
    written: Mapping[str, str],
    *,
    what_if: Panel[WhatIf] | None = None,
    refused: Panel[Any] | None = None,
    status: int = 200,
) -> Response:
    importer = _importer_of(who, written)
    account, assignment, activity, before = await panels_of(
        who.person.get("routing", f"/importers/{importer}", Account),
        who.person.get("routing", f"/importers/{importer}/assignment", Assignment),
        who.person.get("routing", f"/importers/{importer}/activity", Activity),
        who.person.get("routing", "/appeals", Appeals, limit=10),
    )
    if account.value is None:
        return problem_page(request, who, account, subject="The account")
    own = [(each.number, each.value_usd, each.lines) for each in activity.value.by_heading] if activity.value else []
    shown = {"current": account.value.center or "", "goods": write_goods(own), **written}
    checked: Panel[AppealCheck] | None = None
    if step >= LAST - 1:
        body = read_appeal(shown, importer)
        checked = await who.person.question("routing", "/appeals/check", AppealCheck, body)
    rows, wrong = read_goods(shown["goods"])
    return page(
        request,
        who,
        "my_appeal.html",
        status=status_after(refused) if refused is not None else status,
        step=step,
        steps=STEPS,
        importer=importer,
        account=account.value,
        assignment=assignment,
        activity=activity,
        before=before,
        written=shown,
        rows=rows,
        wrong=wrong,
        what_if=what_if,
        checked=checked,
        given_at=GIVEN_AT,
        centers=[each for each in centers() if each.startswith("CEE")],
        refused=refused,
    )
