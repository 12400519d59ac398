"""Notes on items: who reads and writes them at which level, and redacted copies."""

from datetime import datetime
from uuid import UUID

from services.workqueue.acts.files import demand_papers, levels_of
from services.workqueue.acts.reach import person_of
from services.workqueue.domain.note import ItemNote, NotARedaction, choose_level, demand_redaction, digest_of
from services.workqueue.store import items as item_store
from services.workqueue.store import notes as store
from shared.customs.calendar import legal_date
from shared.db.idempotency import key_reused
from shared.db.transaction import Transaction
from shared.runtime.access import no_such
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id


async def write_note(
    tx: Transaction,
    item_id: UUID,
    caller: Identity,
    now: datetime,
    *,
    key: str,
    text: str,
    level: str | None,
    redacts: UUID | None,
) -> ItemNote:
    """Write a note on an item, or a redacted copy of one.

    Raises what `demand_papers` raises, `NotFound` for an original that the caller may not read, `Refused` for a level
    that is not the caller's to write, and for a copy from which nothing was taken out.
    """
    item, authority = await demand_papers(tx, item_id, caller, now, subject="item-note", adds=True)
    await item_store.lock_items(tx, [item_id])
    allowed = levels_of(item, caller, legal_date(now))
    chosen = choose_level(allowed, level)
    if chosen is None:
        raise Refused(
            f"The level of a note is {' or '.join(allowed)}.",
            rule="note-level",
            code="note-level",
            remedy="Leave it out, or send one of these.",
        )
    original = None
    if redacts is not None:
        original = await store.find_note(tx.connection, item_id, redacts, allowed)
        if original is None:
            raise no_such(f"note {redacts}")
        try:
            demand_redaction(text, original)
        except NotARedaction as flaw:
            raise Refused(
                str(flaw), rule="redaction", code="redaction", remedy="Send what remains of the original."
            ) from None
    note_id = UUID(event_id("note", str(item_id), caller.subject, key))
    if await store.find_note(tx.connection, item_id, note_id, ("internal", "party", "law-enforcement")) is not None:
        raise key_reused()
    person = person_of(caller)
    note = ItemNote(
        note_id,
        item_id,
        chosen,
        text,
        now,
        person.subject,
        person.name,
        person.acting_for,
        authority,
        redacts,
        digest_of(original.text) if original is not None else None,
    )
    await store.write_note(tx, note)
    return note
