"""The tables of the nightly comparison of records with their facts."""

from sqlalchemy import BigInteger, Boolean, Column, Date, Table, Text

from services.liquidation.store.tables.records import metadata

recomputes = Table(
    "recomputes",
    metadata,
    Column("recomputed_on", Date, primary_key=True),
    Column("entries", BigInteger, nullable=False),
    Column("differences", BigInteger, nullable=False),
    Column("reached", Text, nullable=False),
    Column("is_done", Boolean, nullable=False),
    comment="Nightly comparisons of the stored record with what follows from the facts; reached: the last entry.",
)

recompute_differences = Table(
    "recompute_differences",
    metadata,
    Column("recomputed_on", Date, primary_key=True),
    Column("entry_number", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("stored", Text),
    Column("derived", Text),
    comment="Where the stored record differs from what follows from the facts; never mended by the comparison.",
)
