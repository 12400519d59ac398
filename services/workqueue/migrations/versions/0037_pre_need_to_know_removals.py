"""Who was taken off a need-to-know list stands in a line of its own, under seal."""

from alembic import op

from shared.db.platform_migrations import run, seal

revision = "0037_pre_need_to_know_removals"
down_revision = "0036_pre_shared_advice"

TABLES = """
CREATE TABLE need_to_know_removals (
    item_id uuid NOT NULL,
    subject text NOT NULL,
    added_at timestamptz NOT NULL,
    removed_by text NOT NULL,
    removed_at timestamptz NOT NULL,
    PRIMARY KEY (item_id, subject, added_at)
);
COMMENT ON TABLE need_to_know_removals IS
    'Who was taken off a law-enforcement-sensitive matter again, by whom and when, only added to.';
INSERT INTO need_to_know_removals (item_id, subject, added_at, removed_by, removed_at)
SELECT item_id, subject, added_at, removed_by, removed_at FROM need_to_know WHERE removed_at IS NOT NULL;
"""
FOLLOW = """
CREATE FUNCTION note_removal_of_before() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO need_to_know_removals (item_id, subject, added_at, removed_by, removed_at)
    VALUES (NEW.item_id, NEW.subject, NEW.added_at, NEW.removed_by, NEW.removed_at) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$
"""
WATCH = """
CREATE TRIGGER need_to_know_removal_of_before AFTER UPDATE OF removed_at ON need_to_know
FOR EACH ROW WHEN (OLD.removed_at IS NULL AND NEW.removed_at IS NOT NULL)
EXECUTE FUNCTION note_removal_of_before()
"""


def upgrade() -> None:
    """What a process of the release before writes into the columns is noted as well; nothing reads these any more."""
    run(TABLES)
    seal("need_to_know_removals", "item_id")
    op.execute(FOLLOW)
    op.execute(WATCH)
