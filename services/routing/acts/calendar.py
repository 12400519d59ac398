"""Events of a Center: announced, and cancelled; every revision stays."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from services.routing.domain.calendar import CalendarEvent, CalendarKind
from services.routing.store import calendar as store
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction, take_turn
from shared.runtime.access import Matter, judge, no_such, refusal_of
from shared.runtime.errors import Conflict
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id


async def announce(
    tx: Transaction,
    caller: Identity,
    now: datetime,
    center: str,
    *,
    key: str,
    kind: CalendarKind,
    title: str,
    place: str,
    starts_at: datetime,
    ends_at: datetime,
    weekly_until: date | None,
) -> CalendarEvent:
    """Put an event into the calendar of a Center; raises `Forbidden` for another's."""
    authority = _demand(caller, center, now)
    event = CalendarEvent(
        UUID(event_id("calendar", caller.subject, key)),
        1,
        center,
        kind,
        title,
        place,
        starts_at,
        ends_at,
        weekly_until,
        False,
        None,
        caller.signature,
        now,
        authority,
    )
    await store.add(tx, event)
    return event


async def cancel(
    tx: Transaction, caller: Identity, now: datetime, center: str, event_id: UUID, reason: str
) -> CalendarEvent:
    """Cancel an event; it stays in the calendar, and says so. Raises `Conflict` for one that is cancelled."""
    await take_turn(tx, f"event {event_id}")
    event = await store.find(tx.connection, event_id)
    if event is None or event.center != center:
        raise no_such(f"event {event_id} of {center}")
    authority = _demand(caller, event.center, now)
    if event.is_cancelled:
        raise Conflict(
            "The event is cancelled.", rule="calendar", code="event-cancelled", remedy="Announce another one."
        )
    event = replace(
        event,
        revision=event.revision + 1,
        is_cancelled=True,
        reason=reason,
        made_by=caller.signature,
        made_at=now,
        authority=authority,
    )
    await store.add(tx, event)
    return event


def _demand(caller: Identity, center: str, now: datetime) -> str:
    permission = judge(caller, "center-calendar.write", legal_date(now), Matter(centers=frozenset({center})))
    if permission.row_id is None:
        raise refusal_of(permission)
    return permission.row_id
