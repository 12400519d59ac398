"""What must always hold of routing decisions."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.store import checks


@dataclass(frozen=True, slots=True)
class RoutingInvariant:
    """A statement and the question that finds what breaks it."""

    name: str
    meaning: str
    find: Callable[[AsyncConnection], Awaitable[list[str]]]

    async def check(self, connection: AsyncConnection) -> list[str]:
        """One line per violation, a hundred at most."""
        return await self.find(connection)


INVARIANTS: Final = (
    RoutingInvariant(
        "decisions-explain-themselves",
        "Every decision has reasons and names the rule versions that it was made with.",
        checks.find_unexplained_decisions,
    ),
    RoutingInvariant(
        "published-as-kept",
        "A decision's Center, basis and lane are those that were published.",
        checks.find_disagreeing_columns,
    ),
    RoutingInvariant(
        "account-decisions-have-an-assignment",
        "A decision by account rests on an assignment that was in force on the entry date.",
        checks.find_unfounded_account_decisions,
    ),
)
