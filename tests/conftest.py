"""What every test may ask for: a PostgreSQL server, a fresh database per test, a Kafka broker."""

import asyncio
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.db import embedded
from shared.db.embedded import EmbeddedPostgres
from shared.db.engine import create_engine
from shared.db.migrate import upgrade
from tests.support.databases import TestDatabases
from tests.support.kafka_broker import KafkaBroker, broker_from_environment
from tests.support.services import SERVICES


def pytest_configure() -> None:
    # A background job of a shell ignores SIGINT, and so would every process that the tests start and interrupt.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, plain])


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the long forms of the fault and property suites")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--long"):
        items[:] = [item for item in items if item.get_closest_marker("long") is None]


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Path]:
    """A folder that the database's own user may enter; gone after the session."""
    folder = Path(tempfile.mkdtemp(prefix="centerline-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(open_folder: Path) -> Iterator[EmbeddedPostgres]:
    """A real PostgreSQL server for the session."""
    server = embedded.start(open_folder / "postgres", settings={"max_connections": "300"})
    yield server
    embedded.stop(server, mode="immediate")


@pytest.fixture(scope="session")
def databases(postgres: EmbeddedPostgres) -> TestDatabases:
    """Makes databases: copies of a template per service, so that each test has its own."""
    databases = TestDatabases(postgres)

    async def prepare() -> None:
        for service in SERVICES:
            url = await databases.create(f"template_{service.name}")
            engine = create_engine(url, application="tests")
            await upgrade(engine, service.migrations)
            await engine.dispose()

    asyncio.run(prepare())
    return databases


@pytest.fixture
async def service_engine(databases: TestDatabases) -> AsyncIterator[Callable[[str], Awaitable[AsyncEngine]]]:
    """Gives an engine on a fresh, migrated database of a service."""
    engines: list[AsyncEngine] = []

    async def make(service: str) -> AsyncEngine:
        engine = create_engine(await databases.copy(service), application="tests", pool_size=1)
        engines.append(engine)
        return engine

    yield make
    for engine in engines:
        await engine.dispose()


@pytest.fixture(scope="session")
def kafka(open_folder: Path) -> Iterator[str]:
    """Bootstrap address of a real Kafka broker: the one of CENTERLINE_TEST_KAFKA, or one of our own."""
    given = broker_from_environment()
    if given is not None:
        yield given
        return
    with KafkaBroker.start(open_folder / "kafka") as broker:
        yield broker.bootstrap
