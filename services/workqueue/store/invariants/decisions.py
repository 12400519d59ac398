"""What must hold of decisions."""

from typing import Final

from services.workqueue.store.walks import ITEMS
from shared.runtime.invariants import QueryInvariant

_COMPLETED_WITHOUT_DECISION = """
SELECT found.item_id,
       found.item_id || ' is ' || found.state || ', decision ' || coalesce(found.decision_id::text, 'none') AS violation
FROM (SELECT i.item_id, i.state, i.state = 'completed' AND NOT EXISTS (
                 SELECT FROM item_events e WHERE e.item_id = i.item_id AND e.change = 'closed') AS is_decided,
             (SELECT d.decision_id FROM decisions d WHERE d.item_id = i.item_id AND d.refused_at IS NULL) AS decision_id
      FROM items i WHERE AMONG(i.item_id)) AS found
WHERE (found.decision_id IS NOT NULL) <> found.is_decided
"""

INVARIANTS: Final = (
    QueryInvariant(
        "completed-items-have-decisions",
        "Every item that was completed has a decision, but one that an act closed; no other has one in force.",
        _COMPLETED_WITHOUT_DECISION,
        ITEMS,
    ),
)
