"""What each importer brought in, by month and subheading."""

from sqlalchemy import BigInteger, Column, Date, Table, Text

from services.routing.store.tables.core import metadata

import_activity = Table(
    "import_activity",
    metadata,
    Column("importer_number", Text, primary_key=True),
    Column("month", Date, primary_key=True),
    Column("hts6", Text, primary_key=True),
    Column("lines", BigInteger, nullable=False),
    Column("goods", BigInteger, nullable=False),
    Column("value_usd", BigInteger, nullable=False),
    comment="Lines, goods and value by importer, month of entry and subheading, of the standing version of each entry.",
)
