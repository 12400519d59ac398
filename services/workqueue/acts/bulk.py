"""One act on many items: what a filter gives is kept, tried, begun by who may, and done item by item to its end.

Each item is done by the act that a person would do on it, under the authority of who asked for the run. What became of
it is written in the transaction of the act: a process that is killed leaves nothing half done, and the next goes on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final, assert_never
from uuid import UUID

from services.workqueue.acts import claim, clock, decision, matter, transfer
from services.workqueue.acts.acting import demand_acting
from services.workqueue.acts.item import refusals
from services.workqueue.acts.reach import knower
from services.workqueue.domain.bulk import (
    LOOKED_AT_ONCE,
    MOST_ITEMS,
    BulkAct,
    Limits,
    Run,
    Verdict,
    demand_sample,
    demand_state,
    needs_second,
)
from services.workqueue.domain.clocks import REVIEW_CUTOFF
from services.workqueue.domain.decision import Finding
from services.workqueue.domain.decision import Reason as FindingReason
from services.workqueue.domain.filter import Filter
from services.workqueue.domain.matter import OPENS_LETTER, KeptAct
from services.workqueue.domain.processes.table import PROCESSES
from services.workqueue.store import bulk_runs as store
from services.workqueue.store import items as item_store
from services.workqueue.store import matters as matter_store
from shared.customs.calendar import legal_date
from shared.db.idempotency import key_reused
from shared.db.seeds import take_seed
from shared.db.transaction import Connections, Transaction, attempt, transaction
from shared.runtime.access import Matter, judge, no_such, reach_of, refusal_of
from shared.runtime.errors import Conflict, Refused
from shared.runtime.identity import Identity, caller_from, document_of, people_of
from shared.runtime.ids import event_id
from shared.runtime.slices import work_through
from shared.runtime.two_people import demand_second_person

_AT_ONCE: Final = 250
_NO_LETTERS: Final = timedelta(0)
_SAID: Final = 300
Answers = dict[UUID, Refused | None]


async def ask(
    tx: Transaction,
    caller: Identity,
    now: datetime,
    limits: Limits,
    *,
    key: str,
    act: BulkAct,
    parameters: Mapping[str, Any],
    query: str,
    wanted: Filter,
    reason: str,
) -> Run:
    """Keep the items that a filter gives now, and try the act on them; a job tries more than `LOOKED_AT_ONCE`.

    Law-enforcement-sensitive matters are in no run: others than those who know of them read it. Raises `Forbidden`
    without the acting authority that the token claims, `Refused` when the filter gives nothing, and for a key by which
    the caller asked for another run.
    """
    await demand_acting(tx, caller, now)
    run_id = UUID(event_id("bulk", caller.subject, key))
    if await store.lock_run(tx, run_id) is not None:
        raise key_reused()
    found = await store.freeze_items(tx, run_id, reach_of(caller, "item.read", legal_date(now)), knower(caller), wanted)
    if not found:
        raise Refused(
            "The filter gives no item.",
            rule="bulk-items",
            code="bulk-empty",
            remedy="Look at GET /items with the same filter.",
        )
    is_cut = found > MOST_ITEMS
    if is_cut:
        await store.cut(tx, run_id)
    if parameters.get("sample"):
        parameters = {**parameters, "seed": await take_seed(tx)}
    run = Run(
        run_id=run_id,
        act=act,
        parameters=parameters,
        query=query,
        reason=reason,
        asked_by=document_of(caller),
        signature=caller.signature,
        asked_at=now,
        state="looking",
        items=min(found, MOST_ITEMS),
        is_cut=is_cut,
    )
    await store.write_run(tx, run)
    if run.items > LOOKED_AT_ONCE:
        return run
    await _look(tx, run, await store.next_pending(tx, run_id, 0, LOOKED_AT_ONCE), now)
    return await _looked(tx, run, limits)


async def begin(tx: Transaction, caller: Identity, run_id: UUID, now: datetime) -> Run:
    """Let a run be done: by who asked for it, over the limits by a second person of the same rights.

    Raises `NotFound` for another's run without such rights, `Forbidden` for the first person over the limits,
    `Conflict` for one that is not ready.
    """
    run = await _lock(tx, caller, run_id, now)
    with refusals():
        demand_state(run, "ready")
    with refusals():
        demand_sample(await store.list_sample(tx.connection, run))
    if run.needs_second:
        demand_second_person(caller, people_of(run.signature), "asked for the run")
    await demand_acting(tx, caller, now)
    run = replace(run, state="running", begun_by=caller.signature, begun_at=now)
    await store.write_run(tx, run)
    return run


async def check_item(
    tx: Transaction, caller: Identity, run_id: UUID, number: int, verdict: Verdict, says: str, now: datetime
) -> None:
    """Keep what a person found who looked at an item of the sample of a run that is ready.

    Raises `NotFound` for an item that is not in the sample, `Conflict` for one that was looked at before.
    """
    run = await _lock(tx, caller, run_id, now)
    with refusals():
        demand_state(run, "ready")
    await demand_acting(tx, caller, now)
    sample = await store.list_sample(tx.connection, run)
    found = next((each for each in sample if each.number == number), None)
    if found is None:
        raise no_such(f"item {number} in the sample of the run")
    check = replace(found, verdict=verdict, says=says, checked_by=caller.signature, checked_at=now)
    if not await store.write_check(tx, run_id, check):
        raise Conflict(
            "Somebody looked at the item before.", rule="bulk-sample", code="checked-before", remedy="Look at another."
        )


async def withdraw(tx: Transaction, caller: Identity, run_id: UUID, now: datetime) -> Run:
    """End a run that has not begun, or stop one that goes: what is done stays done, the rest is left."""
    run = await _lock(tx, caller, run_id, now)
    await demand_acting(tx, caller, now)
    with refusals():
        demand_state(run, "looking", "ready", "running")
    run = replace(run, state="withdrawn", ended_at=now)
    await store.write_run(tx, run)
    return run


async def go_on(database: Connections, now: datetime, limits: Limits) -> int:
    """Look at and do what is left of every run; gives how many items were looked at or done."""
    async with transaction(database) as tx:
        going = await store.list_going(tx)
    total = 0
    for run in going:
        total += await _go_through(database, run, now, limits)
    return total


async def _go_through(database: Connections, run: Run, now: datetime, limits: Limits) -> int:
    async def find(tx: Transaction, last: tuple[int, UUID] | None, _: Sequence[str]) -> Sequence[tuple[int, UUID]]:
        return await store.next_pending(tx, run.run_id, last[0] if last is not None else 0, _AT_ONCE)

    async def work(tx: Transaction, rows: Sequence[tuple[int, UUID]]) -> int:
        standing = await store.lock_run(tx, run.run_id)
        if standing is None or standing.state != run.state:
            return 0
        await (_look if run.state == "looking" else _do)(tx, standing, rows, now)
        return len(rows)

    worked = await work_through(database, find, work, key_of=lambda row: f"{run.run_id}/{row[0]}")
    async with transaction(database) as tx:
        standing = await store.lock_run(tx, run.run_id)
        if standing is None or standing.state != run.state:
            return worked
        if run.state == "looking":
            await _looked(tx, standing, limits)
        elif not (await store.count_results(tx, run.run_id)).pending:
            await store.write_run(tx, replace(standing, state="done", ended_at=now))
    return worked


async def _look(tx: Transaction, run: Run, rows: Sequence[tuple[int, UUID]], now: datetime) -> None:
    answers = await _act_on(tx, run, [item_id for _, item_id in rows], now, is_trial=True)
    await store.write_foreseen(tx, run.run_id, [(number, *_told(answers[item_id])) for number, item_id in rows])


async def _looked(tx: Transaction, run: Run, limits: Limits) -> Run:
    foreseen, value_usd = await store.sum_foreseen(tx, run.run_id)
    second = needs_second(run.items - foreseen, value_usd, limits)
    run = replace(run, state="ready", foreseen=foreseen, value_usd=value_usd, needs_second=second)
    await store.write_run(tx, run)
    return run


async def _do(tx: Transaction, run: Run, rows: Sequence[tuple[int, UUID]], now: datetime) -> None:
    # In the order of their ids, as whatever locks items does: a run waits for others and never makes them wait in turn.
    answers = await _act_on(tx, run, sorted(item_id for _, item_id in rows), now, is_trial=False)
    results = [
        (number, "done" if answers[item_id] is None else "refused", *_told(answers[item_id]))
        for number, item_id in rows
    ]
    await store.write_results(tx, run.run_id, results, now)


async def _act_on(tx: Transaction, run: Run, item_ids: Sequence[UUID], now: datetime, *, is_trial: bool) -> Answers:
    """Do the act on each item, or try it; gives why it was refused, None where it was not."""
    caller = caller_from(run.asked_by)
    try:
        if run.act == "assign":
            to = run.parameters["to"]
            return _refused(await claim.assign_items(tx, item_ids, caller, to, run.reason, now, is_trial=is_trial))
        if run.act == "offer":
            keys = {item_id: f"{run.run_id}/{item_id}" for item_id in item_ids}
            place = transfer.Place(run.parameters.get("to_center"), run.parameters.get("to_port"))
            return _refused(await transfer.offer_items(tx, caller, keys, now, place, run.reason, is_trial=is_trial))
    except Refused as refusal:  # of the caller, whatever the item
        return dict.fromkeys(item_ids, refusal)
    answers: Answers = {}
    for item_id in item_ids:
        try:
            async with attempt(tx) as tried:
                await _act_on_one(tx, run, caller, item_id, now)
                if not is_trial:
                    tried.keep()
            answers[item_id] = None
        except Refused as refusal:
            answers[item_id] = refusal
    return answers


def _refused(found: Mapping[UUID, object]) -> Answers:
    return {item_id: each if isinstance(each, Refused) else None for item_id, each in found.items()}


async def _act_on_one(tx: Transaction, run: Run, caller: Identity, item_id: UUID, now: datetime) -> None:
    given = run.parameters
    match run.act:
        case "set-day":
            day = date.fromisoformat(given["due_on"])
            await clock.set_day(tx, caller, item_id, REVIEW_CUTOFF, day, run.reason, now)
        case "no-change":
            item = await claim.claim(tx, item_id, caller, now, claim.LEASE_OF_A_RUN)
            reason = FindingReason(code="bulk", text=run.reason, fact=str(run.run_id), citation=None)
            finding = Finding("no-change", 0, 0, (), (reason,), ())
            await decision.complete(tx, item_id, caller, item.token, finding, now, notice_over_cents=None)
        case "act":
            await _do_process_act(tx, run, caller, item_id, now)
        case "assign" | "offer":
            raise AssertionError("many are done at once")
        case _:
            assert_never(run.act)


async def _do_process_act(tx: Transaction, run: Run, caller: Identity, item_id: UUID, now: datetime) -> None:
    """The act of the item's process that the run names: of its holder under a claim, else as a signature."""
    given = run.parameters
    item = (await item_store.find_items(tx.connection, [item_id]))[0]
    process = PROCESSES.get(item.process)
    table = (
        next((act for act in process.acts if act.code == given["process_act"]), None) if process is not None else None
    )
    if table is None or table.opens in OPENS_LETTER:
        raise Refused(
            f"{given['process_act']} is no act of {item.process} that is done on many items.",
            rule="bulk-act",
            code="no-such-act",
            remedy="GET /processes lists the acts; letters are written one by one.",
        )
    token = None
    is_held = item.state == "claimed" and item.holder == caller.subject
    if table.by_holder:
        token = item.token if is_held else (await claim.claim(tx, item_id, caller, now, claim.LEASE_OF_A_RUN)).token
    after, *_ = await matter.do_act(
        tx,
        item_id,
        caller,
        now,
        _NO_LETTERS,
        key=f"{run.run_id}/{item_id}",
        act=table.code,
        token=token,
        fields=_own_fields(given["fields"], await matter_store.list_acts(tx.connection, item_id)),
        reasons=[{"code": "bulk", "text": run.reason, "fact": str(run.run_id), "citation": None}],
    )
    if token is not None and not is_held and after.state == "claimed":
        await claim.release(tx, item_id, caller, token, now)


def _own_fields(fields: Mapping[str, Any], done: Sequence[KeptAct]) -> dict[str, Any]:
    """What an act asks for, alike for all, but for `{"from": field}`: what an earlier act of the item recorded."""
    recorded: dict[str, Any] = {}
    for act in done:
        recorded |= act.fields
    return {
        name: recorded.get(value["from"]) if isinstance(value, Mapping) and set(value) == {"from"} else value
        for name, value in fields.items()
    }


async def _lock(tx: Transaction, caller: Identity, run_id: UUID, now: datetime) -> Run:
    run = await store.lock_run(tx, run_id)
    if run is None or not sees(caller, run, now):
        raise no_such(f"bulk run {run_id}")
    return run


def sees(caller: Identity, run: Run, now: datetime) -> bool:
    """Whether a run is the caller's, or the caller may ask for such runs in every Center that it may reach."""
    if run.signature == caller.signature:
        return True
    reached = reach_of(caller, "item.bulk", legal_date(now))
    return all(reached.covers(Matter(centers=frozenset({center}))) for center in caller_from(run.asked_by).centers)


def demand_bulk(caller: Identity, now: datetime) -> None:
    """Raise `Forbidden` for a token that names no Center to act in."""
    permission = judge(caller, "item.bulk", legal_date(now), Matter(centers=caller.centers))
    if not permission.is_given:
        raise refusal_of(permission)


def _told(answer: Refused | None) -> tuple[str | None, str | None]:
    return (None, None) if answer is None else (answer.code, answer.detail[:_SAID])
