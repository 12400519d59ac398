"""Hold sets as commands: drafted by one person, applied by another before the cut, lifted; each with its history."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from services.liquidation.acts.cycles import next_cycle
from services.liquidation.domain.predicate import EntryPredicate
from services.liquidation.store import hold_sets as store
from services.liquidation.store.hold_sets import HoldSet, HoldSetEvent
from shared.customs.calendar import legal_date
from shared.db.idempotency import IdempotentCall
from shared.db.transaction import Transaction
from shared.runtime.access import Matter, demand
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Conflict, NotFound
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id
from shared.runtime.two_people import demand_second_person

_RULE: Final = "hold-set"
_CHANGES_THAT_DRAFT: Final = frozenset({"drafted", "edited"})


def name_hold_set(call: IdempotentCall) -> str:
    """The id of the hold set that a call drafts: the same when it is sent again."""
    return event_id("hold-set", call.identity, call.key)


async def draft_hold_set(
    tx: Transaction,
    now: datetime,
    hold_set_id: str,
    name: str,
    predicate: EntryPredicate,
    reason: str,
    caller: Identity,
) -> HoldSet:
    """Keep a draft; it holds nothing back until a second person applies it."""
    draft = HoldSet(
        hold_set_id,
        revision=1,
        name=name,
        predicate=predicate,
        reason=reason,
        state="draft",
        made_at=now,
        made_by=caller.signature,
        made_for=caller.acting_for,
    )
    await store.write_hold_set(tx, draft)
    await _note(tx, draft, "drafted", now, caller, reason)
    return draft


async def edit_hold_set(
    tx: Transaction,
    now: datetime,
    hold_set_id: str,
    meant: IfMatch,
    name: str,
    predicate: EntryPredicate,
    reason: str,
    caller: Identity,
) -> HoldSet:
    """Replace a draft; raises `Conflict` once it was applied, `Stale` when it was changed since it was read."""
    draft = await _lock(tx, hold_set_id, meant)
    demand_draft(draft)
    edited = replace(draft, revision=draft.revision + 1, name=name, predicate=predicate, reason=reason)
    await store.change_hold_set(tx, edited)
    await _note(tx, edited, "edited", now, caller, reason)
    return edited


async def apply_hold_set(tx: Transaction, now: datetime, hold_set_id: str, meant: IfMatch, caller: Identity) -> date:
    """Apply a draft as a second person; gives the Friday of the first cycle that obeys it, whose cut is to come.

    Raises `Conflict` when it is no draft, `Forbidden` when the caller, or whom they act for, drafted or edited it.
    """
    draft = await _lock(tx, hold_set_id, meant)
    authority = _demand_authority(caller, "hold-set.apply", draft, now)
    demand_draft(draft)
    demand_not_drafted_by(caller, await store.list_hold_set_events(tx.connection, hold_set_id))
    friday = next_cycle(now)
    lines = await store.preview(tx, draft.predicate, legal_date(now), friday)
    applied = replace(draft, revision=draft.revision + 1, state="applied", applied_at=now)
    await store.change_hold_set(tx, applied)
    matched = sum(line.entries for line in lines)
    await _note(tx, applied, "applied", now, caller, f"first cycle {friday}", matched, authority)
    return friday


async def lift_hold_set(
    tx: Transaction, now: datetime, hold_set_id: str, meant: IfMatch, reason: str, caller: Identity
) -> date:
    """Lift a set; gives the Friday of the first cycle that takes its entries again. `Conflict` if not applied."""
    applied = await _lock(tx, hold_set_id, meant)
    authority = _demand_authority(caller, "hold-set.lift", applied, now)
    demand_applied(applied)
    lifted = replace(applied, revision=applied.revision + 1, state="lifted", lifted_at=now)
    await store.change_hold_set(tx, lifted)
    await _note(tx, lifted, "lifted", now, caller, reason, authority=authority)
    return next_cycle(now)


def demand_draft(found: HoldSet) -> None:
    """Raise `Conflict` unless the hold set is a draft: only that is edited or applied."""
    if found.state != "draft":
        raise _wrong_state(found, "Only a draft can be edited or applied: draft another hold set.")


def demand_applied(found: HoldSet) -> None:
    """Raise `Conflict` unless the hold set is applied."""
    if found.state != "applied":
        raise _wrong_state(found, "Only a hold set that is applied can be lifted.")


def demand_not_drafted_by(caller: Identity, events: Iterable[HoldSetEvent]) -> None:
    """Raise `Forbidden` when the caller, or whom they act for, drafted or edited the hold set."""
    for each in events:
        if each.change in _CHANGES_THAT_DRAFT:
            demand_second_person(caller, (each.actor, each.acting_for), "drafted this hold set")


async def _lock(tx: Transaction, hold_set_id: str, meant: IfMatch) -> HoldSet:
    found = await store.lock_hold_set(tx, hold_set_id)
    if found is None:
        raise NotFound(f"There is no hold set {hold_set_id}.", remedy="GET /hold-sets lists them.")
    meant.check(found.revision)
    return found


async def _note(
    tx: Transaction,
    hold_set: HoldSet,
    change: str,
    now: datetime,
    caller: Identity,
    detail: str,
    matched: int | None = None,
    authority: str | None = None,
) -> None:
    event = HoldSetEvent(
        hold_set.hold_set_id,
        hold_set.revision,
        change,
        now,
        caller.subject,
        caller.acting_for,
        detail,
        matched,
        authority,
    )
    await store.write_hold_set_event(tx, event)


def _demand_authority(caller: Identity, action: str, found: HoldSet, now: datetime) -> str:
    return demand(caller, action, legal_date(now), Matter(), f"hold set {found.hold_set_id}")


def _wrong_state(found: HoldSet, remedy: str) -> Conflict:
    detail = f"Hold set {found.hold_set_id} is {found.state}."
    return Conflict(detail, rule=_RULE, code="hold-set-state", remedy=remedy)
