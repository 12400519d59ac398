"""Saved views: written by their owner, shared with a Center by people of it, given to a role by its supervisors."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.workqueue.acts.acting import demand_acting
from services.workqueue.domain.view import MOST_VIEWS, View
from services.workqueue.store import views as store
from shared.customs.calendar import legal_date
from shared.db.idempotency import key_reused
from shared.db.transaction import Transaction
from shared.runtime.access import Matter, judge, no_such, refusal_of
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Conflict, Forbidden
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id


async def save(
    tx: Transaction,
    caller: Identity,
    now: datetime,
    *,
    key: str,
    name: str,
    query: str,
    center: str | None,
    role: str | None,
) -> View:
    """Save a filter under a name.

    Raises `Forbidden` where it is to be shared with a Center that the caller does not belong to, or given to a role
    there by whoever is no supervisor of it; `Conflict` when the person has too many; `Refused` for a key by which they
    saved another.
    """
    await demand_acting(tx, caller, now)
    _demand_place(caller, center, role, now)
    if await store.has_too_many(tx, caller.subject):
        raise Conflict(
            f"There are {MOST_VIEWS} views of yours already.",
            rule="views-of-a-person",
            code="too-many-views",
            remedy="Delete one: GET /views lists them.",
        )
    view_id = UUID(event_id("view", caller.subject, key))
    if await store.lock_view(tx, view_id) is not None:
        raise key_reused()
    view = View(view_id, caller.subject, name, query, center, role, caller.signature, now)
    await store.write_view(tx, view)
    return view


async def change(
    tx: Transaction,
    caller: Identity,
    view_id: UUID,
    if_match: IfMatch,
    now: datetime,
    *,
    name: str,
    query: str,
    center: str | None,
    role: str | None,
) -> View:
    """Write a view anew; raises `NotFound` for one that the caller does not see, `Forbidden` for another's."""
    before = await _lock(tx, caller, view_id, now)
    if_match.check(before.version)
    _demand_place(caller, center, role, now)
    view = replace(
        before,
        name=name,
        query=query,
        center=center,
        role=role,
        written_by=caller.signature,
        written_at=now,
        version=before.version + 1,
    )
    await store.write_view(tx, view)
    return view


async def delete(tx: Transaction, caller: Identity, view_id: UUID, now: datetime) -> None:
    """Take a view away; raises `NotFound` for one that the caller does not see, `Forbidden` for another's."""
    await _lock(tx, caller, view_id, now)
    await store.delete_view(tx, view_id)


def sees(caller: Identity, view: View) -> bool:
    """Whether the view is the caller's, or shared with a Center of theirs."""
    return view.owner == caller.subject or view.center in caller.centers


async def _lock(tx: Transaction, caller: Identity, view_id: UUID, now: datetime) -> View:
    """A view that the caller may change: their own, or one that a role of their Center begins with."""
    await demand_acting(tx, caller, now)
    view = await store.lock_view(tx, view_id)
    if view is None or not sees(caller, view):
        raise no_such(f"view {view_id}")
    if view.role is not None:
        _demand_place(caller, view.center, view.role, now)
    elif view.owner != caller.subject:
        raise Forbidden(
            "The view is another's.",
            code="view-of-another",
            remedy="Save one of your own with the same filter: POST /views.",
        )
    return view


def _demand_place(caller: Identity, center: str | None, role: str | None, now: datetime) -> None:
    if center is None:
        return
    action = "view.give" if role is not None else "view.share"
    permission = judge(caller, action, legal_date(now), Matter(centers=frozenset({center})))
    if not permission.is_given:
        raise refusal_of(permission)
