"""Who may decide: the dated table of authority, asked by function and day."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from services.routing.api.common import OnDay
from services.routing.domain.authority import FUNCTION_OF_PROCESS
from shared.customs.authority import DECIDE, AuthorityRow, Evidence, authority_table, functions, holders
from shared.runtime.errors import NotFound
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.requests import today_of

router = APIRouter(tags=["authority"])

_HOLDER: dict[str, Any] = {
    "row_id": "protests-center",
    "role": "center-director",
    "from": "2017-01-19",
    "to": None,
    "legal_basis": "81 FR 92978 (20 Dec 2016); 88 FR 69026 (5 Oct 2023)",
    "concurrent_with": None,
    "evidence": "S",
    "is_uncertain": False,
    "note": "All protests; further review is decided at headquarters.",
}


class HolderOut(BaseModel):
    """Who holds a function in a term, on which legal basis, and how well that is known."""

    model_config = ConfigDict(populate_by_name=True, json_schema_extra={"examples": [_HOLDER]})

    row_id: str
    role: str
    from_on: date | None = Field(alias="from", description="First legal day; null: since ever.")
    to_on: date | None = Field(alias="to", description="Last legal day; null: until further notice.")
    legal_basis: str
    concurrent_with: str | None = Field(description="The row of the one who may decide as well.")
    evidence: Evidence = Field(description="S read in a source, P partly read, M from memory, U uncertain.")
    is_uncertain: bool
    note: str


class AuthorityOut(BaseModel):
    """Who may decide a function on a day."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "function": "protests",
                    "on": "2026-03-02",
                    "says": "On 2026-03-02 the center-director may decide protests.",
                    "is_uncertain": False,
                    "holders": [_HOLDER],
                    "processes": ["protest"],
                }
            ]
        }
    )

    function: str
    on: date
    says: str = Field(description="The answer in one plain sentence.")
    is_uncertain: bool = Field(description="Whether a row that the answer rests on is from memory or unsettled.")
    holders: list[HolderOut]
    processes: list[str] = Field(description="The processes in which the function is exercised.")


class FunctionOut(BaseModel):
    """A function with everybody who ever held it."""

    function: str = Field(examples=["protests"])
    rows: list[HolderOut]


FunctionName = Annotated[
    str, Query(description="A function of GET /authority/functions, or a process.", examples=["protests"])
]


@router.get("/authority", summary="Who may decide")
async def read_authority(
    request: Request,
    _: Annotated[Identity, allow("authority.read")],
    function: FunctionName,
    on: OnDay = None,
) -> AuthorityOut:
    """Who may decide a function, or a process, on a day: on which basis, concurrent with whom, uncertain or not."""
    day = on or today_of(request)
    name = function if function in functions() else FUNCTION_OF_PROCESS.get(function)
    if name is None:
        raise NotFound(
            f"There is no function {function[:64]} in the table of authority.",
            code="unknown-function",
            remedy=f"Take one of: {', '.join(functions())}.",
        )
    rows = holders(name, day)
    return AuthorityOut(
        function=name,
        on=day,
        says=_tell(name, day, rows),
        is_uncertain=any(row.is_uncertain for row in rows),
        holders=[_holder_out(row) for row in rows],
        processes=sorted(process for process, used in FUNCTION_OF_PROCESS.items() if used == name),
    )


@router.get("/authority/functions", summary="The table of authority")
async def list_functions(_: Annotated[Identity, allow("authority.read")]) -> list[FunctionOut]:
    """Every function with its rows, past ones included, in alphabetical order."""
    return [
        FunctionOut(
            function=name,
            rows=[_holder_out(row) for row in authority_table() if row.action == DECIDE and row.function == name],
        )
        for name in functions()
    ]


def _tell(function: str, day: date, rows: tuple[AuthorityRow, ...]) -> str:
    if not rows:
        return f"The table does not say who could decide {function} on {day}."
    who = " and the ".join(row.role for row in rows)
    sentence = f"On {day} the {who} may decide {function}{', each of them' if len(rows) > 1 else ''}."
    if any(row.is_uncertain for row in rows):
        sentence += " This is not certain: a row rests on memory or is unsettled."
    return sentence


def _holder_out(row: AuthorityRow) -> HolderOut:
    return HolderOut(
        row_id=row.row_id,
        role=row.role,
        from_on=row.from_on,
        to_on=row.to_on,
        legal_basis=row.legal_basis,
        concurrent_with=row.concurrent_with,
        evidence=row.evidence,
        is_uncertain=row.is_uncertain,
        note=row.note,
    )
