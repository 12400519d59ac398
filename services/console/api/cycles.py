"""The weekly cycle: what it would do, what holds it, its cut sheet by two people, its run, and what came of it."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.cockpit_reads import (
    ChangedEntries,
    CutSheet,
    CycleReport,
    Cycles,
    CycleStanding,
    DifferingEntries,
    DryRunChanges,
    DryRuns,
    Forecast,
    HoldSets,
)
from services.console.acts.reads import Read
from services.console.api.frame import (
    Form,
    Visitor,
    console_of,
    form_of,
    go,
    key_of,
    officer,
    page,
    place_after,
    problem_page,
    status_after,
    version_of,
)
from services.console.domain import cycles as domain
from shared.customs.calendar import legal_date

router = APIRouter(include_in_schema=False, prefix="/cycles")

Officer = Annotated[Visitor, Depends(officer)]

SHOWN: Final = 50
"""Entries and cycles on a page of a list."""

ACTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "forecast": "Keep this forecast as a dry run",
        "cut": "Make the cut sheet",
        "specialist": "Confirm as specialist",
        "supervisor": "Confirm as supervisor",
        "run": "Run the cycle",
    }
)
"""What somebody may do with a cycle, in the order in which it is done."""

_DONE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "forecast": "The dry run is kept: later ones are compared with it.",
        "cut": "The cut sheet is made. Two people confirm it: a liquidation specialist, and a director.",
        "specialist": "Confirmed as specialist.",
        "supervisor": "Confirmed as supervisor.",
        "run": "The cycle has run.",
    }
)


@router.get("")
async def list_cycles(request: Request, who: Officer, after: str = "") -> Response:
    """The coming Fridays with what the next would do, and the cycles that have run."""
    ran = await who.person.get("liquidation", "/cycles", Cycles, after=after, limit=SHOWN)
    if ran.value is None:
        return problem_page(request, who, ran, subject="The cycles")
    today = legal_date(console_of(request).platform.clock.now())
    coming = [] if after else domain.coming_fridays(today, [each.date for each in ran.value.items])
    forecasts = await panels_of(
        *(who.person.get("liquidation", "/cycles/forecast", Forecast, date=day.isoformat()) for day in coming[:2])
    )
    return page(
        request,
        who,
        "cycles.html",
        ran=ran.value,
        coming=coming,
        forecasts=dict(zip(coming[:2], forecasts, strict=True)),
        more=place_after(ran.value.next),
    )


@router.get("/{friday}")
async def read_cycle(request: Request, who: Officer, friday: date) -> Response:
    """All of one cycle."""
    return await _show(request, who, friday)


@router.post("/{friday}/acts")
async def act_on_cycle(request: Request, who: Officer, friday: date) -> Response:
    """Do what the form asks for; what is refused comes back on the page of the cycle."""
    form = await form_of(request, who)
    act = form.get("act", [""])[0]
    if act not in ACTS:
        raise HTTPException(422)
    done = await _do(request, who, friday, act, form)
    if not done.is_shown:
        return await _show(request, who, friday, refused=done, act=act)
    return go(f"/cycles/{friday}?done={act}")


@router.get("/{friday}/changes")
async def list_changes(
    request: Request, who: Officer, friday: date, number: int, since: int, after: str = ""
) -> Response:
    """The entries that a later dry run treats otherwise than an earlier one."""
    path = f"/cycles/{friday}/forecasts/{number}/changes/entries"
    found = await who.person.get("liquidation", path, ChangedEntries, since=since, after=after, limit=SHOWN)
    if found.value is None:
        return problem_page(request, who, found, subject="The entries")
    here = f"/cycles/{friday}/changes?number={number}&since={since}"
    title = f"Changed between dry runs {since} and {number}"
    rows = [(each.entry_number, each.was, each.becomes, each.why, None, None) for each in found.value.items]
    return _entries_page(request, who, friday, title, here, rows, found.value.next)


@router.get("/{friday}/differing")
async def list_differing(
    request: Request, who: Officer, friday: date, way: str = "", why: str = "", after: str = ""
) -> Response:
    """The entries that the cycle did not treat as its cut sheet said."""
    path = f"/cycles/{friday}/report/entries"
    found = await who.person.get("liquidation", path, DifferingEntries, way=way, why=why, after=after, limit=SHOWN)
    if found.value is None:
        return problem_page(request, who, found, subject="The entries")
    here = f"/cycles/{friday}/differing?{urlencode({'way': way, 'why': why})}"
    rows = [(each.entry_number, each.said, each.did, each.why, each.state, each.center) for each in found.value.items]
    return _entries_page(request, who, friday, "Not as the cut sheet said", here, rows, found.value.next)


async def _do(request: Request, who: Visitor, friday: date, act: str, form: Form) -> Panel[Read]:
    path = f"/cycles/{friday}"
    match act:
        case "forecast":
            return await who.person.post("liquidation", f"{path}/forecasts", Read, key=key_of(request))
        case "cut":
            return await who.person.post("liquidation", f"{path}/cut-sheet", Read, key=key_of(request))
        case "run":
            body = {"date": friday.isoformat(), "despite_unread": form.get("despite_unread") == ["yes"]}
            return await who.person.post("liquidation", "/cycles", Read, body)
        case capacity:
            body = {"capacity": capacity}
            confirmations = f"{path}/cut-sheet/confirmations"
            return await who.person.post("liquidation", confirmations, Read, body, version=version_of(form))


async def _show(
    request: Request, who: Visitor, friday: date, *, refused: Panel[Any] | None = None, act: str = ""
) -> Response:
    on, path = friday.isoformat(), f"/cycles/{friday}"
    standing, sheet, dry_runs, applied, lifted = await panels_of(
        who.person.get("liquidation", path, CycleStanding),
        who.person.get("liquidation", f"{path}/cut-sheet", CutSheet),
        who.person.get("liquidation", f"{path}/forecasts", DryRuns, limit=10),
        who.person.get("liquidation", "/hold-sets", HoldSets, state="applied", limit=100),
        who.person.get("liquidation", "/hold-sets", HoldSets, state="lifted", limit=100),
    )
    cycle: CycleStanding | None = standing.value
    if cycle is None:
        return problem_page(request, who, standing, subject=f"The cycle of {on}")
    kept: list[Any] = dry_runs.value.items if dry_runs.value is not None else []
    calls: dict[str, Any] = {}
    if cycle.figures is None:
        calls["forecast"] = who.person.get("liquidation", "/cycles/forecast", Forecast, date=on)
    elif sheet.value is not None:
        calls["report"] = who.person.get("liquidation", f"{path}/report", CycleReport)
    if len(kept) > 1 and kept[0].has_entries and kept[1].has_entries:
        changes = f"{path}/forecasts/{kept[0].number}/changes"
        calls["changes"] = who.person.get("liquidation", changes, DryRunChanges, since=kept[1].number)
    panels = dict(zip(calls, await panels_of(*calls.values()), strict=True))
    forecast = panels.get("forecast")
    sets = [each for found in (applied, lifted) if found.value is not None for each in found.value.items]
    return page(
        request,
        who,
        "cycle.html",
        status=status_after(refused),
        cycle=cycle,
        stages=domain.STAGES,
        stage=domain.stage_of(
            is_cut=cycle.is_cut,
            sheet_state=sheet.value.state if sheet.value is not None else None,
            has_run=cycle.figures is not None,
            needs_two_people=cycle.needs_two_people,
        ),
        forecast=forecast,
        centers=domain.by_center(forecast.value.lines) if forecast is not None and forecast.value is not None else {},
        dispositions=domain.DISPOSITIONS,
        dry_runs=dry_runs,
        changes=panels.get("changes"),
        applied=applied,
        binding=[each for each in sets if domain.binds(each, cycle.cut_at)],
        later=[each for each in sets if each.state == "applied" and not domain.binds(each, cycle.cut_at)],
        sheet=sheet if sheet.problem is None or sheet.problem.status != 404 else None,
        report=panels.get("report"),
        may={each.action: each for each in [*cycle.may_do, *(sheet.value.may_do if sheet.value is not None else [])]},
        acts=ACTS,
        refused=refused,
        act=act,
        done=_DONE.get(request.query_params.get("done", ""), ""),
    )


def _entries_page(
    request: Request, who: Visitor, friday: date, title: str, here: str, rows: list[Any], following: str | None
) -> Response:
    return page(
        request,
        who,
        "cycle_entries.html",
        friday=friday,
        title=title,
        here=here,
        rows=rows,
        more=place_after(following),
    )
