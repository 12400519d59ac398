"""A party's entries, each with the next day that binds somebody: by where they stand, by importer, as a file."""

from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.console.acts.calls import Panel
from services.console.acts.reads import Entries
from services.console.api.accounts import STATES
from services.console.api.frame import (
    Visitor,
    console_of,
    outsider,
    page,
    place_after,
    problem_page,
    status_after,
    table_file,
)
from services.console.domain.words import say_entry
from shared.customs.calendar import legal_date

router = APIRouter(include_in_schema=False)

Party = Annotated[Visitor, Depends(outsider)]

SHOWN: Final = 25
MOST: Final = 500
"""Entries in a file."""
_PROTESTED_FOR: Final = timedelta(days=200)


@router.get("/my/entries")
async def read_entries(
    request: Request, who: Party, state: str = "running", importer: str = "", after: str = ""
) -> Response:
    """The entries that this person may see, each with its next day."""
    entries = await _entries(request, who, state, importer, after, SHOWN)
    if entries.silent is not None:
        return problem_page(request, who, entries, subject="The entries")
    return page(
        request,
        who,
        "my_entries.html",
        status=status_after(None if entries.is_shown else entries),
        entries=entries,
        more=place_after(entries.value.next) if entries.value is not None else None,
        states={**STATES, "protest": ("can be protested", ())},
        state=state,
        importer=importer,
    )


@router.get("/my/entries.csv")
async def give_entries(request: Request, who: Party, state: str = "running", importer: str = "") -> Response:
    """The same as a file, the first of them where there are many."""
    entries = await _entries(request, who, state, importer, "", MOST)
    if entries.value is None:
        return problem_page(request, who, entries, subject="The entries")
    header = ["entry", "importer", "state", "entry_date", "center", "next_day", "whose", "what", "protest_until"]
    rows = [
        [
            say_entry(each.entry_number),
            each.importer_number,
            each.state,
            each.entry_date,
            each.center,
            each.next_day.on if each.next_day else None,
            each.next_day.whose if each.next_day else None,
            each.next_day.what if each.next_day else None,
            each.protest_until,
        ]
        for each in entries.value.items
    ]
    return table_file(header, rows, "entries")


async def _entries(request: Request, who: Visitor, state: str, importer: str, after: str, limit: int) -> Panel[Entries]:
    asked: dict[str, Any] = {"importer": importer, "after": after, "limit": limit}
    if state == "protest":
        today = legal_date(console_of(request).platform.clock.now())
        asked |= {"state": "liquidated", "liquidated_from": (today - _PROTESTED_FOR).isoformat(), "sort": "entry-date"}
    elif state in STATES:
        asked |= {"state": list(STATES[state][1]), "sort": "-entry-date" if state == "liquidated" else "period-end"}
    else:
        raise HTTPException(404)
    return await who.person.get("liquidation", "/entries", Entries, **asked)
