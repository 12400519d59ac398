"""The table of Idempotency-Keys in a real PostgreSQL: first answers are kept, twins wait, misuse is refused."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import MetaData, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.db.engine import create_engine
from shared.db.idempotency import IdempotentCall, forget, recall, remember
from shared.db.platform_tables import platform_tables
from shared.runtime.errors import Refused
from shared.runtime.invariants import check_all
from shared.runtime.metrics import Metrics
from shared.web.idempotency import replay
from tests.support.databases import TestDatabases

NOW = datetime(2026, 3, 2, tzinfo=UTC)
CALL = IdempotentCall("k1", "kim", "hash-1")
METADATA = MetaData()
TABLES = platform_tables(METADATA)


@pytest.fixture
async def engine(databases: TestDatabases) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(await databases.empty(), application="test")
    async with engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
    yield engine
    await engine.dispose()


async def test_the_first_answer_is_given_again(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        assert await recall(connection, CALL) is None
        await remember(connection, CALL, status=201, response={"id": 7}, now=NOW)
    async with engine.begin() as connection:
        remembered = await recall(connection, CALL)
    assert remembered is not None
    answer = replay(remembered)
    assert (answer.status_code, answer.body, answer.headers["idempotency-replayed"]) == (
        201,
        b'{"id":7}',
        "true",
    )


async def test_a_key_used_for_something_else_is_refused(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await remember(connection, CALL, status=201, response=None, now=NOW)
    async with engine.connect() as connection:
        with pytest.raises(Refused, match="different request"):
            await recall(connection, IdempotentCall("k1", "kim", "hash-2"))
        assert await recall(connection, IdempotentCall("k1", "lee", "hash-2")) is None


async def test_a_twin_waits_for_the_first_and_gets_its_answer(engine: AsyncEngine) -> None:
    async with engine.begin() as first, engine.begin() as second, engine.connect() as watcher:
        assert await recall(first, CALL) is None
        twin = asyncio.create_task(recall(second, CALL))
        waiting = text("select count(*) from pg_locks where locktype = 'advisory' and not granted")
        while not (await watcher.execute(waiting)).scalar_one():
            await watcher.rollback()
        assert not twin.done()
        await remember(first, CALL, status=201, response={"id": 7}, now=NOW)
        await first.commit()
        remembered = await twin
    assert remembered is not None
    assert remembered.response == {"id": 7}


async def test_a_rolled_back_command_is_not_remembered(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await remember(connection, CALL, status=201, response={}, now=NOW)
        await connection.rollback()
        assert await recall(connection, CALL) is None


async def test_old_answers_are_forgotten(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await remember(connection, CALL, status=201, response={}, now=NOW)
        assert await forget(connection, NOW) == 0
        assert await forget(connection, NOW + timedelta(seconds=1)) == 1


async def test_answers_are_forgotten_a_bounded_number_at_a_time(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        for number in range(5):
            await remember(connection, IdempotentCall(f"k{number}", "kim", "h"), status=201, response={}, now=NOW)
        later = NOW + timedelta(seconds=1)
        assert [await forget(connection, later, limit=2) for _ in range(4)] == [2, 2, 1, 0]


async def test_an_invariant_tells_its_violations(engine: AsyncEngine) -> None:
    class NoAnswers:
        name = "no-answers"
        meaning = "Nothing is remembered."

        async def check(self, connection: AsyncConnection) -> list[str]:
            return [row.key for row in await connection.execute(TABLES.idempotency_keys.select())]

    metrics = Metrics.create()
    assert await check_all(engine.connect, [NoAnswers()], metrics) == {"no-answers": []}
    async with engine.begin() as connection:
        await remember(connection, CALL, status=201, response={}, now=NOW)
    assert await check_all(engine.connect, [NoAnswers()], metrics) == {"no-answers": ["k1"]}
    assert b'invariant_failures{name="no-answers"} 1.0' in metrics.render()
