"""Saved views: filters with a name."""

from sqlalchemy import Column, DateTime, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import UUID

from services.workqueue.store.tables.core import metadata

views = Table(
    "views",
    metadata,
    Column("view_id", UUID(as_uuid=True), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("owner", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("center", Text),
    Column("role", Text),
    Column("written_by", Text, nullable=False),
    Column("written_at", DateTime(timezone=True), nullable=False),
    Index("views_owner", "owner"),
    Index("views_center", "center", postgresql_where=text("center IS NOT NULL")),
    comment="Filters of items with a name: of a person, shared with a Center, or what a role of it begins with.",
)
