"""What programs took of a party's entries by themselves: what becomes of each, accepted, declined or contested."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.program_reads import Answered, Offer, Offers, Program
from services.console.acts.specialist_reads import MyActions
from services.console.api.frame import (
    Form,
    Visitor,
    form_of,
    go,
    key_of,
    outsider,
    page,
    place_after,
    status_after,
)

router = APIRouter(include_in_schema=False, prefix="/my/offers")

Party = Annotated[Visitor, Depends(outsider)]

SHOWN: Final = 15
ANSWERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "accept": "Accept: the refund as it was reckoned",
        "decline": "Decline: no refund from this program",
        "contest": "Contest: what was reckoned is wrong, and a person looks at it",
    }
)
_STATES: Final[Mapping[str, str]] = MappingProxyType(
    {"": "all", "waiting": "waiting", "due": "to be posted", "posted": "posted", "dropped": "not taken"}
)


@router.get("")
async def read_offers(
    request: Request, who: Party, importer: str = "", program: str = "", state: str = "", after: str = ""
) -> Response:
    """Entries that programs took, with what becomes of each and until when to answer."""
    chosen = {"importer": importer, "program": program, "state": state if state in _STATES else ""}
    return await _show(request, who, chosen, after)


@router.post("")
async def answer_offers(request: Request, who: Party) -> Response:
    """Answer those that were ticked, all of one program; what is refused comes back with what was written."""
    form = await form_of(request, who)
    given = {name: form.get(name, [""])[0] for name in ("program", "importer", "answer", "explanation")}
    body: dict[str, Any] = {"entries": form.get("entry", []), "answer": given["answer"]}
    if given["explanation"]:
        body["explanation"] = given["explanation"]
    path = f"/programs/{given['program']}/answers"
    done = await who.person.post("liquidation", path, Answered, body, key=key_of(request))
    chosen = {"importer": given["importer"], "program": given["program"], "state": ""}
    if done.value is None:
        return await _show(request, who, chosen, "", refused=done, form=form)
    return go(f"/my/offers?{urlencode(chosen)}&done={len(done.value.entries)}")


async def _show(
    request: Request,
    who: Visitor,
    chosen: Mapping[str, str],
    after: str,
    *,
    refused: Panel[Any] | None = None,
    form: Form | None = None,
) -> Response:
    importer = chosen["importer"] or (who.importers[0] if who.importers else "")
    asked = {"program": chosen["program"], "state": chosen["state"], "after": after, "limit": SHOWN}
    mine = await who.person.get("liquidation", "/me", MyActions)
    offers: Panel[Offers] | None = None
    if importer:
        offers = await who.person.get("liquidation", f"/importers/{importer}/program-offers", Offers, **asked)
    by_program: dict[str, list[Offer]] = {}
    for each in offers.value.items if offers is not None and offers.value is not None else ():
        by_program.setdefault(each.program, []).append(each)
    named = await panels_of(*(who.person.get("liquidation", f"/programs/{code}", Program) for code in by_program))
    done = request.query_params.get("done", "")
    return page(
        request,
        who,
        "my_offers.html",
        status=status_after(refused),
        importer=importer,
        program=chosen["program"],
        state=chosen["state"],
        states=_STATES,
        offers=offers,
        by_program=by_program,
        programs={each.value.program: each.value for each in named if each.value is not None},
        more=place_after(offers.value.next) if offers is not None and offers.value is not None else None,
        here=f"/my/offers?{urlencode({**chosen, 'importer': importer})}",
        answers=ANSWERS,
        may_answer=mine.value is not None and mine.value.may("program-offer.answer"),
        given={name: values[0] for name, values in (form or {}).items()},
        ticked=frozenset((form or {}).get("entry", ())),
        done=done if done.isascii() and done.isdigit() else "",
        refused=refused,
    )
