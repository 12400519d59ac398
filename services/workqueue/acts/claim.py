"""Claims: take an item, keep it, give it back, and open it again when its lease has run out."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from services.workqueue.acts.acting import demand_acting
from services.workqueue.acts.item import lock_item, refusals, tell, write_item
from services.workqueue.acts.reach import demand_known, matter_for_work, person_of, seen, work_queues
from services.workqueue.domain import claim as rules
from services.workqueue.domain.filter import Filter
from services.workqueue.domain.item import Item, Note, Person
from services.workqueue.domain.staff import SKIPPED_FOR, Member, find_conflict, why_first
from services.workqueue.domain.staff import Conflict as StaffConflict
from services.workqueue.publishing import frame_of_claim
from services.workqueue.store import claims as claim_store
from services.workqueue.store import items as item_store
from services.workqueue.store import staff as staff_store
from shared.customs.calendar import legal_date
from shared.db.transaction import Alone, Connections, Transaction, alone, transaction
from shared.runtime.access import Matter, demander, no_such
from shared.runtime.errors import Conflict, Refused
from shared.runtime.identity import Identity
from shared.runtime.slices import work_through

_EXPIRE_AT_ONCE: Final = 500
LEASE_OF_A_RUN: Final = timedelta(minutes=5)
"""Of a claim that an act on many items ends in the transaction in which it makes it."""


class WorkWanted(NamedTuple):
    """Of which queues the next item is to be, None: of all of the caller's, and of what of them."""

    center: str | None = None
    division: str | None = None
    process: str | None = None
    narrowed: Filter | None = None


async def claim_next(
    tx: Transaction, caller: Identity, now: datetime, lease: timedelta, wanted: WorkWanted
) -> tuple[Item, str] | None:
    """Give the caller what is assigned to them, else the first item of their queues, or of those named, and why it is.

    None when there is none. Passed over is what waits for somebody, what is assigned to others, what the caller
    skipped lately, what they must not have, and what asks for skills that they have not. Claims whose lease has run
    out come last: they are opened when nothing else is open. Raises `Forbidden` for a Center or division that the
    caller's token does not name, and without the acting authority that the token claims.
    """
    queues = work_queues(caller, wanted.center, wanted.division, wanted.process, legal_date(now))
    await demand_acting(tx, caller, now)
    taken = await _take_any(tx, caller, now, lease, queues, wanted)
    if taken is None and await _expire(tx, now, *queues):
        taken = await _take_any(tx, caller, now, lease, queues, wanted)
    return None if taken is None else _tell_why(taken, queues, wanted)


async def claim_next_alone(
    engine: AsyncEngine, caller: Identity, now: datetime, lease: timedelta, wanted: WorkWanted
) -> tuple[Item, str] | None:
    """The same as `claim_next`, as a statement that is a transaction by itself where nothing else has to be asked.

    That is so for a caller who acts for nobody and wants any work, as long as something is open.
    """
    if caller.acting_for is None and wanted.narrowed is None:
        queues = work_queues(caller, wanted.center, wanted.division, wanted.process, legal_date(now))
        async with alone(engine) as single:
            taken = await _take(single, caller, now, lease, queues, wanted.process)
        if taken is not None:
            return _tell_why(taken, queues, wanted)
    async with transaction(engine) as tx:
        return await claim_next(tx, caller, now, lease, wanted)


_Queues = tuple[Sequence[str], Sequence[str]]


async def _take_any(
    tx: Transaction, caller: Identity, now: datetime, lease: timedelta, queues: _Queues, wanted: WorkWanted
) -> claim_store.Taken | None:
    if wanted.narrowed is None:
        return await _take(tx, caller, now, lease, queues, wanted.process)
    person = person_of(caller)
    return await claim_store.claim_next_narrowed(
        tx,
        person,
        now,
        frame_of_claim(person, now),
        wanted.narrowed,
        lease_until=now + lease,
        centers=queues[0],
        divisions=queues[1],
        process=wanted.process,
    )


async def _take(
    tx: Transaction | Alone,
    caller: Identity,
    now: datetime,
    lease: timedelta,
    queues: _Queues,
    process: str | None,
) -> claim_store.Taken | None:
    person = person_of(caller)
    return await claim_store.claim_next(
        tx,
        person,
        now,
        frame_of_claim(person, now),
        lease_until=now + lease,
        centers=queues[0],
        divisions=queues[1],
        process=process,
    )


def _tell_why(taken: claim_store.Taken, queues: _Queues, wanted: WorkWanted) -> tuple[Item, str]:
    item, is_assigned, relaxed = taken
    return item, why_first(
        item,
        assigned=is_assigned,
        relaxed=relaxed,
        queues=queues,
        process=wanted.process is not None,
        narrowed=wanted.narrowed is not None,
    )


async def claim(tx: Transaction, item_id: UUID, caller: Identity, now: datetime, lease: timedelta) -> Item:
    """Give the caller this item; raises `Conflict` while it is another's, or finished, or kept from the caller."""
    item, _ = await lock_item(tx, item_id, caller, now)
    await demand_no_conflict(tx, item, caller.people, legal_date(now))
    with refusals():
        item, notes = rules.claim(item, person_of(caller), now, lease)
    await write_item(tx, item, notes)
    return item


async def keep(tx: Transaction, item_id: UUID, caller: Identity, token: int, now: datetime, lease: timedelta) -> Item:
    """Begin the lease of the caller's claim anew; raises `Conflict` for a token that is not the newest."""
    item, _ = await lock_item(tx, item_id, caller, now)
    with refusals():
        item = rules.keep(item, person_of(caller), token, now, lease)
    await item_store.write_items(tx, [item])
    return item


async def release(tx: Transaction, item_id: UUID, caller: Identity, token: int, now: datetime) -> Item:
    """Give the item back to its queue; raises `Conflict` for a token that is not the newest."""
    item, _ = await lock_item(tx, item_id, caller, now)
    with refusals():
        item, notes = rules.release(item, person_of(caller), token, now)
    await write_item(tx, item, notes)
    return item


async def skip(
    tx: Transaction, item_id: UUID, caller: Identity, token: int | None, reason: Mapping[str, str | None], now: datetime
) -> datetime:
    """Do not offer the item to the caller for a while, and give it back if they hold it; gives until when."""
    item, _ = await lock_item(tx, item_id, caller, now)
    person = person_of(caller)
    with refusals():
        item, notes = rules.skip(item, person, token, reason, now)
    await staff_store.write_skip(tx, person.subject, item_id, now + SKIPPED_FOR)
    await write_item(tx, item, notes)
    return now + SKIPPED_FOR


async def assign(
    tx: Transaction, item_id: UUID, caller: Identity, subject: str | None, reason: str, now: datetime
) -> Item:
    """Offer the item first to a person of its Center, or with None to whoever comes.

    Raises `NotFound` for an item that the caller may not read, `Forbidden` when it is not theirs to assign, `Refused`
    for a person whom the work queue does not know there, `Conflict` for one who must not have it.
    """
    answer = (await assign_items(tx, [item_id], caller, subject, reason, now))[item_id]
    if isinstance(answer, Refused):
        raise answer
    return answer


async def assign_items(
    tx: Transaction,
    item_ids: Sequence[UUID],
    caller: Identity,
    subject: str | None,
    reason: str,
    now: datetime,
    *,
    is_trial: bool = False,
) -> dict[UUID, Item | Refused]:
    """The same for many items with few statements; gives for each the item, or why it was refused.

    A trial writes nothing. Raises `Forbidden` without the acting authority that the token claims.
    """
    locked = await item_store.lock_items(tx, item_ids)
    await demand_acting(tx, caller, now)
    to = await _assignee(tx, subject)
    demand_one = demander(caller, "item.assign", legal_date(now))
    answers: dict[UUID, Item | Refused] = {}
    lines: list[tuple[Item, Note]] = []
    for item_id in item_ids:
        try:
            item, notes = await _assign(tx, item_id, locked.get(item_id), caller, demand_one, to, reason, now)
        except Refused as refusal:
            answers[item_id] = refusal
            continue
        answers[item_id] = item
        lines += [(item, note) for note in notes]
    if not is_trial and lines:
        await item_store.write_items(tx, [each for each in answers.values() if isinstance(each, Item)], locked)
        await tell(tx, lines)
    return answers


class _Assignee(NamedTuple):
    """To whom something is assigned: the subject and, where the work queue knows them, who they are."""

    subject: str
    member: Member | None
    conflicts: list[StaffConflict]


async def _assignee(tx: Transaction, subject: str | None) -> _Assignee | None:
    if subject is None:
        return None
    found = await staff_store.load_members(tx.connection, [subject])
    return _Assignee(subject, found[0] if found else None, await staff_store.load_conflicts(tx, [subject]))


async def _assign(
    tx: Transaction,
    item_id: UUID,
    item: Item | None,
    caller: Identity,
    demand_one: Callable[[Matter, str, Matter], str],
    to: _Assignee | None,
    reason: str,
    now: datetime,
) -> tuple[Item, tuple[Note, ...]]:
    if item is None:
        raise no_such(f"item {item_id}")
    demand_known(caller, item)
    demand_one(matter_for_work(item), f"item {item_id}", seen(item))
    person = None
    if to is not None:
        if to.member is None or to.member.center != item.center:
            raise Refused(
                f"{to.subject} is not among the people of {item.center}.",
                rule="assign-within-center",
                code="not-of-the-center",
                remedy="GET /staff?center= lists them; PUT /staff/{subject} adds one.",
            )
        if item.knowers is not None and to.subject not in item.knowers:
            raise Refused(
                f"{to.subject} is not named on the matter.",
                rule="need-to-know",
                code="not-named",
                remedy="Name them first: POST /items/{id}/need-to-know.",
            )
        await _demand_none_of(tx, item, frozenset({to.subject}), to.conflicts, legal_date(now))
        person = Person(to.subject, to.member.name)
    with refusals():
        return rules.assign(item, person_of(caller), person, reason, now)


async def demand_no_conflict(tx: Transaction, item: Item, people: frozenset[str], on: date) -> None:
    """Raise `Conflict` when these people must not have the item."""
    await _demand_none_of(tx, item, people, await staff_store.load_conflicts(tx, people), on)


async def _demand_none_of(
    tx: Transaction, item: Item, people: frozenset[str], conflicts: Sequence[StaffConflict], on: date
) -> None:
    decided = []
    if item.kind == "protest" and item.entry_number is not None:
        decided = await staff_store.load_decided(tx, item.entry_number)
    why = find_conflict(item, people, conflicts, decided, on)
    if why is not None:
        raise Conflict(why, rule="conflict-of-interest", code="conflict-of-interest", remedy="Leave it to another.")


async def expire_leases(database: Connections, now: datetime) -> int:
    """Open the items whose lease has run out; gives how many."""

    async def find_expired(tx: Transaction, _: UUID | None, left_out: Sequence[str]) -> Sequence[UUID]:
        return await claim_store.find_expired(tx, now, left_out, _EXPIRE_AT_ONCE)

    async def expire(tx: Transaction, item_ids: Sequence[UUID]) -> int:
        return await _open(tx, await claim_store.lock_expired(tx, now, _EXPIRE_AT_ONCE, among=item_ids))

    return await work_through(database, find_expired, expire)


async def _expire(
    tx: Transaction, now: datetime, centers: Sequence[str] | None, divisions: Sequence[str] | None
) -> int:
    locked = await claim_store.lock_expired(tx, now, _EXPIRE_AT_ONCE, centers=centers, divisions=divisions)
    return await _open(tx, locked)


async def _open(tx: Transaction, locked: Sequence[Item]) -> int:
    expired = [rules.expire(item) for item in locked]
    await item_store.write_items(tx, [item for item, _ in expired])
    await tell(tx, [(item, note) for item, notes in expired for note in notes])
    return len(expired)
