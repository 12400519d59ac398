"""The work that the runtime does by itself for every service alike."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import MetaData, select
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.db.idempotency import IdempotentCall, remember
from shared.db.platform_tables import platform_tables
from shared.db.transaction import reading, transaction
from shared.runtime.clock import FixedClock
from shared.runtime.events import platform_jobs
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Platform
from shared.runtime.service import Service, open_bus
from shared.runtime.settings import load_settings
from shared.runtime.slices import JobSession
from tests.integration.notifications.builders import NOW
from tests.support.services import SERVICES

KEYS = platform_tables(MetaData()).idempotency_keys


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
async def test_every_service_forgets_first_answers_after_the_days_that_are_set(
    service: Service, service_engine: Callable[[str], Awaitable[AsyncEngine]]
) -> None:
    engine = await service_engine(service.name)
    settings = load_settings(
        service.settings,
        database_url="postgresql://localhost/x",
        bus="kafka",
        token_secret="s" * 32,
        idempotency_days=3,
    )
    platform = Platform(settings, engine, open_bus(settings), FixedClock(NOW), Metrics.create())
    days = timedelta(days=3)
    async with transaction(engine) as tx:
        for key, at in (("old", NOW - days - timedelta(seconds=1)), ("kept", NOW - days), ("new", NOW)):
            await remember(tx.connection, IdempotentCall(key, "kim", "h"), status=201, response={}, now=at)
    parts = service.build(platform)
    for job in (*parts.jobs, *platform_jobs(platform, parts)):
        if "answers" in job.name:
            await job.run(JobSession(job.name, engine, platform.clock))
    async with reading(engine) as connection:
        assert set(await connection.scalars(select(KEYS.c.key))) == {"kept", "new"}
