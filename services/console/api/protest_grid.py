"""The grid of a protest: its entries by their lines, what is recommended of each, and the signature under it."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.reads import Protest, Read, Version
from services.console.api.frame import (
    Form,
    Visitor,
    form_of,
    go,
    officer,
    page,
    problem_page,
    status_after,
    version_of,
)
from services.console.api.protests import entries_of, offered_on
from services.console.domain.protest_grid import MOST, Cell, fill_grid, read_grid

router = APIRouter(include_in_schema=False, prefix="/protests")

Officer = Annotated[Visitor, Depends(officer)]


@router.get("/{number}/grid")
async def read_protest_grid(request: Request, who: Officer, number: str) -> Response:
    """The grid, filled in with the recommendation that stands."""
    found = await who.person.get("liquidation", f"/protests/{number}", Protest)
    if found.value is None:
        return problem_page(request, who, found, subject="The protest")
    return await _show(request, who, found, found.value)


@router.post("/{number}/grid")
async def recommend_by_grid(request: Request, who: Officer, number: str) -> Response:
    """Recommend what the grid says, on the version that it showed."""
    form = await form_of(request, who)
    found = await who.person.get("liquidation", f"/protests/{number}", Protest)
    if found.value is None:
        return problem_page(request, who, found, subject="The protest")
    rows = await _rows_of(who, found.value)
    body = read_grid(form, [cell for _, cells in rows for cell in cells])
    done = await who.person.post("liquidation", f"/protests/{number}/acts", Read, body, version=version_of(form))
    if not done.is_shown:
        return await _show(request, who, found, found.value, refused=done, form=form)
    return go(f"/protests/{number}?done=recommend")


async def _show(
    request: Request,
    who: Visitor,
    found: Panel[Protest],
    protest: Protest,
    *,
    refused: Panel[Any] | None = None,
    form: Form | None = None,
) -> Response:
    offered = {each.act: each for each in offered_on(protest)}
    stands = next((each.details for each in reversed(protest.acts) if each.kind == "recommend"), {})
    written = fill_grid(stands.get("items") or ()) | {"field.reasons": stands.get("reasons") or ""}
    if form is not None:
        written = {name: values[0] for name, values in form.items()}
    return page(
        request,
        who,
        "protest_grid.html",
        status=status_after(refused),
        protest=protest,
        version=found.version,
        rows=await _rows_of(who, protest),
        times={each.entry_number: each for each in protest.verdicts},
        left=len(protest.verdicts) - MOST,
        written=written,
        recommend=offered.get("recommend"),
        sign=offered.get("sign"),
        give_back=offered.get("return"),
        refused=refused,
    )


async def _rows_of(who: Visitor, protest: Protest) -> Sequence[tuple[Panel[Version], list[Cell]]]:
    """Each entry with its lines as the summary in force has them; without them where they cannot be shown."""
    entries = entries_of(protest)[:MOST]
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
