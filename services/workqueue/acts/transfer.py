"""Transfers: offered by the Center that has an item, answered by the other Center's supervisors or by the port."""

from datetime import datetime
from typing import Final
from uuid import UUID

from services.workqueue.acts.acting import demand_acting
from services.workqueue.acts.answers import hand_to_asker, lock_answers_on
from services.workqueue.acts.following import follow_item
from services.workqueue.acts.item import refusals, tell
from services.workqueue.acts.reach import demand_free, matter_for_work, person_of, seen
from services.workqueue.domain import transfer as rules
from services.workqueue.domain.matter import placed
from services.workqueue.domain.processes.table import PROCESSES
from services.workqueue.domain.transfer import Transfer, TransferAct
from services.workqueue.store import items as item_store
from services.workqueue.store import transfers as store
from shared.customs.calendar import legal_date
from shared.customs.centers import centers
from shared.db.idempotency import key_reused
from shared.db.transaction import Transaction
from shared.runtime.access import Matter, demand, judge, no_such, refusal_of
from shared.runtime.errors import Conflict, Refused
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id

_FOR_PORT: Final = "transfer.answer-for-port"


async def offer(
    tx: Transaction,
    caller: Identity,
    item_id: UUID,
    now: datetime,
    *,
    key: str,
    to_center: str | None,
    to_port: str | None,
    reason: str,
) -> Transfer:
    """Offer an item of the caller's Center to another, or to a port.

    Raises `NotFound` for an item that the caller may not read, `Forbidden` for another Center's, `Refused` for a Center
    that does not operate and a key by which the caller made another offer, `Conflict` for an item that has ended or
    that is offered already.
    """
    item = (await item_store.lock_items(tx, [item_id])).get(item_id)
    if item is None:
        raise no_such(f"item {item_id}")
    on = legal_date(now)
    demand_free(caller, item)
    demand(caller, "item.transfer", on, matter_for_work(item), f"item {item_id}", sight=seen(item))
    await demand_acting(tx, caller, now)
    if to_center is not None and (to_center not in centers() or not centers()[to_center].is_open(on)):
        raise Refused(
            f"{to_center} is no Center that operates.",
            rule="transfer-to-a-center",
            code="no-such-center",
            remedy="GET /centers of routing lists them.",
        )
    with refusals():
        rules.demand_offer(item, to_center)
    if (offered := await store.find_offered(tx, item_id)) is not None:
        raise Conflict(
            f"The item is offered to {offered.to} since {offered.offered_at:%Y-%m-%d}.",
            rule="one-offer",
            code="transfer-offered",
            remedy="Withdraw that offer first.",
        )
    transfer_id = UUID(event_id("transfer", caller.subject, key))
    if await store.lock_transfer(tx, transfer_id) is not None:
        raise key_reused()
    transfer = Transfer(transfer_id, item_id, item.center, to_center, to_port, reason, caller.signature, now)
    await store.write_transfer(tx, transfer)
    return transfer


async def answer(
    tx: Transaction, caller: Identity, transfer_id: UUID, act: TransferAct, reason: str, now: datetime
) -> Transfer:
    """Accept, refuse, withdraw or return what was offered; the item goes by that, and its clocks run on.

    Filings that answer what was asked on the item go with it to the other Center: whoever asks reads the answer.

    Raises `NotFound` for a transfer that the caller has no part in, `Forbidden` for one that is another's to answer,
    `Conflict` for one that is answered.
    """
    transfer = await store.lock_transfer(tx, transfer_id)
    if transfer is None or not sees(caller, transfer, now):
        raise no_such(f"transfer {transfer_id}")
    _demand_answer(caller, transfer, act, now)
    await demand_acting(tx, caller, now)
    answers = await lock_answers_on(tx, transfer.item_id) if act == "accept" else {}
    item = (await item_store.lock_items(tx, [transfer.item_id]))[transfer.item_id]
    with refusals():
        after, settled, notes = rules.settle(item, transfer, act, person_of(caller), caller.signature, reason, now)
    process = PROCESSES.get(after.process)
    if act == "return" and process is not None and after.stage is not None:
        # Back from the port it waits again for whomever its process waits for.
        after = placed(after, process, (await follow_item(tx, after, process))[0].standing)
    await store.write_transfer(tx, settled)
    if after != item:
        await item_store.write_items(tx, [after])
        await tell(tx, [(after, note) for note in notes])
    await hand_to_asker(tx, answers, now)
    return settled


def sees(caller: Identity, transfer: Transfer, now: datetime) -> bool:
    """Whether the caller has part in a transfer: of one of the Centers, for ports, or nationwide."""
    on = legal_date(now)
    named = frozenset({transfer.from_center, transfer.to_center} - {None})
    if judge(caller, "transfer.read", on, Matter(centers=frozenset(each for each in named if each))).is_given:
        return True
    return transfer.to_port is not None and judge(caller, _FOR_PORT, on, _of_port(transfer.to_port)).is_given


def _demand_answer(caller: Identity, transfer: Transfer, act: TransferAct, now: datetime) -> None:
    is_theirs = act in {"accept", "refuse", "return"}
    if is_theirs and transfer.to_port is not None:
        action, matter = _FOR_PORT, _of_port(transfer.to_port)
    elif is_theirs:
        action, matter = "transfer.answer", Matter(centers=frozenset({transfer.to_center or ""}))
    else:
        action, matter = "item.transfer", Matter(centers=frozenset({transfer.from_center}))
    permission = judge(caller, action, legal_date(now), matter)
    if not permission.is_given:
        raise refusal_of(permission)


def _of_port(port: str) -> Matter:
    return Matter(ports=frozenset({port}))
