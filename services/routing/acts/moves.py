"""Open matters given to another Center by a person, an entry or a filing; clocks and days of receipt stay."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from services.routing.acts.directory import demand_open_center
from services.routing.domain.decisions import Move
from services.routing.publishing import SOURCE, entry_moved, filing_routed
from services.routing.store import decisions as decision_store
from services.routing.store import filings as filing_store
from services.routing.store import moves as store
from services.routing.store.filings import StandingFiling
from services.routing.store.moves import MatterKind, MatterMove
from shared.bus import outbox
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction
from shared.runtime.access import Matter, demand, no_such
from shared.runtime.errors import Conflict, Refused
from shared.runtime.identity import Identity

_OF_RECORD: Final = (
    "Name the Center of record, as it is read here, and decide anew; the work queue may show another one, by what was"
    " learned since."
)


async def move_entry(
    tx: Transaction,
    caller: Identity,
    entry_number: str,
    *,
    from_center: str,
    to_center: str,
    reason: str,
    now: datetime,
) -> MatterMove:
    """Give an open entry to another Center; later versions of the entry stay with it.

    Raises `NotFound`, `Forbidden` for a Center that the caller does not speak for, `Conflict` when the entry is with
    another Center than `from_center`, `Refused` when there is nothing to move or the Center takes no work.
    """
    await store.lock(tx, entry_number)
    decisions = await decision_store.find_decisions(tx.connection, entry_number)
    if not decisions:
        raise no_such(f"entry {entry_number}")
    newest = decisions[-1]
    matter = Matter(newest.importer_number, filer_code=entry_number[:3])
    move = await _append(tx, caller, "entry", entry_number, matter, newest.center, from_center, to_center, reason, now)
    await outbox.add(tx, SOURCE, [entry_moved(newest.decision, Move(move.sequence, move.to_center), now)])
    return move


async def move_filing(
    tx: Transaction,
    caller: Identity,
    filing_number: str,
    *,
    from_center: str,
    to_center: str,
    reason: str,
    now: datetime,
) -> MatterMove:
    """Give an open filing to another Center; raises what `move_entry` does."""
    await store.lock(tx, filing_number)
    filing = await filing_store.find_filing(tx.connection, filing_number)
    if filing is None:
        raise no_such(f"filing {filing_number}")
    matter = Matter(filing.importer_number, filer_code=filing.filer_code)
    routed = filing.as_routed()
    if routed is None:
        held = replace(matter, centers=frozenset({filing.route.center}))
        demand(caller, "filing.move", legal_date(now), held, f"filing {filing_number}")
        raise Conflict(
            f"The filing {filing_number} was received before routes of filings were kept.",
            rule="move",
            code="not-routed",
            remedy="Have it published again by its filing system; then it can be moved.",
        )
    first = routed.route.center
    move = await _append(tx, caller, "filing", filing_number, matter, first, from_center, to_center, reason, now)
    standing = StandingFiling(routed, Move(move.sequence, move.to_center))
    await outbox.add(tx, SOURCE, [filing_routed(standing, now)])
    return move


async def _append(
    tx: Transaction,
    caller: Identity,
    kind: MatterKind,
    number: str,
    matter: Matter,
    first_center: str,
    from_center: str,
    to_center: str,
    reason: str,
    now: datetime,
) -> MatterMove:
    known = await store.list_moves(tx.connection, kind, number)
    holding = known[-1].to_center if known else first_center
    matter = replace(matter, centers=frozenset({holding}))
    authority = demand(caller, f"{kind}.move", legal_date(now), matter, f"{kind} {number}")
    if from_center != holding:
        raise Conflict(
            f"The {kind} is with {holding}, not with {from_center}.",
            rule="move",
            code="moved-meanwhile",
            remedy="Read it again and decide anew." if kind == "entry" else _OF_RECORD,
        )
    if to_center == holding:
        raise Refused(
            f"The {kind} is with {holding} already.", rule="move", code="nothing-to-move", remedy="Name another Center."
        )
    await demand_open_center(tx, to_center, legal_date(now), when="today")
    move = MatterMove(
        kind=kind,
        number=number,
        sequence=len(known) + 1,
        from_center=holding,
        to_center=to_center,
        reason=reason,
        moved_by=caller.subject,
        acting_for=caller.acting_for,
        moved_at=now,
        authority=authority,
    )
    await store.append(tx, move)
    return move
