"""What must hold of the items of post-entry filings."""

from typing import Final

from services.workqueue.store.walks import FILINGS
from shared.runtime.invariants import QueryInvariant

_FILING_APART_FROM_ITEM = """
SELECT f.filing_number,
       f.filing_number || ' with ' || f.center || ' due ' || coalesce(clock.due_on, 'never') || ': item '
       || coalesce(i.state || ' with ' || i.center || ' due ' || coalesce(i.due_on::text, 'never'), 'none') AS violation
FROM filings f
LEFT JOIN items i ON i.filing_number = f.filing_number
LEFT JOIN importers m ON m.importer_number = f.importer_number
CROSS JOIN LATERAL (
    SELECT min(each ->> 'due_on') AS due_on FROM jsonb_array_elements(f.clocks) AS given(each)) AS clock
WHERE AMONG(f.filing_number) AND f.sequence IS NOT NULL AND (
    i.item_id IS NULL OR i.due_on IS DISTINCT FROM clock.due_on::date
    OR (i.state <> 'completed'
        AND i.center <> CASE f.center WHEN 'PNDING' THEN coalesce(m.center, 'PNDING') ELSE f.center END))
"""

INVARIANTS: Final = (
    QueryInvariant(
        "filings-have-items",
        "Every routed filing has its item, due at its earliest clock, and until completed with the filing's Center, or"
        " with that of the account while routing knew none.",
        _FILING_APART_FROM_ITEM,
        FILINGS,
    ),
)
