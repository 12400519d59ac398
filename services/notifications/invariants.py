"""What must always hold of notices."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.store import checks


@dataclass(frozen=True, slots=True)
class NoticeInvariant:
    """A statement and the question that finds what breaks it."""

    name: str
    meaning: str
    find: Callable[[AsyncConnection], Awaitable[list[str]]]

    async def check(self, connection: AsyncConnection) -> list[str]:
        """One line per violation, a hundred at most."""
        return await self.find(connection)


INVARIANTS: Final = (
    NoticeInvariant(
        "bulletin-courtesy-mismatch",
        "Every liquidation known has one official notice posted on the bulletin and one courtesy notice beside it.",
        checks.find_bulletin_mismatches,
    ),
    NoticeInvariant("sent-once", "No delivery has been sent twice.", checks.find_sent_twice),
    NoticeInvariant(
        "ledger-agrees", "Every delivery is in the state of its last ledger line.", checks.find_ledger_disagreements
    ),
    NoticeInvariant("notice-delivered", "Every notice has a delivery.", checks.find_undelivered_notices),
)
