"""What every test may ask for: a PostgreSQL server, a fresh database per test, a Kafka broker."""

import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Final

import hypothesis
import pytest
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.db import embedded
from shared.db.embedded import EmbeddedPostgres
from shared.db.engine import create_engine
from tests.support.databases import SERVER_SETTINGS, TestDatabases
from tests.support.kafka_broker import broker_from_environment, end_shared_broker, ensure_shared_broker, file_lock

RUN_FOLDER: Final = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    # A background job of a shell ignores SIGINT, and so would every process that the tests start and interrupt.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, plain])
    # Processes share the cores, so how long a draw takes says nothing; a test that hangs is ended by its timeout.
    hypothesis.settings.register_profile(
        "centerline", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("centerline")
    config.stash[RUN_FOLDER] = Path(_given_to_worker(config) or tempfile.mkdtemp(prefix="centerline-test-"))
    config.stash[RUN_FOLDER].chmod(0o755)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist which folder the whole run shares."""
    node.workerinput["run_folder"] = str(node.config.stash[RUN_FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind, whatever became of the workers."""
    if _given_to_worker(config) is None:
        end_shared_broker(config.stash[RUN_FOLDER])
        for data_dir in find_data_dirs(config.stash[RUN_FOLDER]):
            embedded.kill(EmbeddedPostgres(data_dir, 0))
        shutil.rmtree(config.stash[RUN_FOLDER], ignore_errors=True)


def _given_to_worker(config: pytest.Config) -> str | None:
    """The folder of the run as the controller named it; None in the process that began the run."""
    given: dict[str, Any] = getattr(config, "workerinput", {})
    return given.get("run_folder")


def find_data_dirs(folder: Path) -> Iterator[Path]:
    """Data directories of servers that still run below a folder, as an interrupted run leaves them."""
    for directory, folders, files in os.walk(folder):
        if "postmaster.pid" in files:
            yield Path(directory).parent
        if "PG_VERSION" in files:
            folders.clear()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the long forms of the fault and property suites")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--long"):
        items[:] = [item for item in items if item.get_closest_marker("long") is None]


@pytest.fixture(scope="session")
def run_folder(pytestconfig: pytest.Config) -> Path:
    """A folder that all processes of this run share; gone after it."""
    return pytestconfig.stash[RUN_FOLDER]


@pytest.fixture(scope="session")
def open_folder(run_folder: Path) -> Path:
    """A folder of this process that the database's own user may enter; gone after the run."""
    folder = Path(tempfile.mkdtemp(dir=run_folder))
    folder.chmod(0o755)
    return folder


@pytest.fixture(scope="session")
def postgres(open_folder: Path) -> Iterator[EmbeddedPostgres]:
    """A real PostgreSQL server for this process."""
    server = embedded.start(open_folder / "postgres", settings=SERVER_SETTINGS)
    yield server
    embedded.stop(server, mode="immediate")


@pytest.fixture(scope="session")
async def databases(postgres: EmbeddedPostgres) -> AsyncIterator[TestDatabases]:
    """Makes databases: copies of a template per service, so that each test has its own."""
    databases = TestDatabases(postgres)
    yield databases
    await databases.close()


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
        databases.give_back(engine.url.render_as_string(hide_password=False))


@pytest.fixture(scope="session")
def kafka(run_folder: Path) -> str:
    """Bootstrap address of a real Kafka broker: the one of CENTERLINE_TEST_KAFKA, or one of the whole run."""
    return broker_from_environment() or ensure_shared_broker(run_folder)


@pytest.fixture
def kafka_turn(run_folder: Path) -> Iterator[None]:
    """The broker's topics with fixed names are one test's at a time, whatever process it runs in."""
    with file_lock(run_folder / "kafka.turn"):
        yield
