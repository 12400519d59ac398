"""The same claims by two task queues on PostgreSQL, where they are installed (dependency group `peers`).

Both only mark the row: neither writes a history nor an event, and neither asks who may have what.
"""

from datetime import timedelta
from importlib.util import find_spec
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.claims import Claims, run

_FILL_PROCRASTINATE = """
INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, status)
SELECT 'queue', 'review', n % 4, jsonb_build_object('entry_number', 'B76' || lpad(n::text, 8, '0')), 'todo'
FROM generate_series(1, CAST(:count AS integer)) AS n
"""
_FILL_PGQUEUER = """
INSERT INTO pgqueuer (priority, entrypoint, payload, status, created, updated, execute_after, heartbeat)
SELECT n % 4, 'review', convert_to('B76' || lpad(n::text, 8, '0'), 'UTF8'), 'queued', now(), now(), now(), now()
FROM generate_series(1, CAST(:count AS integer)) AS n
"""


def are_installed() -> bool:
    """Whether the group is there: `uv sync --group peers`."""
    return all(find_spec(name) is not None for name in ("procrastinate", "pgqueuer", "psycopg"))


async def measure_peers(
    procrastinate_engine: AsyncEngine, pgqueuer_engine: AsyncEngine, count: int, clients: int, seconds: float
) -> list[Claims]:
    """Both peers, each on a database of its own with as many open jobs."""
    return [
        await _measure_procrastinate(procrastinate_engine, count, clients, seconds),
        await _measure_pgqueuer(pgqueuer_engine, count, clients, seconds),
    ]


async def _measure_procrastinate(engine: AsyncEngine, count: int, clients: int, seconds: float) -> Claims:
    import procrastinate  # noqa: PLC0415  an optional group

    connector = procrastinate.PsycopgConnector(conninfo=_url_of(engine), min_size=clients, max_size=clients)
    app = procrastinate.App(connector=connector)
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        await _fill(engine, _FILL_PROCRASTINATE, "procrastinate_jobs", count)
        workers = [await app.job_manager.register_worker() for _ in range(clients)]

        async def claim(client: int) -> object:
            return await app.job_manager.fetch_job(None, workers[client])

        return await run("procrastinate", claim, clients, seconds)


async def _measure_pgqueuer(engine: AsyncEngine, count: int, clients: int, seconds: float) -> Claims:
    import asyncpg  # noqa: PLC0415
    import pgqueuer  # noqa: PLC0415
    from pgqueuer.ports.repository import EntrypointExecutionParameter  # noqa: PLC0415

    async with (
        asyncpg.create_pool(_url_of(engine), min_size=clients, max_size=clients) as pool,
        pgqueuer.AsyncpgPoolDriver(pool) as driver,
    ):
        queries = pgqueuer.Queries(driver)
        await queries.install()
        await _fill(engine, _FILL_PGQUEUER, "pgqueuer", count)
        manager = await _new_id(pool)
        wanted: Any = {"review": EntrypointExecutionParameter(concurrency_limit=0)}

        async def claim(_: int) -> object:
            found = await queries.dequeue(1, wanted, manager, None, timedelta(minutes=30))
            return found[0] if found else None

        return await run("pgqueuer", claim, clients, seconds)


async def _new_id(pool: Any) -> Any:
    return await pool.fetchval("SELECT gen_random_uuid()")


async def _fill(engine: AsyncEngine, statement: str, table: str, count: int) -> None:
    async with engine.begin() as connection:
        await connection.execute(text(statement), {"count": count})
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text(f"VACUUM ANALYZE {table}"))


def _url_of(engine: AsyncEngine) -> str:
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
