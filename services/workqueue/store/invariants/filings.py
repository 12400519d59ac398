"""What must hold of the items of post-entry filings."""

from typing import Final

from services.workqueue.store.walks import FILINGS
from shared.runtime.invariants import QueryInvariant

# The rule of `whose_filing`, in SQL. What an earlier release wrote has no basis until the job has looked at it.
_FILING_APART_FROM_ITEM = """
SELECT f.filing_number,
       f.filing_number || ' with ' || whose.center || ' by ' || whose.basis || ' due '
       || coalesce(clock.due_on, 'never') || ': item '
       || coalesce(i.state || ' with ' || i.center || ' by ' || coalesce(i.center_basis, 'nothing')
                   || ' due ' || coalesce(i.due_on::text, 'never'), 'none') AS violation
FROM filings f
LEFT JOIN items i ON i.filing_number = f.filing_number
LEFT JOIN importers m ON m.importer_number = f.importer_number
LEFT JOIN requests r ON r.request_id = f.answers_request AND r.importer_number = f.importer_number
    AND r.issued_at IS NOT NULL
LEFT JOIN items asking ON asking.item_id = r.item_id AND asking.item_id <> i.item_id AND asking.center <> 'PNDING'
LEFT JOIN LATERAL (
    SELECT standing.center FROM jsonb_array_elements_text(f.entry_numbers) WITH ORDINALITY AS named(entry_number, place)
    CROSS JOIN LATERAL (
        SELECT v.center FROM routed_versions v WHERE v.entry_number = named.entry_number
        ORDER BY v.version DESC, v.move DESC, v.filed_at, v.event_id COLLATE "C" LIMIT 1) AS standing
    WHERE standing.center <> 'PNDING' ORDER BY named.place LIMIT 1) AS entry ON true
CROSS JOIN LATERAL (
    SELECT min(each ->> 'due_on') AS due_on FROM jsonb_array_elements(f.clocks) AS given(each)) AS clock
CROSS JOIN LATERAL (
    SELECT * FROM (VALUES
        (1, f.sequence > 1, f.center, 'person'),
        (2, asking.center IS NOT NULL, asking.center, 'requested-by'),
        (3, f.center = 'PNDING' AND coalesce(f.basis, f.kind) IN ('drawback-office', 'drawback-claim'),
         'PNDING', 'drawback-office'),
        (4, entry.center IS NOT NULL, entry.center, 'entry'),
        (5, f.center <> 'PNDING', f.center, 'account'),
        (6, m.center IS NOT NULL, m.center, 'account'),
        (7, f.goods_center IS NOT NULL, f.goods_center, 'goods'),
        (8, f.basis = 'port', 'PNDING', 'port'),
        (9, true, 'PNDING', 'pending')) AS rule(place, applies, center, basis)
    WHERE applies ORDER BY place LIMIT 1) AS whose
WHERE AMONG(f.filing_number) AND f.sequence IS NOT NULL AND (
    i.item_id IS NULL OR i.due_on IS DISTINCT FROM clock.due_on::date
    OR (i.state <> 'completed' AND i.center_basis IS NOT NULL
        AND (coalesce(i.transferred_from, i.center), i.center_basis) <> (whose.center, whose.basis)))
"""

INVARIANTS: Final = (
    QueryInvariant(
        "filings-have-items",
        "Every routed filing has its item, due at its earliest clock, and until completed with the Center, and for the"
        " reason, that follow from who moved or asked for it, its entries, the account and its goods.",
        _FILING_APART_FROM_ITEM,
        FILINGS,
    ),
)
