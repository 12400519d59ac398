"""Medians of unit values, by version."""

from sqlalchemy import Column, Date, DateTime, Integer, Numeric, Table, Text

from services.routing.store.tables.core import metadata

unit_value_versions = Table(
    "unit_value_versions",
    metadata,
    Column("as_of", Date, primary_key=True),
    Column("effective_on", Date, nullable=False),
    Column("minimum_sample", Integer, nullable=False),
    Column("medians", Integer, nullable=False),
    Column("computed_by", Text, nullable=False),
    Column("acting_for", Text),
    Column("computed_at", DateTime(timezone=True), nullable=False),
    comment="Versions of the rolling medians: over the twelve months that end on as_of, used from effective_on.",
)

unit_values = Table(
    "unit_values",
    metadata,
    Column("as_of", Date, primary_key=True),
    Column("hts", Text, primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("median_usd", Numeric, nullable=False),
    Column("sample_size", Integer, nullable=False),
    comment="Median value in dollars per unit of each tariff number, by version.",
)
