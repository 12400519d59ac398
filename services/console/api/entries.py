"""An entry with its clocks, as a picture and as a table, and the summary as it stands."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.console.acts.calls import panels_of
from services.console.acts.reads import (
    Entry,
    Items,
    Notices,
    Processes,
    Routing,
    Row,
    Timeline,
    Version,
    VersionChanges,
)
from services.console.api.frame import Visitor, console_of, days_file, page, problem_page, signed_in
from services.console.domain.days_file import Day
from services.console.domain.facts import ASKED
from services.console.domain.tracks import WINDOWS, Event, counted_from, draw
from services.console.domain.words import say_entry
from shared.customs.calendar import legal_date

router = APIRouter(include_in_schema=False)

DONE: Final = frozenset({"happened", "passed"})
"""States of rows of a timeline whose day is over."""
CALLED: Final = {"received_on": "protest_received_on"}
"""Facts of a timeline that the calculator calls otherwise."""


@router.get("/entries/{entry_number}")
async def read_entry(
    request: Request,
    who: Annotated[Visitor, Depends(signed_in)],
    entry_number: str,
    before: Annotated[int, Query(ge=0)] = 0,
    after: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """The entry: where it stands, every clock, its lines, its work, its notices; what changed between two versions."""
    entry, timeline, version, routing, items, notices, processes, *compared = await panels_of(
        who.person.get("liquidation", f"/entries/{entry_number}", Entry),
        who.person.get("liquidation", f"/entries/{entry_number}/timeline", Timeline),
        who.person.get("liquidation", f"/entries/{entry_number}/versions/in-force", Version),
        who.person.get("routing", f"/entries/{entry_number}/routing", Routing),
        who.person.get("workqueue", "/items", Items, entry=entry_number, limit=20),
        who.person.get("notifications", "/notices", Notices, entry=entry_number, limit=20),
        who.person.get("workqueue", "/processes", Processes),
        *(
            [
                who.person.get(
                    "liquidation", f"/entries/{entry_number}/versions/{before}/changes", VersionChanges, to=after
                )
            ]
            if before and after
            else []
        ),
    )
    if entry.value is None:
        return problem_page(request, who, entry, subject=f"Entry {entry_number}")
    today = legal_date(console_of(request).platform.clock.now())
    rows = timeline.value.rows if timeline.value is not None else []
    events = [
        Event(number, row.track, row.kind, row.title, row.on, row.last_arguable, row.state in DONE, since_of(row))
        for number, row in enumerate(rows, start=1)
        if row.on is not None
    ]
    facts = urlencode(_facts_of(entry.value, rows))
    return page(
        request,
        who,
        "entry.html",
        entry=entry.value,
        timeline=timeline,
        rows=rows,
        picture=draw(events, today),
        routing=routing,
        items=items,
        notices=notices,
        names=processes.value.names if processes.value is not None else {},
        version=version if entry.value.version is not None else None,
        compared=compared[0] if compared else None,
        begins=[since_of(row) for row in rows],
        what_if=urlencode({"was": facts}) + f"&{facts}",
    )


def since_of(row: Row) -> date | None:
    """The day with which the window began that a row of a timeline ends; None where it ends none."""
    return counted_from(row.inputs, row.on) if row.code in WINDOWS and row.on is not None else None


def _facts_of(entry: Entry, rows: Sequence[Row]) -> dict[str, str]:
    """What the deadline calculator is given of an entry, to be changed there: what its clocks rest on, too."""
    governing = next((each for each in entry.versions if each.governs), None)
    rested_on = {
        CALLED.get(name, name): value for row in rows for name, value in row.inputs.items() if row.kind != "act"
    }
    facts = {name: value for name, value in rested_on.items() if name in ASKED} | {
        "entry_type": entry.entry_type,
        "entry_date": governing.entry_date if governing is not None else None,
        "released_on": legal_date(entry.released_at) if entry.released_at is not None else None,
        "paid_on": entry.paid_on,
    }
    return {name: str(value) for name, value in facts.items() if value is not None}


@router.get("/entries/{entry_number}/days.ics")
async def read_days(request: Request, who: Annotated[Visitor, Depends(signed_in)], entry_number: str) -> Response:
    """The days of the entry that are still to come, for a calendar."""
    timeline = await who.person.get("liquidation", f"/entries/{entry_number}/timeline", Timeline)
    if timeline.value is None:
        return problem_page(request, who, timeline, subject=f"Entry {entry_number}")
    today = legal_date(console_of(request).platform.clock.now())
    days = [
        Day(f"{entry_number}-{row.code}-{number}", row.on, f"{say_entry(entry_number)}: {row.title}", _because(row))
        for number, row in enumerate(timeline.value.rows)
        if row.on is not None and row.on >= today
    ]
    return days_file(request, days, entry_number)


def _because(row: Row) -> str:
    rule = f"{row.rule.id}, {row.rule.citation}. " if row.rule is not None else ""
    return f"{rule}{row.unsettled or ''}".strip() or row.title
