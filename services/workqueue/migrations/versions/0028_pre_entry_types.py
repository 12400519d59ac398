"""Entry types and ports of entry on items, and indexes of the words of letters."""

from shared.db.platform_migrations import run

revision = "0028_pre_entry_types"
down_revision = "0027_pre_seals"

ENTRIES = """
ALTER TABLE routed_versions ADD COLUMN entry_type text, ADD COLUMN port_of_entry text;
ALTER TABLE items ADD COLUMN entry_type text, ADD COLUMN port_of_entry text;
CREATE INDEX items_entry_type ON items (entry_type, due_order, priority, opened_at, item_id)
    WHERE state = ANY (ARRAY['open'::text, 'claimed'::text]);
CREATE INDEX items_port_of_entry ON items (port_of_entry, due_order, priority, opened_at, item_id)
    WHERE state = ANY (ARRAY['open'::text, 'claimed'::text]);
"""
LETTERS = """
CREATE INDEX requests_words ON requests
    USING gin (jsonb_to_tsvector('english'::regconfig, questions, '["string"]'::jsonb));
CREATE INDEX request_answers_words ON request_answers USING gin (to_tsvector('english'::regconfig, text));
"""


def upgrade() -> None:
    """Type and port are known with the next routing of each entry; words of letters are found at once, old ones too."""
    run(ENTRIES)
    run(LETTERS)
