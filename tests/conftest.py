"""What every test may ask for: a PostgreSQL server, a fresh database per test, a Kafka broker."""

import gc
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
from tests.support.databases import SERVER_SETTINGS, Filled, TestDatabases
from tests.support.kafka_broker import broker_from_environment, end_shared_broker, ensure_shared_broker, file_lock
from tests.support.worked_out_routes import keep_worked_out_routes

RUN_FOLDER: Final = pytest.StashKey[Path]()
LEFT_OUT: Final = pytest.StashKey[list[str]]()
ROOM: Final = 4 << 30
"""Bytes that the databases of a whole run fit into by far."""

# Settings that a test makes are those of development, unless it says otherwise: here a shared secret signs the tokens.
os.environ["CENTERLINE_ENV"] = "development"
os.environ["CENTERLINE_FILES_URL"] = "memory:///"
keep_worked_out_routes()
# Millions of objects of modules come into being and stay: going through them again and again finds nothing.
gc.disable()


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
    given: dict[str, Any] | None = getattr(config, "workerinput", None)
    config.stash[LEFT_OUT] = _choose_left_out(config) if given is None else given["left_out"]
    config.stash[RUN_FOLDER] = Path(
        tempfile.mkdtemp(prefix="centerline-test-", dir=find_memory()) if given is None else given["run_folder"]
    )
    config.stash[RUN_FOLDER].chmod(0o755)


def find_memory() -> Path | None:
    """Where files stay in memory, when there is room: a database is copied there in a thirtieth of the time.

    Nothing here outlives the run, and what tests kill are processes, never the machine.
    """
    memory = Path("/dev/shm")
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM:
        return memory
    return None


@pytest.fixture(autouse=True)
def keep_logging() -> Iterator[None]:
    """What a test makes of logging ends with it: the usual renderer draws a frame around every value of a traceback."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.fixture(autouse=True)
def keep_environment() -> Iterator[None]:
    """A test leaves the variables of its process as they were: those after it start services with them."""
    before = dict(os.environ)
    yield
    changed = {name for name, _ in before.items() ^ os.environ.items()} - {"PYTEST_CURRENT_TEST"}
    if changed:
        os.environ.clear()
        os.environ.update(before)
    assert not changed, f"the test leaves other variables behind than it found: {sorted(changed)}"


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist what the run was asked for, and which folder all of it shares."""
    node.workerinput["left_out"] = node.config.stash[LEFT_OUT]
    node.workerinput["run_folder"] = str(node.config.stash[RUN_FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind, whatever became of the workers."""
    if not hasattr(config, "workerinput"):
        end_shared_broker(config.stash[RUN_FOLDER])
        for data_dir in find_data_dirs(config.stash[RUN_FOLDER]):
            embedded.kill(EmbeddedPostgres(data_dir, 0))
        shutil.rmtree(config.stash[RUN_FOLDER], ignore_errors=True)


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
    left_out = config.stash[LEFT_OUT]
    dropped = [item for item in items if any(item.get_closest_marker(marker) for marker in left_out)]
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if item not in dropped]


def pytest_collection_finish() -> None:
    """From here on cycles are looked for again, among what tests make alone: not in all that was loaded before them."""
    gc.freeze()
    gc.enable()


def _choose_left_out(config: pytest.Config) -> list[str]:
    """The markers whose tests are not run: `verify` unless asked for by marker or path, `long` without `--long`."""
    is_named = config.args_source is pytest.Config.ArgsSource.ARGS or "verify" in config.option.markexpr
    return [*(() if is_named else ("verify",)), *(() if config.getoption("--long") else ("long",))]


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


@pytest.fixture(scope="module")
def module_folder(open_folder: Path) -> Path:
    """The same for what a module makes: a worker that turns back to a module makes it anew, in another folder."""
    folder = Path(tempfile.mkdtemp(dir=open_folder))
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
async def service_engine(databases: TestDatabases) -> AsyncIterator[Callable[..., Awaitable[AsyncEngine]]]:
    """Gives an engine on a fresh, migrated database of a service, filled where a test asks for it (`Filled`)."""
    engines: list[AsyncEngine] = []

    async def make(service: str, filled: Filled | None = None) -> AsyncEngine:
        engine = create_engine(await databases.copy(service, filled), application="tests", pool_size=1)
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
