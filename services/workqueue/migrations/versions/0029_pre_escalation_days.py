"""When to look next whether somebody is to be told of an item's clocks."""

from shared.db.platform_migrations import run

revision = "0029_pre_escalation_days"
down_revision = "0028_pre_entry_types"

DAYS = """
ALTER TABLE items ADD COLUMN deemed_on date;
UPDATE items SET deemed_on = e.deemed_on FROM entries e
WHERE e.entry_number = items.entry_number AND items.kind = 'review' AND e.deemed_on IS NOT NULL;
ALTER TABLE items
    ADD COLUMN looked_due_on date, ADD COLUMN looked_deemed_on date, ADD COLUMN looked_set_days jsonb,
    ADD COLUMN look_on date,
    ADD COLUMN escalates_on date GENERATED ALWAYS AS (
        CASE WHEN state IN ('open', 'claimed') THEN
            CASE WHEN look_on IS NOT NULL AND looked_due_on IS NOT DISTINCT FROM due_on
                      AND looked_deemed_on IS NOT DISTINCT FROM deemed_on
                      AND looked_set_days IS NOT DISTINCT FROM set_days THEN look_on
                 ELSE LEAST(
                     CASE WHEN due_on IS NOT NULL THEN LEAST(due_on, (opened_at AT TIME ZONE 'America/New_York')::date
                         + GREATEST(1, (due_on - (opened_at AT TIME ZONE 'America/New_York')::date + 1) / 2)) END,
                     CASE WHEN deemed_on IS NOT NULL THEN LEAST(deemed_on,
                         (opened_at AT TIME ZONE 'America/New_York')::date
                         + GREATEST(1, (deemed_on - (opened_at AT TIME ZONE 'America/New_York')::date + 1) / 2)) END
                 ) END END
    ) STORED;
CREATE INDEX items_escalations ON items (escalates_on, item_id) WHERE escalates_on IS NOT NULL;
"""


def upgrade() -> None:
    """Every item is looked at once at its first level; what was told of it is known."""
    run(DAYS)
