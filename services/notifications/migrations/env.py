"""Alembic environment of notifications."""

from services.notifications.store.tables.core import metadata
from shared.db.migrate import run_environment

run_environment(metadata)
