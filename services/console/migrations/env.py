"""Alembic environment of console."""

from services.console.store.tables.core import metadata
from shared.db.migrate import run_environment

run_environment(metadata)
