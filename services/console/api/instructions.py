"""Instructions of Commerce, of courts and of agencies: recorded by one person, confirmed and so applied by another."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from msgspec import to_builtins
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.cockpit_reads import (
    DraftedInstruction,
    Instruction,
    InstructionPreview,
    InstructionResults,
    Instructions,
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
    place_after,
    problem_page,
    status_after,
    version_of,
    whole_list,
)
from services.console.domain.instructions import GROUNDS, KINDS, SOURCES, read_instruction
from services.console.domain.predicates import PARTS, say_predicate

router = APIRouter(include_in_schema=False, prefix="/instructions")

Officer = Annotated[Visitor, Depends(officer)]

USUAL: Final = ("case_numbers", "manufacturer_ids", "exporter_ids", "importer_number", "entered_from", "entered_to")
"""Parts of the predicate that the form of an instruction shows at once."""
_STATES: Final[Mapping[str, str]] = MappingProxyType({"": "all", "draft": "drafts", "confirmed": "confirmed"})
_DONE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "draft": "Recorded as a draft. Nothing changes until somebody else confirms it.",
        "confirm": "Confirmed and applied; of many entries the rest follows in the background.",
    }
)


@router.get("")
async def list_instructions(request: Request, who: Officer, state: str = "", after: str = "") -> Response:
    """Messages with what each has done so far, and the form of another."""
    return await _list(request, who, state if state in _STATES else "", after)


@router.post("")
async def record_instruction(request: Request, who: Officer) -> Response:
    """Keep a message as a draft; what is refused comes back with what was written."""
    form = await form_of(request, who)
    body = read_instruction(form)
    done = await who.person.post("liquidation", "/instructions", DraftedInstruction, body, key=key_of(request))
    if done.value is None:
        return await _list(request, who, "", "", refused=done, form=form)
    return go(f"/instructions/{done.value.instruction_id}?done=draft")


@router.get("/list.csv")
async def give_instructions(request: Request, who: Officer, state: str = "") -> Response:
    """Messages of a state as a file, with how many entries each has reached, by what it did."""
    plain = ("instruction_id", "message_number", "kind", "ground", "reference", "source", "noticed_on", "state")
    signed = ("made_at", "made_by", "confirmed_at", "confirmed_by")
    chosen = state if state in _STATES else ""

    async def ask(after: str) -> Panel[Instructions]:
        limit = PAGE_OF_FILE
        return await who.person.get(
            "liquidation", "/instructions", Instructions, state=chosen, after=after, limit=limit
        )

    def row(each: Instruction) -> list[Any]:
        which = "; ".join(f"{label} {value}" for label, value in say_predicate(to_builtins(each.predicate)))
        results = "; ".join(f"{outcome} {count}" for outcome, count in sorted(each.results.items()))
        return [*(getattr(each, name) for name in (*plain, *signed)), which, results]

    header = (*plain, *signed, "which_entries", "results")
    return await whole_list(request, who, ask, header, row, name="instructions", subject="The instructions")


@router.get("/{instruction_id}")
async def read_instruction_page(request: Request, who: Officer, instruction_id: str, after: str = "") -> Response:
    """A message with what it would mean, or what it did to each entry."""
    return await _show(request, who, instruction_id, after=after)


@router.post("/{instruction_id}/acts")
async def confirm_instruction(request: Request, who: Officer, instruction_id: str) -> Response:
    """Confirm the revision that the page showed, which applies it."""
    form = await form_of(request, who)
    path = f"/instructions/{instruction_id}/confirmations"
    done = await who.person.post("liquidation", path, Read, version=version_of(form))
    if not done.is_shown:
        return await _show(request, who, instruction_id, refused=done)
    return go(f"/instructions/{instruction_id}?done=confirm")


async def _list(
    request: Request,
    who: Visitor,
    state: str,
    after: str,
    *,
    refused: Panel[Any] | None = None,
    form: Form | None = None,
) -> Response:
    found = await who.person.get("liquidation", "/instructions", Instructions, state=state, after=after, limit=30)
    if found.value is None:
        return problem_page(request, who, found, subject="The instructions")
    return page(
        request,
        who,
        "instructions.html",
        status=status_after(refused),
        items=found.value.items,
        said={each.instruction_id: say_predicate(to_builtins(each.predicate)) for each in found.value.items},
        state=state,
        states=_STATES,
        more=place_after(found.value.next),
        kinds=KINDS,
        grounds=GROUNDS,
        sources=SOURCES,
        parts=PARTS,
        usual=USUAL,
        refused=refused,
        written={name: values[0] for name, values in (form or {}).items()},
    )


async def _show(
    request: Request, who: Visitor, instruction_id: str, *, after: str = "", refused: Panel[Any] | None = None
) -> Response:
    path = f"/instructions/{instruction_id}"
    found, preview, results = await panels_of(
        who.person.get("liquidation", path, Instruction),
        who.person.get("liquidation", f"{path}/preview", InstructionPreview),
        who.person.get("liquidation", f"{path}/results", InstructionResults, after=after, limit=50),
    )
    instruction: Instruction | None = found.value
    if instruction is None:
        return problem_page(request, who, found, subject="The instruction")
    return page(
        request,
        who,
        "instruction.html",
        status=status_after(refused),
        each=instruction,
        version=found.version,
        said=say_predicate(to_builtins(instruction.predicate)),
        preview=preview,
        results=results,
        more=place_after(results.value.next) if results.value is not None else None,
        may={each.action: each for each in instruction.may_do},
        kinds=KINDS,
        grounds=GROUNDS,
        sources=SOURCES,
        refused=refused,
        done=_DONE.get(request.query_params.get("done", ""), ""),
    )
