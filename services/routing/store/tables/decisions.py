"""Routing decisions, releases and conflicts."""

from sqlalchemy import Column, Date, DateTime, Index, Integer, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from services.routing.store.tables.core import metadata

routing_decisions = Table(
    "routing_decisions",
    metadata,
    Column("entry_number", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("importer_number", Text, nullable=False),
    Column("entry_date", Date, nullable=False),
    Column("center", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("decision", JSONB, nullable=False),
    Column("goods", JSONB, nullable=False, server_default=text("'[]'")),
    Column("selection", JSONB, nullable=False, server_default=text("'{}'")),
    Column("units", JSONB, nullable=False, server_default=text("'[]'")),
    Column("content_digest", LargeBinary, nullable=False),
    Column("filed_at", DateTime(timezone=True), nullable=False),
    Column("event_source", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Index("routing_decisions_importer", "importer_number", "entry_date"),
    Index("routing_decisions_entry_date", "entry_date", postgresql_using="brin"),
    comment="One decision per version of an entry, whole as it was published.",
)

entry_standings = Table(
    "entry_standings",
    metadata,
    Column("entry_number", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("previous", Integer),
    comment="The highest version of each entry, which import activity counts, and the one that it took the place of.",
)

releases = Table(
    "releases",
    metadata,
    Column("entry_number", Text, primary_key=True),
    Column("released_at", DateTime(timezone=True), nullable=False),
    Column("port_of_release", Text, nullable=False),
    Column("release_kind", Text, nullable=False),
    comment="The earliest release of each entry, filed or not yet filed.",
)

conflicts = Table(
    "conflicts",
    metadata,
    Column("entry_number", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("event_source", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("detail", Text, nullable=False),
    Column("noted_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    comment="Events that contradict what is known, with the rule that decided between them.",
)
