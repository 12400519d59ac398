"""Every service's migrations: they give the declared tables, from nothing, again, and from many callers at once."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.db import bulk
from shared.db.engine import create_engine
from shared.db.migrate import pending, upgrade
from shared.db.platform_tables import platform_tables
from shared.db.transaction import transaction
from shared.parties.tables import party_tables
from shared.runtime.service import Service
from shared.runtime.together import together
from tests.support.databases import TestDatabases
from tests.support.services import SERVICES

FILE_NAME = re.compile(r"(\d{4})_(pre|post)_[a-z0-9]+(_[a-z0-9]+)*")

each_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)

EmptyDatabase = Callable[[], Awaitable[AsyncEngine]]


@pytest.fixture
async def empty_database(databases: TestDatabases) -> AsyncIterator[EmptyDatabase]:
    """Gives engines on fresh databases without any table."""
    engines: list[AsyncEngine] = []

    async def make() -> AsyncEngine:
        engines.append(create_engine(await databases.empty(), application="tests", pool_size=2))
        return engines[-1]

    yield make
    for engine in engines:
        await engine.dispose()


@each_service
def test_steps_that_build_indexes_on_tables_of_earlier_ones_are_named_to_operators(service: Service) -> None:
    """Writers of the table wait meanwhile, and a large one takes long."""
    told = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
    there: set[str] = set()
    for step in sorted((service.migrations / "versions").glob("*.py")):
        source = step.read_text()
        made = set(re.findall(r"CREATE TABLE (\w+)", source))
        indexed = set(re.findall(r"CREATE (?:UNIQUE )?INDEX \w+\s+ON (\w+)", source))
        assert not indexed & there - made or f"`{step.stem}`" in told, (
            f"{step.stem} of {service.name}: {indexed & there}"
        )
        there |= made


def scripts_of(service: Service) -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(service.migrations))
    return ScriptDirectory.from_config(config)


async def differences(engine: AsyncEngine, metadata: MetaData) -> list[Any]:
    """What Alembic would still have to do, types and server defaults included."""

    def compare(connection: Connection) -> list[Any]:
        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    async with engine.connect() as connection:
        return await connection.run_sync(compare)


async def describe(engine: AsyncEngine, tables: list[str]) -> list[tuple[Any, ...]]:
    """Columns, indexes, constraints and storage options as the server writes them down."""
    statements = (
        "SELECT table_name, column_name, ordinal_position, data_type, is_nullable, column_default, identity_generation"
        " FROM information_schema.columns WHERE table_name = ANY($1::text[]) ORDER BY table_name, ordinal_position",
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE tablename = ANY($1::text[]) ORDER BY indexname",
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid::regclass::text = ANY($1::text[]) ORDER BY conname",
        "SELECT relname, reloptions FROM pg_class WHERE relname = ANY($1::text[]) ORDER BY relname",
    )
    async with transaction(engine) as tx:
        return [tuple(row) for statement in statements for row in await bulk.fetch(tx, statement, tables)]


@each_service
async def test_migrations_from_nothing_give_the_declared_tables(
    service: Service, empty_database: EmptyDatabase
) -> None:
    engine = await empty_database()
    await upgrade(engine, service.migrations)
    assert await differences(engine, service.metadata) == []


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE outbox ADD COLUMN stray text",
        "ALTER TABLE outbox ALTER COLUMN topic DROP NOT NULL",
        "ALTER TABLE outbox ALTER COLUMN key TYPE varchar(11)",
        "ALTER TABLE consumer_offsets ALTER COLUMN failed_streak SET DEFAULT 1",
        "ALTER TABLE dead_letters ALTER COLUMN state DROP DEFAULT",
        "DROP INDEX dead_letters_replay",
        "CREATE TABLE stray (id int)",
    ],
)
async def test_table_that_is_not_as_declared_is_found(change: str, empty_database: EmptyDatabase) -> None:
    engine = await empty_database()
    await upgrade(engine, SERVICES[0].migrations)
    async with transaction(engine) as tx:
        await bulk.execute(tx, change)
    assert await differences(engine, SERVICES[0].metadata) != []


@each_service
def test_history_is_one_line_of_well_named_steps(service: Service) -> None:
    scripts = scripts_of(service)
    files = sorted(path.stem for path in (Path(service.migrations) / "versions").glob("*.py"))
    steps = [script.revision for script in reversed(list(scripts.walk_revisions()))]
    assert len(scripts.get_heads()) == 1
    assert steps == files, "a revision is named like its file, and the numbers run in the order of the history"
    matches = [FILE_NAME.fullmatch(name) for name in files]
    assert all(matches), f"NNNN_(pre|post)_name.py: {files}"
    assert [match[1] for match in matches if match] == [f"{number:04d}" for number in range(1, len(files) + 1)]


@each_service
async def test_upgrade_that_is_repeated_changes_nothing(service: Service, empty_database: EmptyDatabase) -> None:
    engine = await empty_database()
    await upgrade(engine, service.migrations)
    tables = sorted(service.metadata.tables)
    before = await describe(engine, tables)
    await upgrade(engine, service.migrations)
    assert await describe(engine, tables) == before
    assert await pending(engine, service.migrations) is None


@each_service
async def test_callers_that_upgrade_at_once_wait_for_one_another(
    service: Service, empty_database: EmptyDatabase
) -> None:
    engine = await empty_database()
    other = create_engine(engine.url.render_as_string(hide_password=False), application="tests")
    await together(*(upgrade(caller, service.migrations) for caller in (engine, other)))
    await other.dispose()
    assert await pending(engine, service.migrations) is None
    async with engine.connect() as connection:
        versions = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalars().all()
    assert versions == [scripts_of(service).get_current_head()]


@each_service
async def test_database_without_tables_is_told_what_is_missing(service: Service, empty_database: EmptyDatabase) -> None:
    problem = await pending(await empty_database(), service.migrations)
    head = scripts_of(service).get_current_head()
    assert problem == f"database is at revision none, this code needs {head}: run `centerline migrate`"


async def test_code_goes_on_while_the_next_release_has_migrated_and_tells_any_other_database_apart(
    empty_database: EmptyDatabase,
) -> None:
    engine = await empty_database()
    await upgrade(engine, SERVICES[0].migrations)
    steps = [script.revision for script in scripts_of(SERVICES[0]).walk_revisions()]
    found = {}
    for revision in ("9999_pre_from_the_future", steps[1], "0000_pre_of_somebody_else"):
        async with transaction(engine) as tx:
            await bulk.execute(tx, "UPDATE alembic_version SET version_num = $1", revision)
        found[revision] = await pending(engine, SERVICES[0].migrations)
    assert found.pop("9999_pre_from_the_future") is None
    for revision, problem in found.items():
        assert problem == f"database is at revision {revision}, this code needs {steps[0]}: run `centerline migrate`"


async def test_step_that_fails_leaves_nothing_behind(empty_database: EmptyDatabase, tmp_path: Path) -> None:
    engine = await empty_database()
    versions = tmp_path / "versions"
    versions.mkdir()
    (tmp_path / "env.py").write_text(
        "from sqlalchemy import MetaData\nfrom shared.db.migrate import run_environment\nrun_environment(MetaData())\n"
    )
    (versions / "0001_pre_half.py").write_text(
        "from shared.db.platform_migrations import run\nrevision = '0001_pre_half'\ndown_revision = None\n"
        "def upgrade():\n    run('CREATE TABLE half (id int);\\nSELECT 1 / 0')\n"
    )
    with pytest.raises(Exception, match="division by zero"):
        await upgrade(engine, tmp_path)
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT to_regclass('half')")) is None
    assert await pending(engine, tmp_path) is not None


@pytest.mark.parametrize("declare", [platform_tables, party_tables])
async def test_shared_tables_are_the_same_in_every_service(
    service_engine: Callable[[str], Awaitable[AsyncEngine]], declare: Callable[[MetaData], object]
) -> None:
    metadata = MetaData()
    declare(metadata)
    tables = sorted(metadata.tables)
    first, *others = [await describe(await service_engine(service.name), tables) for service in SERVICES]
    assert {row[0] for row in first} >= set(tables)
    assert all(other == first for other in others)
