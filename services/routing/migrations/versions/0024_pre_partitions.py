"""Import activity in partitions by quarters: what nobody asks for any more can be taken off as a whole.
Seals in pieces by their subject.

Processes of the release before go on: they write and read the table by its name. It is held while the days of what is
there are looked at.
"""

from shared.db.platform_migrations import part_by_months, part_seals, run

revision = "0024_pre_partitions"
down_revision = "0023_pre_operator_acts"

VIEW = """
CREATE OR REPLACE VIEW counted_activity AS
SELECT importer_number, month, hts6, sum(lines)::bigint AS lines, sum(goods)::bigint AS goods,
    sum(value_usd)::bigint AS value_usd
FROM (
    SELECT importer_number, month, hts6, lines, goods, value_usd FROM import_activity
    UNION ALL
    SELECT importer_number, month, hts6, lines, goods, value_usd FROM activity_changes
) known
GROUP BY importer_number, month, hts6
HAVING sum(lines) <> 0 OR sum(goods) <> 0 OR sum(value_usd) <> 0;
COMMENT ON TABLE import_activity IS
    'Lines, goods and value by importer, month of entry and subheading, of the standing version of each entry.';
"""


def upgrade() -> None:
    """Part the table, and make the view that read it read all of it; part the seals."""
    part_by_months("import_activity", "month", months=3, ahead=6)
    run(VIEW)
    part_seals()
