"""An importer's account, nationwide: its Center and why, its work, its entries, its notices."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import together
from services.console.acts.reads import Account, Assignment, Deadlines, Entries, Items, Notices
from services.console.api.frame import Visitor, days_file, page, place_after, problem_page, signed_in
from services.console.domain.days_file import Day
from services.console.domain.words import say_entry

router = APIRouter(include_in_schema=False)


@router.get("/accounts/{importer_number}")
async def read_account(
    request: Request, who: Annotated[Visitor, Depends(signed_in)], importer_number: str, after: str = ""
) -> Response:
    """The account with all that is under way for it."""
    account, assignment, items, entries, notices, days = await together(
        who.person.get("routing", f"/importers/{importer_number}", Account),
        who.person.get("routing", f"/importers/{importer_number}/assignment", Assignment),
        who.person.get("workqueue", "/items", Items, importer=importer_number, state="open", limit=20),
        who.person.get(
            "liquidation", "/entries", Entries, importer=importer_number, sort="period-end", after=after, limit=20
        ),
        who.person.get("notifications", "/notices", Notices, importer=importer_number, limit=10),
        who.person.get("liquidation", f"/importers/{importer_number}/deadlines", Deadlines, limit=10),
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
