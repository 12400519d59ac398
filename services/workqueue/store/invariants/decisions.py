"""What must hold of decisions."""

from typing import Final

from services.workqueue.store.walks import ITEMS
from shared.runtime.invariants import QueryInvariant

_COMPLETED_WITHOUT_DECISION = """
SELECT i.item_id, i.item_id || ' is ' || i.state || ', decision ' || coalesce(d.decision_id::text, 'none') AS violation
FROM items i LEFT JOIN decisions d ON d.item_id = i.item_id AND d.refused_at IS NULL
WHERE AMONG(i.item_id) AND (d.item_id IS NOT NULL) <> (
    i.state = 'completed'
    AND NOT EXISTS (SELECT FROM item_events e WHERE e.item_id = i.item_id AND e.change = 'closed')
)
"""

INVARIANTS: Final = (
    QueryInvariant(
        "completed-items-have-decisions",
        "Every item that was completed has a decision, but one that an act closed; no other has one in force.",
        _COMPLETED_WITHOUT_DECISION,
        ITEMS,
    ),
)
