"""An importer's account, nationwide: its Center and why, its work, its entries, its notices."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.reads import (
    Account,
    Assignment,
    Bills,
    Deadlines,
    Entries,
    Items,
    Notices,
    Processes,
    Protests,
    Refunds,
)
from services.console.api.frame import Visitor, days_file, page, place_after, problem_page, signed_in, table_file
from services.console.domain.days_file import Day
from services.console.domain.words import say_entry

router = APIRouter(include_in_schema=False)

STATES = {
    "running": ("not liquidated yet", ("recorded", "scheduled", "suspended", "extended", "clock-unknown")),
    "suspended": ("suspended", ("suspended",)),
    "liquidated": ("liquidated", ("liquidated",)),
    "all": ("all", ()),
}
"""Which entries are shown, in words, and their states."""


@router.get("/accounts/{importer_number}")
async def read_account(
    request: Request,
    who: Annotated[Visitor, Depends(signed_in)],
    importer_number: str,
    state: str = "running",
    after: str = "",
) -> Response:
    """The account with all that is under way for it."""
    account, assignment, items, entries, notices, days, protests, bills, refunds, processes = await panels_of(
        who.person.get("routing", f"/importers/{importer_number}", Account),
        who.person.get("routing", f"/importers/{importer_number}/assignment", Assignment),
        who.person.get("workqueue", "/items", Items, importer=importer_number, state="open", limit=20),
        _entries_of(who, importer_number, state, after, 20),
        who.person.get("notifications", "/notices", Notices, importer=importer_number, limit=10),
        who.person.get("liquidation", f"/importers/{importer_number}/deadlines", Deadlines, limit=10),
        who.person.get("liquidation", "/protests", Protests, importer=importer_number, limit=10),
        who.person.get("liquidation", "/bills", Bills, importer_number=importer_number, limit=10),
        who.person.get("liquidation", "/refunds", Refunds, importer_number=importer_number, limit=10),
        who.person.get("workqueue", "/processes", Processes),
    )
    if not account.is_shown:
        return problem_page(request, who, account, subject="The account")
    return page(
        request,
        who,
        "account.html",
        account=account.value,
        assignment=assignment,
        items=items,
        entries=entries,
        entries_more=place_after(entries.value.next) if entries.value is not None else None,
        notices=notices,
        days=days,
        protests=protests,
        bills=bills,
        refunds=refunds,
        names=processes.value.names if processes.value is not None else {},
        states=STATES,
        state=state,
    )


@router.get("/accounts/{importer_number}/entries.csv")
async def give_entries(
    request: Request, who: Annotated[Visitor, Depends(signed_in)], importer_number: str, state: str = "running"
) -> Response:
    """The entries of the account as a file, the first of them where there are many."""
    found = await _entries_of(who, importer_number, state, "", 500)
    if found.value is None:
        return problem_page(request, who, found, subject="The entries")
    header = ("entry_number", "state", "entry_date", "center", "scheduled_on", "deemed_on", "liquidated_on")
    return table_file(header, [[getattr(each, name) for name in header] for each in found.value.items], "entries")


async def _entries_of(who: Visitor, importer_number: str, state: str, after: str, limit: int) -> Panel[Entries]:
    chosen = STATES.get(state, STATES["all"])[1]
    return await who.person.get(
        "liquidation",
        "/entries",
        Entries,
        importer=importer_number,
        state=list(chosen),
        sort="-entry-date" if state == "liquidated" else "period-end",
        after=after,
        limit=limit,
    )


@router.get("/accounts/{importer_number}/days.ics")
async def read_days(request: Request, who: Annotated[Visitor, Depends(signed_in)], importer_number: str) -> Response:
    """The days of all entries of the account, for a calendar."""
    found = await who.person.get("liquidation", f"/importers/{importer_number}/deadlines", Deadlines, limit=500)
    if found.value is None:
        return problem_page(request, who, found, subject="The days of the account")
    days = [
        Day(
            f"{each.entry_number}-{each.code}",
            each.on,
            f"{say_entry(each.entry_number)}: {each.title}",
            each.if_nothing_is_done or each.what,
        )
        for each in found.value.items
        if each.on is not None
    ]
    return days_file(request, days, "days")
