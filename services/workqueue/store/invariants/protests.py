"""What must hold of the items of protests."""

from typing import Final

from services.workqueue.store.walks import PROTESTS
from shared.runtime.invariants import QueryInvariant

_PROTEST_WITHOUT_ITEM = """
SELECT p.protest_number, p.protest_number || ' has no item' AS violation FROM protests p
WHERE AMONG(p.protest_number) AND p.is_filed
  AND NOT EXISTS (SELECT FROM items i WHERE i.protest_number = p.protest_number)
"""
_PROTEST_APART_FROM_ITEMS = """
SELECT p.protest_number AS key,
       p.protest_number || ' is ' || coalesce(p.settled_as, 'open') || ', its items: ' || string_agg(i.state, ', ')
       AS violation
FROM protests p JOIN items i ON i.protest_number = p.protest_number
WHERE AMONG(p.protest_number)
GROUP BY p.protest_number
HAVING CASE WHEN p.settled_as IS NULL THEN bool_and(i.state = 'cancelled')
       ELSE bool_or(i.state IN ('open', 'claimed')) END
"""

INVARIANTS: Final = (
    QueryInvariant(
        "filed-protests-have-items",
        "Every protest whose filing is known has its item.",
        _PROTEST_WITHOUT_ITEM,
        PROTESTS,
    ),
    QueryInvariant(
        "work-on-protests-while-they-are-open",
        "No item of a settled protest is open or claimed; not all items of an open one are cancelled.",
        _PROTEST_APART_FROM_ITEMS,
        PROTESTS,
    ),
)
