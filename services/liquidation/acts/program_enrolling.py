"""Entries of before the release of a program that takes them by itself: enrolled and judged in order of number."""

from collections.abc import Sequence
from typing import Final

from services.liquidation.acts.program_judging import judge_entries
from services.liquidation.acts.program_rolls import begin_of
from services.liquidation.domain.law import CyclePolicy, LawSettings
from services.liquidation.store import program_rolls as store
from services.liquidation.store import records as record_store
from services.liquidation.store.programs import Revision
from shared.customs.calendar import legal_date
from shared.db.transaction import Connections, Transaction, transaction
from shared.runtime.clock import Clock
from shared.runtime.slices import JobSession, work_through

CHUNK: Final = 1_000


async def enrol_known(
    database: Connections, clock: Clock, policy: CyclePolicy, law: LawSettings, *, slices: int | None = None
) -> int:
    """Enrol what programs in force reach and have not enrolled; gives how many entries are new.

    What is stopped goes on where it was: each chunk notes in its transaction how far it came. What comes after the
    release is enrolled with its events.
    """
    async with transaction(database) as tx:
        taking = await store.list_taking(tx)
    total = 0
    for each in taking:
        if each.enrolled_at is None and each.rules.declaring.since <= legal_date(clock.now()):
            total += await _enrol_one(database, each, clock, policy, law, slices)
    return total


async def _enrol_one(
    database: Connections,
    revision: Revision,
    clock: Clock,
    policy: CyclePolicy,
    law: LawSettings,
    slices: int | None,
) -> int:
    rules = revision.rules
    is_through = False

    async def list_next(tx: Transaction, last: str | None, _: Sequence[str]) -> Sequence[str]:
        nonlocal is_through
        found = await store.list_to_enrol(tx, rules, last or revision.enrolled_to, CHUNK)
        is_through = not found
        return found

    async def enrol_some(tx: Transaction, numbers: Sequence[str]) -> int:
        # Entries before their rows of the roll, as handlers hold them.
        await record_store.exclude_cycles(tx)
        await record_store.lock_entries(tx, sorted(numbers), create=False)
        now = clock.now()
        new = await store.enrol(tx, rules, numbers, begin_of(rules), now)
        await judge_entries(tx, revision.program, new, now, policy, law)
        await store.keep_progress(tx, revision, numbers[-1], None)
        return len(new)

    total = await work_through(database, list_next, enrol_some, slices=slices)
    if is_through:
        # With an entry that could not be enrolled the next run begins anew: the others are there.
        is_whole = not (isinstance(database, JobSession) and await database.find_left_out())
        async with transaction(database) as tx:
            await store.keep_progress(tx, revision, "", clock.now() if is_whole else None)
    return total
