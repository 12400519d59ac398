"""The HTTP side of reversals: what is asked to be undone of a program, confirmed by another person, or withdrawn."""

from datetime import datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.liquidation.acts import program_reversals as acts
from services.liquidation.acts.programs import no_program
from services.liquidation.api.programs import ProgramPath
from services.liquidation.store import program_reversals as store
from services.liquidation.store import programs as program_store
from services.liquidation.store.program_reversals import ReversalRequest
from shared.contracts.terms import EntryNumber, SaidText
from shared.customs.money import format_cents
from shared.db.transaction import Transaction, reading
from shared.runtime.identity import Identity, sign
from shared.web.access import allow
from shared.web.fields import LegalDay
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of

router = APIRouter(tags=["programs"])

RequestNumber = Annotated[int, Field(ge=1, le=1_000_000, description="The number of a request to reverse.")]
_OF_JUDGMENT = ("court_ordered_on", "is_in_suit", "court_number")


class ReversalIn(BaseModel):
    """What is to be undone: the entries that are named, those of a run, or all that the program posted."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"entries": ["B7603245278"], "by": "center", "reason": "SYNTHETIC order was reversed."}]
        },
    )

    reason: SaidText
    entries: tuple[EntryNumber, ...] | None = Field(default=None, min_length=1, max_length=10_000)
    run: int | None = Field(default=None, ge=1, le=1_000_000)
    by: Literal["center", "court-judgment"] = Field(
        description="Whose power: the Center's within 90 days (19 USC 1501), or a judgment as headquarters instructs. A"
        " judgment reaches what is final (19 USC 1514) only of entries that were in the suit; others are refused, entry"
        " by entry."
    )
    court_ordered_on: LegalDay | None = Field(
        default=None, description="Of a judgment: its day. Without it the day on which an entry is reversed."
    )
    is_in_suit: bool | None = Field(
        default=None,
        description="Of a judgment: whether the entries were in the suit. Without it that is known only of those that a"
        " cohort of importers who sued has posted.",
    )
    court_number: Annotated[str, StringConstraints(min_length=1, max_length=40, strip_whitespace=True)] | None = None

    @model_validator(mode="after")
    def _is_of_judgment(self) -> Self:
        if self.by == "center" and any(getattr(self, each) is not None for each in _OF_JUDGMENT):
            raise PydanticCustomError("of-judgment", "court_ordered_on, is_in_suit and court_number are of a judgment")
        return self


class ReversalConfirmationIn(BaseModel):
    """Which request is confirmed: the one that was read."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"request": 1}]})

    request: RequestNumber | None = Field(default=None, description="Without it the only one that waits.")


class ReversalWithdrawalIn(BaseModel):
    """Which request is withdrawn, and why."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"request": 1, "reason": "SYNTHETIC: of another run."}]}
    )

    request: RequestNumber
    reason: SaidText


class ReversedOut(BaseModel):
    """How many entries a request is about."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"program": "ieepa-2026", "entries": 1, "request": 1, "state": "asked"}]}
    )

    program: str
    entries: int
    request: int = Field(description="The number under which it is confirmed or withdrawn.")
    state: Literal["asked", "confirmed", "withdrawn"]


class ReversalRequestOut(ReversedOut):
    """What somebody asked to be reversed, and what became of that."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "program": "ieepa-2026",
                    "entries": 1,
                    "request": 1,
                    "state": "withdrawn",
                    "by": "court-judgment",
                    "reason": "SYNTHETIC order was reversed.",
                    "court_ordered_on": "2026-07-01",
                    "is_in_suit": True,
                    "court_number": "26-01259",
                    "removed_usd": "9375.00",
                    "asked_at": "2026-07-02T13:00:00Z",
                    "asked_by": "kim",
                    "settled_at": "2026-07-02T14:00:00Z",
                    "settled_by": "lee",
                    "why": "SYNTHETIC: of another run.",
                }
            ]
        }
    )

    by: Literal["center", "court-judgment"]
    reason: str
    court_ordered_on: LegalDay | None
    is_in_suit: bool | None
    court_number: str | None
    removed_usd: str
    asked_at: datetime
    asked_by: str
    settled_at: datetime | None = Field(description="When it was confirmed or withdrawn; null: it waits.")
    settled_by: str | None
    why: str | None = Field(description="Why it was withdrawn.")


@router.get("/programs/{program}/reversals", summary="Requests to reverse")
async def list_reversals(
    program: ProgramPath,
    request: Request,
    response: Response,
    _: Annotated[Identity, allow("program.try")],
    page: CurrentPage,
    state: Annotated[Literal["asked", "confirmed", "withdrawn"] | None, Query()] = None,
) -> Page[ReversalRequestOut]:
    """What was asked to be reversed, by whom and why, newest first: each is confirmed or withdrawn by itself."""
    position = page.position(int)
    async with reading(engine_of(request)) as connection:
        if await program_store.find_program(connection, program) is None:
            raise no_program(program)
        before = position[0] if position is not None else None
        rows = await store.list_requests(connection, program, state=state, before=before, limit=page.fetch)
    return build_page(rows, page, key=lambda row: (row.request,), item=_show, request=request, response=response)


@router.post("/programs/{program}/reversals", status_code=201, summary="Ask for a reversal", response_model=ReversedOut)
async def ask_reversal(
    program: ProgramPath,
    body: ReversalIn,
    request: Request,
    caller: Annotated[Identity, allow("program.release")],
    call: CurrentIdempotentCall,
) -> Response:
    """Nothing is done before a second person confirms. What is posted is reliquidated with the duty, never deleted.

    Of entries that another request names already that one stands.
    """
    judgment = acts.Judgment(body.court_ordered_on, body.is_in_suit, body.court_number)

    async def act(tx: Transaction) -> ReversedOut:
        given = (body.entries, body.run, body.by, body.reason)
        return _tell(await acts.ask_reversal(tx, now_of(request), program, *given, caller, judgment))

    return await answer_once(request, call, act)


@router.post(
    "/programs/{program}/reversals/confirmations",
    status_code=201,
    summary="Confirm a reversal",
    response_model=ReversedOut,
)
async def confirm_reversal(
    program: ProgramPath,
    request: Request,
    caller: Annotated[Identity, allow("program.release")],
    call: CurrentIdempotentCall,
    body: ReversalConfirmationIn | None = None,
) -> Response:
    """As another than who asked: a job reverses what the request names, and nothing that was asked for since. What the
    law does not allow any more is refused, entry by entry. While several requests wait one of them has to be named.
    """
    named = body.request if body is not None else None

    async def act(tx: Transaction) -> ReversedOut:
        return _tell(await acts.confirm_reversal(tx, now_of(request), program, named, caller))

    return await answer_once(request, call, act)


@router.post(
    "/programs/{program}/reversals/withdrawals",
    status_code=201,
    summary="Withdraw a reversal that is asked for",
    response_model=ReversedOut,
)
async def withdraw_reversal(
    program: ProgramPath,
    body: ReversalWithdrawalIn,
    request: Request,
    caller: Annotated[Identity, allow("program.release", "program.withdraw-reversal")],
    call: CurrentIdempotentCall,
) -> Response:
    """By who asked, or a supervisor, before it is confirmed: what it names stands as posted, and can be asked again."""

    async def act(tx: Transaction) -> ReversedOut:
        return _tell(await acts.withdraw_reversal(tx, now_of(request), program, body.request, body.reason, caller))

    return await answer_once(request, call, act)


def _tell(found: ReversalRequest) -> ReversedOut:
    return ReversedOut(program=found.program, entries=found.entries, request=found.request, state=found.state)


def _show(found: ReversalRequest) -> ReversalRequestOut:
    return ReversalRequestOut(
        program=found.program,
        entries=found.entries,
        request=found.request,
        state=found.state,
        by=found.by,
        reason=found.reason,
        court_ordered_on=found.court_ordered_on,
        is_in_suit=found.is_in_suit,
        court_number=found.court_number,
        removed_usd=format_cents(found.removed_cents),
        asked_at=found.asked_at,
        asked_by=sign(found.asked_by, found.asked_for),
        settled_at=found.settled_at,
        settled_by=sign(found.settled_by, found.settled_for) if found.settled_by is not None else None,
        why=found.why,
    )
