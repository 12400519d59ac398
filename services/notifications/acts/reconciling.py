"""Each day of the bulletin is compared with the legal record; what is missing is told to operators by entry."""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Final, Protocol

import structlog

from services.notifications.domain.reconciliation import (
    MOST_NAMED,
    Gap,
    Reconciled,
    RecordedAct,
    days_to_compare,
    find_gaps,
)
from services.notifications.store import reconciliations as store
from services.notifications.store.bulletin import list_acts_told
from shared.customs.calendar import legal_date
from shared.db.transaction import Connections, reading, transaction
from shared.runtime.clock import Clock

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

AT_ONCE: Final = 5000
"""Acts that are read and compared at once."""


class LegalRecord(Protocol):
    """The acts of the legal record that are posted, as somebody can read them."""

    def read(self, day: date, /) -> AsyncIterator[Sequence[RecordedAct]]:
        """The acts that were recorded on a legal day, in parts."""
        ...


async def compare_day(record: LegalRecord, notifications: Connections, day: date) -> Reconciled:
    """Compare the acts that the legal record wrote on a legal day with what was posted and told of them.

    All gaps are counted, the first are named.
    """
    acts = missing = 0
    gaps: list[Gap] = []
    async for part in record.read(day):
        acts += len(part)
        async with reading(notifications) as connection:
            told = await list_acts_told(connection, sorted({act.entry_number for act in part}))
        found = find_gaps(part, told)
        missing += len(found)
        gaps += found[: MOST_NAMED - len(gaps)]
    return Reconciled(acts, tuple(gaps), missing)


async def compare_days(record: LegalRecord, database: Connections, clock: Clock) -> int:
    """Compare each day that is over, until nothing is missing of it; gives how many gaps there are now.

    The gaps that are named are logged with the entry's number at each run, until what is missing has come.
    """
    now = clock.now()
    days = days_to_compare(now, legal_date(now))
    async with reading(database) as connection:
        whole = await store.find_whole(connection, days)
    open_gaps = 0
    for day in days:
        if day in whole:
            continue
        found = await compare_day(record, database, day)
        async with transaction(database) as tx:
            await store.write(tx, day, found, now)
        for gap in found.gaps:
            log.error("bulletin_gap", day=day.isoformat(), **gap._asdict())
        open_gaps += found.missing
    return open_gaps
