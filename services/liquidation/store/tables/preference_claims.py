"""The table of decisions on claims under 1520(d)."""

from sqlalchemy import BigInteger, Column, Date, DateTime, Table, Text

from services.liquidation.store.tables.records import metadata

preference_claim_decisions = Table(
    "preference_claim_decisions",
    metadata,
    Column("filing_number", Text, primary_key=True),
    Column("outcome", Text, nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("decided_at", DateTime(timezone=True), nullable=False),
    Column("reasons", Text, nullable=False),
    Column("change_duty_cents", BigInteger, nullable=False),
    Column("change_fees_cents", BigInteger, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_for", Text),
    comment="What was decided on claims under 19 USC 1520(d); the claims themselves are post-entry filings.",
)
