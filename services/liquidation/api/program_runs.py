"""The HTTP side of posting: how a program goes on, its runs, its progress, days that come near, what is undone."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.liquidation.acts import program_standing
from services.liquidation.acts.cycles import next_cycle
from services.liquidation.acts.hold_sets import name_hold_set
from services.liquidation.acts.program_days import alarmed_until
from services.liquidation.acts.program_standing import StandingAct
from services.liquidation.acts.programs import no_program
from services.liquidation.api.common import law_of
from services.liquidation.api.programs import ProgramPath, StateOut, show_states
from services.liquidation.domain.protest.timeliness import liquidation_window
from services.liquidation.store import declarations as declaration_store
from services.liquidation.store import program_losses, program_runs
from services.liquidation.store import programs as store
from services.liquidation.store.program_reversals import ReversalCount, count_reversals
from services.liquidation.store.program_runs import NearDay, Run
from shared.contracts.terms import SaidText
from shared.customs.money import format_cents
from shared.db.transaction import Transaction, snapshot
from shared.runtime.access import shown_importer_number
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["programs"])

_HELD: Final = (
    "Weekly cycles go on. The hold set that was drafted keeps entries with the program's headings out of them, until"
    " their period ends, once another person applies it: POST /hold-sets/{hold_set}/apply."
)
_NOT_HELD: Final = (
    "Weekly cycles go on to liquidate without the duty what the program accepted and is due in them. A hold set keeps"
    " entries out until their period ends: stay with holds, or POST /hold-sets."
)


class ReasonIn(BaseModel):
    """Why it is done."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "SYNTHETIC order of a court."}]}
    )

    reason: SaidText


class PauseIn(ReasonIn):
    """To pause a program, or to resume it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"act": "pause", "reason": "Amounts are looked at again."}]}
    )

    act: Literal["pause", "resume"]


class StayIn(ReasonIn):
    """That an order stays a program, or does not any more."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"act": "stay", "reason": "SYNTHETIC stay of 1 July 2026.", "holds": True}],
        },
    )

    act: Literal["stay", "lift"]
    holds: bool = Field(
        default=False,
        description="Draft a hold set with the stay that keeps entries with the program's headings out of weekly"
        " cycles; another person applies it.",
    )


class StandingOut(BaseModel):
    """How a program stands."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "program": "ieepa-2026",
                    "standing": "stayed",
                    "since": "2026-07-01T13:00:00Z",
                    "is_stayed": True,
                    "cycles": _HELD,
                    "hold_set": "6f0c1b1e5e6f4f0a",
                    "hold_from": "2026-07-03",
                }
            ]
        }
    )

    program: str
    standing: Literal["running", "paused", "stayed", "ended", "aborted"]
    since: datetime | None
    is_stayed: bool = Field(description="An order stays it: nothing of it is certified or sent, also when it is over.")
    cycles: str | None = Field(
        default=None, description="Of a stay or a pause: what weekly cycles go on to do, and what keeps entries out."
    )
    hold_set: str | None = Field(
        default=None,
        description="The hold set that was drafted with the stay: POST /hold-sets/{id}/apply, by another person."
        " null: none was; POST /hold-sets drafts one.",
    )
    hold_from: date | None = Field(
        default=None, description="The Friday of the first cycle that obeys it, if it is applied before that one's cut."
    )


class ProgramRunOut(BaseModel):
    """A posting day: what was posted, in which lane, to how much money."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "program": "ieepa-2026",
                    "run": 1,
                    "kind": "posting",
                    "posted_on": "2026-06-15",
                    "cycle_on": None,
                    "revision": 1,
                    "state": "done",
                    "posted": 2,
                    "set_based": 1,
                    "careful": 1,
                    "dropped": 0,
                    "undetermined": 0,
                    "removed_usd": "18750.00",
                    "interest_usd": "318.06",
                    "refund_usd": "19068.06",
                    "began_at": "2026-06-15T13:00:00Z",
                    "ended_at": "2026-06-15T13:01:00Z",
                    "why": None,
                    "leaves": 2,
                    "root": "00" * 32,
                }
            ]
        }
    )

    program: str
    run: int
    kind: Literal["posting", "cycle"] = Field(description="cycle: the weekly cycle posted what waited for it.")
    posted_on: date
    cycle_on: date | None
    revision: int
    state: Literal["running", "done", "stopped"] = Field(
        description="done: through; until its day ends it goes on when more comes due."
    )
    posted: int
    set_based: int = Field(description="Entries whose money was assessed by arrays.")
    careful: int = Field(description="Entries that were assessed one by one, and those of a cycle.")
    dropped: int = Field(description="Entries that were due and were not any more when they were looked at.")
    undetermined: int = Field(description="Posted, with a fact of the money missing.")
    removed_usd: str
    interest_usd: str
    refund_usd: str
    began_at: datetime
    ended_at: datetime | None
    why: str | None = Field(description="Why it was stopped.")
    leaves: int | None
    root: str | None = Field(description="Root of the proofs of its entries, hexadecimal; null until its day is over.")


class ReversalStateOut(BaseModel):
    """Postings by how far their reversal is."""

    state: Literal["asked", "confirmed", "done", "refused"]
    code: str | None = Field(description="Why it is refused.")
    entries: int
    removed_usd: str


class ProgressOut(BaseModel):
    """How far a program is: every row that was declared is in exactly one state."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "program": "ieepa-2026",
                    "standing": "running",
                    "declared": 3,
                    "removed_usd": "18750.00",
                    "states": [
                        {"state": "due", "code": None, "entries": 1, "removed_usd": "9375.00"},
                        {"state": "dropped", "code": "no-heading", "entries": 1, "removed_usd": "0.00"},
                        {"state": "posted", "code": None, "entries": 1, "removed_usd": "9375.00"},
                    ],
                    "undetermined": 0,
                    "run": None,
                    "entries_per_second": None,
                    "seconds_left": None,
                    "days_near": 0,
                    "first_last_day": None,
                    "reversals": [],
                }
            ]
        }
    )

    program: str
    standing: Literal["running", "paused", "stayed", "ended", "aborted"]
    declared: int
    removed_usd: str
    states: list[StateOut]
    undetermined: int = Field(description="Of the posted: a fact of the money is still missing.")
    run: ProgramRunOut | None = Field(description="The last run; null: nothing was posted yet.")
    entries_per_second: float | None = Field(description="Of the last run; null while it has posted nothing.")
    seconds_left: int | None = Field(
        description="For what is due, at the rate of the last run; null: not known. Days between runs are not in it."
    )
    days_near: int = Field(description="Entries that wait with their last legal day near or over: GET …/days.")
    first_last_day: date | None
    reversals: list[ReversalStateOut]


class NearDayOut(BaseModel):
    """An entry that waits while its last day comes near."""

    entry_number: str
    importer_number: str
    center: str | None
    act: Literal["liquidate", "reliquidate"]
    last_day: date
    is_over: bool
    legal_basis: str


class LostOut(BaseModel):
    """An entry that the program reaches, that nobody declared, and that was liquidated with the duty."""

    entry_number: str
    importer_number: str
    liquidated_on: date
    despite_hold: bool = Field(description="A hold set matched it, and its period would have ended before it lifts.")
    protest_by: date = Field(description="The safe last day to protest (19 USC 1514).")


@router.post(
    "/programs/{program}/pauses", status_code=201, summary="Pause or resume a program", response_model=StandingOut
)
async def pause_program(
    program: ProgramPath,
    body: PauseIn,
    request: Request,
    caller: Annotated[Identity, allow("program.release")],
    call: CurrentIdempotentCall,
) -> Response:
    """A chunk that is being posted ends, and no other begins. Declarations are taken and judged all the same."""
    return await _stand(request, call, caller, program, body.act, body.reason)


@router.post(
    "/programs/{program}/stays", status_code=201, summary="Stay a program, or lift it", response_model=StandingOut
)
async def stay_program(
    program: ProgramPath,
    body: StayIn,
    request: Request,
    caller: Annotated[Identity, allow("program.release")],
    call: CurrentIdempotentCall,
) -> Response:
    """While an order stays a program it posts nothing, and nothing that was certified is paid, also when it is aborted
    meanwhile. The weekly cycle goes on: what is due in it is liquidated without the duty, unless a hold set keeps it
    back, which `holds` drafts in the same act. Lifted, the program stands as it did before.
    """
    return await _stand(request, call, caller, program, body.act, body.reason, holds=body.holds)


@router.post("/programs/{program}/ends", status_code=201, summary="End a program", response_model=StandingOut)
async def end_program(
    program: ProgramPath,
    body: ReasonIn,
    request: Request,
    caller: Annotated[Identity, allow("program.release")],
    call: CurrentIdempotentCall,
) -> Response:
    """Nothing is declared to it or posted by it any more; what it posted stands."""
    return await _stand(request, call, caller, program, "end", body.reason)


@router.post("/programs/{program}/aborts", status_code=201, summary="Abort a program", response_model=StandingOut)
async def abort_program(
    program: ProgramPath,
    body: ReasonIn,
    request: Request,
    caller: Annotated[Identity, allow("program.release")],
    call: CurrentIdempotentCall,
) -> Response:
    """For good: a job withdraws all that is not posted, and corrections are free again. What is posted is reversed by
    `POST …/reversals`, or stands.
    """
    return await _stand(request, call, caller, program, "abort", body.reason)


async def _stand(
    request: Request,
    call: CurrentIdempotentCall,
    caller: Identity,
    program: str,
    act: StandingAct,
    reason: str,
    *,
    holds: bool = False,
) -> Response:
    async def stand(tx: Transaction) -> StandingOut:
        now, held = now_of(request), None
        found = await program_standing.change_standing(tx, now, program, act, reason, caller)
        if holds and act == "stay":
            held = await program_standing.draft_hold(tx, now, name_hold_set(call), program, reason, caller)
        return StandingOut(
            program=program,
            standing=found.standing,
            since=found.standing_since,
            is_stayed=found.stayed_from is not None,
            cycles=(_HELD if held is not None else _NOT_HELD) if act in ("stay", "pause") else None,
            hold_set=held.hold_set_id if held is not None else None,
            hold_from=next_cycle(now) if held is not None else None,
        )

    return await answer_once(request, call, stand)


@router.get("/programs/{program}/runs", summary="Runs of a program")
async def list_runs(
    program: ProgramPath,
    request: Request,
    response: Response,
    _: Annotated[Identity, allow("program.try")],
    page: CurrentPage,
) -> Page[ProgramRunOut]:
    """Newest first."""
    position = page.position(int)
    async with snapshot(engine_of(request)) as tx:
        await _demand_program(tx, program)
        rows = await program_runs.list_runs(
            tx, program, before=position[0] if position is not None else None, limit=page.fetch
        )
    return build_page(rows, page, key=lambda row: (row.run,), item=show_run, request=request, response=response)


@router.get("/programs/{program}/progress", summary="How far a program is")
async def read_progress(
    program: ProgramPath, request: Request, _: Annotated[Identity, allow("program.try")]
) -> ProgressOut:
    """Rows by state and code with the duty that is removed, the rate of the last run, and days that come near."""
    today = today_of(request)
    async with snapshot(engine_of(request)) as tx:
        found = await store.find_program(tx.connection, program)
        if found is None:
            raise no_program(program)
        counts = await declaration_store.count_program_states(tx, program)
        runs = await program_runs.list_runs(tx, program, limit=1)
        pace = await program_runs.find_pace(tx, runs[0]) if runs else (0, Decimal(0))
        undetermined = await program_runs.count_undetermined(tx, program)
        reversals = await count_reversals(tx, program)
        revision = await store.find_released(tx.connection, program)
        near, first = 0, None
        if revision is not None:
            near, first = await program_runs.count_near(tx, revision.rules, alarmed_until(revision.rules, today))
    rate = _rate(*pace)
    due = sum(each.entries for each in counts if each.state == "due")
    return ProgressOut(
        program=program,
        standing=found.standing,
        declared=sum(each.entries for each in counts),
        removed_usd=format_cents(sum(each.removed_cents for each in counts)),
        states=show_states(counts),
        undetermined=undetermined,
        run=show_run(runs[0]) if runs else None,
        entries_per_second=rate,
        seconds_left=round(due / rate) if rate else None,
        days_near=near,
        first_last_day=first,
        reversals=[_reversal(each) for each in reversals],
    )


@router.get("/programs/{program}/days", summary="Entries whose last day comes near")
async def list_days(
    program: ProgramPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("program.try")],
    page: CurrentPage,
    within: Annotated[int | None, Query(ge=0, le=366, description="Days; without it those of the program.")] = None,
) -> Page[NearDayOut]:
    """Accepted, not posted, and soon nobody has the power: in order of number."""
    today, position = today_of(request), page.position(str)
    async with snapshot(engine_of(request)) as tx:
        await _demand_program(tx, program)
        revision = await store.find_released(tx.connection, program)
        rows: list[NearDay] = []
        if revision is not None:
            until = alarmed_until(revision.rules, today) if within is None else today + timedelta(days=within)
            after = position[0] if position is not None else ""
            rows = await program_runs.list_near(tx, revision.rules, until, after=after, limit=page.fetch)

    def show(row: NearDay) -> NearDayOut:
        return NearDayOut.model_validate(
            {
                "entry_number": row.entry_number,
                "importer_number": shown_importer_number(caller, row.importer_number),
                "center": row.center,
                "act": row.act,
                "last_day": row.last_day,
                "is_over": row.last_day < today,
                "legal_basis": "19 USC 1501" if row.act == "reliquidate" else "19 USC 1504",
            }
        )

    return build_page(rows, page, key=lambda row: (row.entry_number,), item=show, request=request, response=response)


@router.get("/programs/{program}/lost-to-clock", summary="Entries that were liquidated with the duty, undeclared")
async def list_lost(
    program: ProgramPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("program.try")],
    page: CurrentPage,
) -> Page[LostOut]:
    """Since the program takes declarations, in order of number: until when each can be protested."""
    position, law = page.position(str), law_of(request)
    async with snapshot(engine_of(request)) as tx:
        await _demand_program(tx, program)
        revision = await store.find_released(tx.connection, program)
        after = position[0] if position is not None else ""
        rows = (
            await program_losses.list_lost(tx, revision.rules, after=after, limit=page.fetch)
            if revision is not None
            else []
        )

    def show(row: program_losses.LostRow) -> LostOut:
        return LostOut(
            entry_number=row.entry_number,
            importer_number=shown_importer_number(caller, row.importer_number),
            liquidated_on=row.liquidated_on,
            despite_hold=row.despite_hold,
            protest_by=liquidation_window(row.liquidated_on, row.posted_on, row.entry_date, law).safe,
        )

    return build_page(rows, page, key=lambda row: (row.entry_number,), item=show, request=request, response=response)


def show_run(run: Run) -> ProgramRunOut:
    """A run as it is shown."""
    return ProgramRunOut(
        program=run.program,
        run=run.run,
        kind=run.kind,
        posted_on=run.posted_on,
        cycle_on=run.cycle_on,
        revision=run.revision,
        state=run.state,
        posted=run.posted,
        set_based=run.set_based,
        careful=run.careful,
        dropped=run.dropped,
        undetermined=run.undetermined,
        removed_usd=format_cents(run.removed_cents),
        interest_usd=format_cents(run.interest_cents),
        refund_usd=format_cents(run.refund_cents),
        began_at=run.began_at,
        ended_at=run.ended_at,
        why=run.why,
        leaves=run.leaves,
        root=run.root.hex() if run.root is not None else None,
    )


def _reversal(count: ReversalCount) -> ReversalStateOut:
    return ReversalStateOut.model_validate(
        {
            "state": count.state,
            "code": count.code,
            "entries": count.entries,
            "removed_usd": format_cents(count.removed_cents),
        }
    )


def _rate(posted: int, seconds: Decimal) -> float | None:
    """Entries a second; None while nothing is posted, or within one moment."""
    return round(float(posted / seconds), 1) if posted and seconds > 0 else None


async def _demand_program(tx: Transaction, program: str) -> None:
    if await store.find_program(tx.connection, program) is None:
        raise no_program(program)
