"""The catalogue of problems, where the `type` of every problem detail leads."""

from typing import Annotated, Final

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from shared.customs.problems import ProblemKind, problem_kinds
from shared.runtime.errors import NotFound
from shared.runtime.identity import Identity
from shared.web.access import allow


class ProblemKindOut(BaseModel):
    """What a code of a problem means, and what to do."""

    type: str = Field(description="What stands as `type` in a problem detail.", examples=["/problems/invalid-request"])
    code: str = Field(examples=["invalid-request"])
    statuses: list[int] = Field(
        description="The HTTP statuses that it comes with; none for a code of refused events only.", examples=[[422]]
    )
    title: str = Field(examples=["Fields break rules of form"])
    meaning: str = Field(description="What it means.")
    remedy: str = Field(description="What to do; a problem detail may have a remedy of its own, which then counts.")


class ProblemKindsOut(BaseModel):
    """The whole catalogue."""

    items: list[ProblemKindOut]


router: Final = APIRouter(tags=["problems"])
"""/problems; it is public."""


@router.get("/problems", summary="Every problem that an answer or a refused event may name")
async def list_problems(_: Annotated[Identity, allow("problem.read")]) -> ProblemKindsOut:
    """The catalogue in the order of the codes. It is the same in every service."""
    return ProblemKindsOut(items=[_show(kind) for kind in problem_kinds().values()])


@router.get("/problems/{code}", summary="What a problem means, and what to do")
async def read_problem(
    code: Annotated[str, Path(description="The `code` of a problem.", examples=["invalid-request"])],
    _: Annotated[Identity, allow("problem.read")],
) -> ProblemKindOut:
    """Where the `type` of a problem detail leads."""
    kind = problem_kinds().get(code)
    if kind is None:
        raise NotFound("There is no problem of this code.", remedy="GET /problems lists them.")
    return _show(kind)


def _show(kind: ProblemKind) -> ProblemKindOut:
    return ProblemKindOut(
        type=f"/problems/{kind.code}",
        code=kind.code,
        statuses=list(kind.statuses),
        title=kind.title,
        meaning=kind.meaning,
        remedy=kind.remedy,
    )
