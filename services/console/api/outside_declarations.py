"""A party's declaration to a refund program: what became of each entry and why, as a file, and taken back."""

from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.program_reads import Program, Rows, WholeDeclaration, WithdrawnRequests
from services.console.acts.specialist_reads import MyActions
from services.console.api.frame import (
    Visitor,
    form_of,
    go,
    hand_on,
    key_of,
    outsider,
    page,
    place_after,
    problem_page,
    status_after,
)
from services.console.api.programs import ask_codes, words_of

router = APIRouter(include_in_schema=False, prefix="/my/refunds/{program}/declarations/{declaration_id}")

Party = Annotated[Visitor, Depends(outsider)]

SHOWN: Final = 15
IN_A_FILE: Final = 10_000
"""Rows that the service gives in one part of the file."""
_STANDING: Final = frozenset({"dropped", "nothing", "waiting", "due"})
"""States of rows that can be taken back."""


@router.get("")
async def read_declaration(
    request: Request, who: Party, program: str, declaration_id: str, code: str = "", state: str = "", after: str = ""
) -> Response:
    """How many rows are in which state, why, and the rows."""
    return await _show(request, who, program, declaration_id, code=code, state=state, after=after)


@router.get("/results.csv")
async def give_results(
    request: Request, who: Party, program: str, declaration_id: str, after: int | None = None
) -> Response:
    """The rows as the service gives them, ten thousand behind a row."""
    path = f"/programs/{program}/declarations/{declaration_id}/results.csv"
    query = {"after": after} if after else None
    opened = await who.person.open("liquidation", path, query)
    return hand_on(request, who, opened, subject="The results", name=f"results-{program}-{after or 0}.csv")


@router.post("/withdraw")
async def withdraw(request: Request, who: Party, program: str, declaration_id: str) -> Response:
    """Take back the requests that were ticked, or all that stand."""
    form = await form_of(request, who)
    is_all = form.get("which", [""])[0] == "all"
    body: dict[str, Any] = {} if is_all else {"entries": form.get("entry", [])}
    path = f"/programs/{program}/declarations/{declaration_id}/withdrawals"
    done = await who.person.post("liquidation", path, WithdrawnRequests, body, key=key_of(request))
    if done.value is None:
        return await _show(request, who, program, declaration_id, refused=done)
    return go(f"/my/refunds/{program}/declarations/{declaration_id}?done={len(done.value.withdrawn)}")


async def _show(
    request: Request,
    who: Visitor,
    program: str,
    declaration_id: str,
    *,
    code: str = "",
    state: str = "",
    after: str = "",
    refused: Panel[Any] | None = None,
) -> Response:
    path = f"/programs/{program}/declarations/{declaration_id}"
    found, of_program, rows, codes, mine = await panels_of(
        who.person.get("liquidation", path, WholeDeclaration),
        who.person.get("liquidation", f"/programs/{program}", Program),
        who.person.get("liquidation", f"{path}/results", Rows, code=code, state=state, after=after, limit=SHOWN),
        ask_codes(who),
        who.person.get("liquidation", "/me", MyActions),
    )
    declared: WholeDeclaration | None = found.value
    if declared is None:
        return problem_page(request, who, found, subject="The declaration")
    done = request.query_params.get("done", "")
    return page(
        request,
        who,
        "my_declaration.html",
        status=status_after(refused),
        declared=declared,
        program=program,
        title=of_program.value.title if of_program.value is not None else program,
        rows=rows,
        words=words_of(codes),
        code=code,
        state=state,
        at=f"/my/refunds/{program}/declarations/{declaration_id}",
        here=f"/my/refunds/{program}/declarations/{declaration_id}?{urlencode({'code': code, 'state': state})}",
        more=place_after(rows.value.next) if rows.value is not None else None,
        parts=range(0, declared.rows, IN_A_FILE),
        standing=_STANDING,
        may_withdraw=mine.value is not None
        and mine.value.may("refund-declaration.make")
        and any(each.state in _STANDING for each in declared.states),
        done="declare" if done == "declare" else done if done.isascii() and done.isdigit() else "",
        refused=refused,
    )
