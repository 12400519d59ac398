"""Items say which kind they are, instead of leaving it to be told from what they name.

One transaction, which holds the table: whoever reads or writes items waits until every row is named. Where there are
millions it is brought in a quiet hour (docs/operations.md).
"""

from shared.db.platform_migrations import run

revision = "0005_pre_item_kinds"
down_revision = "0004_pre_reopened_protests"

KINDS = """
ALTER TABLE items ADD COLUMN kind text;
UPDATE items SET kind = CASE
    WHEN protest_number IS NOT NULL THEN 'protest'
    WHEN filing_number IS NOT NULL THEN 'filing'
    WHEN asking_center IS NOT NULL THEN 'consultation'
    ELSE 'review' END;
ALTER TABLE items
    ALTER COLUMN kind SET NOT NULL,
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
            ELSE false
        END);
"""

# Processes of the release before go on adding items, without a kind, until they are replaced (docs/operations.md). A
# later *_post_* step drops this.
UNTIL_REPLACED = """
CREATE FUNCTION name_kind_of_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.kind := CASE
        WHEN NEW.protest_number IS NOT NULL THEN 'protest'
        WHEN NEW.filing_number IS NOT NULL THEN 'filing'
        WHEN NEW.asking_center IS NOT NULL THEN 'consultation'
        ELSE 'review' END; RETURN NEW; END
$$;
CREATE TRIGGER items_without_kind BEFORE INSERT ON items
    FOR EACH ROW WHEN (NEW.kind IS NULL) EXECUTE FUNCTION name_kind_of_item();
"""


def upgrade() -> None:
    """Name the kind of every item that is there, and of those that the release before still adds."""
    run(KINDS)
    run(UNTIL_REPLACED)
