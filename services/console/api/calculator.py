"""The deadline calculator: the address holds the facts, and only what is missing is asked."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.reads import Calculated
from services.console.api.frame import Visitor, days_file, page, problem_page, told, visitor
from services.console.domain.days_file import Day
from services.console.domain.facts import ASKED, FIRST, asked_next, read_facts
from shared.customs.entry_types import entry_types

router = APIRouter(include_in_schema=False)


@router.get("/calculator")
async def calculate(request: Request, who: Annotated[Visitor, Depends(visitor)]) -> Response:
    """Every legal clock for the facts in the address."""
    given: dict[str, Any] = read_facts(request.query_params)
    answer = None
    if given.get("entry_type"):
        answer = await who.person.question("liquidation", "/deadline-calculator", Calculated, given)
        if answer.silent is not None:
            return problem_page(request, who, answer, subject="The deadline calculator")
    missing = {name for clock in answer.value.unknown for name in clock.missing} if answer and answer.value else set()
    asked = asked_next(given, missing)
    errors = told(answer.problem) if answer is not None and answer.problem is not None else {}
    offered = [name for name in ASKED if name not in asked]
    status = 200 if answer is None or answer.problem is None else 422
    return page(
        request,
        who,
        "calculator.html",
        status=status,
        given=given,
        answer=answer,
        asked=asked,
        offered=offered,
        labels={**FIRST, **ASKED},
        address=urlencode(given),
        types=[each.code for each in entry_types().values() if not each.in_bond],
        errors=errors,
    )


@router.get("/calculator/days.ics")
async def read_days(request: Request, who: Annotated[Visitor, Depends(visitor)]) -> Response:
    """The safe days of all clocks that are not past, for a calendar."""
    given: dict[str, Any] = read_facts(request.query_params)
    answer = await who.person.question("liquidation", "/deadline-calculator", Calculated, given)
    if answer.value is None:
        return problem_page(request, who, answer, subject="The deadline calculator")
    facts = "-".join(f"{name}-{value}" for name, value in sorted(given.items()))
    days = [
        Day(f"{facts}-{each.rule}-{number}", each.safe, each.what, f"{each.effect} {each.rule}, {each.citation}")
        for number, each in enumerate(answer.value.clocks)
        if not each.is_past
    ]
    return days_file(request, days, "deadlines")
