"""Who is named on law-enforcement-sensitive matters."""

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Table, Text
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
    Column("removed_by", Text),  # with the next written by the release before only, read by none
    Column("removed_at", DateTime(timezone=True)),
    comment="Who is, or was, named on a law-enforcement-sensitive matter, by whom, and why.",
)
need_to_know_removals = Table(
    "need_to_know_removals",
    metadata,
    Column("item_id", UUID(as_uuid=True), primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("added_at", DateTime(timezone=True), primary_key=True),
    Column("removed_by", Text, nullable=False),
    Column("removed_at", DateTime(timezone=True), nullable=False),
    comment="Who was taken off a law-enforcement-sensitive matter again, by whom and when, only added to.",
)
compartment_reads = Table(
    "compartment_reads",
    metadata,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("item_id", UUID(as_uuid=True), nullable=False),
    Column("what", Text, nullable=False),
    Column("read_at", DateTime(timezone=True), nullable=False),
    Column("read_by", Text, nullable=False),
    Column("read_by_name", Text, nullable=False),
    Column("acting_for", Text),
    Index("compartment_reads_of_item", "item_id", "number"),
    comment="Who read what of the law-enforcement compartment, and when: a line for each answer that was given.",
)
