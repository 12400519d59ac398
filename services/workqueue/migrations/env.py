"""Alembic environment of the work queue."""

from services.workqueue.store.tables.core import metadata
from shared.db.migrate import run_environment

run_environment(metadata)
