"""What must hold of the items that entries call for."""

from typing import Final

from services.workqueue.store.walks import ENTRIES, ITEMS
from shared.runtime.invariants import QueryInvariant

# OFFSET 0 has items asked for entry by entry: to join them the server would read them all.
_PROCESS_WITHOUT_ITEM = """
SELECT v.entry_number, v.entry_number || ' version ' || v.version || ': no item for ' || p.process AS violation
FROM routed_versions v CROSS JOIN LATERAL jsonb_array_elements_text(v.processes) AS p(process)
WHERE AMONG(v.entry_number) AND NOT EXISTS (
    SELECT FROM items i JOIN item_events e ON e.item_id = i.item_id AND e.change = 'routed'
    WHERE i.entry_number = v.entry_number AND i.process = p.process AND i.kind = 'review'
    OFFSET 0)
"""
_CONSULTATION_WITHOUT_ITEM = """
SELECT v.entry_number,
       v.entry_number || ' version ' || v.version || ': no consultation of ' || (c.goods ->> 'center') AS violation
FROM routed_versions v CROSS JOIN LATERAL jsonb_array_elements(v.consultations) AS c(goods)
WHERE AMONG(v.entry_number) AND v.lane <> 'no-review' AND c.goods ->> 'center' <> v.center AND NOT EXISTS (
    SELECT FROM items i JOIN item_events e ON e.item_id = i.item_id AND e.change = 'routed'
    WHERE i.entry_number = v.entry_number AND i.kind = 'consultation'
      AND coalesce(i.transferred_from, i.center) = c.goods ->> 'center'
    OFFSET 0)
"""
_STANDING = """
CROSS JOIN LATERAL (
    SELECT v.processes, v.center, v.lane, v.consultations FROM routed_versions v WHERE v.entry_number = i.entry_number
    ORDER BY v.version DESC, v.move DESC, v.filed_at, v.event_id COLLATE "C" LIMIT 1) AS standing
WHERE AMONG(i.item_id) AND i.state IN ('open', 'claimed') AND i.kind IN ('review', 'consultation')
"""
_LIVE_WITHOUT_GROUND = f"""
SELECT i.item_id, i.item_id || ' is ' || i.state || ' for entry ' || i.entry_number AS violation
FROM items i JOIN entries e ON e.entry_number = i.entry_number
{_STANDING}
  AND i.reopened_at IS NULL
  AND (e.liquidated_on IS NOT NULL
       OR CASE i.kind WHEN 'review' THEN NOT standing.processes ? i.process
          ELSE standing.lane = 'no-review' OR standing.center = coalesce(i.transferred_from, i.center)
               OR NOT standing.consultations @> jsonb_build_array(
                   jsonb_build_object('center', coalesce(i.transferred_from, i.center))) END)
"""
_LIVE_WITH_OTHER_CENTER = f"""
SELECT i.item_id, i.item_id || ' is with ' || i.center || ', the entry with ' || standing.center AS violation
FROM items i
{_STANDING}
  AND coalesce(i.asking_center, i.transferred_from, i.center) <> standing.center
  AND NOT (i.kind = 'consultation' AND EXISTS (
    SELECT FROM items review WHERE review.entry_number = i.entry_number AND review.kind = 'review'
      AND review.center = i.asking_center AND review.transferred_from = standing.center))
"""

INVARIANTS: Final = (
    QueryInvariant(
        "routed-processes-have-items",
        "Every process that a routing decision calls for has its item, with a line of history.",
        _PROCESS_WITHOUT_ITEM,
        ENTRIES,
    ),
    QueryInvariant(
        "consulted-centers-have-items",
        "Every Center that a routing decision under review consults has its item, with a line of history.",
        _CONSULTATION_WITHOUT_ITEM,
        ENTRIES,
    ),
    QueryInvariant(
        "live-items-follow-their-entry",
        "No item is open or claimed when its entry is liquidated or its standing version does not call for it.",
        _LIVE_WITHOUT_GROUND,
        ITEMS,
    ),
    QueryInvariant(
        "live-items-are-with-the-center-of-record",
        "Every open or claimed review is with the Center of its entry's standing decision; consultations ask for it.",
        _LIVE_WITH_OTHER_CENTER,
        ITEMS,
    ),
)
