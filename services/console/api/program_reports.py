"""Reports of a program to a court: made for a day, given as they were made, signed by two."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.program_reads import Program, ProgramReport, ProgramReports
from services.console.acts.specialist_reads import MyActions
from services.console.api.frame import (
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
)

router = APIRouter(include_in_schema=False, prefix="/programs/{program}/reports")

Officer = Annotated[Visitor, Depends(officer)]

SHOWN: Final = 15
_DONE: Final[Mapping[str, str]] = MappingProxyType(
    {"make": "Made: it is the report of today, and stays as it is.", "sign": "Signed, by the digest of its bytes."}
)


@router.get("")
async def list_reports(request: Request, who: Officer, program: str, after: str = "") -> Response:
    """Reports that were made, the newest first, with who signed them."""
    return await _show(request, who, program, after=after)


@router.post("")
async def act_on_reports(request: Request, who: Officer, program: str) -> Response:
    """Make the report of today, or sign one by the digest that the page showed."""
    form = await form_of(request, who)
    act, path = form.get("act", [""])[0], f"/programs/{program}/reports"
    done: Panel[ProgramReport]
    if act == "make":
        done = await who.person.post_long("liquidation", path, ProgramReport, key_of(request))
    elif act.startswith("sign-"):
        body = {"sha256": form.get("sha256", [""])[0]}
        day = act.removeprefix("sign-")
        done = await who.person.post("liquidation", f"{path}/{day}/signatures", ProgramReport, body)
    else:
        raise HTTPException(422)
    if done.value is None:
        return await _show(request, who, program, refused=done)
    return go(f"/programs/{program}/reports?done={'make' if act == 'make' else 'sign'}")


@router.get("/{as_of}/report.{form}")
async def give_report(request: Request, who: Officer, program: str, as_of: str, form: str) -> Response:
    """The report of a day: its bytes, or the same figures as rows."""
    if form not in {"json", "csv"}:
        raise HTTPException(404)
    path = f"/programs/{program}/report" + (".csv" if form == "csv" else "")
    opened = await who.person.open("liquidation", path, {"as_of": as_of})
    return hand_on(request, who, opened, subject="The report", name=f"{program}-{as_of}.{form}")


async def _show(
    request: Request, who: Visitor, program: str, *, after: str = "", refused: Panel[Any] | None = None
) -> Response:
    path = f"/programs/{program}"
    found, reports, mine = await panels_of(
        who.person.get("liquidation", path, Program),
        who.person.get("liquidation", f"{path}/reports", ProgramReports, after=after, limit=SHOWN),
        who.person.get("liquidation", "/me", MyActions),
    )
    if found.value is None:
        return problem_page(request, who, found, subject="The program")
    may = mine.value.may if mine.value is not None else lambda _: False
    return page(
        request,
        who,
        "program_reports.html",
        status=status_after(refused),
        program=found.value,
        reports=reports,
        more=place_after(reports.value.next) if reports.value is not None else None,
        may_make=may("program.report"),
        may_sign=may("program.sign"),
        refused=refused,
        done=_DONE.get(request.query_params.get("done", ""), ""),
    )
