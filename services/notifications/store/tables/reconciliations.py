"""What the comparison of the bulletin with the legal record found, by day."""

from sqlalchemy import Column, Date, DateTime, Integer, Table
from sqlalchemy.dialects.postgresql import JSONB

from services.notifications.store.tables.core import metadata

reconciliations = Table(
    "reconciliations",
    metadata,
    Column("day", Date, primary_key=True),
    Column("acts", Integer, nullable=False),
    Column("gaps", JSONB, nullable=False),
    Column("compared_at", DateTime(timezone=True), nullable=False),
    Column("missing", Integer),
    comment="Each day of the legal record beside the bulletin, as it was compared last: acts, and what is missing.",
)
