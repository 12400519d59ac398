"""The grid of a protest: its entries by their lines, what is recommended of each, and the signature under it."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.reads import Protest, Read, Version
from services.console.api.drafts import drop_draft, keep_draft, read_drafts
from services.console.api.frame import (
    Visitor,
    form_of,
    go,
    is_of_script,
    officer,
    page,
    problem_page,
    status_after,
    version_of,
)
from services.console.api.protests import entries_of, offered_on
from services.console.domain.protest_grid import Cell, fill_grid, merge_grid, pages_of, read_grid

router = APIRouter(include_in_schema=False, prefix="/protests")

Officer = Annotated[Visitor, Depends(officer)]

GRID: Final = "grid"
"""The form under which is kept what was written on the pages of a grid."""


@router.get("/{number}/grid")
async def read_protest_grid(request: Request, who: Officer, number: str, at: int = 1) -> Response:
    """A page of the grid, filled in with what this person began to write, or with the recommendation that stands."""
    found = await who.person.get("liquidation", f"/protests/{number}", Protest)
    if found.value is None:
        return problem_page(request, who, found, subject="The protest")
    return await _show(request, who, found, found.value, at=at)


@router.post("/{number}/grid/draft")
async def keep_grid(request: Request, who: Officer, number: str) -> Response:
    """Keep what a page of the grid says, and show another."""
    form = await form_of(request, who)
    found = await who.person.get("liquidation", f"/protests/{number}", Protest)
    if found.value is None:
        return problem_page(request, who, found, subject="The protest")
    await _keep(request, who, number, merge_grid(await _written(request, who, found.value), form))
    if is_of_script(request):
        return Response(status_code=204)
    at = form.get("to", [""])[0]
    return go(f"/protests/{number}/grid?at={at if at.isascii() and at.isdigit() else 1}")


@router.post("/{number}/grid")
async def recommend_by_grid(request: Request, who: Officer, number: str) -> Response:
    """Recommend what all pages of the grid say, on the version that this one showed; or forget what was written."""
    form = await form_of(request, who)
    found = await who.person.get("liquidation", f"/protests/{number}", Protest)
    if found.value is None:
        return problem_page(request, who, found, subject="The protest")
    if form.get("act") == ["forget"]:
        await drop_draft(request, who, number, GRID)
        return go(f"/protests/{number}/grid")
    written = merge_grid(await _written(request, who, found.value), form)
    body = read_grid(written, entries_of(found.value))
    done = await who.person.post("liquidation", f"/protests/{number}/acts", Read, body, version=version_of(form))
    if not done.is_shown:
        await _keep(request, who, number, written)
        at = form.get("at", [""])[0]
        at_page = int(at) if at.isascii() and at.isdigit() else 1
        return await _show(request, who, found, found.value, at=at_page, refused=done, written=written)
    await drop_draft(request, who, number, GRID)
    return go(f"/protests/{number}?done=recommend")


async def _written(request: Request, who: Visitor, protest: Protest) -> dict[str, str]:
    """What this person wrote into the grid; else what the recommendation that stands says."""
    kept = await read_drafts(request, who, protest.protest_number)
    if GRID in kept:
        return dict(kept[GRID][0])
    stands = next((each.details for each in reversed(protest.acts) if each.kind == "recommend"), {})
    return fill_grid(stands.get("items") or ()) | {"field.reasons": stands.get("reasons") or ""}


async def _keep(request: Request, who: Visitor, number: str, written: Mapping[str, str]) -> None:
    await keep_draft(request, who, number, GRID, {name: [value] for name, value in written.items()})


async def _show(
    request: Request,
    who: Visitor,
    found: Panel[Protest],
    protest: Protest,
    *,
    at: int,
    refused: Panel[Any] | None = None,
    written: Mapping[str, str] | None = None,
) -> Response:
    offered = {each.act: each for each in offered_on(protest)}
    pages = pages_of(entries_of(protest))
    if not 1 <= at <= len(pages):
        raise HTTPException(404)
    kept = await read_drafts(request, who, protest.protest_number)
    return page(
        request,
        who,
        "protest_grid.html",
        status=status_after(refused),
        protest=protest,
        version=found.version,
        rows=await _rows_of(who, pages[at - 1]),
        times={each.entry_number: each for each in protest.verdicts},
        at=at,
        pages=pages,
        kept_at=kept[GRID][1] if GRID in kept else None,
        written=written if written is not None else await _written(request, who, protest),
        recommend=offered.get("recommend"),
        sign=offered.get("sign"),
        give_back=offered.get("return"),
        refused=refused,
    )


async def _rows_of(who: Visitor, entries: Sequence[str]) -> Sequence[tuple[Panel[Version], list[Cell]]]:
    """Each entry with its lines as the summary in force has them; without them where they cannot be shown."""
    versions = await panels_of(
        *(who.person.get("liquidation", f"/entries/{each}/versions/in-force", Version) for each in entries)
    )
    return [(version, _cells(entry, version.value)) for entry, version in zip(entries, versions, strict=True)]


def _cells(entry: str, version: Version | None) -> list[Cell]:
    whole = Cell(entry, None, duty_usd=version.duty_usd if version is not None else "")
    lines = version.lines if version is not None else ()
    return [
        whole,
        *(
            Cell(
                entry,
                line.line_number,
                line.description,
                line.country_of_origin,
                ", ".join(each.hts for each in line.tariffs),
                ", ".join(each.duty_usd for each in line.tariffs if each.duty_usd != "0.00") or "0.00",
            )
            for line in lines
        ),
    ]
