"""The programs under which a preference may be claimed after entry, over HTTP."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from services.liquidation.domain.preference_programs import PREFERENCE_PROGRAMS, PreferenceProgram
from services.liquidation.domain.rules.rule import Evidence
from shared.runtime.identity import Identity
from shared.web.access import allow

router = APIRouter(tags=["preference"])


class PreferenceProgramOut(BaseModel):
    """A trade agreement of 19 USC 1520(d): its names and symbols are taken in any case and punctuation."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "korea",
                    "name": "United States-Korea Free Trade Agreement",
                    "names": ["KORUS", "KORUS FTA", "Korea FTA"],
                    "symbols": ["KR"],
                    "first_on": "2012-03-15",
                    "last_on": None,
                    "counted_by": "entry",
                    "citation": "19 USC 1520(d)",
                    "evidence": "P",
                }
            ]
        }
    )

    code: str
    name: str
    names: list[str] = Field(description="What else it is called.")
    symbols: list[str] = Field(description="Special program indicators on a line of a summary.")
    first_on: date | None = Field(description="The first day that it covers; null: not known.")
    last_on: date | None = Field(description="The last day that it covers; null: it is in force.")
    counted_by: Literal["entry"] = Field(description="Of what the days are; importation stands in for an unknown one.")
    citation: str
    evidence: Evidence = Field(description="S its days were read, P that it is listed was read and the rest recalled.")


class PreferenceProgramsOut(BaseModel):
    """All listed programs; any other cannot be claimed after entry."""

    items: list[PreferenceProgramOut]


@router.get("/preference-programs", summary="Programs of a preference that may be claimed after entry")
async def list_preference_programs(caller: Annotated[Identity, allow("rule.read")]) -> PreferenceProgramsOut:
    """The trade agreements that 19 USC 1520(d) lists, as the calculator and claims take them (claim-1520d)."""
    del caller  # anyone who proved who they are may read the law
    return PreferenceProgramsOut(items=[_show(each) for each in PREFERENCE_PROGRAMS])


def _show(program: PreferenceProgram) -> PreferenceProgramOut:
    return PreferenceProgramOut(
        code=program.code,
        name=program.name,
        names=list(program.names),
        symbols=list(program.symbols),
        first_on=program.first_on,
        last_on=program.last_on,
        counted_by="entry",
        citation=program.citation,
        evidence=program.evidence,
    )
