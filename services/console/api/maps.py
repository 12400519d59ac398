"""The tariff map: versions, the editor of a draft, what is wrong with it, what it would move, and its publication."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.reads import Read
from services.console.acts.specialist_reads import MapDiff, MapLine, MapPage, MapReport, Maps, MyActions
from services.console.api.frame import (
    PAGE_OF_FILE,
    Form,
    Visitor,
    form_of,
    go,
    hand_on,
    key_of,
    officer,
    page,
    place_after,
    problem_page,
    status_after,
    version_of,
    whole_list,
)
from services.console.domain.tariff_map import CONFIDENCES, read_row
from shared.customs.centers import centers

router = APIRouter(include_in_schema=False, prefix="/maps")

Officer = Annotated[Visitor, Depends(officer)]

ROWS: Final = 30
"""Rows of a version on a page."""
UNDERLYING: Final = "UNDERLYING"
"""What stands for a Center where the goods themselves say it: chapters 98 and 99."""
_DONE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "draft": "A draft with the rows of the version that it is based on.",
        "edit": "The rows are changed; the version is a draft again until it is validated.",
        "publish": "Published. It is in force from its day on; decisions already made keep their map.",
        "rollback": "Published: the rows from before are in force from that day on.",
    }
)


@router.get("")
async def list_maps(request: Request, who: Officer) -> Response:
    """The versions, and the form of another."""
    return await _list(request, who)


@router.post("")
async def draft_map(request: Request, who: Officer) -> Response:
    """A draft with the rows of a version."""
    form = await form_of(request, who)
    body = {name: value for name in ("title", "based_on", "reason") if (value := form.get(name, [""])[0])}
    done = await who.person.post("routing", "/tariff-maps", MapLine, body, key=key_of(request))
    if done.value is None:
        return await _list(request, who, refused=done, form=form)
    return go(f"/maps/{done.value.version}?done=draft")


@router.get("/list.csv")
async def give_maps(request: Request, who: Officer) -> Response:
    """The versions as a file."""
    header = (
        *("version", "title", "state", "is_in_force", "based_on", "rolls_back", "valid_on", "effective_on"),
        "ended_on",
    )

    async def ask(after: str) -> Panel[Maps]:
        return await who.person.get("routing", "/tariff-maps", Maps, after=after, limit=PAGE_OF_FILE)

    def row(each: MapLine) -> list[Any]:
        return [getattr(each, name) for name in header]

    return await whole_list(request, who, ask, header, row, name="tariff-maps", subject="The versions")


@router.get("/{version}")
async def read_map(request: Request, who: Officer, version: str, after: str = "") -> Response:
    """A version with a page of its rows."""
    return await _show(request, who, version, after=after)


@router.get("/{version}/rows.csv")
async def give_map(request: Request, who: Officer, version: str) -> Response:
    """All rows of a version as a table."""
    opened = await who.person.open("routing", f"/tariff-maps/{version}", accept="text/csv")
    return hand_on(request, who, opened, subject="The map", name=f"{version}.csv")


@router.get("/{version}/diff")
async def read_diff(request: Request, who: Officer, version: str) -> Response:
    """What a version would move: headings, accounts, entries of the last twelve months."""
    found = await who.person.get("routing", f"/tariff-maps/{version}/diff", MapDiff)
    if found.value is None:
        return problem_page(request, who, found, subject="What it would move")
    return page(request, who, "map_diff.html", version=version, diff=found.value)


@router.post("/{version}/acts")
async def act_on_map(request: Request, who: Officer, version: str) -> Response:
    """Edit, validate, publish or roll back."""
    form = await form_of(request, who)
    act, path = form.get("act", [""])[0], f"/tariff-maps/{version}"
    body = {name: form.get(name, [""])[0] for name in ("effective_on", "reason")}
    done: Panel[Any]
    match act:
        case "edit":
            done = await who.person.patch("routing", f"{path}/rows", Read, read_row(form), version=version_of(form))
        case "validate":
            day = {"effective_on": body["effective_on"]} if body["effective_on"] else {}
            report = await who.person.post("routing", f"{path}/validate", MapReport, day)
            refused = None if report.is_shown else report
            return await _show(request, who, version, report=report.value, refused=refused, form=form)
        case "publish":
            done = await who.person.post("routing", f"{path}/publish", Read, body, version=version_of(form))
        case "rollback":
            done = await who.person.post("routing", f"{path}/rollback", MapLine, body, key=key_of(request))
            version = done.value.version if done.value is not None else version
        case _:
            raise HTTPException(422)
    if not done.is_shown:
        return await _show(request, who, version, refused=done, form=form)
    return go(f"/maps/{version}?done={act}")


async def _list(
    request: Request, who: Visitor, *, refused: Panel[Any] | None = None, form: Form | None = None
) -> Response:
    found, mine = await panels_of(
        who.person.get("routing", "/tariff-maps", Maps, limit=200), who.person.get("routing", "/me", MyActions)
    )
    if found.value is None:
        return problem_page(request, who, found, subject="The versions of the map")
    return page(
        request,
        who,
        "maps.html",
        status=status_after(refused),
        maps=list(reversed(found.value.items)),
        may_draft=mine.value is not None and mine.value.may("tariff-map.draft"),
        refused=refused,
        written={name: values[0] for name, values in (form or {}).items()},
    )


async def _show(
    request: Request,
    who: Visitor,
    version: str,
    *,
    after: str = "",
    report: MapReport | None = None,
    refused: Panel[Any] | None = None,
    form: Form | None = None,
) -> Response:
    found, mine = await panels_of(
        who.person.get("routing", f"/tariff-maps/{version}", MapPage, after=after, limit=ROWS),
        who.person.get("routing", "/me", MyActions),
    )
    tariff_map: MapPage | None = found.value
    if tariff_map is None:
        return problem_page(request, who, found, subject="The version of the map")
    given = {name: values[0] for name, values in (form or {}).items()}
    is_open = tariff_map.state in {"draft", "validated"}
    may = mine.value.may if mine.value is not None else lambda _: False
    return page(
        request,
        who,
        "map.html",
        status=status_after(refused),
        map=tariff_map,
        version=found.version,
        more=place_after(tariff_map.next),
        centers=[*centers(), UNDERLYING],
        confidences=CONFIDENCES,
        is_open=is_open,
        may_edit=is_open and may("tariff-map.draft"),
        may_validate=is_open and may("tariff-map.validate"),
        may_publish=tariff_map.state == "validated" and may("tariff-map.publish"),
        may_roll_back=tariff_map.is_in_force and tariff_map.based_on is not None and may("tariff-map.roll-back"),
        report=report,
        about=given.get("act", ""),
        given=given,
        refused=refused,
        done=_DONE.get(request.query_params.get("done", ""), ""),
    )
