"""Record what the producers really publish: `python -m tests.support.produced` writes tests/fixtures/produced anew.

Names of stories, such as `routing.tell_entries`, record these only.
"""

import asyncio
import logging
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.db import embedded
from shared.db.engine import create_engine
from tests.support.databases import SERVER_SETTINGS, TestDatabases
from tests.support.produced.recording import STORIES, record, write


async def _record(databases: TestDatabases, stories: Collection[str]) -> None:
    engines: list[AsyncEngine] = []

    async def make_engine(service: str) -> AsyncEngine:
        engines.append(create_engine(await databases.copy(service), application="recording", pool_size=1))
        return engines[-1]

    try:
        write(await record(make_engine, stories))
    finally:
        for engine in engines:
            await engine.dispose()
        await databases.close()


def main() -> None:
    """Start a server that is gone afterwards, and record on it."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory(prefix="centerline-recording-") as folder:
        Path(folder).chmod(0o755)
        server = embedded.start(Path(folder) / "postgres", settings=SERVER_SETTINGS)
        try:
            asyncio.run(_record(TestDatabases(server), sys.argv[1:] or STORIES))
        finally:
            embedded.stop(server, mode="immediate")


if __name__ == "__main__":
    main()
