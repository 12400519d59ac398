"""What must hold of decisions."""

from typing import Final

from services.workqueue.store.walks import ITEMS
from shared.runtime.invariants import QueryInvariant

_COMPLETED_WITHOUT_DECISION = """
SELECT i.item_id, i.item_id || ' is ' || i.state || ', decision ' || coalesce(d.decision_id::text, 'none') AS violation
FROM items i LEFT JOIN decisions d ON d.item_id = i.item_id
WHERE AMONG(i.item_id) AND (i.state = 'completed') <> (d.item_id IS NOT NULL)
"""

INVARIANTS: Final = (
    QueryInvariant(
        "completed-items-have-decisions",
        "Every completed item has a decision, and only completed items have one.",
        _COMPLETED_WITHOUT_DECISION,
        ITEMS,
    ),
)
