"""What must always hold of import activity."""

from typing import Final

from services.routing.store.walks import IMPORTERS
from shared.runtime.invariants import QueryInvariant

# Importer numbers may be social security numbers: a finding shows the last four characters only.
_ACTIVITY_DISAGREES = """
WITH standing AS (
    SELECT DISTINCT ON (entry_number) importer_number, entry_date, goods
    FROM routing_decisions
    WHERE entry_number IN (SELECT entry_number FROM routing_decisions WHERE AMONG(importer_number))
    ORDER BY entry_number, version DESC
), counted AS (
    SELECT importer_number, date_trunc('month', entry_date)::date AS month, item ->> 0 AS hts6,
        sum((item ->> 1)::bigint)::bigint AS lines, sum((item ->> 2)::bigint)::bigint AS goods,
        sum((item ->> 3)::bigint)::bigint AS value_usd
    FROM standing CROSS JOIN LATERAL jsonb_array_elements(goods) AS items(item)
    WHERE AMONG(importer_number)
    GROUP BY 1, 2, 3
)
SELECT importer_number AS key, 'importer …' || right(importer_number, 4) || ', ' || month || ', ' || hts6
FROM counted c
FULL JOIN (SELECT * FROM counted_activity WHERE AMONG(importer_number)) a USING (importer_number, month, hts6)
WHERE (c.lines, c.goods, c.value_usd) IS DISTINCT FROM (a.lines, a.goods, a.value_usd)
"""

ACTIVITY: Final = (
    QueryInvariant(
        "activity-is-that-of-standing-versions",
        "Import activity is the sum over the highest version of each entry, and nothing else.",
        _ACTIVITY_DISAGREES,
        IMPORTERS,
    ),
)
