"""Days that are not those of their clocks any more: what reminds of them is not sent."""

from collections.abc import Collection
from datetime import datetime

from services.notifications.store.tables import withdrawn_reminders
from shared.db import bulk
from shared.db.transaction import Transaction


async def withdraw(tx: Transaction, subjects: Collection[str], at: datetime) -> None:
    """Note that what reminds of these days is not to be told; once more changes nothing."""
    rows = [(subject, at) for subject in sorted(set(subjects))]
    await bulk.insert(tx, withdrawn_reminders, ("subject", "withdrawn_at"), rows, on_conflict="DO NOTHING")
