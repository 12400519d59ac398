"""Protests in bulk by criteria: drafted and tried, the sample looked at, begun, followed protest by protest."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.protest_reads import (
    Sample,
    SelectedEntries,
    SelectedProtests,
    Selection,
    SelectionLines,
)
from services.console.acts.reads import Read
from services.console.api.frame import (
    PAGE_OF_FILE,
    Form,
    Visitor,
    form_of,
    go,
    key_of,
    officer,
    page,
    part,
    place_after,
    problem_page,
    status_after,
    watcher,
    whole_list,
)
from services.console.domain.predicates import PARTS, USUAL
from services.console.domain.protest_acts import GROUNDS
from services.console.domain.protest_selections import (
    DECIDING,
    OPEN_STATES,
    REVIEWS,
    SELECTED_ACTS,
    TIMES,
    USUAL_SAMPLE,
    label_of,
    read_selection,
    say_criteria,
    say_selected_act,
)
from shared.web.conditional import answer_if_changed

router = APIRouter(include_in_schema=False, prefix="/selections")

Officer = Annotated[Visitor, Depends(officer)]

SHOWN: Final = 25
"""Protests, and entries, on a page; all of them are in its files."""
LOOKED_AT: Final = 5
"""Protests of the sample whose form is shown at once; the next follow when these are looked at."""
GOING: Final = frozenset({"looking", "running"})
"""States in which a selection changes by itself."""
STATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "": "all",
        "looking": "being tried",
        "ready": "to be begun",
        "running": "going on",
        "done": "done",
        "withdrawn": "withdrawn",
    }
)
RESULTS: Final[Mapping[str, str]] = MappingProxyType(
    {"": "all", "pending": "not done yet", "left-out": "left out", "done": "done", "refused": "refused"}
)
_DONE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "draft": "Kept. Nothing is done until it is begun.",
        "look": "Noted. What was said of a protest stays.",
        "begin": "Begun: each protest is acted on by itself.",
        "withdraw": "Withdrawn. What was done stays done.",
    }
)


@router.get("")
async def list_selections(request: Request, who: Officer, state: str = "", after: str = "") -> Response:
    """This person's selections, and those that this person may begin, the newest first."""
    chosen = state if state in STATES else ""
    found = await who.person.get(
        "liquidation", "/protest-selections", SelectionLines, state=chosen, after=after, limit=SHOWN
    )
    if found.value is None:
        return problem_page(request, who, found, subject="The selections of protests")
    return page(
        request,
        who,
        "selections.html",
        selections=[(each, say_criteria(each.criteria)) for each in found.value.items],
        label_of=label_of,
        state=chosen,
        states=STATES,
        more=place_after(found.value.next),
    )


@router.get("/draft")
async def read_draft(request: Request, who: Officer, act: str = "", issue: str = "") -> Response:
    """The form of a selection: which act, and on which protests."""
    return _draft_page(request, who, act if act in SELECTED_ACTS else "", {"issue": issue})


@router.post("/draft")
async def draft_selection(request: Request, who: Officer) -> Response:
    """Keep the protests that the criteria give, the act tried on each; what is refused comes back as written."""
    form = await form_of(request, who)
    act = form.get("act", [""])[0]
    if act not in SELECTED_ACTS:
        raise HTTPException(422)
    done = await who.person.post(
        "liquidation", "/protest-selections", Selection, read_selection(form), key=key_of(request)
    )
    if done.value is not None:
        return go(f"/selections/{done.value.selection_id}?done=draft")
    written = {name: values[0] for name, values in form.items()}
    return _draft_page(request, who, act, written, states=form.get("states", ()), refused=done)


@router.get("/{selection_id}")
async def read_selection_page(
    request: Request, who: Officer, selection_id: str, state: str = "", after: str = "", entries_after: str = ""
) -> Response:
    """What a selection would do, or has done, with each protest, and the sample that is looked at before."""
    return await _show(request, who, selection_id, state=state, after=after, entries_after=entries_after)


@router.get("/{selection_id}/progress")
async def read_progress(request: Request, who: Annotated[Visitor, Depends(watcher)], selection_id: str) -> Response:
    """How far a selection is, which its page asks for by itself; of one that has ended the page is shown anew."""
    found = await who.person.get("liquidation", f"/protest-selections/{selection_id}", Selection)
    if found.value is None:
        return Response(status_code=204)
    if found.value.state not in GOING:
        return Response(headers={"hx-refresh": "true"})
    text = part(request, "selection_progress.html", selection=found.value, is_going=True)
    return answer_if_changed(request, text, media_type="text/html", headers={"Vary": "Cookie"})


@router.get("/{selection_id}/protests.csv")
async def give_protests(request: Request, who: Officer, selection_id: str, state: str = "") -> Response:
    """What became of each protest as a file."""
    header = ("number", "protest_number", "state", "code", "says", "stake_usd", "change_usd", "at")

    async def ask(after: str) -> Panel[SelectedProtests]:
        path, limit = f"/protest-selections/{selection_id}/protests", PAGE_OF_FILE
        return await who.person.get(
            "liquidation", path, SelectedProtests, state=_state_of(state), after=after, limit=limit
        )

    return await whole_list(
        request, who, ask, header, lambda each: _row(header, each), name="selected-protests", subject="The protests"
    )


@router.get("/{selection_id}/entries.csv")
async def give_entries(request: Request, who: Officer, selection_id: str, state: str = "") -> Response:
    """The entries that the protests name as a file."""
    header = ("number", "protest_number", "entry_number", "state", "timeliness", "stake_usd")

    async def ask(after: str) -> Panel[SelectedEntries]:
        path, limit = f"/protest-selections/{selection_id}/entries", PAGE_OF_FILE
        return await who.person.get(
            "liquidation", path, SelectedEntries, state=_state_of(state), after=after, limit=limit
        )

    return await whole_list(
        request, who, ask, header, lambda each: _row(header, each), name="selected-entries", subject="The entries"
    )


@router.post("/{selection_id}/acts")
async def act_on_selection(request: Request, who: Officer, selection_id: str) -> Response:
    """Say what a protest of the sample is like, begin the selection, or withdraw it."""
    form = await form_of(request, who)
    act, path = form.get("act", [""])[0], f"/protest-selections/{selection_id}"
    done: Panel[Any]
    match act:
        case "look":
            body = {"verdict": form.get("verdict", [""])[0], "says": form.get("says", [""])[0]}
            number = form.get("number", [""])[0]
            if not (number.isascii() and number.isdigit()):
                raise HTTPException(422)
            done = await who.person.post("liquidation", f"{path}/sample/{number}", Read, body)
        case "begin" | "withdraw":
            done = await who.person.post("liquidation", f"{path}/acts", Selection, {"act": act})
        case _:
            raise HTTPException(422)
    if not done.is_shown:
        return await _show(request, who, selection_id, refused=done, form=form)
    return go(f"/selections/{selection_id}?done={act}")


def _state_of(state: str) -> str:
    return state if state in RESULTS else ""


def _row(header: Sequence[str], each: Any) -> list[Any]:
    return [getattr(each, name) for name in header]


def _draft_page(
    request: Request,
    who: Visitor,
    act: str,
    written: Mapping[str, str],
    *,
    states: Sequence[str] = (),
    refused: Panel[Any] | None = None,
) -> Response:
    return page(
        request,
        who,
        "selection_draft.html",
        status=status_after(refused),
        act=act,
        acts=SELECTED_ACTS,
        is_deciding=act in DECIDING,
        usual_sample=USUAL_SAMPLE if act in DECIDING else 0,
        states=OPEN_STATES,
        chosen_states=states,
        times=TIMES,
        reviews=REVIEWS,
        grounds=GROUNDS,
        parts=PARTS,
        usual=USUAL,
        written=written,
        refused=refused,
    )


async def _show(
    request: Request,
    who: Visitor,
    selection_id: str,
    *,
    state: str = "",
    after: str = "",
    entries_after: str = "",
    refused: Panel[Any] | None = None,
    form: Form | None = None,
) -> Response:
    path, of = f"/protest-selections/{selection_id}", _state_of(state)
    found, sample, results, entries = await panels_of(
        who.person.get("liquidation", path, Selection),
        who.person.get("liquidation", f"{path}/sample", Sample),
        who.person.get("liquidation", f"{path}/protests", SelectedProtests, state=of, after=after, limit=SHOWN),
        who.person.get("liquidation", f"{path}/entries", SelectedEntries, state=of, after=entries_after, limit=SHOWN),
    )
    selection: Selection | None = found.value
    if selection is None:
        return problem_page(request, who, found, subject="The selection of protests")
    looks = sample.value.items if sample.value is not None else []
    return page(
        request,
        who,
        "selection.html",
        status=status_after(refused),
        selection=selection,
        is_going=selection.state in GOING,
        label=label_of(selection.act["kind"]),
        states=STATES,
        criteria=say_criteria(selection.criteria),
        stated=say_selected_act(selection.act),
        sample=sample,
        looks=looks,
        waiting=[each for each in looks if each.verdict is None],
        at_once=LOOKED_AT,
        results=results,
        entries=entries,
        state=of,
        result_states=RESULTS,
        more=place_after(results.value.next) if results.value is not None else None,
        more_entries=place_after(entries.value.next) if entries.value is not None else None,
        written={name: values[0] for name, values in (form or {}).items()},
        refused=refused,
        done=_DONE.get(request.query_params.get("done", ""), ""),
    )
