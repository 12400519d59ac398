"""How a program goes on: paused and resumed, stayed by an order and free again, ended, or aborted.

Nothing is deleted. Who aborts a program withdraws what is not posted, and corrections are free again; what is posted
stands until it is reversed by an act of its own.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Literal

from services.liquidation.acts.hold_sets import draft_hold_set
from services.liquidation.acts.program_judging import judge_entries
from services.liquidation.acts.programs import hold_program, note
from services.liquidation.domain.law import CyclePolicy, LawSettings
from services.liquidation.domain.predicate import EntryPredicate
from services.liquidation.store import program_runs as runs
from services.liquidation.store import programs as store
from services.liquidation.store.hold_sets import HoldSet
from services.liquidation.store.programs import Program, Revision, Standing
from shared.customs.calendar import legal_date
from shared.db.transaction import Connections, Transaction, transaction
from shared.runtime.access import Matter, demand
from shared.runtime.clock import Clock
from shared.runtime.errors import Conflict
from shared.runtime.identity import Identity
from shared.runtime.slices import work_through

StandingAct = Literal["pause", "resume", "stay", "lift", "end", "abort"]
CHUNK: Final = 1_000

_FROM: Final[Mapping[StandingAct, tuple[Standing, ...]]] = {
    "pause": ("running",),
    "resume": ("paused",),
    "stay": ("running", "paused", "ended", "aborted"),
    "lift": ("stayed",),
    "end": ("running", "paused"),
    "abort": ("running", "paused", "stayed", "ended"),
}
_TO: Final[Mapping[StandingAct, Standing]] = {
    "pause": "paused",
    "resume": "running",
    "stay": "stayed",
    "end": "ended",
    "abort": "aborted",
}
_TOLD: Final[Mapping[StandingAct, str]] = {
    "pause": "paused",
    "resume": "resumed",
    "stay": "stayed",
    "lift": "stay-lifted",
    "end": "ended",
    "abort": "aborted",
}


async def change_standing(
    tx: Transaction, now: datetime, program: str, act: StandingAct, reason: str, caller: Identity
) -> Program:
    """Pause, resume, stay, free, end or abort a program; a chunk that is being posted ends first, no other begins.

    A stay keeps payments back too, until it is lifted: also when the program is aborted meanwhile. Lifted, the program
    stands as it did before. Its run of today goes on when it posts again. Raises `NotFound`, `Forbidden`, and
    `Conflict` when the program does not stand so that the act can be done, or none of its revisions was released.
    """
    found = await hold_program(tx, program)
    revision = await demand_released(tx, found)
    authority = demand(caller, "program.release", legal_date(now), Matter(), f"program {program}")
    is_lifted = act == "lift" and found.stayed_from is not None
    if not is_lifted and (found.standing not in _FROM[act] or (act == "stay" and found.stayed_from is not None)):
        raise Conflict(
            f"Program {program} is {found.standing}: {act} needs one that is {' or '.join(_FROM[act])}.",
            rule="program",
            code="program-standing",
            remedy=f"GET /programs/{program} says how it stands, and its history since when.",
        )
    standing, stayed_from = _stand_after(found, act)
    await runs.set_standing(tx, program, standing, stayed_from, now)
    if standing == "running":
        await runs.reopen_run(tx, program, legal_date(now))
    else:
        await runs.stop_runs(tx, program, None, _TOLD[act], now)
    await note(tx, revision, _TOLD[act], now, caller, reason, authority)
    changed = await store.find_program(tx.connection, program)
    assert changed is not None  # it is held
    return changed


async def draft_hold(
    tx: Transaction, now: datetime, hold_set_id: str, program: str, reason: str, caller: Identity
) -> HoldSet:
    """Draft the hold set of a stay: what has a heading of a held program and was entered on its days.

    A predicate says neither goods nor what was declared, so it may hold more than the program reaches. Another person
    applies it, as every hold set; an entry whose period ends is taken by the cycle all the same (19 USC 1504(a)).
    Raises `Forbidden` for who may not draft one.
    """
    revision = await store.find_released(tx.connection, program)
    assert revision is not None  # what has none cannot be stayed
    demand(caller, "hold-set.draft", legal_date(now), Matter(), f"hold set {hold_set_id}")
    rules = revision.rules
    origin = rules.goods.origins[0] if len(rules.goods.origins) == 1 else None
    importer = rules.goods.importers[0] if len(rules.goods.importers) == 1 else None
    predicate = EntryPredicate(
        headings=rules.headings,
        origin=origin,
        importer_number=importer,
        entered_from=rules.entered_from,
        entered_to=rules.entered_to,
    )
    return await draft_hold_set(tx, now, hold_set_id, f"Stay of program {program}", predicate, reason, caller)


def _stand_after(found: Program, act: StandingAct) -> tuple[Standing, Standing | None]:
    """How a program stands after an act, and from where an order stays it."""
    if act == "stay":
        return "stayed", found.standing
    if act == "lift" and found.stayed_from is not None:
        return (found.stayed_from if found.standing == "stayed" else found.standing), None
    return _TO[act], found.stayed_from


async def demand_released(tx: Transaction, program: Program) -> Revision:
    """The revision of a program that is in force; raises `Conflict` while none is."""
    revision = await store.find_released(tx.connection, program.program)
    if revision is None:
        raise Conflict(
            f"No revision of program {program.program} is released: it posts nothing.",
            rule="program",
            code="program-standing",
            remedy=f"Release one: POST /programs/{program.program}/revisions/{{revision}}/releases.",
        )
    return revision


async def withdraw_aborted(
    database: Connections,
    clock: Clock,
    policy: CyclePolicy,
    law: LawSettings,
    *,
    slices: int | None = None,
    cleared: set[str] | None = None,
) -> int:
    """Withdraw what aborted programs have open, in chunks, with `slices` so many of each program at most: a job.

    Gives how many requests changed. Effects that wait for a liquidation are taken back, and corrections that waited
    govern. A program that had nothing open is added to `cleared`, and those in it are not looked at.
    """
    async with transaction(database) as tx:
        known = await store.list_programs(tx.connection, after=None, limit=10_000, drafts=False)
    total = 0
    for each in known:
        if not each.is_aborted or (cleared is not None and each.program in cleared):
            continue
        withdrawn = await _withdraw(database, each.program, clock, policy, law, slices)
        if withdrawn == 0 and cleared is not None:
            cleared.add(each.program)
        total += withdrawn
    return total


async def _withdraw(
    database: Connections, program: str, clock: Clock, policy: CyclePolicy, law: LawSettings, slices: int | None
) -> int:
    async def list_next(tx: Transaction, after: str | None, _: Sequence[str]) -> Sequence[str]:
        return await runs.list_open(tx, program, after or "", CHUNK)

    async def withdraw(tx: Transaction, numbers: Sequence[str]) -> int:
        now = clock.now()
        await runs.withdraw_open(tx, program, numbers, now)
        await judge_entries(tx, program, numbers, now, policy, law)
        return len(numbers)

    return await work_through(database, list_next, withdraw, slices=slices)
