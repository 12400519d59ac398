"""Keeps the lines of each version in a narrow table, so that predicates find entries by index.

The rows follow from the body of the version: `body` remains the record, `entry_lines` its index by line.
"""

from collections.abc import Sequence

from services.liquidation.store.tables.lines import entry_lines
from shared.db import bulk
from shared.db.transaction import Transaction

# A version that an earlier event replaces has other lines from then on; a new one has none to remove.
_CLEAR = f"""
DELETE FROM {entry_lines.name} l USING unnest($1::text[], $2::integer[]) AS given(entry_number, version)
WHERE l.entry_number = given.entry_number AND l.version = given.version
"""
LineRow = tuple[int, str, str, str]
"""Line number, tariff number, case number (empty: none), country of origin."""
_COLUMNS = ("entry_number", "version", "line_number", "hts", "case_number", "origin")


async def write_lines(tx: Transaction, versions: Sequence[tuple[str, int, bool, Sequence[LineRow]]]) -> None:
    """Write the lines of these versions (entry number, version, whether it is new, its lines)."""
    if replaced := [(number, version) for number, version, is_new, _ in versions if not is_new]:
        await bulk.execute(tx, _CLEAR, [number for number, _ in replaced], [version for _, version in replaced])
    rows = [(number, version, *line) for number, version, _, lines in versions for line in lines]
    await bulk.copy(tx, entry_lines, _COLUMNS, rows)
