"""The deadline calculator: the address holds the facts, and only what is missing is asked."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.reads import Calculated
from services.console.api.frame import Visitor, page, problem_page, told, visitor
from services.console.domain.facts import ASKED, FIRST, asked_next, read_facts

router = APIRouter(include_in_schema=False)


@router.get("/calculator")
async def calculate(request: Request, who: Annotated[Visitor, Depends(visitor)]) -> Response:
    """Every legal clock for the facts in the address."""
    given: dict[str, Any] = read_facts(request.query_params)
    answer = None
    if given.get("entry_type"):
        answer = await who.person.post("liquidation", "/deadline-calculator", Calculated, given)
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
        errors=errors,
    )
