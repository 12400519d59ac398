"""By which row of authority the reversal of a posting was confirmed; how a program stood when an order stayed it."""

from shared.db.platform_migrations import run

revision = "0037_pre_reversals"
down_revision = "0036_pre_proofs"

COLUMNS = """
ALTER TABLE program_postings ADD COLUMN reversal_authority text;
ALTER TABLE programs ADD COLUMN stayed_from text;
UPDATE programs SET stayed_from = 'running' WHERE standing = 'stayed';
"""
# What is confirmed and not done yet was confirmed by the last confirmation of its program.
KNOWN = """
UPDATE program_postings p SET reversal_authority = coalesce((
    SELECT e.authority FROM program_events e WHERE e.program = p.program AND e.change = 'reversal-confirmed'
    ORDER BY e.number DESC LIMIT 1), 'program.release')
WHERE p.reversal = 'confirmed'
"""


def upgrade() -> None:
    """What was done before says the action alone."""
    run(COLUMNS)
    run(KNOWN)
