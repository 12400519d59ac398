"""The entries of dry runs in partitions by quarters: those of old cycles can be taken off as a whole.
Seals in pieces by their subject.

Processes of the release before go on: they write and read the table by its name. It is held while the days of what is
there are looked at.
"""

from shared.db.platform_migrations import part_by_months, part_seals, run

revision = "0032_pre_partitions"
down_revision = "0031_pre_operator_acts"

COMMENT = """
COMMENT ON TABLE forecast_entries IS 'What a dry run says of each entry: deemed, by-decision, as-entered, held.'
"""


def upgrade() -> None:
    """Part the table, each of whose statements names the cycle; part the seals."""
    part_by_months("forecast_entries", "cycle_on", months=3, ahead=6)
    run(COMMENT)
    part_seals()
