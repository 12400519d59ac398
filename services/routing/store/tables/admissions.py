"""Admissions to trusted-trader programs."""

from sqlalchemy import Column, Date, DateTime, Table, Text

from services.routing.store.tables.core import metadata

program_admissions = Table(
    "program_admissions",
    metadata,
    Column("importer_number", Text, primary_key=True),
    Column("application", Text, primary_key=True),
    Column("program", Text, nullable=False),
    Column("admitted_from", Date, nullable=False),
    Column("admitted_by", Text, nullable=False),
    Column("acting_for", Text),
    Column("admitted_at", DateTime(timezone=True), nullable=False),
    comment="Admissions to trusted-trader programs, as the work queue told them; of importers without account too.",
)
