"""Filings keep what their Center follows from, and items which of it stands.

Items of filings that are there keep an empty `center_basis` until the job `derive-filings` has looked at them anew,
with history and events as for anything learned; so do those that processes of the release before still write.
"""

from shared.db.platform_migrations import run

revision = "0010_pre_whose_filings"
down_revision = "0009_pre_authority"

# The basis of routings that were heard before follows from the kind, as in routing (`route_filing`).
FILINGS = """
ALTER TABLE filings ADD COLUMN basis text, ADD COLUMN answers_request uuid, ADD COLUMN goods_center text;
UPDATE filings SET basis = CASE
    WHEN center <> 'PNDING' THEN 'account'
    WHEN kind = 'drawback-claim' THEN 'drawback-office'
    WHEN kind IN ('reconciliation', 'petition') THEN 'port'
    ELSE 'pending' END
WHERE sequence IS NOT NULL;
CREATE INDEX filings_answers ON filings (answers_request) WHERE answers_request IS NOT NULL;
ALTER INDEX filings_entries SET (fastupdate = off);
"""
ITEMS = """
ALTER TABLE items ADD COLUMN center_basis text, ADD COLUMN center_fact text;
CREATE INDEX items_pending ON items (opened_at) WHERE center = 'PNDING' AND state IN ('open', 'claimed');
CREATE INDEX items_without_basis ON items (item_id)
    WHERE kind = 'filing' AND center_basis IS NULL AND state <> 'completed';
"""
REQUESTS = """
CREATE INDEX requests_entry ON requests ((entry_numbers ->> 0));
"""


def upgrade() -> None:
    """Add what a filing's Center follows from, and the ways to find the filings that a change concerns."""
    run(FILINGS)
    run(ITEMS)
    run(REQUESTS)
