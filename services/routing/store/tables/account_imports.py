"""Imports of many accounts: how far each has come, and what became of its rows."""

from sqlalchemy import Column, DateTime, Index, Integer, LargeBinary, Table, Text, text

from services.routing.store.tables.core import metadata

account_imports = Table(
    "account_imports",
    metadata,
    Column("import_id", Text, primary_key=True),
    Column("started_by", Text, nullable=False),
    Column("acting_for", Text),
    Column("format", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("next_row", Integer, nullable=False),
    Column("content_digest", LargeBinary, nullable=False),
    Column("created", Integer, nullable=False),
    Column("updated", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("assignments", Integer, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("progressed_at", DateTime(timezone=True), nullable=False),
    comment="Imports of accounts and how far each has come: the rows before next_row are applied, "
    "content_digest is theirs.",
)

account_import_results = Table(
    "account_import_results",
    metadata,
    Column("import_id", Text, primary_key=True),
    Column("row_number", Integer, primary_key=True, autoincrement=False),
    Column("importer_number", Text),
    Column("result", Text, nullable=False),
    Column("code", Text),
    Column("detail", Text),
    Column("remedy", Text),
    Index(
        "account_import_results_refused",
        "import_id",
        "row_number",
        postgresql_where=text("result = 'refused'"),
    ),
    comment="What became of each row of an import, a refused one with the reason and what to do. Only added to.",
)
