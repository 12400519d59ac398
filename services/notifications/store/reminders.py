"""Days that are not those of their clocks any more: what reminds of them is not sent."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from services.notifications.store.tables import withdrawn_reminders
from shared.db import bulk
from shared.db.transaction import Transaction

_KEEP_LATEST: Final = (
    "(subject) DO UPDATE SET withdrawn_at = excluded.withdrawn_at"
    " WHERE withdrawn_reminders.withdrawn_at < excluded.withdrawn_at"
)


async def withdraw(tx: Transaction, withdrawn: Iterable[tuple[str, datetime]]) -> None:
    """Note that what reminded of these days until then is not to be told; the latest time of each counts, since a day
    that comes back is reminded of again.
    """
    latest: dict[str, datetime] = {}
    for subject, at in withdrawn:
        latest[subject] = max(at, latest.get(subject, at))
    await bulk.insert(
        tx, withdrawn_reminders, ("subject", "withdrawn_at"), sorted(latest.items()), on_conflict=_KEEP_LATEST
    )
