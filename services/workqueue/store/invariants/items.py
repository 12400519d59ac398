"""What must hold of items and their history."""

from typing import Final

from services.workqueue.store.walks import ITEMS
from shared.runtime.invariants import QueryInvariant

_STATE_APART_FROM_HISTORY = """
SELECT i.item_id, i.item_id || ' is ' || i.state || ', its history ends with ' || last.state AS violation
FROM items i CROSS JOIN LATERAL (
    SELECT e.state FROM item_events e WHERE e.item_id = i.item_id
    ORDER BY e.sequence DESC, e.at, e.change_key COLLATE "C" LIMIT 1) AS last
WHERE AMONG(i.item_id) AND last.state <> i.state
"""
# An event may have moved the stage since the last act, or come before it: then the stage is as old as that event. What
# became of a letter may be as old as the act that asked by it.
_STAGE_APART_FROM_ACTS = """
SELECT i.item_id, i.item_id || ' is in ' || coalesce(i.stage, 'no stage') || ', its last act led to ' || last.stage
    AS violation
FROM items i CROSS JOIN LATERAL (
    SELECT a.stage, a.at FROM item_acts a WHERE a.item_id = i.item_id ORDER BY a.number DESC LIMIT 1) AS last
WHERE AMONG(i.item_id) AND i.stage IS DISTINCT FROM last.stage AND (i.stage IS NULL OR i.stage_since = last.at
        AND NOT EXISTS (SELECT FROM heard_facts f WHERE f.subject = 'item:' || i.item_id AND f.at <= last.at)
    OR NOT EXISTS (SELECT FROM heard_facts f WHERE f.subject IN (
        'item:' || i.item_id, 'entry:' || i.entry_number,
        'protest:' || i.protest_number, 'importer:' || i.importer_number,
        'entry:' || (SELECT n.entry_numbers ->> 0 FROM filings n WHERE n.filing_number = i.filing_number))))
"""
_KNOWERS_APART_FROM_HISTORY = """
SELECT i.item_id, i.item_id || ' is known to others than those who are named on it by its history' AS violation
FROM items i
WHERE AMONG(i.item_id) AND i.knowers IS NOT NULL AND (
    SELECT coalesce(jsonb_agg(DISTINCT n.subject ORDER BY n.subject), '[]') FROM need_to_know n
    WHERE n.item_id = i.item_id AND NOT EXISTS (
        SELECT FROM need_to_know_removals r
        WHERE r.item_id = n.item_id AND r.subject = n.subject AND r.added_at = n.added_at)
) <> (SELECT coalesce(jsonb_agg(DISTINCT who ORDER BY who), '[]') FROM jsonb_array_elements_text(i.knowers) AS who)
"""

INVARIANTS: Final = (
    QueryInvariant(
        "state-is-the-last-change",
        "An item's state is that of the last line of its history.",
        _STATE_APART_FROM_HISTORY,
        ITEMS,
    ),
    QueryInvariant(
        "stage-is-that-of-the-last-act",
        "An item's stage is that to which the last act on its process led.",
        _STAGE_APART_FROM_ACTS,
        ITEMS,
    ),
    QueryInvariant(
        "knowers-are-those-who-are-named",
        "Who needs to know of a sensitive matter is who was named on it and not taken off.",
        _KNOWERS_APART_FROM_HISTORY,
        ITEMS,
    ),
)
