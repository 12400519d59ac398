"""Importers as recipients."""

from sqlalchemy import Column, Integer, Table, Text

from services.notifications.store.tables.core import metadata

importers = Table(
    "importers",
    metadata,
    Column("importer_number", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("sequence", Integer, nullable=False),
    comment="Who gets the notices of an importer, as of the newest assignment of the account.",
)
