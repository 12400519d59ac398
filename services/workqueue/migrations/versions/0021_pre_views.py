"""Saved views, and indexes of the words that people wrote."""

from shared.db.platform_migrations import run

revision = "0021_pre_views"
down_revision = "0020_pre_need_to_know"

VIEWS = """
CREATE TABLE views (
    view_id uuid PRIMARY KEY,
    version integer NOT NULL,
    owner text NOT NULL,
    name text NOT NULL,
    query text NOT NULL,
    center text,
    role text,
    written_by text NOT NULL,
    written_at timestamptz NOT NULL
);
COMMENT ON TABLE views IS
    'Filters of items with a name: of a person, shared with a Center, or what a role of it begins with.';
CREATE INDEX views_owner ON views (owner);
CREATE INDEX views_center ON views (center) WHERE center IS NOT NULL;
"""
WORDS = """
CREATE INDEX matters_words ON matters USING gin (to_tsvector('english'::regconfig, title));
CREATE INDEX item_acts_words ON item_acts USING gin (
    (jsonb_to_tsvector('english'::regconfig, fields, '["string"]'::jsonb)
     || jsonb_to_tsvector('english'::regconfig, reasons, '["string"]'::jsonb)));
CREATE INDEX item_events_words ON item_events
    USING gin (jsonb_to_tsvector('english'::regconfig, reasons, '["string"]'::jsonb))
    WHERE actor <> 'system:workqueue'::text AND reasons <> '[]'::jsonb;
CREATE INDEX decisions_words ON decisions USING gin (
    (jsonb_to_tsvector('english'::regconfig, reasons, '["string"]'::jsonb)
     || jsonb_to_tsvector('english'::regconfig, found, '["string"]'::jsonb)));
"""


def upgrade() -> None:
    """Nobody has saved a view before; words of what was written are found from now on, old ones too."""
    run(VIEWS)
    run(WORDS)
