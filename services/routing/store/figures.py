"""Figures for the public, counted in one statement, so that they and the event position belong together."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.figures import Count

# Half-open by day after the last; legal days of receipt are days in New York.
_COUNTS = text("""
WITH assigned AS (
    SELECT DISTINCT ON (importer_number) importer_number, center
    FROM assignments WHERE effective_on <= :last
    ORDER BY importer_number, sequence DESC
), newest AS (
    SELECT DISTINCT ON (entry_number) entry_number, importer_number, center
    FROM routing_decisions WHERE entry_date BETWEEN :first AND :last
    ORDER BY entry_number, version DESC
), counts AS (
    SELECT center, 'importers' AS measure, count(*) AS amount, count(*) AS accounts
    FROM assigned WHERE center IS NOT NULL GROUP BY center
    UNION ALL
    SELECT s.center, 'partner_accounts', count(*), count(*)
    FROM assigned s JOIN accounts a USING (importer_number)
    WHERE s.center IS NOT NULL AND EXISTS (
        SELECT FROM jsonb_array_elements(a.trusted_programs) AS held(program)
        WHERE coalesce((held.program ->> 'from')::date, '-infinity') <= :last
        AND coalesce((held.program ->> 'to')::date, 'infinity') >= :last
    )
    GROUP BY s.center
    UNION ALL
    SELECT center, 'entries', count(*), count(DISTINCT importer_number) FROM newest GROUP BY center
    UNION ALL
    SELECT center, 'post_entry_filings', count(*), count(DISTINCT importer_number)
    FROM post_entry_filings
    WHERE (received_at AT TIME ZONE 'America/New_York')::date BETWEEN :first AND :last
    GROUP BY center
)
SELECT
    (SELECT coalesce(jsonb_agg(to_jsonb(counts)), '[]') FROM counts) AS counts,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('topic', topic, 'partition', partition, 'next_offset', next_offset)
        ORDER BY topic, partition), '[]') FROM consumer_offsets) AS position
""")


class ReadTo(NamedTuple):
    """Up to where a topic had been read."""

    topic: str
    partition: int
    next_offset: int


async def count_period(connection: AsyncConnection, first: date, last: date) -> tuple[list[Count], list[ReadTo]]:
    """Counts by Center and measure for a period, and the event position that they were counted at."""
    row = (await connection.execute(_COUNTS, {"first": first, "last": last})).one()
    return [Count(**cell) for cell in row.counts], [ReadTo(**item) for item in row.position]
