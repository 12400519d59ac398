"""Hold sets: drafted by a predicate, previewed with counts, money and entries, applied by another person, lifted."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.cockpit_reads import DraftedHoldSet, HoldPreview, HoldSet, HoldSets, MatchedEntries
from services.console.acts.reads import Read
from services.console.api.frame import (
    Form,
    Visitor,
    form_of,
    go,
    key_of,
    officer,
    page,
    place_after,
    problem_page,
    status_after,
    table_file,
    version_of,
)
from services.console.domain.horizons import say_horizons
from services.console.domain.predicates import PARTS, USUAL, read_predicate, write_predicate

router = APIRouter(include_in_schema=False, prefix="/holds")

Officer = Annotated[Visitor, Depends(officer)]

SHOWN: Final = 20
"""Entries beside a preview; all of them are in its file, the first of them where there are many."""
MOST: Final = 500
_STATES: Final[Mapping[str, str]] = MappingProxyType(
    {"applied": "applied", "draft": "drafts", "lifted": "lifted", "": "all"}
)
_HORIZONS: Final = ("1", "7", "14", "30", "60", "90", "later", "no date")
_DONE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "draft": "Kept as a draft. It holds nothing back until somebody else applies it.",
        "edit": "The draft is changed.",
        "apply": "Applied: cycles whose cut is to come hold back what matches at their run.",
        "lift": "Lifted: cycles whose cut is to come take its entries again.",
    }
)


@router.get("")
async def list_holds(request: Request, who: Officer, state: str = "applied", after: str = "") -> Response:
    """Hold sets of a state, and the form of another."""
    return await _list(request, who, state if state in _STATES else "", after)


@router.post("")
async def draft_hold(request: Request, who: Officer) -> Response:
    """Keep a draft; what is refused comes back with what was written."""
    form = await form_of(request, who)
    done = await who.person.post("liquidation", "/hold-sets", DraftedHoldSet, _body(form), key=key_of(request))
    if done.value is None:
        return await _list(request, who, "draft", "", refused=done, form=form)
    return go(f"/holds/{done.value.hold_set_id}?done=draft")


@router.get("/{hold_set_id}")
async def read_hold(request: Request, who: Officer, hold_set_id: str, horizon: str = "", after: str = "") -> Response:
    """A hold set with what it matches now."""
    return await _show(request, who, hold_set_id, horizon=horizon, after=after)


@router.get("/{hold_set_id}/entries.csv")
async def give_entries(request: Request, who: Officer, hold_set_id: str, horizon: str = "") -> Response:
    """The entries that it matches now as a file."""
    path = f"/hold-sets/{hold_set_id}/preview/entries"
    found = await who.person.get("liquidation", path, MatchedEntries, horizon=horizon, limit=MOST)
    if found.value is None:
        return problem_page(request, who, found, subject="The entries")
    header = (
        *("entry_number", "center", "horizon", "is_suspended", "is_due", "scheduled_on", "deemed_on"),
        *("duty_usd", "fees_usd"),
    )
    return table_file(header, [[getattr(each, name) for name in header] for each in found.value.items], "held-entries")


@router.post("/{hold_set_id}/acts")
async def act_on_hold(request: Request, who: Officer, hold_set_id: str) -> Response:
    """Edit, apply or lift the revision that the page showed."""
    form = await form_of(request, who)
    act, version = form.get("act", [""])[0], version_of(form)
    path = f"/hold-sets/{hold_set_id}"
    done: Panel[Read]
    match act:
        case "edit":
            done = await who.person.put("liquidation", path, Read, _body(form), version=version)
        case "apply":
            done = await who.person.post("liquidation", f"{path}/apply", Read, version=version)
        case "lift":
            body = {"reason": form.get("reason", [""])[0]}
            done = await who.person.post("liquidation", f"{path}/lift", Read, body, version=version)
        case _:
            raise HTTPException(422)
    if not done.is_shown:
        return await _show(request, who, hold_set_id, refused=done, form=form)
    return go(f"/holds/{hold_set_id}?done={act}")


def _body(form: Form) -> dict[str, Any]:
    """A hold set as liquidation takes it."""
    given = {name: form.get(name, [""])[0] for name in ("name", "reason")}
    return {**given, "predicate": read_predicate(form)}


async def _list(
    request: Request,
    who: Visitor,
    state: str,
    after: str,
    *,
    refused: Panel[Any] | None = None,
    form: Form | None = None,
) -> Response:
    found = await who.person.get("liquidation", "/hold-sets", HoldSets, state=state, after=after, limit=50)
    if found.value is None:
        return problem_page(request, who, found, subject="The hold sets")
    return page(
        request,
        who,
        "holds.html",
        status=status_after(refused),
        sets=found.value.items,
        state=state,
        states=_STATES,
        more=place_after(found.value.next),
        parts=PARTS,
        usual=USUAL,
        refused=refused,
        written={name: values[0] for name, values in (form or {}).items()},
    )


async def _show(
    request: Request,
    who: Visitor,
    hold_set_id: str,
    *,
    horizon: str = "",
    after: str = "",
    refused: Panel[Any] | None = None,
    form: Form | None = None,
) -> Response:
    path = f"/hold-sets/{hold_set_id}"
    found, preview, matched = await panels_of(
        who.person.get("liquidation", path, HoldSet),
        who.person.get("liquidation", f"{path}/preview", HoldPreview),
        who.person.get(
            "liquidation", f"{path}/preview/entries", MatchedEntries, horizon=horizon, after=after, limit=SHOWN
        ),
    )
    held: HoldSet | None = found.value
    if held is None:
        return problem_page(request, who, found, subject="The hold set")
    given = {name: values[0] for name, values in (form or {}).items()}
    as_it_is = {"name": held.name, "reason": held.reason, **write_predicate(held.predicate)}
    return page(
        request,
        who,
        "hold.html",
        status=status_after(refused),
        held=held,
        version=found.version,
        preview=preview,
        matched=matched,
        more=place_after(matched.value.next) if matched.value is not None else None,
        horizon=horizon,
        horizons=say_horizons(_HORIZONS),
        here=f"/holds/{hold_set_id}?{urlencode({'horizon': horizon})}",
        may={each.action: each for each in held.may_do},
        parts=PARTS,
        usual=USUAL,
        written=given if given.get("act") == "edit" else as_it_is,
        reason=given.get("reason", "") if given.get("act") == "lift" else "",
        about=given.get("act", ""),
        refused=refused,
        done=_DONE.get(request.query_params.get("done", ""), ""),
    )
