"""An importer's account, nationwide: its Center and why, its work, its entries, its notices."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import together
from services.console.acts.reads import Account, Assignment, Entries, Items, Notices
from services.console.api.frame import Visitor, page, problem_page, signed_in

router = APIRouter(include_in_schema=False)


@router.get("/accounts/{importer_number}")
async def read_account(request: Request, who: Annotated[Visitor, Depends(signed_in)], importer_number: str) -> Response:
    """The account with all that is under way for it."""
    account, assignment, items, entries, notices = await together(
        who.person.get("routing", f"/importers/{importer_number}", Account),
        who.person.get("routing", f"/importers/{importer_number}/assignment", Assignment),
        who.person.get("workqueue", "/items", Items, importer=importer_number, state="open", limit=20),
        who.person.get("liquidation", "/entries", Entries, importer=importer_number, limit=20),
        who.person.get("notifications", "/notices", Notices, importer=importer_number, limit=20),
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
        notices=notices,
    )
