"""Extensions drafted where one is needed."""

from datetime import datetime

from services.liquidation.store.extension_drafts import sync_drafts
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction


async def draft_extensions(tx: Transaction, now: datetime) -> int:
    """Draft an extension for every entry whose period ends within 60 days while a review or a request is open.

    Drafts that are needed no more go. Nothing is extended: a person posts the notice and records it. Rules ext-notice
    [S], 19 CFR 159.12(b), (d), and ext-reasons [S], 19 USC 1504(b): CBP lacks information, which an open CBP 28 or an
    open review says, or the importer asked in writing. An open CBP 29 alone is no such reason: it proposes an action on
    what CBP has, so it shows in the radar and nothing is drafted. Gives how many drafts are new or changed.
    """
    return await sync_drafts(tx, legal_date(now), now)
