"""The HTTP side of what could be asked of programs: entries of an importer that nobody declared, and words of codes."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from services.liquidation.acts.declaring import Declarant, declarant_of
from services.liquidation.acts.program_candidates import Candidate, list_candidates
from services.liquidation.api.common import cycle_policy_of, demand_sight_of_importer, law_of
from services.liquidation.api.declarations import RowOut, show_row
from services.liquidation.api.money import ImporterPath
from services.liquidation.domain.program.explaining import (
    ACT_WORDS,
    AFTER_WORDS,
    CODES,
    NOTE_WORDS,
    STATE_WORDS,
)
from shared.db.transaction import snapshot
from shared.runtime.access import is_staff, reach_of
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["programs"])

ProgramQuery = Annotated[
    str,
    StringConstraints(pattern="^[a-z0-9][a-z0-9-]{1,39}$"),
    Query(description="The program, one to which entries are declared.", examples=["ieepa-2026"]),
]


_EXPLAINED: Final[dict[str, JsonValue]] = {"code": "not-yours"} | asdict(CODES["not-yours"])


class CandidateOut(BaseModel):
    """An entry that nobody declared, and what declaring it now would come to; nothing was stored."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "program": "ieepa-2026",
                    "entry_number": "B7603245278",
                    "entry_date": "2026-02-10",
                    "period_ends_on": "2027-02-10",
                    "liquidated_on": None,
                    "verdict": {
                        "row": 1,
                        "entry_number": "B7603245278",
                        "given": None,
                        "state": "due",
                        "code": None,
                        "fact": None,
                        "citation": None,
                        "remedy": None,
                        "last_day": None,
                        "cohort": "unliquidated",
                        "act": "liquidate",
                        "removed_usd": "9375.00",
                        "notes": [],
                        "says": [],
                        "judged_at": None,
                    },
                }
            ]
        }
    )

    program: str
    entry_number: str
    entry_date: date | None
    period_ends_on: date | None = Field(description="When the law liquidates it, if nobody does before.")
    liquidated_on: date | None
    verdict: RowOut = Field(description="As a declaration of this moment would be judged.")


class CodeOut(BaseModel):
    """What a code of a row means: the fact, where the rule stands, what to do."""

    code: str
    fact: str
    citation: str
    remedy: str


class WordOut(BaseModel):
    """A code in words."""

    code: str
    says: str


class ProgramCodesOut(BaseModel):
    """Every code of programs in words."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "codes": [_EXPLAINED],
                    "states": [{"code": "due", "says": STATE_WORDS["due"]}],
                    "acts": [{"code": "liquidate", "says": ACT_WORDS["liquidate"]}],
                    "notes": [{"code": "money-open", "says": NOTE_WORDS["money-open"]}],
                    "after": [{"code": "amount-differs", "says": AFTER_WORDS["amount-differs"]}],
                }
            ]
        }
    )

    codes: list[CodeOut] = Field(description="Why a row is dropped.")
    states: list[WordOut] = Field(description="Where a row stands.")
    acts: list[WordOut] = Field(description="What follows for an entry that a cohort takes.")
    notes: list[WordOut] = Field(description="What else is to be known of an accepted entry.")
    after: list[WordOut] = Field(description="What came to be known after an entry was posted.")


@router.get("/program-codes", summary="What the codes of programs mean")
async def list_program_codes(_: Annotated[Identity, allow("program.read")]) -> ProgramCodesOut:
    """Codes of rows with fact, citation and remedy; states, acts, notes and facts of after in words."""
    return ProgramCodesOut(
        codes=[
            CodeOut(code=code, fact=each.fact, citation=each.citation, remedy=each.remedy)
            for code, each in CODES.items()
        ],
        states=[WordOut(code=code, says=says) for code, says in STATE_WORDS.items()],
        acts=[WordOut(code=code, says=says) for code, says in ACT_WORDS.items()],
        notes=[WordOut(code=code, says=says) for code, says in NOTE_WORDS.items()],
        after=[WordOut(code=code, says=says) for code, says in AFTER_WORDS.items()],
    )


@router.get("/importers/{importer_number}/program-candidates", summary="What an importer could declare to a program")
async def list_program_candidates(
    importer_number: ImporterPath,
    program: ProgramQuery,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("refund-declaration.read")],
    page: CurrentPage,
) -> Page[CandidateOut]:
    """Entries that the program reaches and that nobody declared, first those whose period ends first.

    Each is judged as if the caller declared it now; for staff, as if the importer did.
    """
    now, policy, law = now_of(request), cycle_policy_of(request), law_of(request)
    reach = reach_of(caller, "refund-declaration.read", today_of(request))
    position = page.position(date | None, str)
    after = (position[0], position[1]) if position is not None else None
    declarant = Declarant(caller, frozenset({importer_number}), None) if is_staff(caller) else declarant_of(caller)
    async with snapshot(engine_of(request)) as tx:
        await demand_sight_of_importer(tx.connection, reach, importer_number)
        rows = await list_candidates(
            tx, reach, importer_number, program, declarant, now, policy, law, after=after, limit=page.fetch
        )
    return build_page(
        rows,
        page,
        key=lambda each: each.place,
        item=lambda each: _candidate(program, each),
        request=request,
        response=response,
    )


def _candidate(program: str, found: Candidate) -> CandidateOut:
    return CandidateOut(
        program=program,
        entry_number=found.entry.entry_number,
        entry_date=found.entry.entry_date,
        period_ends_on=found.entry.deemed_on,
        liquidated_on=found.entry.liquidated_on,
        verdict=show_row(found.verdict),
    )
