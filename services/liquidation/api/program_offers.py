"""The HTTP side of what programs take by themselves: offers and their answers, facts that come after the posting."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.liquidation.acts import program_rolls as acts
from services.liquidation.acts.program_judging import judge_entries
from services.liquidation.acts.programs import no_program
from services.liquidation.api.common import EntryNumberPath, cycle_policy_of, demand_sight_of_importer, law_of
from services.liquidation.api.money import ImporterPath
from services.liquidation.api.programs import ProgramPath
from services.liquidation.domain.program.explaining import AFTER_WORDS, CODES, NOTE_WORDS, describe_code
from services.liquidation.domain.program.judging import AfterCode, Team
from services.liquidation.store import program_rolls as store
from services.liquidation.store.program_rolls import AfterRow, AnswerWord, Offer
from services.liquidation.store.programs import find_program
from shared.contracts.terms import EntryNumber, SaidText, ShortText
from shared.customs.money import format_cents
from shared.db.transaction import Transaction, reading, snapshot
from shared.runtime.access import reach_of
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import canonical_entry_number, engine_of, now_of, today_of

router = APIRouter(tags=["programs"])

State = Literal["dropped", "withdrawn", "nothing", "waiting", "due", "posted"]


class OfferOut(BaseModel):
    """An entry that a program took by itself: what becomes of it, and what the importer said."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "program": "synthetic-offer",
                    "entry_number": "B7603245278",
                    "state": "waiting",
                    "code": None,
                    "fact": None,
                    "remedy": None,
                    "last_day": "2026-08-18",
                    "cohort": "unliquidated",
                    "act": "liquidate",
                    "removed_usd": "9375.00",
                    "notes": ["waits-answer"],
                    "says": [NOTE_WORDS["waits-answer"]],
                    "offered_at": "2026-04-20T13:00:00Z",
                    "answer": None,
                    "answered_at": None,
                    "explanation": None,
                }
            ]
        }
    )

    program: str
    entry_number: str
    state: State
    code: str | None = Field(description="Why it is dropped; stable, as on the rows of declarations.")
    fact: str | None
    remedy: str | None
    last_day: date | None = Field(description="Until when the offer is answered, or the remedy taken.")
    cohort: str | None
    act: str | None
    removed_usd: str
    notes: list[str]
    says: list[str]
    offered_at: datetime = Field(description="Since when the program has it.")
    answer: AnswerWord | None = Field(description="What the importer said last; null: nothing.")
    answered_at: datetime | None
    explanation: str | None


class AnswerIn(BaseModel):
    """What an importer says of entries that a program took."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"entries": ["B7603245278"], "answer": "accept", "explanation": None}]},
    )

    entries: tuple[EntryNumber, ...] = Field(min_length=1, max_length=1_000)
    answer: AnswerWord = Field(
        description="accept: the refund as reckoned, corrections wait where the program says so. decline: none from"
        " this program. contest: what was reckoned is wrong, `explanation` says why, and a person looks at it."
    )
    explanation: ShortText | None = None


class AnswersOut(BaseModel):
    """The entries that were answered; the last answer stands until the entry is posted."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"program": "synthetic-offer", "answer": "accept", "entries": ["B7603245278"]}]}
    )

    program: str
    answer: AnswerWord
    entries: list[str]


class AfterFactOut(BaseModel):
    """What came to be known of an entry after it was posted. Nothing was rewritten by it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "program": "ieepa-2026",
                    "entry_number": "B7603245278",
                    "code": "drawback-designated",
                    "fact": AFTER_WORDS["drawback-designated"],
                    "team": "drawback",
                    "declaration_id": "0c6d0b58-6f0c",
                    "removed_usd": "9375.00",
                    "owed_usd": "0.00",
                    "excess_usd": "9375.00",
                    "found_at": "2026-06-01T13:00:00Z",
                    "gone_at": None,
                    "settled_at": None,
                    "settled_by": None,
                    "settlement": None,
                }
            ]
        }
    )

    program: str
    entry_number: str
    code: AfterCode
    fact: str
    team: Team = Field(description="Whose it is to settle.")
    declaration_id: str
    removed_usd: str = Field(description="Duty that was removed when the entry was posted.")
    owed_usd: str = Field(description="Duty that the program would remove by what is known now.")
    excess_usd: str = Field(description="Removed less owed; negative where more would be removed.")
    found_at: datetime
    gone_at: datetime | None = Field(description="Since when it does not stand any more.")
    settled_at: datetime | None
    settled_by: str | None
    settlement: str | None


class AfterSumOut(BaseModel):
    """What nobody has settled, of one team and code."""

    team: Team
    code: AfterCode
    entries: int
    excess_usd: str


class AfterSumsOut(BaseModel):
    """What came after the posting and nobody has settled, in counts and money."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "program": "ieepa-2026",
                    "open": [
                        {"team": "drawback", "code": "drawback-designated", "entries": 1, "excess_usd": "9375.00"}
                    ],
                }
            ]
        }
    )

    program: str
    open: list[AfterSumOut]


class SettlementIn(BaseModel):
    """How a fact of after was settled: in words, for the money follows its own acts."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"code": "drawback-designated", "settlement": "The drawback claim was reduced."}]
        },
    )

    code: AfterCode
    settlement: SaidText


class SettlementOut(BaseModel):
    """A fact of after that is settled."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"program": "ieepa-2026", "entry_number": "B7603245278", "code": "drawback-designated"}]
        }
    )

    program: str
    entry_number: str
    code: AfterCode


@router.get("/importers/{importer_number}/program-offers", summary="What programs took of an importer's entries")
async def list_program_offers(
    importer_number: ImporterPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("program-offer.read")],
    page: CurrentPage,
    program: Annotated[str | None, Query(max_length=40, description="Only of this program.")] = None,
    state: Annotated[State | None, Query(description="Only entries in this state.")] = None,
) -> Page[OfferOut]:
    """Entries of programs whose intake is automatic or offered, with what becomes of each and until when to answer."""
    reach, position = reach_of(caller, "program-offer.read", today_of(request)), page.position(str, str)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_offers(
            connection,
            reach,
            importer_number,
            program=program,
            state=state,
            after=(position[0], position[1]) if position is not None else None,
            limit=page.fetch,
        )
        if not rows:
            await demand_sight_of_importer(connection, reach, importer_number)
    return build_page(
        rows,
        page,
        key=lambda row: (row.entry_number, row.program),
        item=_offer,
        request=request,
        response=response,
    )


@router.post(
    "/programs/{program}/answers", status_code=201, summary="Answer what a program offers", response_model=AnswersOut
)
async def answer_offers(
    program: ProgramPath,
    body: AnswerIn,
    request: Request,
    caller: Annotated[Identity, allow("program-offer.answer")],
    call: CurrentIdempotentCall,
) -> Response:
    """Accept, decline or contest entries that a program took by itself: all of those that are named, or none.

    What a program takes automatically needs no answer, and can be declined. An offer is answered by its last day.
    """
    now, policy, law = now_of(request), cycle_policy_of(request), law_of(request)

    async def act(tx: Transaction) -> AnswersOut:
        numbers = await acts.answer_offers(tx, now, program, body.entries, body.answer, body.explanation, caller)
        await judge_entries(tx, program, numbers, now, policy, law)
        return AnswersOut(program=program, answer=body.answer, entries=numbers)

    return await answer_once(request, call, act)


@router.get("/programs/{program}/after-the-fact", summary="What came after the posting")
async def list_after_facts(
    program: ProgramPath,
    request: Request,
    response: Response,
    _: Annotated[Identity, allow("program.try")],
    page: CurrentPage,
    team: Annotated[Team | None, Query(description="Only what is this team's to settle.")] = None,
    is_open: Annotated[bool, Query(alias="open", description="Only what stands and nobody has settled.")] = True,
) -> Page[AfterFactOut]:
    """Facts that contradict what was posted, with the amounts: a drawback claim filed late, a correction of before."""
    position = page.position(str, str)
    async with snapshot(engine_of(request)) as tx:
        await _demand_program(tx, program)
        after = (position[0], position[1]) if position is not None else ("", "")
        rows = await store.list_after_facts(tx, program, after=after, team=team, is_open=is_open, limit=page.fetch)
    return build_page(
        rows,
        page,
        key=lambda row: (row.entry_number, row.code),
        item=_after_fact,
        request=request,
        response=response,
    )


@router.get("/programs/{program}/after-the-fact/sums", summary="What came after the posting, by team and code")
async def sum_after_facts(
    program: ProgramPath, request: Request, _: Annotated[Identity, allow("program.try")]
) -> AfterSumsOut:
    """Entries and money that nobody has settled."""
    async with snapshot(engine_of(request)) as tx:
        await _demand_program(tx, program)
        sums = await store.sum_after_facts(tx, program)
    shown = [
        AfterSumOut.model_validate(
            {
                "team": each.team,
                "code": each.code,
                "entries": each.entries,
                "excess_usd": format_cents(each.removed_cents - each.owed_cents),
            }
        )
        for each in sums
    ]
    return AfterSumsOut(program=program, open=shown)


@router.post(
    "/programs/{program}/entries/{entry_number}/settlements",
    status_code=201,
    summary="Settle what came after the posting",
    response_model=SettlementOut,
)
async def settle_after_fact(
    program: ProgramPath,
    entry_number: EntryNumberPath,
    body: SettlementIn,
    request: Request,
    caller: Annotated[Identity, allow("program.settle")],
    call: CurrentIdempotentCall,
) -> Response:
    """Say how a fact was settled; it is open again when its amounts change. What was posted stays as it is."""
    now, number = now_of(request), canonical_entry_number(entry_number)

    async def act(tx: Transaction) -> SettlementOut:
        await acts.settle_after_fact(tx, now, program, number, body.code, body.settlement, caller)
        return SettlementOut(program=program, entry_number=number, code=body.code)

    return await answer_once(request, call, act)


async def _demand_program(tx: Transaction, program: str) -> None:
    if await find_program(tx.connection, program) is None:
        raise no_program(program)


def _offer(row: Offer) -> OfferOut:
    return OfferOut.model_validate(
        {
            "program": row.program,
            "entry_number": row.entry_number,
            "state": row.state,
            "code": row.code,
            "fact": describe_code(row.code),
            "remedy": CODES[row.code].remedy if row.code is not None else None,
            "last_day": row.last_day,
            "cohort": row.cohort,
            "act": row.act,
            "removed_usd": format_cents(row.removed_cents),
            "notes": list(row.notes),
            "says": [NOTE_WORDS[each] for each in row.notes],
            "offered_at": row.offered_at,
            "answer": row.said,
            "answered_at": row.answered_at,
            "explanation": row.explanation,
        }
    )


def _after_fact(row: AfterRow) -> AfterFactOut:
    return AfterFactOut.model_validate(
        {
            "program": row.program,
            "entry_number": row.entry_number,
            "code": row.code,
            "fact": AFTER_WORDS[row.code],
            "team": row.team,
            "declaration_id": row.declaration_id,
            "removed_usd": format_cents(row.removed_cents),
            "owed_usd": format_cents(row.owed_cents),
            "excess_usd": format_cents(row.removed_cents - row.owed_cents),
            "found_at": row.found_at,
            "gone_at": row.gone_at,
            "settled_at": row.settled_at,
            "settled_by": row.settled_by,
            "settlement": row.settlement,
        }
    )
