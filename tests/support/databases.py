"""Databases for tests, made from templates on one server."""

from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from shared.db.embedded import EmbeddedPostgres
from shared.db.engine import create_engine
from shared.db.migrate import upgrade
from shared.db.transaction import transaction

SERVER_SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "max_connections": "300",
        "shared_buffers": "128MB",
        # Tests that crash a server start one of their own, with the settings of production.
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "checkpoint_timeout": "1h",
        # It would go round hundreds of databases that live for a second; whoever tests plans analyses by hand.
        "autovacuum": "off",
        # Beside the data, and gone with them: a server that is killed leaves segments of shared memory behind.
        "dynamic_shared_memory_type": "mmap",
    }
)
"""A server that forgets everything when it is killed, and is quick until then."""

_KEPT = 2
"""Databases that are not removed yet: a server waits a tenth of a second for sessions that are just going."""

_NUMBERS = count(1)
"""Of all databases that this process makes: whoever makes some in a loop of its own shares the server with the rest."""

_TEMPLATES: defaultdict[Path, set[str]] = defaultdict(set)
"""By the server's folder: they are everybody's as well, since who makes one again takes it from the others."""

_SERVICES = Path(__file__).resolve().parents[2] / "services"


Fill = Callable[[AsyncEngine], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Filled:
    """What tests of a service begin with, under a name of its own: many rows, which take long to write."""

    name: str
    fill: Fill


async def emptied(engine: AsyncEngine) -> None:
    """Take all rows out of all tables, whichever there are: a list kept by hand forgets the next table."""
    held = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'alembic_version'"
    async with transaction(engine) as tx:
        names = list(await tx.connection.scalars(text(held)))
        full = [name for name in names if await tx.connection.scalar(text(f"SELECT EXISTS (SELECT FROM {name})"))]
        if full:
            await tx.connection.execute(text(f"TRUNCATE {', '.join(full)} CASCADE"))


class TestDatabases:
    """Creates databases by name or as copies of a service's template."""

    __test__ = False

    def __init__(self, server: EmbeddedPostgres) -> None:
        self._server = server
        self._templates = _TEMPLATES[server.data_dir]
        self._done: deque[str] = deque()
        self._engine = create_async_engine(server.url("postgres"), isolation_level="AUTOCOMMIT", pool_size=1)

    async def copy(self, service: str, filled: Filled | None = None) -> str:
        """A fresh database with a service's tables; gives its URL. The first one of a service is migrated.

        With `filled` it has what that writes: once, into a template of this name, so that each test has it for a copy.
        """
        template = await self._template(
            f"template_{service}", "template1", lambda engine: upgrade(engine, _SERVICES / service / "migrations")
        )
        if filled is not None:
            template = await self._template(f"{template}_{filled.name}", template, filled.fill)
        return await self._create(f"{service}_{next(_NUMBERS)}", template)

    async def _template(self, name: str, of: str, fill: Fill) -> str:
        if name not in self._templates:
            await self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # left by one that failed
            engine = create_engine(await self._create(name, of), application="tests")
            try:
                await fill(engine)
            finally:
                await engine.dispose()
            self._templates.add(name)
        return name

    async def before(self, service: str, revision: str) -> AsyncEngine:
        """A service's fresh database as a release before left it, at a revision; whoever asks disposes the engine."""
        engine = create_engine(await self.empty(), application="tests", pool_size=2)
        await upgrade(engine, _SERVICES / service / "migrations", revision)
        return engine

    async def empty(self) -> str:
        """A fresh empty database; gives its URL."""
        return await self._create(f"empty_{next(_NUMBERS)}", "template1")

    async def duplicate(self, url: str) -> str:
        """A copy of a database that nobody is connected to, as a backup has it; gives its URL."""
        name = str(make_url(url).database)
        return await self._create(f"{name}_copy_{next(_NUMBERS)}", name)

    def give_back(self, url: str) -> None:
        """Say that a database is not needed any more: removed soon, its pages need not be written."""
        self._done.append(str(make_url(url).database))

    async def close(self) -> None:
        """Let go of the server."""
        await self._engine.dispose()

    async def _create(self, name: str, template: str) -> str:
        while len(self._done) > _KEPT:
            await self._run(f"DROP DATABASE {self._done.popleft()} WITH (FORCE)")
        # Copying files takes half the processor time of copying pages through the log.
        await self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return self._server.url(name)

    async def _run(self, statement: str) -> None:
        async with self._engine.connect() as connection:
            await connection.execute(text(statement))
