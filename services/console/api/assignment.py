"""Assignment: Centers that figures point to, the policy by which they do, who holds which function, and figures."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.reads import Read
from services.console.acts.specialist_reads import (
    AuthorityFunction,
    MyActions,
    Policy,
    Proposal,
    Proposals,
    RoutedFigures,
    TrustedFigures,
    WorkFigures,
)
from services.console.api.frame import (
    PAGE_OF_FILE,
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
    whole_list,
)
from services.console.domain.criteria import say_share
from services.console.domain.policies import FLAGS, GROUNDS, MEASURES, NUMBERS, read_policy
from shared.customs.centers import centers

router = APIRouter(include_in_schema=False)

Officer = Annotated[Visitor, Depends(officer)]

_STATES: Final = ("open", "confirmed", "overridden", "rejected", "superseded")
_ACTS: Final[Mapping[str, str]] = MappingProxyType(
    {"confirm": "Give it the proposed Center", "reject": "Leave it as it is", "override": "Give it another Center"}
)


@router.get("/proposals")
async def list_proposals(
    request: Request, who: Officer, state: str = "open", center: str = "", after: str = ""
) -> Response:
    """Accounts whose figures point to another Center."""
    asked = {"state": state if state in _STATES else "", "center": center, "after": after}
    found = await who.person.get("routing", "/assignment-proposals", Proposals, limit=50, **asked)
    if found.value is None:
        return problem_page(request, who, found, subject="The proposals")
    return page(
        request,
        who,
        "proposals.html",
        items=found.value.items,
        state=asked["state"],
        states=_STATES,
        center=center,
        every=list(centers()),
        more=place_after(found.value.next),
    )


@router.get("/proposals.csv")
async def give_proposals(request: Request, who: Officer, state: str = "open", center: str = "") -> Response:
    """The same as a file."""
    header = (
        *("proposal_id", "importer_number", "family", "state", "as_of", "present_center", "proposed_center"),
        *("runner_up", "margin_points", "policy_version", "map_version", "proposed_by", "proposed_at"),
        *("decided_by", "decided_at", "decided_center", "reason", "effective_on"),
    )
    asked = {"state": state if state in _STATES else "", "center": center}

    async def ask(after: str) -> Panel[Proposals]:
        path, limit = "/assignment-proposals", PAGE_OF_FILE
        return await who.person.get("routing", path, Proposals, after=after, limit=limit, **asked)

    def row(each: Proposal) -> list[Any]:
        return [getattr(each, name) for name in header]

    return await whole_list(request, who, ask, header, row, name="proposals", subject="The proposals")


@router.get("/proposals/{proposal_id}")
async def read_proposal(request: Request, who: Officer, proposal_id: int) -> Response:
    """A proposal with its reasons."""
    return await _show_proposal(request, who, proposal_id)


@router.post("/proposals/{proposal_id}/acts")
async def decide_proposal(request: Request, who: Officer, proposal_id: int) -> Response:
    """Confirm, reject or override it, on the revision that the page showed."""
    form = await form_of(request, who)
    act = form.get("act", [""])[0]
    if act not in _ACTS:
        raise HTTPException(422)
    names = {"confirm": ("reason", "effective_on"), "reject": ("reason",)}.get(
        act, ("reason", "effective_on", "center", "ground")
    )
    body = {name: value for name in names if (value := form.get(name, [""])[0])}
    path = f"/assignment-proposals/{proposal_id}/{act}"
    done = await who.person.post("routing", path, Read, body, version=version_of(form))
    if not done.is_shown:
        return await _show_proposal(request, who, proposal_id, refused=done, form=form)
    return go(f"/proposals/{proposal_id}?done={act}")


@router.get("/policies")
async def list_policies(request: Request, who: Officer) -> Response:
    """The versions of the assignment policy."""
    return await _show_policies(request, who)


@router.post("/policies")
async def propose_policy(request: Request, who: Officer) -> Response:
    """Propose a version; somebody else confirms it."""
    form = await form_of(request, who)
    done = await who.person.post("routing", "/assignment-policies", Read, read_policy(form), key=key_of(request))
    if not done.is_shown:
        return await _show_policies(request, who, refused=done, form=form)
    return go("/policies?done=propose")


@router.post("/policies/{version}/acts")
async def confirm_policy(request: Request, who: Officer, version: str) -> Response:
    """Put a version in force from a day."""
    form = await form_of(request, who)
    body = {name: form.get(name, [""])[0] for name in ("effective_on", "reason")}
    done = await who.person.post("routing", f"/assignment-policies/{version}/confirm", Read, body)
    if not done.is_shown:
        return await _show_policies(request, who, refused=done)
    return go("/policies?done=confirm")


@router.get("/authority")
async def read_authority(request: Request, who: Officer, function: str = "") -> Response:
    """Who holds which function, or held it, and on which basis."""
    found = await who.person.get("routing", "/authority/functions", list[AuthorityFunction])
    if found.value is None:
        return problem_page(request, who, found, subject="The table of authority")
    shown = [each for each in found.value if each.function == function]
    return page(
        request,
        who,
        "authority.html",
        functions=[each.function for each in found.value],
        shown=shown,
        function=function,
    )


@router.get("/authority.csv")
async def give_authority(request: Request, who: Officer) -> Response:
    """The table of authority as a file."""
    found = await who.person.get("routing", "/authority/functions", list[AuthorityFunction])
    if found.value is None:
        return problem_page(request, who, found, subject="The table of authority")
    header = ("function", "row_id", "role", "from", "to", "legal_basis", "concurrent_with", "is_uncertain", "note")
    rows = [
        (
            *(each.function, row.row_id, row.role, row.since, row.until),
            *(row.legal_basis, row.concurrent_with, row.is_uncertain, row.note),
        )
        for each in found.value
        for row in each.rows
    ]
    return table_file(header, rows, "authority")


@router.get("/center-figures")
async def read_center_figures(request: Request, who: Officer) -> Response:
    """What the Centers have: entries by Center, basis and lane, items by state, and whether trust means less work."""
    routed, trusted, work = await panels_of(
        who.person.get("routing", "/figures", RoutedFigures),
        who.person.get("routing", "/figures/trusted", TrustedFigures),
        who.person.get("workqueue", "/figures", WorkFigures),
    )
    if routed.problem is not None and trusted.problem is not None and not work.is_shown:
        return problem_page(request, who, routed, subject="The figures")
    return page(request, who, "center_figures.html", routed=routed, trusted=trusted, work=work, share=say_share)


async def _show_proposal(
    request: Request,
    who: Visitor,
    proposal_id: int,
    *,
    refused: Panel[Any] | None = None,
    form: Form | None = None,
) -> Response:
    found, mine = await panels_of(
        who.person.get("routing", f"/assignment-proposals/{proposal_id}", Proposal),
        who.person.get("routing", "/me", MyActions),
    )
    if found.value is None:
        return problem_page(request, who, found, subject="The proposal")
    given = {name: values[0] for name, values in (form or {}).items()}
    return page(
        request,
        who,
        "proposal.html",
        status=status_after(refused),
        each=found.value,
        version=found.version,
        may_decide=found.value.state == "open" and mine.value is not None and mine.value.may("proposal.decide"),
        acts=_ACTS,
        grounds=GROUNDS,
        every=list(centers()),
        about=given.get("act", ""),
        given=given,
        refused=refused,
        done="It is decided." if request.query_params.get("done", "") in _ACTS else "",
    )


async def _show_policies(
    request: Request, who: Visitor, *, refused: Panel[Any] | None = None, form: Form | None = None
) -> Response:
    found, mine = await panels_of(
        who.person.get("routing", "/assignment-policies", list[Policy]),
        who.person.get("routing", "/me", MyActions),
    )
    if found.value is None:
        return problem_page(request, who, found, subject="The policy")
    said = {"propose": "Proposed. Somebody else puts it in force.", "confirm": "It is in force from its day on."}
    may = mine.value.may if mine.value is not None else lambda _: False
    return page(
        request,
        who,
        "policies.html",
        status=status_after(refused),
        policies=found.value,
        may_propose=may("assignment-policy.propose"),
        may_confirm=may("assignment-policy.confirm"),
        measures=MEASURES,
        numbers=NUMBERS,
        flags=FLAGS,
        grounds=GROUNDS,
        written={name: values[0] for name, values in (form or {}).items()},
        refused=refused,
        done=said.get(request.query_params.get("done", ""), ""),
    )
