"""Acting authority: proposed by one supervisor, released by another, ended by either; asked for on every act."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from services.workqueue.domain.acting import Acting
from services.workqueue.store import acting as store
from services.workqueue.store import staff as staff_store
from shared.customs.calendar import legal_date
from shared.db.idempotency import key_reused
from shared.db.transaction import Transaction
from shared.runtime.access import Matter, demand, judge, no_such, refusal_of
from shared.runtime.errors import Conflict, Forbidden, Refused
from shared.runtime.identity import Identity, people_of
from shared.runtime.ids import event_id
from shared.runtime.two_people import demand_second_person


async def demand_acting(tx: Transaction, caller: Identity, now: datetime) -> None:
    """Raise `Forbidden` when the token says that the caller acts for somebody and no delegation in force says so."""
    if caller.acting_for is None:
        return
    if await store.find_in_force(tx, caller.subject, caller.acting_for, legal_date(now)) is None:
        raise Forbidden(
            f"No delegation in force lets {caller.subject} act for {caller.acting_for}.",
            rule="acting-authority",
            code="no-acting-authority",
            remedy="Have one proposed (POST /staff/delegations) and released by a second person, or act for yourself.",
        )


async def propose(
    tx: Transaction,
    caller: Identity,
    now: datetime,
    *,
    key: str,
    center: str,
    from_subject: str,
    to_subject: str,
    from_on: date,
    to_on: date,
    reason: str,
) -> Acting:
    """Propose that one person acts for another on some days.

    Raises `Forbidden` for another Center, `Refused` for days that are over or turned round, one person twice, people
    who are not known as those of the Center, and a key by which the caller proposed another before.
    """
    await demand_acting(tx, caller, now)
    today = legal_date(now)
    permission = judge(caller, "acting.propose", today, Matter(centers=frozenset({center})))
    if not permission.is_given:
        raise refusal_of(permission)
    if to_on < from_on or to_on < today or from_subject == to_subject:
        raise Refused(
            "A delegation is from one person to another, from a day to a later one that is not over.",
            rule="acting-days",
            code="acting-days",
            remedy="Give other days, or another person.",
        )
    await _demand_people(tx, center, from_subject, to_subject)
    delegation_id = UUID(event_id("acting-authority", caller.subject, key))
    if await store.lock_acting(tx, delegation_id) is not None:
        raise key_reused()
    acting = Acting(delegation_id, center, from_subject, to_subject, from_on, to_on, reason, caller.signature, now)
    await store.write_acting(tx, acting)
    return acting


async def release(tx: Transaction, caller: Identity, delegation_id: UUID, now: datetime) -> Acting:
    """Put a delegation in force.

    Raises `Forbidden` for whoever proposed it or gains by it, `Conflict` once decided, `Refused` when one of both has
    left the Center since.
    """
    acting = await _lock(tx, caller, "acting.release", delegation_id, now)
    if acting.released_by is not None or acting.ended_by is not None:
        raise Conflict(
            "The delegation is released or ended already.",
            rule="acting-authority",
            code="acting-settled",
            remedy="Read it with GET /staff/delegations; propose a new one.",
        )
    demand_second_person(caller, people_of(acting.proposed_by), "proposed the delegation")
    demand_second_person(caller, {acting.to_subject}, "would gain the authority")
    await _demand_people(tx, acting.center, acting.from_subject, acting.to_subject)
    acting = replace(acting, released_by=caller.signature, released_at=now)
    await store.write_acting(tx, acting)
    return acting


async def end(tx: Transaction, caller: Identity, delegation_id: UUID, now: datetime) -> Acting:
    """End a delegation from now on; what was done under it stands. Ending it again changes nothing."""
    acting = await _lock(tx, caller, "acting.end", delegation_id, now)
    if acting.ended_by is None:
        acting = replace(acting, ended_by=caller.signature, ended_at=now)
        await store.write_acting(tx, acting)
    return acting


async def _lock(tx: Transaction, caller: Identity, action: str, delegation_id: UUID, now: datetime) -> Acting:
    acting, what = await store.lock_acting(tx, delegation_id), f"delegation {delegation_id}"
    if acting is None:
        raise no_such(what)
    demand(caller, action, legal_date(now), Matter(centers=frozenset({acting.center})), what)
    await demand_acting(tx, caller, now)
    return acting


async def _demand_people(tx: Transaction, center: str, *subjects: str) -> None:
    """Authority of a Center is lent among its people; who is not written there is not known as one of them."""
    members = {each.subject: each.center for each in await staff_store.load_members(tx.connection, subjects)}
    strangers = [subject for subject in subjects if members.get(subject) != center]
    if strangers:
        raise Refused(
            f"Not known as people of {center}: {', '.join(strangers)}.",
            rule="acting-people",
            code="not-of-the-center",
            remedy="Name people of the Center; PUT /staff/{subject} writes who has come to it.",
        )
