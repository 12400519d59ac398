"""Items have the stage of their process, people open matters, and every act on a process is kept."""

from shared.db.platform_migrations import run

revision = "0012_pre_matters"
down_revision = "0011_pre_waiting_items"

ITEMS = """
ALTER TABLE items ADD COLUMN stage text, ADD COLUMN stage_since timestamptz, ADD COLUMN waits_for text;
ALTER TABLE items
    DROP CONSTRAINT items_carry_what_their_kind_says,
    ADD CONSTRAINT items_carry_what_their_kind_says CHECK (
        CASE kind
            WHEN 'review' THEN entry_number IS NOT NULL AND protest_number IS NULL AND filing_number IS NULL
                AND asking_center IS NULL AND goods IS NULL
            WHEN 'consultation' THEN entry_number IS NOT NULL AND protest_number IS NULL AND filing_number IS NULL
                AND asking_center IS NOT NULL AND goods IS NOT NULL
            WHEN 'protest' THEN protest_number IS NOT NULL AND filing_number IS NULL
                AND asking_center IS NULL AND goods IS NULL
            WHEN 'filing' THEN filing_number IS NOT NULL AND entry_number IS NULL AND protest_number IS NULL
                AND asking_center IS NULL AND goods IS NULL
            WHEN 'matter' THEN protest_number IS NULL AND filing_number IS NULL AND asking_center IS NULL
                AND goods IS NULL AND stage IS NOT NULL
            ELSE false
        END);
COMMENT ON TABLE items IS
    'One item for each process of an entry, Center consulted on it, protest, other filing, and matter opened.';
"""
ACTS = """
CREATE TABLE matters (
    item_id uuid PRIMARY KEY,
    title text NOT NULL,
    entry_numbers jsonb NOT NULL,
    port text,
    linked_item uuid,
    opened_by text NOT NULL,
    opened_by_name text NOT NULL,
    acting_for text,
    authority text NOT NULL
);
COMMENT ON TABLE matters IS 'What a person opened a matter with.';
CREATE TABLE item_acts (
    item_id uuid NOT NULL,
    number integer NOT NULL,
    act text NOT NULL,
    at timestamptz NOT NULL,
    done_by text NOT NULL,
    done_by_name text NOT NULL,
    acting_for text,
    fields jsonb NOT NULL,
    reasons jsonb NOT NULL,
    stage text NOT NULL,
    authority text NOT NULL,
    PRIMARY KEY (item_id, number)
);
COMMENT ON TABLE item_acts IS
    'Every act on the process of an item, with what it recorded and the stage that it led to.';
"""


def upgrade() -> None:
    """Add the stage to items, and the tables of matters and acts."""
    run(ITEMS)
    run(ACTS)
