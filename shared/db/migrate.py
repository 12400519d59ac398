"""Alembic driven from code: one history per service, no ini files."""

from pathlib import Path

from alembic import command, context
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.db.pieces import BEGUN, TableInTheWayError

_LOCK = 7_305_119_001
_LOCK_SECONDS = 60
"""How long a step waits for a table: whoever comes later waits behind it, so it had better give up and be repeated."""


def _config(migrations: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations))
    return config


async def upgrade(engine: AsyncEngine, migrations: Path, revision: str = "head") -> None:
    """Bring a service's database to a revision, the newest if none is named; several callers wait for one another.

    Raises when a table is held by somebody else for a minute: nothing is changed then, and it may be repeated; and
    `TableInTheWayError` while a table is on its way into pieces.
    """

    def run(connection: Connection) -> None:
        # A step may take hours over its rows, and callers wait for one another as long as that takes.
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'"))
        config = _config(migrations)
        config.attributes["connection"] = connection
        _demand_nothing_begun(connection, config)
        command.upgrade(config, revision)

    async with engine.begin() as connection:
        await connection.run_sync(run)


def _demand_nothing_begun(connection: Connection, config: Config) -> None:
    """A step may change a table, and what follows it into pieces would write it as it was."""
    current = MigrationContext.configure(connection).get_current_revision()
    if current is None or current == ScriptDirectory.from_config(config).get_current_head():
        return
    begun = connection.scalars(text(BEGUN)).all()
    if begun:
        raise TableInTheWayError(
            f"{', '.join(begun)}: on the way into pieces, which `centerline partitions adopt` ends first"
            " (or --abandon takes back)"
        )


async def pending(engine: AsyncEngine, migrations: Path) -> str | None:
    """What is wrong with the database's revision, or None when this code can work on it.

    That is the one it was written for, or one that it does not know and that comes after: during a roll-out the next
    release has migrated already, by steps with which this code can live (`*_pre_*`), and it must go on meanwhile.
    """
    scripts = ScriptDirectory.from_config(_config(migrations))
    head = scripts.get_current_head()
    async with engine.connect() as connection:
        current = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    known = {script.revision for script in scripts.walk_revisions()}
    if current == head or (current is not None and head is not None and current not in known and current > head):
        return None
    return f"database is at revision {current or 'none'}, this code needs {head}: run `centerline migrate`"


def run_environment(metadata: MetaData) -> None:
    """The body of every service's migrations/env.py."""
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
