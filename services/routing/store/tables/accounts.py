"""Importer accounts and their history."""

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Identity, Index, Integer, Table, Text, func, text
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
    Column("other_names", JSONB, nullable=False, server_default=text("'[]'")),
    Column("contacts", JSONB, nullable=False, server_default=text("'[]'")),
    Column("brokers", JSONB, nullable=False, server_default=text("'[]'")),
    Column("standing", JSONB, nullable=False, server_default=text("'[]'")),
    Column("related_parties", JSONB, nullable=False, server_default=text("'[]'")),
    Column("family", Text),
    Column("registered_on", Date),
    Column("postal_address", JSONB),
    Column("revision", Integer, nullable=False, server_default=text("1")),
    Column("ordinal", BigInteger, Identity(always=True), nullable=False),
    Index("accounts_family", "family", "importer_number", postgresql_where=text("family IS NOT NULL")),
    Index("accounts_ordinal", "ordinal", unique=True),
    Index("accounts_number_start", "importer_number", postgresql_ops={"importer_number": "text_pattern_ops"}),
    Index(
        "accounts_programs",
        "trusted_programs",
        postgresql_using="gin",
        postgresql_ops={"trusted_programs": "jsonb_path_ops"},
    ),
    comment="Importer accounts by importer of record number.",
)
Index(
    "accounts_name_start",
    func.upper(accounts.c.name).label("upper_name"),
    postgresql_ops={"upper_name": "text_pattern_ops"},
)

account_changes = Table(
    "account_changes",
    metadata,
    Column("importer_number", Text, primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("action", Text, nullable=False),
    Column("changes", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("acting_for", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    comment="Every change of an account: who, when, why, each field with what it was and became. Only added to.",
)
