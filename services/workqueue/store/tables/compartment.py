"""Who is named on law-enforcement-sensitive matters."""

from sqlalchemy import Column, DateTime, Table, Text
from sqlalchemy.dialects.postgresql import UUID

from services.workqueue.store.tables.core import metadata

need_to_know = Table(
    "need_to_know",
    metadata,
    Column("item_id", UUID(as_uuid=True), primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("added_at", DateTime(timezone=True), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("added_by_name", Text, nullable=False),
    Column("removed_by", Text),
    Column("removed_at", DateTime(timezone=True)),
    comment="Who is, or was, named on a law-enforcement-sensitive matter, by whom, and why.",
)
