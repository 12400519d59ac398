"""What each weekly cycle came to in money."""

from shared.db.platform_migrations import run

revision = "0007_pre_cycle_money"
down_revision = "0006_pre_money"

COLUMNS = """
ALTER TABLE cycles
    ADD COLUMN increases bigint NOT NULL DEFAULT 0,
    ADD COLUMN refunds bigint NOT NULL DEFAULT 0,
    ADD COLUMN disregarded bigint NOT NULL DEFAULT 0,
    ADD COLUMN undetermined bigint NOT NULL DEFAULT 0,
    ADD COLUMN billed_cents bigint NOT NULL DEFAULT 0,
    ADD COLUMN refund_cents bigint NOT NULL DEFAULT 0;
"""


def upgrade() -> None:
    """Cycles that ran before assessed nothing."""
    run(COLUMNS)
