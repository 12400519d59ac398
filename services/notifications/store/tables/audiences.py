"""What is known of importers and parties, by which a broadcast finds whom it is for."""

from sqlalchemy import Column, Date, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.notifications.store.tables.core import metadata

account_facts = Table(
    "account_facts",
    metadata,
    Column("importer_number", Text, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("center", Text),
    Column("effective_on", Date, nullable=False),
    Column("programs", JSONB),
    Column("size", Text),
    comment="Assignments of accounts: Center, programs and size from a day on; null is not known, but for the Center.",
)

traits = Table(
    "traits",
    metadata,
    Column("recipient", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("last_on", Date, nullable=False),
    Index("traits_kind", "kind", "last_on"),
    comment="What entries showed of importers, filers and sureties: goods, countries, Centers, and the last month.",
)
