"""Alembic environment of liquidation."""

from services.liquidation.store.tables.records import metadata
from shared.db.migrate import run_environment

run_environment(metadata)
