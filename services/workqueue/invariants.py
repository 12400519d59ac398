"""Statements about the work queue's tables that must always hold."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.store import checks


@dataclass(frozen=True, slots=True)
class QueueInvariant:
    """One statement with the query that finds what contradicts it."""

    name: str
    meaning: str
    query: str

    async def check(self, connection: AsyncConnection) -> list[str]:
        """One line per violation, the first hundred."""
        return await checks.find_violations(connection, self.query)


INVARIANTS = (
    QueueInvariant(
        "claimed-items-are-held",
        "Every claimed item has a holder, a token and a lease; no open or cancelled one has a holder.",
        checks.CLAIMED_WITHOUT_HOLDER,
    ),
    QueueInvariant(
        "routed-processes-have-items",
        "Every process that a routing decision calls for has its item, with a line of history.",
        checks.PROCESS_WITHOUT_ITEM,
    ),
    QueueInvariant(
        "filed-protests-have-items",
        "Every protest whose filing is known has its item.",
        checks.PROTEST_WITHOUT_ITEM,
    ),
    QueueInvariant(
        "completed-items-have-decisions",
        "Every completed item has a decision, and only completed items have one.",
        checks.COMPLETED_WITHOUT_DECISION,
    ),
    QueueInvariant(
        "live-items-follow-their-entry",
        "No item is open or claimed when its entry is liquidated or its standing version does not call for it.",
        checks.LIVE_WITHOUT_GROUND,
    ),
    QueueInvariant(
        "state-is-the-last-change",
        "An item's state is that of the last line of its history.",
        checks.STATE_APART_FROM_HISTORY,
    ),
)
