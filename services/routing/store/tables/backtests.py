"""Back-tests of criteria on entries that were filed."""

from sqlalchemy import Boolean, Column, Date, DateTime, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.routing.store.tables.core import metadata

criterion_backtests = Table(
    "criterion_backtests",
    metadata,
    Column("backtest_id", UUID(as_uuid=True), primary_key=True),
    Column("criterion_id", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("definition", JSONB, nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("signature", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False),
    Column("share_basis_points", Integer, nullable=False),
    Column("known", Integer, nullable=False),
    Column("frames", Integer, nullable=False),
    Column("frames_read", Integer, nullable=False),
    Column("is_cut", Boolean, nullable=False),
    Column("counts", JSONB, nullable=False),
    Column("fault", Text),
    Column("begun_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    Index("criterion_backtests_of", "criterion_id", "asked_at", "backtest_id"),
    Index("criterion_backtests_going", "asked_at", postgresql_where=text("state IN ('waiting', 'running')")),
    comment="What a criterion would have selected of the entries of a period, read from the archive of what was filed.",
)
