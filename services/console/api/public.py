"""What anyone may see: the Centers, figures, the bulletin, rules and problems."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
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
from services.console.api.frame import (
    Visitor,
    console_of,
    hand_on,
    page,
    place_after,
    problem_page,
    table_file,
    visitor,
)
from services.console.domain.periods import last_quarters
from services.console.domain.tiles import draw_tiles
from shared.customs.calendar import legal_date

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
YEAR = 366
MOST = 500
"""Rules in a file."""
SHOWN = 10
"""Changes of the directory that are shown."""
EVENTS = ("liquidation", "reliquidation", "extension", "suspension", "voiding")


@router.get("/centers")
async def list_centers(request: Request, who: Anyone) -> Response:
    """The Centers, and what changed in the directory."""
    centers, changes = await panels_of(
        who.person.get("routing", "/centers", list[Center]),
        _changes_of(request, who, ""),
    )
    if not centers.is_shown:
        return problem_page(request, who, centers, subject="The Centers")
    offices: dict[str, tuple[tuple[str, str], ...]] = {}
    for each in centers.value or ():
        if each.is_open:
            offices[each.state] = (*offices.get(each.state, ()), (each.code, each.name))
    return page(request, who, "centers.html", centers=centers, changes=changes, tiles=draw_tiles(offices))


async def _changes_of(request: Request, who: Visitor, center: str) -> Panel[Changes]:
    """What changed in the directory within a year, the newest first."""
    since = legal_date(console_of(request).platform.clock.now()) - timedelta(days=YEAR)
    told = await who.person.get("routing", "/directory/changes", Changes, since=since, center=center, limit=500)
    if told.value is None:
        return told
    return replace(told, value=Changes(items=told.value.items[: -SHOWN - 1 : -1]))


@router.get("/centers/{code}")
async def read_center(request: Request, who: Anyone, code: str) -> Response:
    """A Center with its people, contacts by process, and changes."""
    center, changes = await panels_of(
        who.person.get("routing", f"/centers/{code}", CenterPage),
        _changes_of(request, who, code),
    )
    if not center.is_shown:
        return problem_page(request, who, center, subject=f"Center {code}")
    return page(request, who, "center.html", center=center.value, changes=changes)


@router.get("/figures")
async def read_figures(request: Request, who: Anyone, period: str = "") -> Response:
    """What each Center handled in a quarter."""
    quarters = last_quarters(legal_date(console_of(request).platform.clock.now()), 4)
    chosen = period or quarters[0]
    figures = await who.person.get("routing", f"/transparency/{chosen}", Figures)
    if not figures.is_shown:
        return problem_page(request, who, figures, subject=f"Figures of {chosen}")
    most = max((each.entries or 0 for each in figures.value.centers), default=0) if figures.value is not None else 0
    return page(request, who, "figures.html", figures=figures.value, quarters=quarters, chosen=chosen, most=most)


@router.get("/figures.csv")
async def give_figures(request: Request, who: Anyone, period: str) -> Response:
    """The figures of a quarter as a file."""
    opened = await who.person.open("routing", f"/transparency/{period}", accept="text/csv")
    return hand_on(request, who, opened, subject=f"Figures of {period}", name=f"figures-{period}.csv")


@router.get("/bulletin.{form}")
async def give_bulletin(request: Request, who: Anyone, form: Literal["csv", "atom"]) -> Response:
    """What a search of the bulletin finds, as a file or as a feed to subscribe to."""
    opened = await who.person.open("notifications", f"/bulletin.{form}", _searched(request))
    return hand_on(request, who, opened, subject="The bulletin")


@router.get("/bulletin")
async def read_bulletin(request: Request, who: Anyone) -> Response:
    """Search the notices of liquidation by two fields or more."""
    asked = _searched(request)
    postings = None
    if asked:
        after = request.query_params.get("after", "")
        postings = await who.person.get("notifications", "/bulletin", Postings, limit=50, after=after, **asked)
        if postings.silent is not None:
            return problem_page(request, who, postings, subject="The bulletin")
    more = place_after(postings.value.next) if postings is not None and postings.value is not None else None
    return page(
        request,
        who,
        "bulletin.html",
        given={name: asked.get(name, "") for name in SEARCHED},
        address=urlencode(asked),
        events=EVENTS,
        postings=postings,
        more=more,
    )


def _searched(request: Request) -> dict[str, str]:
    """The fields of the bulletin that the address asks for."""
    given = {name: request.query_params.get(name, "").strip() for name in SEARCHED}
    return {name: value for name, value in given.items() if value}


@router.get("/rules")
async def list_rules(request: Request, who: Anyone, q: str = "", after: str = "") -> Response:
    """The rules of law, searched by words."""
    rules = await who.person.get("liquidation", "/rules", Rules, q=q, after=after, limit=50)
    if rules.value is None:
        return problem_page(request, who, rules, subject="The rules")
    return page(request, who, "rules.html", rules=rules.value, q=q, more=place_after(rules.value.next))


@router.get("/rules.csv")
async def give_rules(request: Request, who: Anyone, q: str = "") -> Response:
    """The rules of law that a search finds as a file."""
    rules = await who.person.get("liquidation", "/rules", Rules, q=q, limit=MOST)
    if rules.value is None:
        return problem_page(request, who, rules, subject="The rules")
    header = ("id", "section", "text", "citation", "evidence", "unsettled")
    return table_file(header, [[getattr(each, name) for name in header] for each in rules.value.items], "rules")


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
