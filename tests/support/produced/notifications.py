"""Where the events of notifications come from: notices that are posted, queued, sent, and one without an address."""

from datetime import timedelta

from tests.support.produced.liquidation import FILED, LIQUIDATED
from tests.support.produced.routing import STRANGER, file, register
from tests.support.produced.world import MakeEngine, World, open_world

LONGER_THAN_THE_GRACE = timedelta(hours=25)


async def tell_notices(make_engine: MakeEngine) -> World:
    """The liquidation of an importer with an address, and of one whom nobody knows."""
    async with open_world(make_engine, FILED) as world:
        await register(world)
        number, unknown = await file(world, 7_006_001), await file(world, 7_006_002, importer_number=STRANGER)
        await world.cycle(LIQUIDATED)
        for state in ("posted", "queued"):
            await world.keep(f"notifications/notice-{state}", "notice-changed", state=state, entry_number=number)
        await world.notifications.run("send-mail")
        await world.keep("notifications/notice-sent", "notice-changed", state="sent", entry_number=number)
        world.clock.advance(LONGER_THAN_THE_GRACE)
        await world.notifications.run("send-mail")
        await world.keep("notifications/notice-without-address", "notice-changed", entry_number=unknown)
        return world


STORIES = (tell_notices,)
