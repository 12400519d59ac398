"""The deadline calculator: the address holds the facts, and only what is missing is asked; other facts beside them."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import panels_of
from services.console.acts.reads import Calculated, Clock
from services.console.api.frame import Visitor, console_of, days_file, page, problem_page, told, visitor
from services.console.domain.comparison import Compared, compare
from services.console.domain.days_file import Day
from services.console.domain.facts import ASKED, FIRST, asked_next, read_facts
from services.console.domain.tracks import Event, Picture, counted_from, draw, track_of
from shared.customs.calendar import legal_date
from shared.customs.entry_types import entry_types

router = APIRouter(include_in_schema=False)

TOO_FAR: Final = frozenset({"recordkeeping"})
"""Rules of clocks that run for years after all others, and stand in the table alone."""


@router.get("/calculator")
async def calculate(request: Request, who: Annotated[Visitor, Depends(visitor)]) -> Response:
    """Every legal clock for the facts in the address."""
    given: dict[str, Any] = read_facts(request.query_params)
    was: dict[str, Any] = read_facts(dict(parse_qsl(request.query_params.get("was", ""))))
    answer, before = None, None
    if given.get("entry_type"):
        asked_for = [given, *([was] if was.get("entry_type") and was != given else [])]
        answer, *earlier = await panels_of(
            *(who.person.question("liquidation", "/deadline-calculator", Calculated, facts) for facts in asked_for)
        )
        if answer.silent is not None:
            return problem_page(request, who, answer, subject="The deadline calculator")
        before = earlier[0].value if earlier else None
    clocks = sorted(answer.value.clocks, key=lambda each: each.safe) if answer and answer.value else []
    compared = compare(clocks, before.clocks) if before is not None else []
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
        clocks=clocks,
        begins=[counted_from(each.inputs, each.safe) for each in clocks],
        is_what_if=bool(was),
        was=urlencode(was or given),
        was_facts=was if before is not None else {},
        changed=sorted({name for name in {*was, *given} if was.get(name) != given.get(name)}) if was else [],
        compared=compared,
        picture=_draw(clocks, compared, legal_date(console_of(request).platform.clock.now())),
    )


def _draw(clocks: Sequence[Clock], compared: Sequence[Compared[Clock]], today: date) -> Picture | None:
    """The clocks by the facts of the address; with other facts beside them, those first, these in the second line."""
    if not compared:
        return draw(_events(clocks), today)
    return draw(_events([each.was for each in compared]), today, _events([each.then for each in compared]))


def _events(clocks: Sequence[Clock | None]) -> list[Event]:
    """The clocks of a table by their rows, but for those so far off that nothing else could be told apart."""
    numbered = enumerate(clocks, start=1)
    return [_event(number, each) for number, each in numbered if each is not None and each.rule not in TOO_FAR]


def _event(number: int, clock: Clock) -> Event:
    since = counted_from(clock.inputs, clock.safe)
    return Event(number, track_of(clock.rule), "law", clock.what, clock.safe, clock.last_arguable, clock.is_past, since)


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
