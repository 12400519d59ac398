"""Whoever makes databases for tests on a server, in whatever loop, has databases of their own."""

import asyncio

from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.db.embedded import EmbeddedPostgres
from shared.db.engine import create_engine
from shared.db.transaction import reading
from tests.support.databases import Filled, TestDatabases


async def test_two_makers_on_one_server_do_not_meet(postgres: EmbeddedPostgres) -> None:
    filled: list[str | None] = []

    async def fill(engine: AsyncEngine) -> None:
        filled.append(engine.url.database)

    begun = Filled("of_two_makers", fill)

    async def make() -> list[str]:
        maker = TestDatabases(postgres)
        try:
            made = [await maker.empty(), await maker.copy("console", begun), await maker.copy("console")]
            made.append(await maker.duplicate(made[-1]))
            return made
        finally:
            await maker.close()

    urls = [*await make(), *await asyncio.to_thread(asyncio.run, make()), *await make()]
    assert len({make_url(url).database for url in urls}) == len(urls) == 12
    assert len(filled) == 1, "a template that is there is made again, under the copies of the others"


async def test_what_one_maker_gives_back_is_not_taken_from_another(postgres: EmbeddedPostgres) -> None:
    one, other = TestDatabases(postgres), TestDatabases(postgres)
    kept = [await other.empty() for _ in range(3)]
    for _ in range(6):
        one.give_back(await one.empty())
    for url in kept:
        engine = create_engine(url, application="tests", pool_size=1)
        async with reading(engine) as connection:
            assert await connection.run_sync(lambda held: held.dialect.default_schema_name) == "public"
        await engine.dispose()
    await one.close()
    await other.close()
