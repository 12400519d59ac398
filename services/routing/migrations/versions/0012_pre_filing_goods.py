"""Filings keep the Center of the goods that they name; of those received before it is not known."""

from shared.db.platform_migrations import run

revision = "0012_pre_filing_goods"
down_revision = "0011_pre_authority"

GOODS = """
ALTER TABLE post_entry_filings ADD COLUMN goods_center text;
"""


def upgrade() -> None:
    """Add the column; it stays empty for what was received before."""
    run(GOODS)
