"""The directory of the Centers: what changes it, and whether a Center takes work on a day."""

from datetime import date, datetime

from services.routing.domain.directory import Change, RecordedChange, check_change, fold, is_told_in_public
from services.routing.publishing import SOURCE, directory_changed
from services.routing.store import directory as store
from services.routing.store import rulebook
from shared.bus import outbox
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity


async def change_directory(
    tx: Transaction, caller: Identity, change: Change, *, reason: str, now: datetime
) -> RecordedChange:
    """Record a change of the directory; raises `Refused` when it cannot stand beside those recorded before."""
    await store.lock(tx)
    earlier = await store.load_changes(tx.connection)
    fault = check_change(change, earlier, legal_date(now))
    if fault is not None:
        raise Refused(fault.detail, rule="directory", code=fault.code, remedy=fault.remedy)
    recorded = await store.append(
        tx, change, reason=reason, changed_by=caller.subject, acting_for=caller.acting_for, recorded_at=now
    )
    if change.kind == "center":
        await rulebook.note_change(tx, "center", change.code, caller.signature)
    if is_told_in_public(change.kind):
        unit = fold(each for each in earlier if each.effective_on <= change.effective_on).get(change.key)
        is_new = unit is None or change.action == "open"
        told = directory_changed(recorded, {} if unit is None or is_new else unit.details)
        await outbox.add(tx, SOURCE, [told])
    return recorded


async def demand_open_center(tx: Transaction, center: str, on: date, *, when: str) -> None:
    """Refuse a Center that takes no work on a legal day; `when` names the day in the remedy: `today`, `on that day`."""
    unit = (await store.load(tx.connection)).centers.get(center)
    if unit is None or not unit.is_open(on):
        raise Refused(
            f"{center} takes no work on {on}." if unit else f"{center} is not a Center.",
            rule="center-exists",
            code="center-not-open" if unit else "unknown-center",
            remedy=f"Take a Center that is open {when} from GET /centers.",
        )
