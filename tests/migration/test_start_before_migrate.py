"""A process that starts before its database is migrated says so, and works as soon as it is."""

import asyncio

from cli.catalogue import all_topics
from services.routing.app import SERVICE
from services.routing.settings import RoutingSettings
from shared.db.migrate import upgrade
from shared.runtime.events import LagWatch, build_roles
from shared.runtime.lifecycle import Stopping
from shared.runtime.pools import open_pools
from shared.runtime.service import open_platform
from shared.runtime.together import together
from tests.support.databases import TestDatabases


async def test_process_that_starts_before_migrate_waits_for_it(databases: TestDatabases) -> None:
    urls = [await databases.empty() for _ in range(2)]
    settings = RoutingSettings(database_url=urls[0], bus_database_url=urls[1], token_secret="s" * 32)
    pools = open_pools(settings)
    platform = open_platform(settings, pools=pools)
    await platform.bus.ensure_topics(all_topics())
    lag, stopping = LagWatch(SERVICE, platform, pools.watch), Stopping()
    roles = build_roles(SERVICE, platform, pools, SERVICE.build(platform), lag.run)
    running = {role.name: asyncio.create_task(role.run(stopping)) for role in roles}

    async def wait_for(problem: str) -> None:
        async with asyncio.timeout(60):
            while problem not in str(await lag.check()):
                assert [name for name, task in running.items() if task.done()] == []
                await asyncio.sleep(0.05)

    try:
        await wait_for("does not exist")
        await upgrade(pools.watch, SERVICE.migrations)
        await wait_for("None")
    finally:
        stopping.set()
        await together(*running.values())
        await platform.bus.close()
        await pools.dispose()
