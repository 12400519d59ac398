"""A party asks for refunds of a program: what could be asked for, a list that is checked first and then declared."""

import json
from collections.abc import Coroutine
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import Panel, Rows, panels_of
from services.console.acts.program_reads import (
    Candidates,
    Checked,
    Declaration,
    Declarations,
    Program,
    ProgramPayments,
    Programs,
)
from services.console.acts.reads import Problem
from services.console.acts.specialist_reads import MyActions
from services.console.api.drafts import drop_draft, keep_draft, read_drafts
from services.console.api.files import STREAMED, told_as_problem
from services.console.api.frame import (
    Visitor,
    demand_own,
    form_of,
    go,
    hand_on,
    key_of,
    outsider,
    page,
    place_after,
    problem_page,
    status_after,
    table_file,
)
from services.console.domain import programs as said
from services.console.domain import refunds as domain
from shared.runtime.errors import Refused
from shared.web.file_forms import read_file_form

router = APIRouter(include_in_schema=False, prefix="/my/refunds")

Party = Annotated[Visitor, Depends(outsider)]

PLACE: Final = "refund-declaration"
CANDIDATES: Final = 15
DECLARATIONS: Final = 10
PAYMENTS: Final = 10
ROWS: Final = 15
"""Rows of a check on its page; all of them are in its file."""
MAX_FILE_BYTES: Final = 4_000_000
"""Of a file that is checked here; longer ones are sent by a broker's system, in parts."""


@router.get("")
async def list_programs(request: Request, who: Party, after: str = "") -> Response:
    """Programs that give refunds, and how each is asked."""
    found = await who.person.get("liquidation", "/programs", Programs, after=after, limit=25)
    if found.value is None:
        return problem_page(request, who, found, subject="The refund programs")
    return page(request, who, "my_refunds.html", programs=found.value.items, more=place_after(found.value.next))


@router.get("/{program}")
async def read_program(request: Request, who: Party, program: str, importer: str = "", after: str = "") -> Response:
    """A program, what could be asked for, and what was."""
    return await _show(request, who, program, importer=importer, after=after)


@router.post("/{program}/check")
async def check_list(request: Request, who: Party, program: str) -> Response:
    """What declaring the entries that were ticked or written would come to; nothing is sent to be kept."""
    form = await form_of(request, who)
    cells = domain.read_cells(form)
    if not cells:
        empty = Problem(
            status=422,
            code="declaration-empty",
            detail="No entry is ticked, and none is written.",
            remedy="Tick those that you want to ask for, or write their numbers.",
        )
        return await _show(request, who, program, refused=Panel("console", problem=empty))
    rows = Rows("application/json", domain.write_cells(cells))
    return await _check(request, who, program, rows, form.get("numbers", [""])[0])


@router.post("/{program}/check-file", openapi_extra=STREAMED)
async def check_file(request: Request, who: Party, program: str) -> Response:
    """The same for a file, of which only the entry numbers are kept."""
    try:
        async with read_file_form(request, MAX_FILE_BYTES, ["form_key"]) as form:
            demand_own(request, who, form.fields.get("form_key", ""))
            return await _check(request, who, program, Rows(domain.kind_of(form.name), form.file), "")
    except Refused as refused:
        return await _show(request, who, program, refused=Panel("console", problem=told_as_problem(refused)))


@router.get("/{program}/check.csv")
async def give_check(request: Request, who: Party, program: str) -> Response:
    """Every row of what was checked last, checked again, as a file."""
    cells = await _kept(request, who, program)
    checked = await _ask(who, program, Rows("application/json", domain.write_cells(cells)))
    if checked.value is None:
        return problem_page(request, who, checked, subject="The check")
    return table_file(domain.HEADER, domain.write_rows(checked.value.results), f"check-{program}")


@router.post("/{program}/declare")
async def declare(request: Request, who: Party, program: str) -> Response:
    """Declare what was checked; a list that was checked after this one is not sent in its place."""
    form = await form_of(request, who)
    cells = await _kept(request, who, program)
    if not cells or domain.name_cells(cells) != form.get("checked", [""])[0]:
        other = Problem(
            status=412,
            code="stale",
            detail="Another list was checked since, or this one was declared.",
            remedy="Check the list again, and declare it from the page that shows it.",
        )
        return await _show(request, who, program, refused=Panel("console", problem=other))
    rows, is_certified = Rows("application/json", domain.write_cells(cells)), form.get("certified", [""])[0] == "yes"
    path, key = f"/programs/{program}/declarations", key_of(request)
    certified = "true" if is_certified else "false"
    done = await who.person.post_rows("liquidation", path, Declaration, rows, key, certified=certified)
    if done.value is None:
        return await _show(request, who, program, refused=done)
    await drop_draft(request, who, PLACE, program)
    return go(f"/my/refunds/{program}/declarations/{done.value.declaration_id}?done=declare")


@router.get("/{program}/payments/{payment}/statement.csv")
async def give_statement(request: Request, who: Party, payment: str) -> Response:
    """A payment entry by entry, with the totals that equal the bank amount."""
    opened = await who.person.open("liquidation", f"/payments/{payment}/statement.csv")
    return hand_on(request, who, opened, subject="The statement")


def _ask(who: Visitor, program: str, rows: Rows) -> Coroutine[Any, Any, Panel[Checked]]:
    return who.person.post_rows("liquidation", f"/programs/{program}/declarations/check", Checked, rows)


async def _kept(request: Request, who: Visitor, program: str) -> list[str]:
    """The cells that were checked last."""
    kept = await read_drafts(request, who, PLACE)
    return list(json.loads(kept[program][0]["cells"])) if program in kept else []


async def _check(request: Request, who: Visitor, program: str, rows: Rows, written: str) -> Response:
    checked = await _ask(who, program, rows)
    if checked.value is None:
        return await _show(request, who, program, refused=checked, written=written)
    cells = [each.entry_number or each.given or "" for each in checked.value.results]
    await keep_draft(request, who, PLACE, program, {"cells": [domain.write_cells(cells).decode()]})
    found, mine = await panels_of(
        who.person.get("liquidation", f"/programs/{program}", Program),
        who.person.get("liquidation", "/me", MyActions),
    )
    if found.value is None:
        return problem_page(request, who, found, subject="The program")
    dropped = [each for each in checked.value.results if each.code is not None]
    return page(
        request,
        who,
        "my_refund_check.html",
        program=found.value,
        definition=_in_force(found.value),
        checked=checked.value,
        reasons=domain.group_reasons(dropped),
        rows=[*dropped, *(each for each in checked.value.results if each.code is None)][:ROWS],
        name=domain.name_cells(cells),
        may_declare=mine.value is not None and mine.value.may("refund-declaration.make"),
    )


def _in_force(program: Program) -> dict[str, Any]:
    """The definition of the revision in force, which is all that the trade sees last."""
    shown = [each for each in program.revisions if each.revision == program.released_revision]
    return said.complete((shown or program.revisions)[-1].definition)


async def _show(
    request: Request,
    who: Visitor,
    program: str,
    *,
    importer: str = "",
    after: str = "",
    refused: Panel[Any] | None = None,
    written: str = "",
) -> Response:
    chosen = importer or (who.importers[0] if who.importers else "")
    calls: dict[str, Coroutine[Any, Any, Panel[Any]]] = {
        "program": who.person.get("liquidation", f"/programs/{program}", Program),
        "mine": who.person.get("liquidation", "/me", MyActions),
        "paid": who.person.get("liquidation", f"/programs/{program}/payments", ProgramPayments, limit=PAYMENTS),
        "declared": who.person.get(
            "liquidation", f"/programs/{program}/declarations", Declarations, limit=DECLARATIONS
        ),
    }
    if chosen:
        path = f"/importers/{chosen}/program-candidates"
        calls["candidates"] = who.person.get(
            "liquidation", path, Candidates, program=program, after=after, limit=CANDIDATES
        )
    panels = dict(zip(calls, await panels_of(*calls.values()), strict=True))
    found: Panel[Program] = panels["program"]
    if found.value is None:
        return problem_page(request, who, found, subject="The refund program")
    candidates: Panel[Candidates] | None = panels.get("candidates")
    listed = candidates.value if candidates is not None else None
    mine: Panel[MyActions] = panels["mine"]
    declared: Panel[Declarations] = panels["declared"]
    return page(
        request,
        who,
        "my_refund.html",
        status=status_after(refused),
        program=found.value,
        definition=_in_force(found.value),
        said=said,
        importer=chosen,
        candidates=candidates,
        more=place_after(listed.next) if listed is not None else None,
        here=f"/my/refunds/{program}?{urlencode({'importer': chosen})}",
        declared=declared,
        paid=panels["paid"],
        lists=[each for each in declared.value.items if each.states or each.state != "judged"]
        if declared.value is not None
        else [],
        may_declare=mine.value is not None and mine.value.may("refund-declaration.make"),
        most=MAX_FILE_BYTES,
        written=written,
        refused=refused,
    )
