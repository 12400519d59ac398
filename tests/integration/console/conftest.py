"""A provider for each test, and the whole product in this process for all of them."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.integration.console.provider import Provider
from tests.support.databases import TestDatabases
from tests.support.served import Served, serving_all


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    provider = Provider("slow")
    listening = await asyncio.start_server(provider.serve, "127.0.0.1", 0)
    provider.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    yield provider
    listening.close()
    await listening.wait_closed()


@pytest.fixture(scope="module")
async def served(databases: TestDatabases) -> AsyncIterator[Served]:
    async with serving_all(databases) as served:
        yield served
