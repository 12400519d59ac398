"""Notices of every process, to filers alone too; lanes of mail, letters, and what recipients asked for."""

from shared.db.platform_migrations import run

revision = "0006_pre_every_notice"
down_revision = "0005_pre_parties"

CHANGES = """
ALTER TABLE notices ALTER COLUMN importer_number DROP NOT NULL;
CREATE INDEX notices_due ON notices (due_on, notice_id) WHERE due_on IS NOT NULL;

ALTER TABLE deliveries ALTER COLUMN importer_number DROP NOT NULL;
ALTER TABLE deliveries ADD COLUMN lane integer NOT NULL DEFAULT 1;
DROP INDEX deliveries_due;
CREATE INDEX deliveries_due ON deliveries (lane, next_try_at) WHERE state = 'queued';
CREATE INDEX deliveries_letters ON deliveries (queued_at) WHERE state = 'queued' AND channel = 'mail';
DROP INDEX deliveries_unaddressed_party;
CREATE INDEX deliveries_unaddressed_party ON deliveries (recipient_role)
    WHERE (is_waiting OR state = 'no-address') AND recipient_role <> 'importer';

CREATE TABLE preferences (
    recipient text PRIMARY KEY,
    language text NOT NULL,
    second_email text,
    revision integer NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL
);
COMMENT ON TABLE preferences IS
    'By importer number or id of a party: a second language, and whom to reach when the first contact is not.';
"""


def upgrade() -> None:
    """Add what is new; mails that are queued stay in the usual lane."""
    run(CHANGES)
