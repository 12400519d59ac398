"""By which row of the authority table the reversal of a posting was confirmed."""

from shared.db.platform_migrations import run

revision = "0037_pre_reversals"
down_revision = "0036_pre_proofs"

COLUMN = "ALTER TABLE program_postings ADD COLUMN reversal_authority text"
# What is confirmed and not done yet was confirmed by the last confirmation of its program.
KNOWN = """
UPDATE program_postings p SET reversal_authority = coalesce((
    SELECT e.authority FROM program_events e WHERE e.program = p.program AND e.change = 'reversal-confirmed'
    ORDER BY e.number DESC LIMIT 1), 'program.release')
WHERE p.reversal = 'confirmed'
"""


def upgrade() -> None:
    """What was done before says the action alone."""
    run(COLUMN)
    run(KNOWN)
