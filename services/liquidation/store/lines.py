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
_WRITE = f"""
INSERT INTO {entry_lines.name} (entry_number, version, line_number, hts, case_number, origin)
SELECT v.entry_number, v.version, (line ->> 'line_number')::integer, tariff ->> 'hts',
    coalesce(filed ->> 'case_number', ''), line ->> 'country_of_origin'
FROM unnest($1::text[], $2::integer[]) AS given(entry_number, version)
JOIN entry_versions v ON v.entry_number = given.entry_number AND v.version = given.version
CROSS JOIN LATERAL jsonb_array_elements(v.body -> 'lines') AS line
CROSS JOIN LATERAL jsonb_array_elements(line -> 'tariffs') AS tariff
LEFT JOIN LATERAL jsonb_array_elements(line -> 'cases') AS filed ON true
ON CONFLICT DO NOTHING
"""


async def write_lines(tx: Transaction, versions: Sequence[tuple[str, int]]) -> None:
    """Write the lines of these versions (entry number, version), whose bodies have been written before."""
    if not versions:
        return
    numbers, kinds = [number for number, _ in versions], [version for _, version in versions]
    await bulk.execute(tx, _CLEAR, numbers, kinds)
    await bulk.execute(tx, _WRITE, numbers, kinds)
