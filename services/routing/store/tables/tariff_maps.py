"""Versions of the tariff map, their rows, and who did what with them."""

from sqlalchemy import BigInteger, Column, Date, DateTime, Identity, Index, Integer, Table, Text

from services.routing.store.tables.core import metadata

tariff_maps = Table(
    "tariff_maps",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("version", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("based_on", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("valid_on", Date),
    Column("publication", Integer),
    Column("effective_on", Date),
    Column("rolls_back", Text),
    Index("tariff_maps_version", "version", unique=True),
    Index("tariff_maps_publication", "publication", unique=True),
    comment="Versions of the tariff map, each whole. Of two with one first day the later publication counts.",
)

tariff_map_rows = Table(
    "tariff_map_rows",
    metadata,
    Column("version", Text, primary_key=True),
    Column("prefix_from", Text, primary_key=True),
    Column("prefix_to", Text, primary_key=True),
    Column("center", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("confidence", Text, nullable=False),
    Column("note", Text, nullable=False),
    comment="The rows of each version of the tariff map. Those of a published version never change.",
)

tariff_map_changes = Table(
    "tariff_map_changes",
    metadata,
    Column("sequence", BigInteger, Identity(always=True), primary_key=True),
    Column("version", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("acting_for", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Index("tariff_map_changes_version", "version", "sequence"),
    comment="Who drafted, edited, validated, published or rolled back a tariff map, when and why. Only added to.",
)
