"""The deadline radar as work: extensions drafted where one is needed, cases of deemed liquidation closed by people."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.store import radar as store
from services.liquidation.store.hold_sets import find_standing
from services.liquidation.store.radar import Horizon
from shared.customs.calendar import legal_date
from shared.db.transaction import transaction
from shared.runtime.clock import Clock
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Conflict, NotFound
from shared.runtime.identity import Identity


async def draft_extensions(engine: AsyncEngine, clock: Clock) -> int:
    """Draft an extension for every entry whose period ends within 60 days while a review or a request is open.

    Drafts that are needed no more go. Nothing is extended: a person posts the notice and records it. Rules ext-notice
    [S], 19 CFR 159.12(b), (d), and ext-reasons [S], 19 USC 1504(b): CBP lacks information, which an open CBP 28 or an
    open review says, or the importer asked in writing. An open CBP 29 alone is no such reason: it proposes an action on
    what CBP has, so it shows in the radar and nothing is drafted. Gives how many drafts are new or changed.
    """
    now = clock.now()
    async with transaction(engine) as tx:
        return await store.sync_drafts(tx, legal_date(now), now)


async def close_deemed_case(
    engine: AsyncEngine, now: datetime, entry_number: str, meant: IfMatch, reason: str, caller: Identity
) -> None:
    """Close the case of an entry that was deemed liquidated, with the reason; raises `Conflict` when it is closed."""
    async with transaction(engine) as tx:
        row = await store.lock_deemed_case(tx, entry_number)
        if row is None:
            raise NotFound(f"There is no case of a deemed liquidation of {entry_number}.", remedy="GET /deemed-cases.")
        meant.check(row.revision)
        if row.state != "open":
            raise Conflict(
                f"The case of {entry_number} was closed by {row.closed_by}.",
                rule="liq-after-deemed",
                code="case-closed",
                remedy="Nothing more is needed.",
            )
        await store.close_deemed_case(
            tx,
            entry_number,
            revision=row.revision + 1,
            state="closed",
            closed_at=now,
            closed_by=caller.signature,
            closed_because=reason,
        )


async def count_alarms(engine: AsyncEngine, clock: Clock) -> tuple[int, dict[Horizon, int]]:
    """Open cases of deemed liquidation, and held entries by the days left of their period: what must not go unseen."""
    now = clock.now()
    async with transaction(engine) as tx:
        standing = await find_standing(tx, now)
        held = await store.count_held_near(tx, legal_date(now), standing)
        return await store.count_open_deemed_cases(tx.connection), held
