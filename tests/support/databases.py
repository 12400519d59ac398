"""Databases for tests, made from templates on one server."""

from itertools import count

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from shared.db.embedded import EmbeddedPostgres


class TestDatabases:
    """Creates databases by name or as copies of a service's template."""

    __test__ = False

    def __init__(self, server: EmbeddedPostgres) -> None:
        self._server = server
        self._numbers = count(1)

    async def create(self, name: str, template: str | None = None) -> str:
        """Create a database; gives its URL."""
        engine = create_async_engine(self._server.url("postgres"), isolation_level="AUTOCOMMIT")
        try:
            async with engine.connect() as connection:
                source = f" TEMPLATE {template}" if template else ""
                await connection.execute(text(f"CREATE DATABASE {name}{source}"))
        finally:
            await engine.dispose()
        return self._server.url(name)

    async def copy(self, service: str) -> str:
        """A fresh database with a service's tables; gives its URL."""
        return await self.create(f"{service}_{next(self._numbers)}", template=f"template_{service}")

    async def empty(self) -> str:
        """A fresh empty database; gives its URL."""
        return await self.create(f"empty_{next(self._numbers)}")
