"""The team board of a Center: who has what, what waits, and whose it becomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.people import ASSIGNS
from services.console.acts.reads import (
    Assigned,
    Center,
    Item,
    Items,
    Load,
    Member,
    Members,
    PersonLoad,
    Processes,
    Queue,
    Suggestion,
)
from services.console.api.frame import (
    Form,
    Visitor,
    console_of,
    form_of,
    page,
    place_after,
    problem_page,
    signed_in,
    table_file,
)
from shared.customs.calendar import legal_date
from shared.customs.centers import centers

router = APIRouter(include_in_schema=False)

Officer = Annotated[Visitor, Depends(signed_in)]

MOVES = 8
"""Suggested moves that are shown at once."""
MOST = 500
"""People, and items that they hold, of whom a file is made."""
AT_ONCE = 12
"""Open items that are shown, and can be assigned, in one go."""


@dataclass(frozen=True, slots=True)
class Move:
    """An item, and to whom it is to be offered first; None: to whoever comes."""

    item_id: str
    to: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody on the board, with what they hold."""

    subject: str
    name: str
    division: str | None
    away_until: date | None
    items: tuple[Item, ...]
    load: PersonLoad | None


def rows_of(people: Sequence[Member], held: Sequence[Item], loads: Mapping[str, PersonLoad], today: date) -> list[Row]:
    """The people of a Center and whoever else holds something of it: who holds most comes first."""
    items: dict[str, list[Item]] = {}
    for each in held:
        items.setdefault(each.holder or "", []).append(each)
    rows = []
    for person in people:
        away = [each.to_on for each in person.absences if each.from_on <= today <= each.to_on]
        theirs = tuple(items.pop(person.subject, ()))
        rows.append(
            Row(
                person.subject, person.name, person.division, max(away, default=None), theirs, loads.get(person.subject)
            )
        )
    for subject, others in items.items():
        rows.append(Row(subject, others[0].holder_name or subject, None, None, tuple(others), None))
    return sorted(rows, key=lambda row: (-len(row.items), row.name))


@router.get("/team")
async def read_team(request: Request, who: Officer, center: str = "", process: str = "", after: str = "") -> Response:
    """The board of a Center."""
    return await _show(request, who, center, process, after=after)


@router.get("/team.csv")
async def give_team(request: Request, who: Officer, center: str = "") -> Response:
    """The people of a Center and what they hold as a file, who holds most first."""
    chosen = _center_of(who, center)
    members, held, load = await panels_of(
        who.person.get("workqueue", "/staff", Members, center=chosen, limit=MOST),
        who.person.get("workqueue", "/items", Items, center=chosen, state="claimed", limit=MOST),
        who.person.get("workqueue", f"/centers/{chosen}/load", Load),
    )
    if members.value is None or held.value is None or load.value is None:
        missing = next(panel for panel in (members, held, load) if panel.value is None)
        return problem_page(request, who, missing, subject="The team")
    loads = {each.subject: each for each in load.value.people}
    today = legal_date(console_of(request).platform.clock.now())
    rows: list[tuple[Any, ...]] = []
    for row in rows_of(members.value.items, held.value.items, loads, today):
        work = (row.load.items, row.load.minutes, row.load.capacity) if row.load else (len(row.items), None, None)
        rows.append((row.subject, row.name, row.division, row.away_until, *work))
    header = ("user", "name", "division", "away_until", "items", "minutes_of_work", "minutes_of_capacity")
    return table_file(header, rows, f"team-{chosen}")


@router.post("/team/assign")
async def assign_items(request: Request, who: Officer) -> Response:
    """Offer the chosen items to one person, one by one; what cannot be is told beside what was."""
    form = await form_of(request, who)
    to = form.get("to", [""])[0]
    moves = [Move(item, None if to == "-" else to) for item in form.get("item", [])[:AT_ONCE]]
    return await _assign(request, who, form, moves)


@router.post("/team/rebalance")
async def accept_moves(request: Request, who: Officer) -> Response:
    """Accept moves that were suggested: each item is offered to the person that was named with it."""
    form = await form_of(request, who)
    chosen = [each.partition(" ") for each in form.get("move", [])[:AT_ONCE]]
    return await _assign(request, who, form, [Move(item, to) for item, _, to in chosen])


async def _assign(request: Request, who: Visitor, form: Form, moves: Sequence[Move]) -> Response:
    reason = form.get("reason", [""])[0]
    results = await panels_of(
        *(
            who.person.post("workqueue", f"/items/{each.item_id}/assign", Assigned, {"to": each.to, "reason": reason})
            for each in moves
        )
    )
    return await _show(
        request,
        who,
        form.get("center", [""])[0],
        form.get("process", [""])[0],
        results=list(zip(moves, results, strict=True)),
    )


def _center_of(who: Visitor, center: str) -> str:
    return center or (who.centers[0] if who.centers else next(iter(centers())))


async def _show(
    request: Request,
    who: Visitor,
    center: str,
    process: str,
    *,
    after: str = "",
    results: Sequence[tuple[Move, Panel[Assigned]]] = (),
) -> Response:
    chosen = _center_of(who, center)
    may_assign = bool(ASSIGNS & set(who.roles))
    members, queues, held, waiting, processes, every, load, *suggested = await panels_of(
        who.person.get("workqueue", "/staff", Members, center=chosen, limit=200),
        who.person.get("workqueue", "/queues", list[Queue], center=chosen),
        who.person.get("workqueue", "/items", Items, center=chosen, state="claimed", limit=200),
        who.person.get(
            "workqueue", "/items", Items, center=chosen, state="open", process=process, after=after, limit=AT_ONCE
        ),
        who.person.get("workqueue", "/processes", Processes),
        who.person.get("routing", "/centers", list[Center]),
        who.person.get("workqueue", f"/centers/{chosen}/load", Load),
        *([who.person.get("workqueue", f"/centers/{chosen}/rebalance", list[Suggestion])] if may_assign else []),
    )
    if queues.value is None and held.value is None:
        return problem_page(request, who, queues, subject="The team board")
    people = members.value.items if members.value is not None else []
    loads = {each.subject: each for each in load.value.people} if load.value is not None else {}
    today = legal_date(console_of(request).platform.clock.now())
    return page(
        request,
        who,
        "team.html",
        center=chosen,
        every=[each.code for each in every.value] if every.value is not None else list(centers()),
        members=members,
        rows=rows_of(people, held.value.items if held.value is not None else [], loads, today),
        queues=queues,
        waiting=waiting,
        held=held,
        load=load,
        suggested=suggested[0] if suggested else None,
        names=processes.value.names if processes.value is not None else {},
        process=process,
        may_assign=may_assign,
        moves=MOVES,
        more=place_after(waiting.value.next) if waiting.value is not None else None,
        results=results,
        done=[(move, result) for move, result in results if result.value is not None],
        numbers={
            each.item_id: each.entry_number or each.protest_number or each.filing_number
            for found in (held, waiting)
            if found.value
            for each in found.value.items
        },
        called={each.subject: each.name for each in people},
        people=people,
    )
