"""Nothing goes out of a copy of notifications that was made from an archive: what would is withdrawn in its ledger."""

from datetime import datetime
from typing import Final

from services.notifications.store import broadcasts, deliveries
from shared.db.transaction import Transaction

WHY: Final = "a copy from the archive: the service itself has told it"


async def hold_back(tx: Transaction, now: datetime) -> None:
    """Withdraw what waits to be mailed, called, printed or told to many; inboxes and the bulletin stay as they are."""
    await deliveries.hold_back(tx, WHY, now)
    await broadcasts.hold_back(tx, WHY, now)
