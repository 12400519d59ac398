"""The workbench of selection criteria: what each says, finds and costs, live against on trial, and its next step."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from msgspec import to_builtins
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.reads import Read
from services.console.acts.specialist_reads import (
    Backtests,
    CriterionHistory,
    CriterionPage,
    MyActions,
    Performance,
    Revision,
    Revisions,
    StaleCriteria,
)
from services.console.api.frame import (
    PAGE_OF_FILE,
    Form,
    Visitor,
    console_of,
    form_of,
    go,
    key_of,
    officer,
    page,
    place_after,
    problem_page,
    status_after,
    version_of,
    whole_list,
)
from services.console.domain.criteria import (
    BACKTEST_WORDS,
    GROUPS,
    NEXT_ACTS,
    PARTS,
    read_criterion,
    say_criterion,
    say_share,
    say_worth,
    write_criterion,
)
from shared.customs.calendar import legal_date

router = APIRouter(include_in_schema=False, prefix="/criteria")

Officer = Annotated[Visitor, Depends(officer)]

SHOWN: Final = 12
"""Revisions on a page of the list, below which the form of another is."""
TRIALS: Final = 5
"""Trials on past entries that are shown of a criterion, the newest."""
FLOOR: Final = "random-floor"
"""The criterion that draws entries at random: what chance finds."""
_STATES: Final = ("live", "shadow", "draft", "retired", "expired", "superseded")
_ACTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "shadow": "Put it on trial",
        "live": "Ask for it to go live",
        "confirm": "Let it go live",
        "retire": "Retire it",
    }
)
_DAYS: Final = frozenset({"shadow", "confirm", "retire"})
"""The acts that may name a day from which on they hold."""
_DONE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "draft": "Kept as a draft, which selects nothing.",
        "edit": "Changed. Of what is no draft any more the change is a draft of the next revision.",
        "shadow": "On trial from its day on: hits are noted and change nothing.",
        "live": "Asked for. Somebody else confirms; until then it stays on trial.",
        "confirm": "It goes live on its day.",
        "retire": "It ends on its day. What it selected stays selected.",
    }
)


@router.get("")
async def list_criteria(request: Request, who: Officer, state: str = "", after: str = "") -> Response:
    """Revisions of a state, each as a sentence, and the form of another criterion."""
    return await _list(request, who, state if state in _STATES else "", after)


@router.post("")
async def draft_criterion(request: Request, who: Officer) -> Response:
    """Keep a draft; what is refused comes back with what was written."""
    form = await form_of(request, who)
    body = {"id": form.get("id", [""])[0], "reason": form.get("reason", [""])[0], **read_criterion(form)}
    done = await who.person.post("routing", "/selection-criteria", CriterionPage, body, key=key_of(request))
    if done.value is None:
        return await _list(request, who, "draft", "", refused=done, form=form)
    return go(f"/criteria/{done.value.id}?done=draft")


@router.get("/list.csv")
async def give_criteria(request: Request, who: Officer, state: str = "") -> Response:
    """Revisions of a state as a file, each with its sentence."""
    header = (
        *("id", "revision", "state", "title", "owner", "lane", "processes", "selects", "instruction"),
        *("sampling_basis_points", "weekly_budget", "expected_hit_basis_points", "spares_trusted"),
        *("shadow_from", "live_from", "ends_on", "expires_on", "live_requested_by"),
    )
    chosen = state if state in _STATES else ""

    async def ask(after: str) -> Panel[Revisions]:
        path = "/selection-criteria"
        return await who.person.get("routing", path, Revisions, state=chosen, after=after, limit=PAGE_OF_FILE)

    def row(each: Revision) -> list[Any]:
        said = {"selects": say_criterion(to_builtins(each)), "processes": " ".join(each.processes)}
        return [said[name] if name in said else getattr(each, name) for name in header]

    return await whole_list(request, who, ask, header, row, name="criteria", subject="The criteria")


@router.get("/{criterion_id}")
async def read_one(request: Request, who: Officer, criterion_id: str) -> Response:
    """A criterion with what it found and who did what with it."""
    return await _show(request, who, criterion_id)


@router.post("/{criterion_id}/acts")
async def act_on_criterion(request: Request, who: Officer, criterion_id: str) -> Response:
    """Edit it, or take its next step, on the version that the page showed."""
    form = await form_of(request, who)
    act, version, reason = form.get("act", [""])[0], version_of(form), form.get("reason", [""])[0]
    path = f"/selection-criteria/{criterion_id}"
    done: Panel[Read]
    if act == "edit":
        body: dict[str, Any] = {"change": read_criterion(form), "reason": reason}
        done = await who.person.patch("routing", path, Read, body, version=version)
    elif act in _ACTS:
        day = form.get("effective_on", [""])[0] if act in _DAYS else ""
        body = {"reason": reason} | ({"effective_on": day} if day else {})
        done = await who.person.post("routing", f"{path}/{act}", Read, body, version=version)
    else:
        raise HTTPException(422)
    if not done.is_shown:
        return await _show(request, who, criterion_id, refused=done, form=form)
    return go(f"/criteria/{criterion_id}?done={act}")


async def show_criterion(
    request: Request, who: Visitor, criterion_id: str, refused: Panel[Any], form: Form
) -> Response:
    """The page of a criterion after something that was refused, with what had been written."""
    return await _show(request, who, criterion_id, refused=refused, form=form)


async def _list(
    request: Request,
    who: Visitor,
    state: str,
    after: str,
    *,
    refused: Panel[Any] | None = None,
    form: Form | None = None,
) -> Response:
    found, stale, mine = await panels_of(
        who.person.get("routing", "/selection-criteria", Revisions, state=state, after=after, limit=SHOWN),
        who.person.get("routing", "/selection-criteria/stale", StaleCriteria),
        who.person.get("routing", "/me", MyActions),
    )
    if found.value is None:
        return problem_page(request, who, found, subject="The criteria")
    return page(
        request,
        who,
        "criteria.html",
        status=status_after(refused),
        items=[(each, say_criterion(to_builtins(each))) for each in found.value.items],
        doubts={each.id: each.doubts for each in stale.value.items} if stale.value is not None else {},
        stale=stale,
        state=state,
        states=_STATES,
        more=place_after(found.value.next),
        may_write=mine.value is not None and mine.value.may("criterion.write"),
        parts=PARTS,
        groups=GROUPS,
        refused=refused,
        written={name: values[0] for name, values in (form or {}).items()},
    )


async def _show(
    request: Request,
    who: Visitor,
    criterion_id: str,
    *,
    refused: Panel[Any] | None = None,
    form: Form | None = None,
) -> Response:
    path = f"/selection-criteria/{criterion_id}"
    found, performance, floor, history, mine, backtests = await panels_of(
        who.person.get("routing", path, CriterionPage),
        who.person.get("routing", f"{path}/performance", Performance),
        who.person.get("routing", f"/selection-criteria/{FLOOR}/performance", Performance),
        who.person.get("routing", f"{path}/history", CriterionHistory, limit=100),
        who.person.get("routing", "/me", MyActions),
        who.person.get("routing", f"{path}/backtests", Backtests, limit=TRIALS),
    )
    criterion: CriterionPage | None = found.value
    if criterion is None:
        return problem_page(request, who, found, subject="The criterion")
    given = {name: values[0] for name, values in (form or {}).items()}
    newest = criterion.revisions[0]
    today = legal_date(console_of(request).platform.clock.now())
    following = NEXT_ACTS.get(newest.state, ("edit",))
    is_asked = newest.live_requested_by is not None
    may = mine.value.may if mine.value is not None else lambda _: False
    return page(
        request,
        who,
        "criterion.html",
        status=status_after(refused),
        criterion=criterion,
        newest=newest,
        sentences={each.revision: say_criterion(to_builtins(each)) for each in criterion.revisions},
        version=found.version,
        performance=performance,
        floor=floor,
        history=history,
        backtests=backtests,
        backtest_words=BACKTEST_WORDS,
        usual_period=(today - timedelta(days=90), today),
        share=say_share,
        worth=say_worth,
        acts={
            act: label
            for act, label in _ACTS.items()
            if act in following
            and may("criterion.confirm" if act == "confirm" else "criterion.write")
            and (act not in {"live", "confirm"} or (act == "confirm") == is_asked)
        },
        days=_DAYS,
        may_edit=may("criterion.write"),
        parts=PARTS,
        groups=GROUPS,
        about=given.get("act", ""),
        given=given,
        written=given if given.get("act") == "edit" else write_criterion(to_builtins(newest)),
        refused=refused,
        done=_DONE.get(request.query_params.get("done", ""), ""),
    )
