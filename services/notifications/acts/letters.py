"""Letters on paper, for whom no mail reached: people print and mail them, and say so."""

from datetime import date, datetime
from uuid import UUID

from services.notifications.acts.inbox import matter_of_notice
from services.notifications.publishing import SOURCE, changes_told
from services.notifications.store import deliveries as delivery_store
from services.notifications.store import notices as notice_store
from shared.bus import outbox
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction
from shared.runtime.access import demand, no_such
from shared.runtime.errors import Conflict, Refused
from shared.runtime.identity import Identity


async def note_mailed(tx: Transaction, caller: Identity, notice_id: UUID, mailed_on: date, now: datetime) -> None:
    """Say that the letter of a notice was mailed to the importer on a day.

    Raises `NotFound` for a notice that the caller does not see, `Refused` for a day that is to come, `Conflict` when no
    letter waits.
    """
    notice = await notice_store.find_notice(tx.connection, notice_id)
    what = f"letter of notice {notice_id}"
    if notice is None:
        raise no_such(what)
    demand(caller, "letter.mail", legal_date(now), matter_of_notice(notice), what)
    if not notice.issued_on <= mailed_on <= legal_date(now):
        raise Refused(
            "A letter is mailed between the day of its notice and today.",
            rule="letter-mailed-on",
            code="account-day",
            remedy="Give the day on which it was handed to the post.",
        )
    changed = await delivery_store.note_mailed(tx, notice, "importer", mailed_on, caller.subject, now)
    if changed is None:
        raise Conflict(
            "No letter of this notice waits.",
            rule="letter-waits",
            code="not-possible",
            remedy="GET /letters lists those that do.",
        )
    await outbox.add(tx, SOURCE, changes_told([changed], now))
