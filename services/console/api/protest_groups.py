"""The workspace of protests: questions that many ask, protests of a filter, and one act on a group of them."""

from collections.abc import Mapping
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.protest_reads import Group, Issues, ProtestList
from services.console.api.frame import (
    Form,
    Visitor,
    form_of,
    page,
    place_after,
    problem_page,
    signed_in,
    status_after,
    table_file,
)
from services.console.domain.protest_acts import Offered
from services.console.domain.protest_groups import (
    GROUP_ACTS,
    MOST,
    STATES,
    find_lead,
    read_group_act,
    read_versions,
)

router = APIRouter(include_in_schema=False, prefix="/protests")

Officer = Annotated[Visitor, Depends(signed_in)]

SHOWN: Final = 50
"""Protests on a page of the list: those of a page can be chosen at once."""


def filters_of(
    issue: str = "", state: str = "", is_open: str = "true", importer: str = "", due_before: str = "", overdue: str = ""
) -> Mapping[str, str]:
    """Dependency: what the address asks for; what is open, unless it says otherwise."""
    given = {"issue": issue, "state": state, "is_open": "" if state or is_open == "any" else is_open}
    given |= {"importer": importer, "due_before": due_before, "overdue": overdue}
    return {name: value for name, value in given.items() if value}


Filters = Annotated[Mapping[str, str], Depends(filters_of)]


@router.get("")
async def list_protests(request: Request, who: Officer, filters: Filters, after: str = "") -> Response:
    """Protests of a filter, to be looked at or chosen, and the questions that many of them ask."""
    found, issues = await panels_of(
        who.person.get("liquidation", "/protests", ProtestList, after=after, limit=SHOWN, **filters),
        who.person.get("liquidation", "/protest-issues", Issues, limit=100),
    )
    if found.value is None:
        return problem_page(request, who, found, subject="The protests")
    return page(
        request,
        who,
        "protests.html",
        protests=found.value.items,
        issues=issues,
        lead=find_lead(found.value.items),
        filters=filters,
        address=urlencode(filters),
        more=place_after(found.value.next),
        states=STATES,
        acts=GROUP_ACTS,
    )


@router.get("/list.csv")
async def give_protests(request: Request, who: Officer, filters: Filters) -> Response:
    """The protests of a filter as a file, the first of them where there are many."""
    found = await who.person.get("liquidation", "/protests", ProtestList, limit=500, **filters)
    if found.value is None:
        return problem_page(request, who, found, subject="The protests")
    header = (
        *("protest_number", "state", "issue", "importer_number", "entries", "timeliness", "further_review"),
        *("received_at", "due_on", "due_rule", "decide_by", "lead_protest"),
    )
    rows = [[getattr(each, name) for name in header] for each in found.value.items]
    return table_file(header, rows, "protests")


@router.post("/group")
async def prepare_group(request: Request, who: Officer) -> Response:
    """The form of an act on the protests that were chosen; what it would do, once it says all that it has to."""
    form = await form_of(request, who)
    act, chosen = _asked(form)
    if form.get("is_filled") != ["yes"] and GROUP_ACTS[act].fields:
        return _group_page(request, who, form, act, chosen)
    body = {"protest_numbers": chosen, "act": read_group_act(form)}
    tried = await who.person.question("liquidation", "/protest-groups/previews", Group, body)
    refused = None if tried.is_shown else tried
    return _group_page(request, who, form, act, chosen, tried=tried.value, refused=refused)


@router.post("/group/acts")
async def act_on_group(request: Request, who: Officer) -> Response:
    """Do what was tried, on each protest at the version that the preview showed; each says what became of it."""
    form = await form_of(request, who)
    act, chosen = _asked(form)
    body = {"protests": read_versions(form), "act": read_group_act(form)}
    done = await who.person.post("liquidation", "/protest-groups/acts", Group, body)
    refused = None if done.is_shown else done
    return _group_page(request, who, form, act, chosen, done=done.value, refused=refused)


def _asked(form: Form) -> tuple[str, list[str]]:
    act, chosen = form.get("act", [""])[0], list(dict.fromkeys(form.get("protest", ())))[:MOST]
    if act not in GROUP_ACTS or not chosen:
        raise HTTPException(422)
    return act, chosen


def _group_page(
    request: Request,
    who: Visitor,
    form: Form,
    act: str,
    chosen: list[str],
    *,
    tried: Group | None = None,
    done: Group | None = None,
    refused: Panel[Any] | None = None,
) -> Response:
    asked = GROUP_ACTS[act]
    written = {name: values[0] for name, values in form.items()}
    if act == "suspend" and not written.get("field.lead"):
        written["field.lead"] = written.get("lead", "")
    return page(
        request,
        who,
        "protest_group.html",
        status=status_after(refused),
        act=act,
        label=asked.label,
        offered=Offered(act, asked.label, True, asked.fields, asked.has_note, None, None, None),
        chosen=chosen,
        written=written,
        given={name: value for name, value in written.items() if name.startswith("field.") or name == "reason"},
        tried=tried,
        done=done,
        refused=refused,
    )
