"""The event path appends how import activity changes; a job folds that into the figures, readers add what is left.

Processes of the release before go on writing the figures themselves, and do not see what is not folded yet.
"""

from shared.db.platform_migrations import run

revision = "0013_pre_activity_changes"
down_revision = "0012_pre_filing_goods"

CHANGES = """
CREATE TABLE activity_changes (
    importer_number text NOT NULL,
    month date NOT NULL,
    hts6 text NOT NULL,
    lines bigint NOT NULL,
    goods bigint NOT NULL,
    value_usd bigint NOT NULL
);
COMMENT ON TABLE activity_changes IS
    'By how much import activity changed, until the job fold-activity adds it to import_activity.';
-- Thousands of rows come and go each second: what was folded is given back early.
ALTER TABLE activity_changes SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50000);
CREATE VIEW counted_activity AS
SELECT importer_number, month, hts6, sum(lines)::bigint AS lines, sum(goods)::bigint AS goods,
    sum(value_usd)::bigint AS value_usd
FROM (
    SELECT importer_number, month, hts6, lines, goods, value_usd FROM import_activity
    UNION ALL
    SELECT importer_number, month, hts6, lines, goods, value_usd FROM activity_changes
) known
GROUP BY importer_number, month, hts6
HAVING sum(lines) <> 0 OR sum(goods) <> 0 OR sum(value_usd) <> 0;
COMMENT ON VIEW counted_activity IS
    'Lines, goods and value by importer, month of entry and subheading, of the standing version of each entry.';
"""


def upgrade() -> None:
    """Keep the figures as they are; nothing is left to fold."""
    run(CHANGES)
