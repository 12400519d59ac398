"""Importer accounts."""

from sqlalchemy import Boolean, Column, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.routing.store.tables.core import metadata

accounts = Table(
    "accounts",
    metadata,
    Column("importer_number", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("size", Text, nullable=False),
    Column("is_broker", Boolean, nullable=False),
    Column("contact_email", Text),
    Column("filer_code", Text),
    Column("trusted_programs", JSONB, nullable=False),
    comment="Importer accounts by importer of record number.",
)
