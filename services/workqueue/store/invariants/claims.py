"""What must hold of claims."""

from typing import Final

from services.workqueue.store.walks import ITEMS
from shared.runtime.invariants import QueryInvariant

_CLAIMED_WITHOUT_HOLDER = """
SELECT item_id, item_id || ' is ' || state || ', holder ' || coalesce(holder, 'none') AS violation FROM items
WHERE AMONG(item_id) AND (
   (state = 'claimed' AND (holder IS NULL OR holder_name IS NULL OR token < 1 OR lease_until IS NULL))
   OR (state IN ('open', 'cancelled') AND (holder IS NOT NULL OR lease_until IS NOT NULL)))
"""
# Each asked item by item: to join them the server would read the narrow tables whole.
_OUT_OF_STEP = """
SELECT i.item_id, i.item_id || ' is ' || i.state || ', but is offered or held otherwise' AS violation FROM items i
WHERE AMONG(i.item_id) AND (
    (SELECT (o.center, o.division, o.process, o.due_order, o.priority, o.opened_at, o.assigned_to)
     FROM offered_items o WHERE o.item_id = i.item_id)
    IS DISTINCT FROM CASE WHEN i.state = 'open' AND i.waits_for IS NULL THEN
        (i.center, i.division, i.process, i.due_order, i.priority, i.opened_at, i.assigned_to) END
    OR (SELECT (h.holder, h.lease_until) FROM held_items h WHERE h.item_id = i.item_id)
    IS DISTINCT FROM CASE WHEN i.state = 'claimed' THEN (i.holder, i.lease_until) END)
"""

INVARIANTS: Final = (
    QueryInvariant(
        "claimed-items-are-held",
        "Every claimed item has a holder, a token and a lease; no open or cancelled one has a holder.",
        _CLAIMED_WITHOUT_HOLDER,
        ITEMS,
    ),
    QueryInvariant(
        "offered-and-held-items-are-in-step",
        "What is open and does not wait is offered as it is, what is claimed is held as it is, and nothing else.",
        _OUT_OF_STEP,
        ITEMS,
    ),
)
