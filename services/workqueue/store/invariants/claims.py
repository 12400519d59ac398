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

INVARIANTS: Final = (
    QueryInvariant(
        "claimed-items-are-held",
        "Every claimed item has a holder, a token and a lease; no open or cancelled one has a holder.",
        _CLAIMED_WITHOUT_HOLDER,
        ITEMS,
    ),
)
