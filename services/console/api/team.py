"""The team board of a Center: who has what, what waits, and whose it becomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import Panel, together
from services.console.acts.people import ASSIGNS
from services.console.acts.reads import Assigned, Center, Item, Items, Member, Members, Processes, Queue
from services.console.api.frame import Visitor, console_of, form_of, page, problem_page, signed_in
from shared.customs.calendar import legal_date
from shared.customs.centers import centers

router = APIRouter(include_in_schema=False)

Officer = Annotated[Visitor, Depends(signed_in)]

AT_ONCE = 25
"""Items that can be assigned in one go."""


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody on the board, with what they hold."""

    subject: str
    name: str
    division: str | None
    away_until: date | None
    items: tuple[Item, ...]


def rows_of(people: Sequence[Member], held: Sequence[Item], today: date) -> list[Row]:
    """The people of a Center and whoever else holds something of it: who holds most comes first."""
    items: dict[str, list[Item]] = {}
    for each in held:
        items.setdefault(each.holder or "", []).append(each)
    rows = []
    for person in people:
        away = [each.to_on for each in person.absences if each.from_on <= today <= each.to_on]
        theirs = tuple(items.pop(person.subject, ()))
        rows.append(Row(person.subject, person.name, person.division, max(away, default=None), theirs))
    for subject, others in items.items():
        rows.append(Row(subject, others[0].holder_name or subject, None, None, tuple(others)))
    return sorted(rows, key=lambda row: (-len(row.items), row.name))


@router.get("/team")
async def read_team(request: Request, who: Officer, center: str = "", process: str = "") -> Response:
    """The board of a Center."""
    return await _show(request, who, center, process)


@router.post("/team/assign")
async def assign_items(request: Request, who: Officer) -> Response:
    """Offer the chosen items to one person, one by one; what cannot be is told beside what was."""
    form = await form_of(request, who)
    to, reason = form.get("to", [""])[0], form.get("reason", [""])[0]
    body = {"to": None if to == "-" else to, "reason": reason}
    chosen = form.get("item", [])[:AT_ONCE]
    results = await together(
        *(who.person.post("workqueue", f"/items/{each}/assign", Assigned, body) for each in chosen)
    )
    return await _show(
        request,
        who,
        form.get("center", [""])[0],
        form.get("process", [""])[0],
        results=list(zip(chosen, results, strict=True)),
        to=to,
    )


async def _show(
    request: Request,
    who: Visitor,
    center: str,
    process: str,
    *,
    results: list[tuple[str, Panel[Assigned]]] | None = None,
    to: str = "",
) -> Response:
    chosen = center or (who.centers[0] if who.centers else next(iter(centers())))
    members, queues, held, waiting, processes, every = await together(
        who.person.get("workqueue", "/staff", Members, center=chosen, limit=200),
        who.person.get("workqueue", "/queues", list[Queue], center=chosen),
        who.person.get("workqueue", "/items", Items, center=chosen, state="claimed", limit=200),
        who.person.get("workqueue", "/items", Items, center=chosen, state="open", process=process, limit=AT_ONCE),
        who.person.get("workqueue", "/processes", Processes),
        who.person.get("routing", "/centers", list[Center]),
    )
    if queues.value is None and held.value is None:
        return problem_page(request, who, queues, subject="The team board")
    people = members.value.items if members.value is not None else []
    today = legal_date(console_of(request).platform.clock.now())
    return page(
        request,
        who,
        "team.html",
        center=chosen,
        every=[each.code for each in every.value] if every.value is not None else list(centers()),
        members=members,
        rows=rows_of(people, held.value.items if held.value is not None else [], today),
        queues=queues,
        waiting=waiting,
        held=held,
        names={each.code: each.label for each in processes.value.items} if processes.value is not None else {},
        process=process,
        may_assign=bool(ASSIGNS & set(who.roles)),
        results=results or [],
        done=[result for _, result in results or [] if result.value is not None],
        to=to,
        people=people,
    )
