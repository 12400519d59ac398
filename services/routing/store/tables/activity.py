"""What each importer brought in, by month and subheading."""

from sqlalchemy import BigInteger, Column, Date, MetaData, Table, Text

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
    postgresql_partition_by="RANGE (month)",
)
activity_changes = Table(
    "activity_changes",
    metadata,
    Column("importer_number", Text, nullable=False),
    Column("month", Date, nullable=False),
    Column("hts6", Text, nullable=False),
    Column("lines", BigInteger, nullable=False),
    Column("goods", BigInteger, nullable=False),
    Column("value_usd", BigInteger, nullable=False),
    comment="By how much import activity changed, until the job fold-activity adds it to import_activity.",
)
counted_activity = Table(
    "counted_activity", MetaData(), *(Column(column.name, column.type) for column in import_activity.columns)
)
"""The view that readers ask: what is folded and what is not yet, without what came to nothing."""
