"""How a program goes on: its progress and runs, paused, stayed, ended, aborted and reversed; days that come near."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.program_reads import (
    LostEntries,
    NearDays,
    Program,
    Progress,
    Reversal,
    ReversalRequests,
    Runs,
    Standing,
)
from services.console.acts.specialist_reads import MyActions
from services.console.api.frame import (
    Form,
    Visitor,
    form_of,
    go,
    hand_on,
    key_of,
    officer,
    page,
    place_after,
    problem_page,
    status_after,
)
from services.console.api.programs import ask_codes, words_of
from services.console.domain import programs as domain

router = APIRouter(include_in_schema=False, prefix="/programs")

Officer = Annotated[Visitor, Depends(officer)]

RUNS: Final = 10
DAYS: Final = 20
_STANDING_ACTS: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = MappingProxyType(
    {
        "pause": ("pauses", {"act": "pause"}),
        "resume": ("pauses", {"act": "resume"}),
        "stay": ("stays", {"act": "stay"}),
        "stay-hold": ("stays", {"act": "stay", "holds": True}),
        "lift": ("stays", {"act": "lift"}),
        "end": ("ends", {}),
        "abort": ("aborts", {}),
    }
)
"""Acts on how a program stands: where each is done, and what is said there beside the reason."""
_DONE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "pause": "Paused: no other chunk is posted. Lists are taken and judged all the same.",
        "resume": "It posts again.",
        "stay": "Stayed: its runs stop, and nothing that was certified is paid.",
        "stay-hold": "Stayed. The hold set is drafted: it keeps entries out of cycles once another person applies it.",
        "lift": "The stay is lifted.",
        "end": "Ended: nothing is declared to it or posted by it any more; what it posted stands.",
        "abort": "Aborted: what is not posted is withdrawn, and corrections are free again.",
        "reverse": "Asked for. Nothing is done before somebody else confirms it.",
        "confirm-reversal": "Confirmed: a job reverses it, entry by entry.",
        "withdraw-reversal": "Withdrawn: what it names stands as it was posted.",
    }
)


@router.get("/{program}/progress")
async def read_progress(request: Request, who: Officer, program: str, after: str = "") -> Response:
    """How far it is: every row in one state, in counts and money; its runs, and how it stands."""
    return await _show(request, who, program, after=after)


@router.post("/{program}/standing")
async def act_on_standing(request: Request, who: Officer, program: str) -> Response:
    """Pause, stay, end or abort it, or ask for a reversal, confirm or withdraw one."""
    form = await form_of(request, who)
    act, reason, key = form.get("act", [""])[0], form.get("reason", [""])[0], key_of(request)
    path = f"/programs/{program}"
    done: Panel[Any]
    if act in _STANDING_ACTS:
        place, said = _STANDING_ACTS[act]
        body = {"reason": reason, **said}
        done = await who.person.post("liquidation", f"{path}/{place}", Standing, body, key=key)
    elif act == "reverse":
        given = domain.read_reversal(form)
        done = await who.person.post("liquidation", f"{path}/reversals", Reversal, given, key=key)
    elif act == "confirm-reversal":
        named = domain.read_request(form)
        done = await who.person.post("liquidation", f"{path}/reversals/confirmations", Reversal, named, key=key)
    elif act == "withdraw-reversal":
        named = domain.read_request(form) | {"reason": reason}
        done = await who.person.post("liquidation", f"{path}/reversals/withdrawals", Reversal, named, key=key)
    else:
        raise HTTPException(422)
    if not done.is_shown:
        return await _show(request, who, program, refused=done, form=form)
    return go(f"/programs/{program}/progress?done={act}")


@router.get("/{program}/days")
async def read_days(request: Request, who: Officer, program: str, after: str = "", lost_after: str = "") -> Response:
    """Entries whose last day comes near, and those that were liquidated with the duty because nobody declared them."""
    path = f"/programs/{program}"
    found, near, lost = await panels_of(
        who.person.get("liquidation", path, Program),
        who.person.get("liquidation", f"{path}/days", NearDays, after=after, limit=DAYS),
        who.person.get("liquidation", f"{path}/lost-to-clock", LostEntries, after=lost_after, limit=DAYS),
    )
    if found.value is None:
        return problem_page(request, who, found, subject="The program")
    return page(
        request,
        who,
        "program_days.html",
        program=found.value,
        near=near,
        lost=lost,
        more_near=place_after(near.value.next) if near.value is not None else None,
        more_lost=place_after(lost.value.next) if lost.value is not None else None,
    )


@router.get("/{program}/entries/{entry_number}/proof.json")
async def give_proof(request: Request, who: Officer, program: str, entry_number: str) -> Response:
    """The proof of what the program did to an entry, as it is checked with no database."""
    opened = await who.person.open("liquidation", f"/programs/{program}/entries/{entry_number}/proof")
    return hand_on(request, who, opened, subject="The proof", name=f"proof-{program}-{entry_number}.json")


async def _show(
    request: Request,
    who: Visitor,
    program: str,
    *,
    after: str = "",
    refused: Panel[Any] | None = None,
    form: Form | None = None,
) -> Response:
    path = f"/programs/{program}"
    found, progress, runs, asked, codes, mine = await panels_of(
        who.person.get("liquidation", path, Program),
        who.person.get("liquidation", f"{path}/progress", Progress),
        who.person.get("liquidation", f"{path}/runs", Runs, after=after, limit=RUNS),
        who.person.get("liquidation", f"{path}/reversals", ReversalRequests, state="asked", limit=RUNS),
        ask_codes(who),
        who.person.get("liquidation", "/me", MyActions),
    )
    if found.value is None:
        return problem_page(request, who, found, subject="The program")
    given = {name: values[0] for name, values in (form or {}).items()}
    is_released = found.value.released_revision is not None
    may_act = is_released and mine.value is not None and mine.value.may("program.release")
    may_withdraw = is_released and mine.value is not None and mine.value.may("program.withdraw-reversal")
    return page(
        request,
        who,
        "program_progress.html",
        status=status_after(refused),
        program=found.value,
        progress=progress,
        runs=runs,
        more=place_after(runs.value.next) if runs.value is not None else None,
        words=words_of(codes),
        acts=domain.list_standing_acts(found.value.standing, is_stayed=found.value.is_stayed) if may_act else (),
        may_reverse=may_act,
        may_withdraw=may_act or may_withdraw,
        asked=asked,
        standings=domain.STANDINGS,
        given=given,
        about=given.get("act", ""),
        refused=refused,
        done=_DONE.get(request.query_params.get("done", ""), ""),
    )
