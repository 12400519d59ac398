"""Questions whose answer must be empty: what the invariants ask."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_UNEXPLAINED = """
SELECT entry_number || ' version ' || version FROM routing_decisions
WHERE jsonb_array_length(decision -> 'reasons') = 0 OR decision -> 'rule_versions' = '{}'::jsonb
LIMIT 100
"""
_COLUMNS_DISAGREE = """
SELECT entry_number || ' version ' || version || ': ' || center || ', published as ' || (decision ->> 'center')
FROM routing_decisions
WHERE (center, basis, lane) IS DISTINCT FROM (decision ->> 'center', decision ->> 'basis', decision ->> 'lane')
LIMIT 100
"""
_ACCOUNT_DECISION_WITHOUT_ASSIGNMENT = """
SELECT d.entry_number || ' version ' || d.version || ': ' || d.center
FROM routing_decisions d
WHERE d.basis = 'account' AND NOT EXISTS (
    SELECT FROM assignments a WHERE a.importer_number = d.importer_number AND a.center = d.center
    AND a.effective_on <= d.entry_date
)
LIMIT 100
"""


async def find_unexplained_decisions(connection: AsyncConnection) -> list[str]:
    """Decisions without reasons or without the versions that they rest on."""
    return list(await connection.scalars(text(_UNEXPLAINED)))


async def find_disagreeing_columns(connection: AsyncConnection) -> list[str]:
    """Decisions whose columns differ from what was published."""
    return list(await connection.scalars(text(_COLUMNS_DISAGREE)))


async def find_unfounded_account_decisions(connection: AsyncConnection) -> list[str]:
    """Decisions by account that no assignment in force on the entry date bears out."""
    return list(await connection.scalars(text(_ACCOUNT_DECISION_WITHOUT_ASSIGNMENT)))
