"""What weekly cycles liquidate with the effect of programs: it is posted with the cycle, on its day."""

from datetime import datetime

from services.liquidation.domain.program.proving import definition_digest
from services.liquidation.store import program_posting as store
from services.liquidation.store import program_runs as runs
from services.liquidation.store import programs as program_store
from services.liquidation.store.cycles import CycleDay
from services.liquidation.store.program_effects import list_taken_by_cycle
from services.liquidation.store.program_runs import Done
from shared.db.transaction import Transaction


async def note_taken(tx: Transaction, day: CycleDay, now: datetime) -> int:
    """Note as posted what a cycle took by decisions of programs, in the cycle's transaction; gives how many entries.

    A program needs no run of its own for what waits for a cycle, and entries that came due before their posting day are
    not posted again.
    """
    total = 0
    for program in await list_taken_by_cycle(tx, day.friday):
        released = await program_store.find_released(tx.connection, program)
        if released is None:
            continue
        run = await runs.begin_cycle_run(tx, program, day.posted_on, day.friday, released.revision, now)
        revisions = await program_store.list_revisions(tx.connection, program)
        digests = {each.revision: definition_digest(each.definition) for each in revisions}
        sums = await store.write_taken(tx, run, day.friday, digests, now)
        done = Done(0, sums.entries, 0, sums.undetermined, sums.removed_cents, sums.interest_cents, sums.refund_cents)
        await runs.add_done(tx, run, done)
        await runs.finish_run(tx, run, now)
        total += sums.entries
    return total
