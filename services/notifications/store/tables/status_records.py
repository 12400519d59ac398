"""Status records for filers' software."""

from sqlalchemy import BigInteger, Column, Identity, Index, Table, Text
from sqlalchemy.dialects.postgresql import UUID

from services.notifications.store.tables.core import metadata

status_records = Table(
    "status_records",
    metadata,
    Column("ordinal", BigInteger, Identity(always=True), primary_key=True),
    Column("notice_id", UUID(as_uuid=True), nullable=False),
    Column("filer_code", Text),
    Column("disposition", Text, nullable=False),
    Column("reason", Text),
    Column("source", Text, nullable=False),
    Index("status_records_filer", "filer_code", "ordinal"),
    comment="What notices say in the codes of CATAIR UC, in the order in which it became known. Only added to.",
)
