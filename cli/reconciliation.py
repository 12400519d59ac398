"""The bulletin beside the legal record, which the command reads in its database: no service needs to run."""

from collections.abc import AsyncIterator, Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.store.posted_acts import list_recorded_acts
from services.notifications.acts.reconciling import AT_ONCE
from services.notifications.domain.reconciliation import RecordedAct
from shared.db.transaction import reading


class RecordInDatabase:
    """The legal record as liquidation's database has it."""

    def __init__(self, liquidation: AsyncEngine, at_once: int = AT_ONCE) -> None:
        self._liquidation = liquidation
        self._at_once = at_once

    async def read(self, day: date) -> AsyncIterator[Sequence[RecordedAct]]:
        """The acts that were recorded on a legal day, in parts."""
        after: tuple[str, int] | None = None
        while True:
            async with reading(self._liquidation) as connection:
                rows = await list_recorded_acts(connection, day, after=after, limit=self._at_once)
            if not rows:
                return
            yield [RecordedAct(*row) for row in rows]
            after = rows[-1][:2]
