"""Protests in bulk by criteria: kept, tried, a sample looked at, begun by who may, each acted on by itself to the end.

Each protest is acted on as a person would act on it (`acts/protests.py`), at the version that was tried, under the
authority of who drafted the selection. What became of it is written in the transaction of the act: a process that is
killed leaves nothing half done, and the next goes on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.liquidation.acts.protests import ActRequest, act_on_protest, prepare_act
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.money.settings import MoneyPolicy
from services.liquidation.domain.protest.selection import (
    DECIDING,
    LOOKED_AT_ONCE,
    MOST_PROTESTS,
    Criteria,
    LookVerdict,
    Selection,
    SelectionPolicy,
    SelectionState,
    judge_sample,
    needs_second,
)
from services.liquidation.store import protest_selections as store
from services.liquidation.store.protests import find_deciders, load_protests
from services.liquidation.store.sight import find_matter_of_protest
from shared.customs.calendar import legal_date
from shared.db.idempotency import key_reused
from shared.db.seeds import take_seed
from shared.db.transaction import Connections, Transaction, attempt, transaction
from shared.runtime.access import Matter, demand_sight, judge, no_such, reach_of, refusal_of
from shared.runtime.concurrency import IfMatch, etag
from shared.runtime.errors import Conflict, Refused
from shared.runtime.identity import Identity, caller_from, document_of, people_of
from shared.runtime.ids import event_id
from shared.runtime.slices import work_through
from shared.runtime.two_people import demand_second_person

ACTION: Final = "protest.select"
_SAID: Final = 300
Row = tuple[int, str, int]


async def draft(
    tx: Transaction,
    caller: Identity,
    now: datetime,
    policy: SelectionPolicy,
    law: LawSettings,
    *,
    key: str,
    criteria: Criteria,
    criteria_told: Mapping[str, Any],
    act: Mapping[str, Any],
    reason: str,
    sample: int,
    tolerated: int,
) -> Selection:
    """Keep the open protests that the criteria give now, and try the act on each; a job tries more than a hundred.

    Raises `Forbidden` for a token that names no Center, `Refused` when the criteria give nothing, when the sample of a
    decision is smaller than the least, and for a key by which the caller drafted another selection.
    """
    permission = judge(caller, ACTION, legal_date(now), Matter(centers=caller.centers))
    if not permission.is_given:
        raise refusal_of(permission)
    selection_id = UUID(event_id("protest-selection", caller.subject, key))
    if await store.lock_selection(tx, selection_id) is not None:
        raise key_reused()
    if act["kind"] in DECIDING and sample < policy.least_sample:
        raise Refused(
            f"The sample of a decision has at least {policy.least_sample} protests; {sample} are asked for.",
            rule="protest-sample",
            code="sample-too-small",
            remedy=f"Ask for a sample of {policy.least_sample} or more: of fewer protests all are looked at.",
        )
    if tolerated > sample:
        raise Refused(
            f"Of a sample of {sample} no more than {sample} can differ; {tolerated} are tolerated.",
            rule="protest-sample",
            code="sample-too-small",
            remedy="Tolerate fewer, or ask for a larger sample.",
        )
    found = await store.keep_protests(tx, selection_id, reach_of(caller, "protest.read", legal_date(now)), criteria)
    if not found:
        raise Refused(
            "The criteria give no open protest.",
            rule="protest-selection",
            code="bulk-empty",
            remedy="Look at GET /protests and GET /protest-issues.",
        )
    selection = Selection(
        selection_id=selection_id,
        criteria=criteria_told,
        act=act,
        reason=reason,
        sample=sample,
        tolerated=tolerated,
        seed=await take_seed(tx),
        asked_by=document_of(caller),
        signature=caller.signature,
        asked_at=now,
        state="looking",
        protests=min(found, MOST_PROTESTS),
        is_cut=found > MOST_PROTESTS,
    )
    await store.write_selection(tx, selection)
    if selection.protests > LOOKED_AT_ONCE:
        return selection
    await _try(tx, selection, await _next(tx, selection, 0, LOOKED_AT_ONCE), now, law)
    return await _tried(tx, selection, policy, now)


async def look(
    tx: Transaction, caller: Identity, selection_id: UUID, number: int, verdict: LookVerdict, says: str, now: datetime
) -> None:
    """Keep what an officer found who looked at a protest of the sample, who had no part in the decision protested.

    Raises `NotFound` for one that is not in the sample, `Forbidden` for who decided its entries, `Conflict` for one
    that was looked at before.
    """
    await _lock(tx, caller, selection_id, now, "ready")
    found = next((each for each in await store.list_sample(tx.connection, selection_id) if each.number == number), None)
    if found is None:
        raise no_such(f"protest {number} in the sample of the selection")
    filing = (await load_protests(tx, [found.filing_number]))[found.filing_number].filing
    matter = await find_matter_of_protest(tx.connection, filing)
    demand_sight(caller, "protest", legal_date(now), matter, f"protest {filing.number}")
    demand_second_person(caller, await find_deciders(tx.connection, filing.entries), "decided an entry of the protest")
    seen = replace(found, verdict=verdict, says=says, looked_by=caller.signature, looked_at=now)
    if not await store.write_look(tx, selection_id, seen):
        raise Conflict(
            "Somebody looked at the protest before.",
            rule="protest-sample",
            code="checked-before",
            remedy="Look at another.",
        )


async def begin(tx: Transaction, caller: Identity, selection_id: UUID, now: datetime) -> Selection:
    """Let the act be done: by who drafted the selection, over the limits by a second person of the same rights.

    What differs in the sample is left out. Raises `NotFound`, `Forbidden` for the first person over the limits,
    `Conflict` for one that is not ready, whose sample was not looked at whole or differs in more than is tolerated.
    """
    selection = await _lock(tx, caller, selection_id, now, "ready")
    sample = await store.list_sample(tx.connection, selection_id)
    against = judge_sample(sample, selection.tolerated)
    if against == "open":
        left = sum(each.verdict is None for each in sample)
        raise Conflict(
            f"{left} of {len(sample)} protests of the sample have not been looked at.",
            rule="protest-sample",
            code="sample-open",
            remedy="Look at them: GET /protest-selections/{id}/sample.",
        )
    if against == "differs":
        differ = sum(each.verdict == "differs" for each in sample)
        raise Conflict(
            f"{differ} protests of the sample differ, and {selection.tolerated} are tolerated.",
            rule="protest-sample",
            code="sample-differs",
            remedy="Withdraw the selection, and draft one with narrower criteria.",
        )
    if selection.needs_second:
        demand_second_person(caller, people_of(selection.signature), "drafted the selection")
    await store.leave_out_differing(tx, selection_id)
    if not (await store.count_results(tx, selection_id)).pending:
        raise Conflict(
            "Of the selection no protest is left to act on.",
            rule="protest-selection",
            code="bulk-empty",
            remedy="GET /protest-selections/{id}/protests says why each is left out. Withdraw it.",
        )
    selection = replace(selection, state="running", begun_by=caller.signature, begun_at=now)
    await store.write_selection(tx, selection)
    return selection


async def withdraw(tx: Transaction, caller: Identity, selection_id: UUID, now: datetime) -> Selection:
    """End a selection that has not begun, or stop one that goes: what is done stays done, the rest is left."""
    selection = await _lock(tx, caller, selection_id, now, "looking", "ready", "running")
    selection = replace(selection, state="withdrawn", ended_at=now)
    await store.write_selection(tx, selection)
    return selection


async def go_on(database: Connections, now: datetime, policy: SelectionPolicy, money: MoneyPolicy) -> int:
    """Try and do what is left of every selection; gives how many protests were tried or acted on."""
    async with transaction(database) as tx:
        going = await store.list_going(tx)
    total = 0
    for selection in going:
        total += await _go_through(database, selection, now, policy, money)
    return total


async def _go_through(
    database: Connections, selection: Selection, now: datetime, policy: SelectionPolicy, money: MoneyPolicy
) -> int:
    selection_id = selection.selection_id
    # One transaction for each protest: acts hold their entries, and two that wait for each other would both be stopped.
    at_once = LOOKED_AT_ONCE if selection.state == "looking" else 1

    async def find(tx: Transaction, last: Row | None, _: Sequence[str]) -> Sequence[Row]:
        return await _next(tx, selection, last[0] if last is not None else 0, at_once)

    async def work(tx: Transaction, rows: Sequence[Row]) -> int:
        standing = await store.lock_selection(tx, selection_id)
        if standing is None or standing.state != selection.state:
            return 0
        if standing.state == "looking":
            await _try(tx, standing, rows, now, money.law)
        else:
            await _do(tx, standing, rows, now, money)
        return len(rows)

    worked = await work_through(database, find, work, key_of=lambda row: f"{selection_id}/{row[0]}")
    async with transaction(database) as tx:
        standing = await store.lock_selection(tx, selection_id)
        if standing is None or standing.state != selection.state or await _next(tx, standing, 0, 1):
            return worked
        if standing.state == "looking":
            await _tried(tx, standing, policy, now)
        else:
            await store.write_selection(tx, replace(standing, state="done", ended_at=now))
    return worked


async def _next(tx: Transaction, selection: Selection, after: int, limit: int) -> Sequence[Row]:
    is_tried = selection.state != "looking"
    return await store.next_pending(tx, selection.selection_id, after, limit, is_looked_at=is_tried)


async def _try(tx: Transaction, selection: Selection, rows: Sequence[Row], now: datetime, law: LawSettings) -> None:
    caller, request = caller_from(selection.asked_by), _request_of(selection)
    found: list[tuple[int, str | None, str | None, int]] = []
    for number, filing_number, version in rows:
        try:
            async with attempt(tx):  # nothing is kept, not even what the law has done by now: its job does that
                prepared = await prepare_act(tx, now, filing_number, _at(version), request, caller, law)
            change = sum(each.change_duty_cents + each.change_fees_cents for each in prepared.lines)
            found.append((number, None, None, change))
        except Refused as refusal:
            found.append((number, refusal.code, refusal.detail[:_SAID], 0))
    await store.write_foreseen(tx, selection.selection_id, found)


async def _tried(tx: Transaction, selection: Selection, policy: SelectionPolicy, now: datetime) -> Selection:
    told = await store.sum_foreseen(tx, selection.selection_id)
    left = selection.protests - told.foreseen
    cents = max(told.stake_cents, told.moved_cents)
    ready = replace(
        selection,
        state="ready",
        foreseen=told.foreseen,
        stake_cents=told.stake_cents,
        stake_unknown=told.stake_unknown,
        change_cents=told.change_cents,
        needs_second=needs_second(left, cents, told.stake_unknown, policy),
    )
    await store.write_selection(tx, ready)
    await store.draw(tx, ready, now)
    return ready


async def _do(tx: Transaction, selection: Selection, rows: Sequence[Row], now: datetime, money: MoneyPolicy) -> None:
    caller, request = caller_from(selection.asked_by), _request_of(selection)
    for number, filing_number, version in rows:
        try:
            async with attempt(tx) as tried:
                await act_on_protest(tx, now, filing_number, _at(version), request, caller, money)
                tried.keep()
            result: tuple[str, str | None, str | None] = ("done", None, None)
        except Refused as refusal:
            result = ("refused", refusal.code, refusal.detail[:_SAID])
        await store.write_result(tx, selection.selection_id, number, *result, now)


def _at(version: int) -> IfMatch:
    return IfMatch(frozenset({etag(version)}))


def _request_of(selection: Selection) -> ActRequest:
    details = {name: value for name, value in selection.act.items() if name != "kind"}
    return ActRequest(selection.act["kind"], details | {"selection": str(selection.selection_id)}, is_for_group=True)


async def _lock(
    tx: Transaction, caller: Identity, selection_id: UUID, now: datetime, *wanted: SelectionState
) -> Selection:
    """A selection that the caller sees, in one of these states; raises `NotFound` or `Conflict`."""
    selection = await store.lock_selection(tx, selection_id)
    if selection is None or not sees(caller, selection, now):
        raise no_such(f"protest selection {selection_id}")
    if selection.state in wanted:
        return selection
    if selection.state == "looking":
        raise Conflict(
            "Its protests are still being tried.",
            rule="protest-selection",
            code="bulk-looking",
            remedy="Read the selection again in a while.",
        )
    raise Conflict(
        f"The selection is {selection.state}.",
        rule="protest-selection",
        code="bulk-settled",
        remedy="GET /protest-selections/{id}/protests has what became of each protest.",
    )


def sees(caller: Identity, selection: Selection, now: datetime) -> bool:
    """Whether a selection is the caller's, or the caller may draft such in every Center of who drafted it."""
    if selection.signature == caller.signature:
        return True
    reached = reach_of(caller, ACTION, legal_date(now))
    centers = caller_from(selection.asked_by).centers
    return bool(centers) and all(reached.covers(Matter(centers=frozenset({center}))) for center in centers)
