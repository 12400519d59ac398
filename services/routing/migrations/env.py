"""Alembic environment of routing."""

from services.routing.store.tables.core import metadata
from shared.db.migrate import run_environment

run_environment(metadata)
