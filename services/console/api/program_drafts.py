"""A revision of a program as text: drafted from a model or from the one before, edited, with faults at their lines."""

import json
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.console.acts.calls import Panel
from services.console.acts.program_reads import DraftedRevision, Program, Templates
from services.console.acts.reads import Problem
from services.console.api.frame import (
    Visitor,
    form_of,
    go,
    key_of,
    officer,
    page,
    problem_page,
    status_after,
    version_of,
)
from services.console.domain.programs import Fault, find_faults, tidy, write_definition

router = APIRouter(include_in_schema=False, prefix="/program-draft")

Officer = Annotated[Visitor, Depends(officer)]

_OF_DEFINITION: Final = "body.definition."


@router.get("")
async def read_draft(
    request: Request, who: Officer, model: str = "", program: str = "", revision: int | None = None
) -> Response:
    """A model, or a revision of a program, as text: to be drafted, or a draft to be edited."""
    if not program:
        models = await who.person.get("liquidation", "/program-templates", Templates)
        if models.value is None:
            return problem_page(request, who, models, subject="The models")
        chosen = [each for each in models.value.templates if each["program"] == model]
        if not chosen:
            raise HTTPException(404)
        return _show(request, who, _written("draft", definition=write_definition(tidy(chosen[0]))))
    found = await who.person.get("liquidation", f"/programs/{program}", Program)
    if found.value is None:
        return problem_page(request, who, found, subject="The program")
    revisions = {each.revision: each for each in found.value.revisions}
    if revision is None:
        text = write_definition(revisions[max(revisions)].definition)
        return _show(request, who, _written("revise", program=program, definition=text))
    if revision not in revisions:
        raise HTTPException(404)
    edited = revisions[revision]
    return _show(
        request,
        who,
        _written(
            "edit",
            program=program,
            revision=str(revision),
            version=str(edited.edits),
            definition=write_definition(edited.definition),
            reason=edited.reason,
        ),
    )


@router.post("")
async def keep_draft(request: Request, who: Officer) -> Response:
    """Keep it; what is refused comes back as it was written, each fault with its line."""
    form = await form_of(request, who)
    written = _written(**{name: form.get(name, [""])[0] for name in _written("")})
    try:
        definition = json.loads(written["definition"])
    except ValueError as error:
        return _show(request, who, written, refused=Panel("console", problem=_no_json(error)))
    if not isinstance(definition, dict):
        return _show(request, who, written, refused=Panel("console", problem=_no_json(ValueError("no object"))))
    body = {"definition": definition, "reason": written["reason"]}
    program, key = written["program"], key_of(request)
    done: Panel[DraftedRevision]
    match written["act"]:
        case "draft":
            done = await who.person.post("liquidation", "/programs", DraftedRevision, body, key=key)
        case "revise":
            path = f"/programs/{program}/revisions"
            done = await who.person.post("liquidation", path, DraftedRevision, body, key=key)
        case "edit":
            path = f"/programs/{program}/revisions/{written['revision']}"
            done = await who.person.put("liquidation", path, DraftedRevision, body, version=version_of(form))
        case _:
            raise HTTPException(422)
    if done.value is None:
        written["definition"] = write_definition(definition)
        return _show(request, who, written, refused=done, faults=_faults(definition, done.problem))
    kept = done.value
    return go(
        f"/programs/{kept.program}?revision={kept.revision}&done={'edit' if written['act'] == 'edit' else 'draft'}"
    )


def _written(
    act: str, program: str = "", revision: str = "", version: str = "", definition: str = "", reason: str = ""
) -> dict[str, str]:
    return {
        "act": act,
        "program": program,
        "revision": revision,
        "version": version,
        "definition": definition,
        "reason": reason,
    }


def _faults(definition: dict[str, Any], problem: Problem | None) -> list[Fault]:
    """The faults that are of the definition, at their lines."""
    if problem is None:
        return []
    named = [each for each in problem.errors or () if each.field.startswith(_OF_DEFINITION)]
    return find_faults(definition, [(each.field.removeprefix(_OF_DEFINITION), each.message) for each in named])


def _no_json(error: ValueError) -> Problem:
    where = f", line {error.lineno}, sign {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
    what = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
    return Problem(
        status=422,
        code="malformed",
        detail=f"The definition is no JSON{where}: {what}.",
        remedy="Correct it there; nothing was sent.",
    )


def _show(
    request: Request,
    who: Visitor,
    written: dict[str, str],
    *,
    refused: Panel[Any] | None = None,
    faults: list[Fault] | None = None,
) -> Response:
    return page(
        request,
        who,
        "program_draft.html",
        status=status_after(refused),
        written=written,
        rows=min(max(written["definition"].count("\n") + 2, 12), 60),
        refused=refused,
        faults=faults or [],
    )
