"""What a program posted undone: an order was reversed, or an entry was never within it.

One asks, a second person confirms. Each entry is then reliquidated with the duty that was removed, by whose power that
is: a Center within its 90 days, else as headquarters instructs on a judgment. What nobody has the power to is told and
stays. The money follows as with every reliquidation: a refund that is not paid ends, else a bill with interest.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from services.liquidation.acts.assessments import find_standing_effect
from services.liquidation.acts.entries import HeldEntry, hold_entries, write_act
from services.liquidation.acts.program_standing import demand_released
from services.liquidation.acts.programs import hold_program, note
from services.liquidation.acts.protest_judging import judge_protests_on
from services.liquidation.acts.reliquidations import demand_effect, reliquidate
from services.liquidation.domain.money.amounts import Amounts, add_amounts
from services.liquidation.domain.money.settings import MoneyPolicy
from services.liquidation.domain.program.definition import Writer
from services.liquidation.domain.sequences import reliquidation_key
from services.liquidation.store import program_reversals as store
from services.liquidation.store import programs as program_store
from services.liquidation.store.program_reversals import ReversalRow
from shared.customs.calendar import legal_date
from shared.db.transaction import Connections, Transaction, attempt
from shared.runtime.access import Matter, demand
from shared.runtime.clock import Clock
from shared.runtime.errors import Conflict, Refused
from shared.runtime.identity import Identity
from shared.runtime.slices import work_through
from shared.runtime.two_people import demand_second_person

CHUNK: Final = 100


async def ask_reversal(
    tx: Transaction,
    now: datetime,
    program: str,
    entry_numbers: Sequence[str] | None,
    run: int | None,
    by: Writer,
    reason: str,
    caller: Identity,
) -> int:
    """Ask that entries, those of a run, or all that a program posted be reversed; gives how many are asked for now.

    Nothing is done before a second person confirms. Raises `NotFound`, `Forbidden`, `Conflict` when nothing of it is
    posted and unreversed.
    """
    revision = await demand_released(tx, await hold_program(tx, program))
    authority = demand(caller, "program.release", legal_date(now), Matter(), f"program {program}")
    asked = await store.ask(tx, program, entry_numbers, run, by, reason, now)
    if not asked:
        raise _nothing(program, "Nothing of that is posted and still to be reversed.")
    await note(tx, revision, "reversal-asked", now, caller, f"{asked} entries, by {by}: {reason}", authority)
    return asked


async def confirm_reversal(tx: Transaction, now: datetime, program: str, caller: Identity) -> int:
    """Confirm what is asked to be reversed, as another than who asked; gives how many entries are reversed by it."""
    revision = await demand_released(tx, await hold_program(tx, program))
    authority = demand(caller, "program.release", legal_date(now), Matter(), f"program {program}")
    for each in reversed(await program_store.list_events(tx.connection, program)):
        if each.change == "reversal-confirmed":
            break
        if each.change == "reversal-asked":
            demand_second_person(caller, (each.actor, each.acting_for), "asked for the reversal")
    confirmed = await store.confirm(tx, program, authority)
    if not confirmed:
        raise _nothing(program, "Nothing is asked to be reversed.")
    await note(tx, revision, "reversal-confirmed", now, caller, f"{confirmed} entries", authority)
    return confirmed


def _nothing(program: str, detail: str) -> Conflict:
    return Conflict(
        detail,
        rule="program",
        code="nothing-to-reverse",
        remedy=f"GET /programs/{program}/runs lists what was posted; POST …/reversals asks for some of it.",
    )


async def reverse_confirmed(database: Connections, clock: Clock, policy: MoneyPolicy) -> int:
    """Reverse what two people have decided to, in chunks: a job; gives how many entries were looked at."""

    async def list_next(tx: Transaction, _: ReversalRow | None, left_out: Sequence[str]) -> Sequence[ReversalRow]:
        return await store.list_confirmed(tx, CHUNK, left_out)

    async def reverse(tx: Transaction, rows: Sequence[ReversalRow]) -> int:
        held = await hold_entries(tx, [each.entry_number for each in rows])
        for row in rows:
            await _reverse(tx, held[row.entry_number], row, clock.now(), policy)
        await judge_protests_on(tx, [each.entry_number for each in rows], policy.law)
        return len(rows)

    return await work_through(database, list_next, reverse, key_of=lambda row: f"{row.program}/{row.entry_number}")


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


async def _reverse(tx: Transaction, held: HeldEntry, row: ReversalRow, now: datetime, policy: MoneyPolicy) -> None:
    """Reverse one entry, or note why the law does not allow it."""
    entry = held.row
    stood = (entry.effect_duty_cents or 0, entry.effect_fees_cents or 0)
    revision = await program_store.find_revision(tx.connection, row.program, row.revision)
    assert revision is not None  # what was posted was judged by it
    removed = await store.find_removed(tx, row, revision.rules)
    standing = await find_standing_effect(tx, entry.entry_number)
    by_class = add_amounts(standing, removed)
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
            )
            await write_act(tx, entry, done.act, done.event)
            tried.keep()
    except Refused as problem:
        await store.write_refused(tx, row, problem.code)
        return
    await store.write_reversed(tx, row, reliquidation_key(done.row.number))
