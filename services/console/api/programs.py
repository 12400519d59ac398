"""Programs of mass change for officers: what each is, its trial, its release by two, its progress, what came after."""

from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.program_reads import (
    AfterFacts,
    AfterSums,
    DraftedRevision,
    Finding,
    Program,
    ProgramCode,
    ProgramCodes,
    ProgramRevision,
    Programs,
    Requests,
    Settled,
    Templates,
    Trial,
)
from services.console.acts.specialist_reads import MyActions
from services.console.api.frame import (
    Form,
    Visitor,
    form_of,
    go,
    key_of,
    officer,
    page,
    place_after,
    problem_page,
    status_after,
    version_of,
)
from services.console.domain import programs as domain

router = APIRouter(include_in_schema=False, prefix="/programs")

Officer = Annotated[Visitor, Depends(officer)]

SHOWN: Final = 50
"""Programs on a page of the list."""
FACTS_SHOWN: Final = 12
"""Facts of after on a page, each with the form that settles it."""
_TO_RELEASE: Final = frozenset({"draft", "confirmed"})
_DONE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "draft": "Kept as a draft, which judges nothing. Try it; then two who did not draft it confirm and release it.",
        "edit": "The draft is changed. It has to be tried and confirmed anew.",
        "try": "Tried: nothing was changed by it.",
        "confirm": "Confirmed. Somebody else releases it, who did not draft it either.",
        "release": "Released: it is in force, and judges anew what is not posted.",
        "find": "Kept. The entry was judged again by it.",
        "settle": "Settled, in words. What was posted stays as it is.",
    }
)


@dataclass(frozen=True, slots=True)
class ProgramWords:
    """Codes in the words of the service; what it did not say is said by the code."""

    codes: Mapping[str, ProgramCode]
    states: Mapping[str, str]
    acts: Mapping[str, str]
    notes: Mapping[str, str]
    after: Mapping[str, str]


def words_of(panel: Panel[ProgramCodes]) -> ProgramWords:
    """What codes mean, of what the service answered."""
    said = panel.value
    if said is None:
        return ProgramWords({}, {}, {}, {}, {})
    parts = ({each.code: each.says for each in part} for part in (said.states, said.acts, said.notes, said.after))
    return ProgramWords({each.code: each for each in said.codes}, *parts)


def ask_codes(who: Visitor) -> Coroutine[Any, Any, Panel[ProgramCodes]]:
    """Ask what codes of programs mean."""
    return who.person.get("liquidation", "/program-codes", ProgramCodes)


@router.get("")
async def list_programs(request: Request, who: Officer, after: str = "") -> Response:
    """Programs, and the models to draft another from."""
    found, models, mine = await panels_of(
        who.person.get("liquidation", "/programs", Programs, after=after, limit=SHOWN),
        who.person.get("liquidation", "/program-templates", Templates),
        who.person.get("liquidation", "/me", MyActions),
    )
    if found.value is None:
        return problem_page(request, who, found, subject="The programs")
    return page(
        request,
        who,
        "programs.html",
        programs=found.value.items,
        more=place_after(found.value.next),
        models=models,
        may_draft=mine.value is not None and mine.value.may("program.draft"),
        intakes=domain.INTAKES,
    )


@router.get("/{program}")
async def read_program(request: Request, who: Officer, program: str, revision: int | None = None) -> Response:
    """A program by its revision that is worked on, or another."""
    return await _show(request, who, program, revision)


@router.post("/{program}/acts")
async def act_on_program(request: Request, who: Officer, program: str) -> Response:
    """Try, confirm or release the revision that the page showed, in the version that it showed."""
    form = await form_of(request, who)
    act, version, given = form.get("act", [""])[0], version_of(form), form.get("revision", [""])[0]
    if not (given.isascii() and given.isdigit()):
        raise HTTPException(422)
    path = f"/programs/{program}/revisions/{given}"
    done: Panel[Any]
    match act:
        case "try":
            done = await who.person.post_long("liquidation", f"{path}/trials", Trial, key_of(request))
        case "confirm":
            done = await who.person.post("liquidation", f"{path}/confirmations", DraftedRevision, version=version)
        case "release":
            done = await who.person.post("liquidation", f"{path}/releases", DraftedRevision, version=version)
        case _:
            raise HTTPException(422)
    if not done.is_shown:
        return await _show(request, who, program, int(given), refused=done)
    return go(f"/programs/{program}{'/trial' if act == 'try' else ''}?revision={given}&done={act}")


@router.get("/{program}/trial")
async def read_trial(request: Request, who: Officer, program: str, revision: int | None = None) -> Response:
    """What the revision would do with all that it reaches, by everything that a trial looks at."""
    found = await who.person.get("liquidation", f"/programs/{program}", Program)
    if found.value is None:
        return problem_page(request, who, found, subject="The program")
    shown = _chosen(found.value, revision)
    trial, codes = await panels_of(_ask_trial(who, program, shown), ask_codes(who))
    if trial.value is None:
        return problem_page(request, who, trial, subject="The trial")
    return page(
        request,
        who,
        "program_trial.html",
        program=found.value,
        shown=shown,
        trial=trial.value,
        words=words_of(codes),
        done=_DONE.get(request.query_params.get("done", ""), ""),
    )


@router.get("/{program}/after")
async def read_after(
    request: Request, who: Officer, program: str, team: str = "", every: str = "", after: str = ""
) -> Response:
    """What came to be known after the posting, with sums, and the form that settles each."""
    return await _show_after(request, who, program, {"team": team, "every": every}, after)


@router.post("/{program}/after")
async def settle(request: Request, who: Officer, program: str) -> Response:
    """Say how a fact of after was settled."""
    form = await form_of(request, who)
    number = form.get("entry", [""])[0]
    body = {name: form.get(name, [""])[0] for name in ("code", "settlement")}
    path = f"/programs/{program}/entries/{number}/settlements"
    done = await who.person.post("liquidation", path, Settled, body, key=key_of(request))
    if done.value is None:
        return await _show_after(request, who, program, {"team": "", "every": ""}, "", refused=done, form=form)
    return go(f"/programs/{program}/after?done=settle")


@router.get("/{program}/entry")
async def find_entry(_: Officer, program: str, number: str = "") -> Response:
    """Lead to what the program makes of an entry."""
    return go(f"/programs/{program}/entries/{number.strip()}" if number.strip() else f"/programs/{program}")


@router.get("/{program}/entries/{entry_number}")
async def read_entry(request: Request, who: Officer, program: str, entry_number: str) -> Response:
    """What the program makes of an entry."""
    return await _show_entry(request, who, program, entry_number)


@router.post("/{program}/entries/{entry_number}/finding")
async def find_of_goods(request: Request, who: Officer, program: str, entry_number: str) -> Response:
    """Find whether the goods of an entry are what the order describes."""
    form = await form_of(request, who)
    body = {
        "is_product": form.get("is_product", [""])[0] == "yes",
        "explanation": form.get("explanation", [""])[0],
    }
    path = f"/programs/{program}/entries/{entry_number}/findings"
    done = await who.person.post("liquidation", path, Finding, body, key=key_of(request))
    if done.value is None:
        return await _show_entry(request, who, program, entry_number, refused=done, form=form)
    return go(f"/programs/{program}/entries/{entry_number}?done=find")


def _chosen(program: Program, revision: int | None) -> ProgramRevision:
    """The revision that is asked for; else the newest, which is worked on or in force."""
    named = [each for each in program.revisions if each.revision == revision]
    if revision is not None and not named:
        raise HTTPException(404)
    return named[0] if named else max(program.revisions, key=lambda each: each.revision)


def _ask_trial(who: Visitor, program: str, shown: ProgramRevision) -> Coroutine[Any, Any, Panel[Trial]]:
    return who.person.get("liquidation", f"/programs/{program}/revisions/{shown.revision}/trials/last", Trial)


async def _show(
    request: Request, who: Visitor, program: str, revision: int | None, *, refused: Panel[Any] | None = None
) -> Response:
    found, codes, mine = await panels_of(
        who.person.get("liquidation", f"/programs/{program}", Program),
        ask_codes(who),
        who.person.get("liquidation", "/me", MyActions),
    )
    if found.value is None:
        return problem_page(request, who, found, subject="The program")
    shown = _chosen(found.value, revision)
    trial = await _ask_trial(who, program, shown) if shown.tried_at is not None else None
    may = mine.value.may if mine.value is not None else lambda _: False
    words, definition = words_of(codes), domain.complete(shown.definition)
    is_newest = all(each.revision <= shown.revision for each in found.value.revisions)
    return page(
        request,
        who,
        "program.html",
        status=status_after(refused),
        program=found.value,
        shown=shown,
        definition=definition,
        trial=trial,
        words=words,
        marks=domain.MARKS,
        intakes=domain.INTAKES,
        cohorts=domain.say_cohorts(definition, words.acts),
        said=domain,
        may_edit=may("program.draft") and shown.state in _TO_RELEASE,
        may_revise=may("program.draft") and is_newest and shown.state not in _TO_RELEASE,
        may_try=may("program.try") and shown.state in _TO_RELEASE,
        may_confirm=may("program.release") and shown.state == "draft",
        may_release=may("program.release") and shown.state == "confirmed",
        refused=refused,
        done=_DONE.get(request.query_params.get("done", ""), ""),
    )


async def _show_after(
    request: Request,
    who: Visitor,
    program: str,
    chosen: Mapping[str, str],
    after: str,
    *,
    refused: Panel[Any] | None = None,
    form: Form | None = None,
) -> Response:
    path = f"/programs/{program}"
    is_open = "" if chosen["every"] != "yes" else "false"
    found, sums, facts, codes, mine = await panels_of(
        who.person.get("liquidation", path, Program),
        who.person.get("liquidation", f"{path}/after-the-fact/sums", AfterSums),
        who.person.get(
            "liquidation",
            f"{path}/after-the-fact",
            AfterFacts,
            team=chosen["team"],
            open=is_open,
            after=after,
            limit=FACTS_SHOWN,
        ),
        ask_codes(who),
        who.person.get("liquidation", "/me", MyActions),
    )
    if found.value is None:
        return problem_page(request, who, found, subject="The program")
    return page(
        request,
        who,
        "program_after.html",
        status=status_after(refused),
        program=found.value,
        sums=sums,
        facts=facts,
        words=words_of(codes),
        team=chosen["team"],
        every=chosen["every"],
        here=f"/programs/{program}/after?{urlencode(chosen)}",
        more=place_after(facts.value.next) if facts.value is not None else None,
        may_settle=mine.value is not None and mine.value.may("program.settle"),
        given={name: values[0] for name, values in (form or {}).items()},
        refused=refused,
        done=_DONE.get(request.query_params.get("done", ""), ""),
    )


async def _show_entry(
    request: Request,
    who: Visitor,
    program: str,
    entry_number: str,
    *,
    refused: Panel[Any] | None = None,
    form: Form | None = None,
) -> Response:
    found, requests, codes, mine = await panels_of(
        who.person.get("liquidation", f"/programs/{program}", Program),
        who.person.get("liquidation", f"/programs/{program}/entries/{entry_number}", Requests),
        ask_codes(who),
        who.person.get("liquidation", "/me", MyActions),
    )
    if found.value is None:
        return problem_page(request, who, found, subject="The program")
    if requests.value is None:
        return problem_page(request, who, requests, subject="The entry")
    in_force = [each for each in found.value.revisions if each.revision == found.value.released_revision]
    product = (in_force[0].definition.get("goods") or {}).get("product") if in_force else None
    return page(
        request,
        who,
        "program_entry.html",
        status=status_after(refused),
        program=found.value,
        entry_number=entry_number,
        requests=requests.value.requests,
        voided=requests.value.voided,
        words=words_of(codes),
        product=product,
        may_find=product is not None and mine.value is not None and mine.value.may("program.find"),
        given={name: values[0] for name, values in (form or {}).items()},
        refused=refused,
        done=_DONE.get(request.query_params.get("done", ""), ""),
    )
