"""What changed in the directory of the Centers."""

from sqlalchemy import BigInteger, Column, Date, DateTime, Identity, Index, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.routing.store.tables.core import metadata

directory_changes = Table(
    "directory_changes",
    metadata,
    Column("sequence", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("center", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("acting_for", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Index("directory_changes_center", "center", "sequence"),
    comment=(
        "Every change of the directory: Centers, divisions, teams, offices, people, contacts, staff. Only added to."
    ),
)
