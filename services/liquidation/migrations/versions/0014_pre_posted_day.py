"""Cycles say on which day they were posted, and entries which cycle took them: it is no longer told by the day."""

from shared.db.platform_migrations import run

revision = "0014_pre_posted_day"
down_revision = "0013_pre_act_by"

COLUMNS = """
ALTER TABLE cycles ADD COLUMN posted_on date;
ALTER TABLE entries ADD COLUMN liquidation_cycle_on date;
ALTER TABLE voided_liquidations ADD COLUMN liquidation_cycle_on date;
UPDATE cycles SET posted_on = cycle_on;
"""
# Until now what a cycle took was posted as of its Friday. What people liquidated on that day is told by their acts.
CYCLES_OF_LIQUIDATIONS = """
UPDATE entries e SET liquidation_cycle_on = c.cycle_on FROM cycles c
WHERE e.liquidation_posted_on = c.cycle_on AND NOT EXISTS (
    SELECT FROM legal_events a WHERE a.entry_number = e.entry_number AND a.actor IS NOT NULL
        AND a.event_key = CASE e.turns WHEN 0 THEN 'liquidation' ELSE 'liquidation:' || e.turns END
);
UPDATE voided_liquidations v SET liquidation_cycle_on = c.cycle_on FROM cycles c
WHERE v.liquidation_posted_on = c.cycle_on AND NOT EXISTS (
    SELECT FROM legal_events a WHERE a.entry_number = v.entry_number AND a.actor IS NOT NULL
        AND a.event_key = CASE v.turn - 1 WHEN 0 THEN 'liquidation' ELSE 'liquidation:' || (v.turn - 1) END
);
"""
# The code before finds what it looks for without them, only slower.
INDEXES = """
DROP INDEX entries_posted;
CREATE INDEX entries_of_cycle ON entries USING brin (liquidation_cycle_on);
DROP INDEX entries_assessable;
CREATE INDEX entries_assessable ON entries (liquidation_cycle_on, entry_number)
    WHERE effect_duty_cents <> 0 OR effect_fees_cents <> 0;
"""


def upgrade() -> None:
    """Add the columns, fill them from what is on record, and let the indexes follow."""
    run(COLUMNS + CYCLES_OF_LIQUIDATIONS + INDEXES)
