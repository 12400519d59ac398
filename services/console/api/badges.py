"""The counts in the head of an officer's pages, which ask for them by themselves; and the letters of a Center."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.reads import Count, Letter, Letters
from services.console.api.frame import Visitor, page, part, place_after, problem_page, signed_in, table_file, watcher
from shared.web.conditional import answer_if_changed

NOT_KNOWN: Final = "?"
"""What stands for a count that is not known now."""
router = APIRouter(include_in_schema=False)

ANSWERED: Final = "responded"
MOST_LETTERS: Final = 50
"""Answered letters that are counted; of more the badge says so."""
MOST: Final = 500
"""Letters in a file."""


@router.get("/badges")
async def read_badges(request: Request, who: Annotated[Visitor, Depends(watcher)]) -> Response:
    """How much is open, in one's own hands, and answered; nothing new is 304, and no session is nothing.

    What is counted depends on what the caller may know of, so no count is shared between people.
    """
    if not who.is_of_cbp:
        return Response(status_code=204)
    center = who.centers[0] if len(who.centers) == 1 else ""
    waiting, mine, letters = await panels_of(
        who.person.get("workqueue", "/items/count", Count, center=center, state="open"),
        who.person.get("workqueue", "/items/count", Count, holder="me", state="claimed"),
        who.person.get("workqueue", "/requests", Letters, center=center, state=ANSWERED, limit=MOST_LETTERS),
    )
    text = part(
        request,
        "badges.html",
        center=center,
        waiting=_shown(waiting),
        mine=_shown(mine),
        answered=_shown(letters),
    )
    return answer_if_changed(request, text, media_type="text/html", headers={"Vary": "Cookie"})


@router.get("/letters")
async def list_letters(
    request: Request, who: Annotated[Visitor, Depends(signed_in)], state: str = ANSWERED, after: str = ""
) -> Response:
    """The letters of one's Center in a state, those due first first."""
    center = who.centers[0] if len(who.centers) == 1 else ""
    letters = await who.person.get(
        "workqueue", "/requests", Letters, center=center, state=state, after=after, limit=MOST_LETTERS
    )
    if letters.value is None:
        return problem_page(request, who, letters, subject="The letters")
    found: list[Letter] = letters.value.items
    return page(request, who, "letters.html", letters=found, state=state, more=place_after(letters.value.next))


@router.get("/letters.csv")
async def give_letters(
    request: Request, who: Annotated[Visitor, Depends(signed_in)], state: str = ANSWERED
) -> Response:
    """The letters in a state as a file, those due first first."""
    center = who.centers[0] if len(who.centers) == 1 else ""
    letters = await who.person.get("workqueue", "/requests", Letters, center=center, state=state, limit=MOST)
    if letters.value is None:
        return problem_page(request, who, letters, subject="The letters")
    header = ("due_on", "form", "state", "importer_number", "issue", "goods", "issued_on", "issued_by_name", "item_id")
    rows = [[*(getattr(each, name) for name in header), "\n".join(each.questions)] for each in letters.value.items]
    return table_file((*header, "questions"), rows, "letters")


def _shown(counted: Panel[Count] | Panel[Letters]) -> str:
    """A count as the head shows it; empty for who has none, `NOT_KNOWN` while its service does not answer."""
    match counted.value:
        case Count() as count:
            return count.shown
        case Letters() as letters:
            return f"{len(letters.items)}+" if letters.next else str(len(letters.items))
    return NOT_KNOWN if counted.silent is not None else ""
