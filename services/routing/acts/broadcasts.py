"""A Center tells a segment of its importers something: the bulletin is kept, and goes out as events that name them."""

from datetime import date, datetime

from services.routing.domain.broadcasts import Broadcast, Segment
from services.routing.publishing import SOURCE, broadcast_issued
from services.routing.store import broadcasts as store
from shared.bus import outbox
from shared.customs.calendar import legal_date
from shared.db.idempotency import IdempotentCall
from shared.db.transaction import Transaction
from shared.runtime.access import Matter, demand
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id


async def issue(
    tx: Transaction,
    caller: Identity,
    call: IdempotentCall,
    segment: Segment,
    *,
    subject: str,
    text: str,
    effective_on: date | None,
    now: datetime,
) -> Broadcast:
    """Send a bulletin to everybody who is in the segment today. Its id follows from the call.

    Raises `Forbidden` for a Center that the caller does not speak for, and `Refused` when nobody is in the segment.
    """
    today = legal_date(now)
    what = f"bulletin of {segment.center}"
    demand(caller, "broadcast.issue", today, Matter(None, frozenset({segment.center})), what)
    audience = await store.load_audience(tx, segment, today)
    if not audience:
        raise Refused(
            "No importer of the Center is in the segment.",
            rule="broadcast-audience",
            code="nobody-addressed",
            remedy="Name another program or other goods, or leave them out.",
        )
    sent = Broadcast(
        broadcast_id=event_id("broadcast", call.identity, call.key),
        segment=segment,
        subject=subject,
        text=text,
        effective_on=effective_on,
        importers=len(audience),
        issued_by=caller.subject,
        acting_for=caller.acting_for,
        issued_at=now,
    )
    await store.append(tx, sent)
    await outbox.add(tx, SOURCE, broadcast_issued(sent, audience))
    return sent
