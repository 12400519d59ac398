"""Importers as recipients."""

from sqlalchemy import Column, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from services.notifications.store.tables.core import metadata

importers = Table(
    "importers",
    metadata,
    Column("importer_number", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("sequence", Integer, nullable=False),
    Column("postal_address", JSONB),
    Column("revision", Integer, nullable=False, server_default=text("0")),
    comment="Who gets the notices of an importer, as of the newest assignment of the account.",
)
