"""What a program posted undone: an order was reversed, or an entry was never within it.

One asks, a second person confirms that request, or it is withdrawn. Each entry is then reliquidated with the duty that
was removed, by whose power that is: a Center within its 90 days, else as headquarters instructs on a judgment. What
nobody has the power to is told and stays. The money follows as with every reliquidation: a refund that is not paid
ends, else a bill with interest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from services.liquidation.acts.assessments import find_standing_effect
from services.liquidation.acts.entries import HeldEntry, hold_entries, write_act
from services.liquidation.acts.program_standing import demand_released
from services.liquidation.acts.programs import hold_program, note
from services.liquidation.acts.protest_judging import judge_protests_on
from services.liquidation.acts.reliquidations import demand_effect, know_finality, reliquidate
from services.liquidation.domain.money.amounts import Amounts, add_amounts
from services.liquidation.domain.money.settings import MoneyPolicy
from services.liquidation.domain.program.definition import Cohort, Definition, Writer
from services.liquidation.domain.reliquidation import Power
from services.liquidation.domain.sequences import reliquidation_key
from services.liquidation.store import program_reversals as store
from services.liquidation.store import programs as program_store
from services.liquidation.store.program_reversals import RequestState, ReversalRequest, ReversalRow
from shared.customs.calendar import legal_date
from shared.db.transaction import Connections, Transaction, attempt, transaction
from shared.runtime.access import Matter, demand
from shared.runtime.clock import Clock
from shared.runtime.errors import Conflict, NotFound, Refused
from shared.runtime.identity import Identity, sign
from shared.runtime.slices import work_through
from shared.runtime.two_people import demand_second_person

CHUNK: Final = 100


@dataclass(frozen=True, slots=True)
class Judgment:
    """What is said of an order by which a reversal is asked for: its day, whether the entries were in the suit, its
    court number; None: not said.
    """

    ordered_on: date | None = None
    is_in_suit: bool | None = None
    court_number: str | None = None


async def ask_reversal(
    tx: Transaction,
    now: datetime,
    program: str,
    entry_numbers: Sequence[str] | None,
    run: int | None,
    by: Writer,
    reason: str,
    caller: Identity,
    judgment: Judgment,
) -> ReversalRequest:
    """Ask that entries, those of a run, or all that a program posted be reversed; gives the request.

    Nothing is done before a second person confirms it. Raises `NotFound`, `Forbidden`, `Conflict` when nothing of it is
    posted and unreversed.
    """
    revision = await demand_released(tx, await hold_program(tx, program))
    authority = demand(caller, "program.release", legal_date(now), Matter(), f"program {program}")
    request = ReversalRequest(
        program,
        await store.find_next_request(tx, program),
        "asked",
        by,
        reason,
        judgment.ordered_on,
        judgment.is_in_suit,
        judgment.court_number,
        0,
        0,
        now,
        caller.subject,
        caller.acting_for,
    )
    entries, removed_cents = await store.ask(tx, request, entry_numbers, run)
    if not entries:
        raise _nothing(program, "Nothing of that is posted and still to be reversed.")
    request = replace(request, entries=entries, removed_cents=removed_cents)
    await store.add_request(tx, request)
    told = f"request {request.request}: {entries} entries, by {by}: {reason}"
    await note(tx, revision, "reversal-asked", now, caller, told, authority)
    return request


async def confirm_reversal(
    tx: Transaction, now: datetime, program: str, request: int | None, caller: Identity
) -> ReversalRequest:
    """Confirm what a request asks to be reversed, as another than who asked; gives it.

    Without a number the only one that waits. Raises `NotFound`, `Forbidden` for the same person, `Conflict` when
    nothing or another one waits, or several do and none is named.
    """
    revision = await demand_released(tx, await hold_program(tx, program))
    authority = demand(caller, "program.release", legal_date(now), Matter(), f"program {program}")
    found = await _find_asked(tx, program, request)
    demand_second_person(caller, (found.asked_by, found.asked_for), "asked for the reversal")
    confirmed = await store.confirm(tx, program, found.request, authority)
    settled = await _settle(tx, found, "confirmed", now, caller)
    told = f"request {found.request}: {confirmed} entries"
    await note(tx, revision, "reversal-confirmed", now, caller, told, authority)
    return settled


async def withdraw_reversal(
    tx: Transaction, now: datetime, program: str, request: int, reason: str, caller: Identity
) -> ReversalRequest:
    """Take back what was asked to be reversed and nobody confirmed yet: what it names stands as it was posted.

    By who asked, or whom they acted for, and by a supervisor. Raises `NotFound`, `Forbidden`, `Conflict` once it is
    settled.
    """
    revision = await demand_released(tx, await hold_program(tx, program))
    found = await _find_asked(tx, program, request)
    has_asked = not caller.people.isdisjoint((found.asked_by, found.asked_for))
    action = "program.release" if has_asked else "program.withdraw-reversal"
    authority = demand(caller, action, legal_date(now), Matter(), f"program {program}")
    withdrawn = await store.withdraw(tx, program, found.request)
    settled = await _settle(tx, found, "withdrawn", now, caller, reason)
    told = f"request {found.request}: {withdrawn} entries: {reason}"
    await note(tx, revision, "reversal-withdrawn", now, caller, told, authority)
    return settled


async def _find_asked(tx: Transaction, program: str, request: int | None) -> ReversalRequest:
    """A request that waits: the one that is named, or the only one."""
    if request is None:
        waiting = await store.list_requests(tx.connection, program, state="asked")
        if not waiting:
            raise _nothing(program, "Nothing is asked to be reversed.")
        if len(waiting) > 1:
            told = ", ".join(f"{each.request} ({each.entries} entries)" for each in reversed(waiting))
            raise Conflict(
                f"Several requests to reverse wait: {told}.",
                rule="program",
                code="reversal-not-named",
                remedy=f"GET /programs/{program}/reversals says what each asks for; name the one that you have read.",
            )
        return waiting[0]
    found = await store.find_request(tx.connection, program, request)
    if found is None:
        raise NotFound(
            f"Nobody asked program {program} for reversal {request}.",
            remedy=f"GET /programs/{program}/reversals lists what was asked for.",
        )
    if found.state != "asked":
        by = sign(found.settled_by or "", found.settled_for)
        raise Conflict(
            f"Reversal {request} of program {program} was {found.state} by {by}.",
            rule="program",
            code="reversal-settled",
            remedy="What was withdrawn can be asked for again. What was confirmed is reversed, or told why not.",
        )
    return found


async def _settle(
    tx: Transaction,
    found: ReversalRequest,
    state: RequestState,
    now: datetime,
    caller: Identity,
    why: str | None = None,
) -> ReversalRequest:
    settled = replace(
        found, state=state, settled_at=now, settled_by=caller.subject, settled_for=caller.acting_for, why=why
    )
    await store.settle_request(tx, settled)
    return settled


def _nothing(program: str, detail: str) -> Conflict:
    return Conflict(
        detail,
        rule="program",
        code="nothing-to-reverse",
        remedy=f"GET /programs/{program}/runs lists what was posted; POST …/reversals asks for some of it.",
    )


async def reverse_confirmed(
    database: Connections, clock: Clock, policy: MoneyPolicy, *, slices: int | None = None
) -> int:
    """Reverse what two people have decided to, of each program in slices of a hundred; gives how many were looked at.

    A job: with `slices` so many of each program at most.
    """
    async with transaction(database) as tx:
        programs = await store.list_reversing(tx)
    return sum([await _reverse_of(database, each, clock, policy, slices) for each in programs])


async def _reverse_of(
    database: Connections, program: str, clock: Clock, policy: MoneyPolicy, slices: int | None
) -> int:
    async def list_next(tx: Transaction, _: ReversalRow | None, left_out: Sequence[str]) -> Sequence[ReversalRow]:
        return await store.list_confirmed(tx, program, CHUNK, left_out)

    async def reverse(tx: Transaction, rows: Sequence[ReversalRow]) -> int:
        held = await hold_entries(tx, [each.entry_number for each in rows])
        for row in rows:
            await _reverse(tx, held[row.entry_number], row, clock.now(), policy)
        await judge_protests_on(tx, [each.entry_number for each in rows], policy.law)
        return len(rows)

    return await work_through(
        database, list_next, reverse, key_of=lambda row: f"{row.program}/{row.entry_number}", slices=slices
    )


def _demand_removed(row: ReversalRow, removed: Amounts, standing: Amounts) -> None:
    """Raise `Refused` unless what stands on an entry is lower by what was removed: only that can be owed again.

    What was small and disregarded was never given back, nor is what a later act restored or a voided liquidation gave.
    """
    if sum(removed.values()) != row.removed_cents or any(
        cents > 0 and standing.get(class_code, 0) > -cents for class_code, cents in removed.items()
    ):
        raise Refused(
            f"What program {row.program} removed from entry {row.entry_number} does not stand on it.",
            rule="program",
            code="removal-gone",
            remedy="Look at the entry: nothing was given back, or a later act restored it. A person settles the rest.",
        )


def _has_sued(cohort: Cohort) -> bool:
    """Whether a cohort is of importers who sued: of others it is not known."""
    return cohort.by == "court-judgment" and (bool(cohort.importers) or cohort.finality == "in-suit")


async def _find_power(tx: Transaction, row: ReversalRow, program: Definition, policy: MoneyPolicy) -> Power | None:
    """What a judgment rests on by which an entry is reversed; None for the Center, whose 90 days the act counts itself.

    Rules final-1514 [S], 19 USC 1514(a), Target (Fed. Cir. 2025); reliq-court [S, U on the orders of 2026]: what is
    final is reached only if its entry was in the suit. Final is what the posting decided, not before the time to
    protest that is over (1514(d)), unless the operator reads it otherwise (`reversal_finality`). What the request does
    not say of the suit is known of a cohort of those who sued.
    """
    if row.by != "court-judgment":
        return None
    is_in_suit = row.is_in_suit
    if is_in_suit is None and any(each.name == row.cohort and _has_sued(each) for each in program.cohorts):
        is_in_suit = True
    power = Power(row.by, court_ordered_on=row.court_ordered_on, is_in_suit=is_in_suit, court_number=row.court_number)
    is_of_last = policy.law.reversal_finality == "of-posting"
    return await know_finality(tx, row.entry_number, power, policy.law, is_of_last=is_of_last)


async def _reverse(tx: Transaction, held: HeldEntry, row: ReversalRow, now: datetime, policy: MoneyPolicy) -> None:
    """Reverse one entry, or note why the law does not allow it."""
    entry = held.row
    stood = (entry.effect_duty_cents or 0, entry.effect_fees_cents or 0)
    revision = await program_store.find_revision(tx.connection, row.program, row.revision)
    assert revision is not None  # what was posted was judged by it
    removed = await store.find_removed(tx, row, revision.rules)
    standing = await find_standing_effect(tx, entry.entry_number)
    by_class = add_amounts(standing, removed)
    power = await _find_power(tx, row, revision.rules, policy)
    caller = Identity(f"program:{row.program}", f"Program {row.program}", frozenset())
    try:
        async with attempt(tx) as tried:
            demand_effect(held)
            _demand_removed(row, removed, standing)
            done = await reliquidate(
                tx,
                entry,
                now,
                row.by,
                (stood[0] + row.removed_cents, stood[1]),
                f"reversal of program {row.program}: {row.reason}",
                caller,
                row.authority,
                policy,
                by_class=by_class,
                power=power,
            )
            await write_act(tx, entry, done.act, done.event)
            tried.keep()
    except Refused as problem:
        await store.write_refused(tx, row, problem.code)
        return
    await store.write_reversed(tx, row, reliquidation_key(done.row.number))
