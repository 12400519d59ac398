"""The bulletin is compared with the legal record: what the two services really did, and what a gap says."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from cli.reconciliation import reconcile
from shared.customs.calendar import add_days, legal_date
from shared.db.transaction import transaction
from tests.support.produced.liquidation import FILED, LIQUIDATED
from tests.support.produced.routing import file, register
from tests.support.produced.world import open_world

GONE = (
    "ALTER TABLE bulletin_postings DISABLE TRIGGER bulletin_is_immutable",
    "DELETE FROM bulletin_postings WHERE entry_number = '{first}'",
    "DELETE FROM notices WHERE entry_number = '{second}' AND kind = 'N-09'",
)


async def test_a_posting_and_a_courtesy_notice_that_are_missing_are_named_by_their_entry(
    service_engine: Callable[[str], Awaitable[AsyncEngine]],
) -> None:
    async with open_world(service_engine, FILED) as world:
        await register(world)
        first, second = await file(world, 7_006_001), await file(world, 7_006_002)
        await world.cycle(LIQUIDATED)
        engines = (world.liquidation.engine, world.notifications.engine)
        today = legal_date(datetime.now(UTC))  # the record says when it was written by the database's clock
        found = await reconcile(*engines, today)
        assert (found.acts, list(found.gaps)) == (2, [])
        assert (await reconcile(*engines, add_days(today, -1))).acts == 0
        async with transaction(world.notifications.engine) as tx:
            for statement in GONE:
                await tx.connection.execute(text(statement.format(first=first, second=second)))
        gaps = {(gap.entry_number, gap.missing) for gap in (await reconcile(*engines, today)).gaps}
        assert gaps == {(first, "N-13 is not on the bulletin"), (second, "no notice N-09")}
