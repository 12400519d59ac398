"""Extensions drafted where one is needed."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from services.liquidation.store.extension_drafts import list_concerned, sync_drafts
from shared.customs.calendar import legal_date
from shared.db.transaction import Connections, Transaction, transaction
from shared.runtime.slices import work_through

BATCH: Final = 5_000
"""Entries that one transaction takes."""


async def draft_extensions(database: Connections, now: datetime) -> int:
    """Draft an extension for every entry whose period ends within 60 days while a review or a request is open.

    Drafts that are needed no more go. Nothing is extended: a person posts the notice and records it. Rules ext-notice
    [S], 19 CFR 159.12(b), (d), and ext-reasons [S], 19 USC 1504(b): CBP lacks information, which an open CBP 28 or an
    open review says, or the importer asked in writing. An open CBP 29 alone is no such reason: it proposes an action on
    what CBP has, so it shows in the radar and nothing is drafted. Gives how many drafts are new or changed.
    """
    async with transaction(database) as tx:
        concerned = await list_concerned(tx, legal_date(now))

    async def list_next(_: Transaction, after: str | None, __: Sequence[str]) -> Sequence[str]:
        first = bisect_right(concerned, after) if after is not None else 0
        return concerned[first : first + BATCH]

    async def draft(tx: Transaction, numbers: Sequence[str]) -> int:
        return await sync_drafts(tx, legal_date(now), now, numbers)

    return await work_through(database, list_next, draft)
