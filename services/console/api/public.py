"""What anyone may see: the Centers, figures, the bulletin, rules and problems."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import together
from services.console.acts.reads import (
    Center,
    CenterPage,
    Changes,
    Figures,
    Postings,
    ProblemKind,
    RulePage,
    Rules,
)
from services.console.api.frame import Visitor, page, place_after, problem_page, visitor
from services.console.domain.periods import last_quarters

router = APIRouter(include_in_schema=False)

Anyone = Annotated[Visitor, Depends(visitor)]

SEARCHED = (
    "entry_number",
    "filer",
    "importer_number",
    "port",
    "posted_from",
    "posted_to",
    "event_type",
)


@router.get("/centers")
async def list_centers(request: Request, who: Anyone) -> Response:
    """The Centers, and what changed in the directory."""
    centers, changes = await together(
        who.person.get("routing", "/centers", list[Center]),
        who.person.get("routing", "/directory/changes", Changes, limit=10),
    )
    if not centers.is_shown:
        return problem_page(request, who, centers, subject="The Centers")
    return page(request, who, "centers.html", centers=centers, changes=changes)


@router.get("/centers/{code}")
async def read_center(request: Request, who: Anyone, code: str) -> Response:
    """A Center with its people, contacts by process, and changes."""
    center, changes = await together(
        who.person.get("routing", f"/centers/{code}", CenterPage),
        who.person.get("routing", "/directory/changes", Changes, center=code, limit=10),
    )
    if not center.is_shown:
        return problem_page(request, who, center, subject=f"Center {code}")
    return page(request, who, "center.html", center=center.value, changes=changes)


@router.get("/figures")
async def read_figures(request: Request, who: Anyone, period: str = "") -> Response:
    """What each Center handled in a quarter."""
    now = request.app.state.console.platform.clock.now()
    quarters = last_quarters(now.date(), 4)
    chosen = period or quarters[0]
    figures = await who.person.get("routing", f"/transparency/{chosen}", Figures)
    if not figures.is_shown:
        return problem_page(request, who, figures, subject=f"Figures of {chosen}")
    most = max((each.entries or 0 for each in figures.value.centers), default=0) if figures.value is not None else 0
    return page(request, who, "figures.html", figures=figures.value, quarters=quarters, chosen=chosen, most=most)


@router.get("/bulletin")
async def read_bulletin(request: Request, who: Anyone) -> Response:
    """Search the notices of liquidation by two fields or more."""
    given = {name: request.query_params.get(name, "").strip() for name in SEARCHED}
    asked = {name: value for name, value in given.items() if value}
    postings = None
    if asked:
        after = request.query_params.get("after", "")
        postings = await who.person.get("notifications", "/bulletin", Postings, limit=50, after=after, **asked)
        if postings.silent is not None:
            return problem_page(request, who, postings, subject="The bulletin")
    more = place_after(postings.value.next) if postings is not None and postings.value is not None else None
    return page(request, who, "bulletin.html", given=given, postings=postings, more=more)


@router.get("/rules")
async def list_rules(request: Request, who: Anyone, q: str = "", after: str = "") -> Response:
    """The rules of law, searched by words."""
    rules = await who.person.get("liquidation", "/rules", Rules, q=q, after=after, limit=50)
    if rules.value is None:
        return problem_page(request, who, rules, subject="The rules")
    return page(request, who, "rules.html", rules=rules.value, q=q, more=place_after(rules.value.next))


@router.get("/rules/{rule_id}")
async def read_rule(request: Request, who: Anyone, rule_id: str) -> Response:
    """A rule with its citation, readings and examples."""
    rule = await who.person.get("liquidation", f"/rules/{rule_id}", RulePage)
    if rule.value is None:
        return problem_page(request, who, rule, subject=f"Rule {rule_id}")
    return page(request, who, "rule.html", rule=rule.value)


@router.get("/problems/{code}")
async def read_problem(request: Request, who: Anyone, code: str) -> Response:
    """What a problem means, and what to do."""
    kind = await who.person.get("liquidation", f"/problems/{code}", ProblemKind)
    if kind.value is None:
        return problem_page(request, who, kind, subject=f"Problem {code}")
    return page(request, who, "problem_kind.html", kind=kind.value)
