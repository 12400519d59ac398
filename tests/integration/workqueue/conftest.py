"""A work queue on a fresh database for each test."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.integration.workqueue.desk import Desk

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]


@pytest.fixture
async def unchecked_desk(service_engine: MakeEngine) -> AsyncIterator[Desk]:
    """A work queue whose tables a test may fill as it likes."""
    desk = Desk(await service_engine("workqueue"))
    yield desk
    await desk.close()


@pytest.fixture
async def desk(unchecked_desk: Desk) -> AsyncIterator[Desk]:
    """A work queue; when the test is over, its invariants must hold."""
    yield unchecked_desk
    assert not any((await unchecked_desk.violations()).values())
