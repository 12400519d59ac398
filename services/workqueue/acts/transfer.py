"""Transfers: offered by the Center that has an item, answered by the other Center's supervisors or by the port."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from services.workqueue.acts.acting import demand_acting
from services.workqueue.acts.answers import hand_to_asker, lock_answers_on
from services.workqueue.acts.following import follow_item
from services.workqueue.acts.item import refusals, tell
from services.workqueue.acts.reach import demand_free, matter_for_work, person_of, seen
from services.workqueue.domain import transfer as rules
from services.workqueue.domain.item import WAITING, Item
from services.workqueue.domain.matter import placed
from services.workqueue.domain.processes.table import PROCESSES
from services.workqueue.domain.review import readers_of
from services.workqueue.domain.transfer import Transfer, TransferAct
from services.workqueue.store import items as item_store
from services.workqueue.store import transfers as store
from shared.customs.calendar import legal_date
from shared.customs.centers import centers
from shared.db.idempotency import key_reused
from shared.db.transaction import Transaction
from shared.runtime.access import Matter, demander, judge, no_such, refusal_of
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
    place = Place(to_center, to_port)
    if await store.lock_transfer(tx, _transfer_id(caller, key)) is not None:
        raise key_reused()
    answered = (await offer_items(tx, caller, {item_id: key}, now, place, reason))[item_id]
    if isinstance(answered, Refused):
        raise answered
    return answered


class Place(NamedTuple):
    """To which Center or port something is offered, one of the two."""

    center: str | None
    port: str | None


async def offer_items(
    tx: Transaction,
    caller: Identity,
    keys: Mapping[UUID, str],
    now: datetime,
    to: Place,
    reason: str,
    *,
    is_trial: bool = False,
) -> dict[UUID, Transfer | Refused]:
    """The same for many items, each with its key, in few statements; gives for each the offer, or why it was refused.

    A trial writes nothing. Raises `Forbidden` without the acting authority that the token claims.
    """
    locked = await item_store.lock_items(tx, keys)
    await demand_acting(tx, caller, now)
    offered = await store.find_offered(tx, keys)
    demand_one = demander(caller, "item.transfer", legal_date(now))
    answers: dict[UUID, Transfer | Refused] = {}
    for item_id, key in keys.items():
        try:
            item = locked.get(item_id)
            if item is None:
                raise no_such(f"item {item_id}")
            demand_free(caller, item)
            demand_one(matter_for_work(item), f"item {item_id}", seen(item))
            _demand_offer(item, to, offered.get(item_id), now)
        except Refused as refusal:
            answers[item_id] = refusal
            continue
        answers[item_id] = Transfer(
            _transfer_id(caller, key), item_id, item.center, to.center, to.port, reason, caller.signature, now
        )
    if not is_trial:
        await store.write_transfers(tx, [each for each in answers.values() if isinstance(each, Transfer)])
    return answers


def _transfer_id(caller: Identity, key: str) -> UUID:
    return UUID(event_id("transfer", caller.subject, key))


def _demand_offer(item: Item, to: Place, offered: Transfer | None, now: datetime) -> None:
    if to.center is not None and (to.center not in centers() or not centers()[to.center].is_open(legal_date(now))):
        raise Refused(
            f"{to.center} is no Center that operates.",
            rule="transfer-to-a-center",
            code="no-such-center",
            remedy="GET /centers of routing lists them.",
        )
    with refusals():
        rules.demand_offer(item, to.center)
    if offered is not None:
        raise Conflict(
            f"The item is offered to {offered.to} since {offered.offered_at:%Y-%m-%d}.",
            rule="one-offer",
            code="transfer-offered",
            remedy="Withdraw that offer first.",
        )


async def answer(
    tx: Transaction, caller: Identity, transfer_id: UUID, act: TransferAct, reason: str, now: datetime
) -> Transfer:
    """Accept, refuse, withdraw or return what was offered; the item goes by that, and its clocks run on.

    Filings that answer what was asked on the item go with it to the other Center, and so does the sight of advice that
    was asked for: whoever asks reads the answer.

    Raises `NotFound` for a transfer that the caller has no part in, `Forbidden` for one that is another's to answer,
    `Conflict` for one that is answered.
    """
    transfer = await store.lock_transfer(tx, transfer_id)
    if transfer is None or not sees(caller, transfer, now):
        raise no_such(f"transfer {transfer_id}")
    _demand_answer(caller, transfer, act, now)
    await demand_acting(tx, caller, now)
    answers = await lock_answers_on(tx, transfer.item_id) if act == "accept" else {}
    beside = await _entry_of_review(tx, transfer) if act == "accept" else None
    held = await item_store.lock_items(tx, [transfer.item_id], entry_numbers=[beside] if beside is not None else [])
    item = held[transfer.item_id]
    with refusals():
        after, settled, notes = rules.settle(item, transfer, act, person_of(caller), caller.signature, reason, now)
    process = PROCESSES.get(after.process)
    if act == "return" and process is not None and after.stage is not None:
        # Back from the port it waits again for whomever its process waits for.
        after = placed(after, process, (await follow_item(tx, after, process))[0].kept)
    await store.write_transfers(tx, [settled])
    if after != item:
        await item_store.write_items(tx, [after])
        await tell(tx, [(after, note) for note in notes])
    if beside is not None:
        await _hand_advice(tx, after, held)
    await hand_to_asker(tx, answers, now)
    return settled


async def _entry_of_review(tx: Transaction, transfer: Transfer) -> str | None:
    """The entry whose review goes to another Center: advice on it is read where its reviews are."""
    (item,) = await item_store.find_items(tx.connection, [transfer.item_id])
    return item.entry_number if item.kind == "review" and transfer.to_center is not None else None


async def _hand_advice(tx: Transaction, review: Item, held: Mapping[UUID, Item]) -> None:
    """Let the Centers that have reviews of an entry now read the advice that was asked for on it."""
    items = {**held, review.item_id: review}
    readers = readers_of(review.transferred_from or review.center, items.values())
    advice = [each for each in items.values() if each.kind == "consultation" and each.state in WAITING]
    await item_store.write_items(
        tx, [replace(each, asking_center=readers.asker, also_asking=readers.also) for each in advice]
    )


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
