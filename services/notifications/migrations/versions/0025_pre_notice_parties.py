"""A notice to a party as itself keeps the party, so that agents and counsel read what they are told."""

from shared.db.platform_migrations import run

revision = "0025_pre_notice_parties"
down_revision = "0024_pre_recipient_ordinals"

PARTIES = """
ALTER TABLE notices ADD COLUMN party_id text;
CREATE INDEX notices_party ON notices (party_id, issued_on, notice_id) WHERE party_id IS NOT NULL;
"""


def upgrade() -> None:
    """Notices that are there stay as they are under seal: filers and sureties read theirs by their codes."""
    run(PARTIES)
