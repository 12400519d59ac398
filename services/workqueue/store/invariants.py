"""What must always hold of the work queue, each asked in one statement."""

from typing import Final

from shared.runtime.invariants import QueryInvariant

_CLAIMED_WITHOUT_HOLDER = """
SELECT item_id || ' is ' || state || ', holder ' || coalesce(holder, 'none') AS violation FROM items
WHERE (state = 'claimed' AND (holder IS NULL OR holder_name IS NULL OR token < 1 OR lease_until IS NULL))
   OR (state IN ('open', 'cancelled') AND (holder IS NOT NULL OR lease_until IS NOT NULL))
"""
_PROCESS_WITHOUT_ITEM = """
SELECT v.entry_number || ' version ' || v.version || ': no item for ' || p.process AS violation
FROM routed_versions v CROSS JOIN LATERAL jsonb_array_elements_text(v.processes) AS p(process)
WHERE NOT EXISTS (
    SELECT FROM items i JOIN item_events e ON e.item_id = i.item_id AND e.change = 'routed'
    WHERE i.entry_number = v.entry_number AND i.process = p.process AND i.protest_number IS NULL)
"""
_PROTEST_WITHOUT_ITEM = """
SELECT p.protest_number || ' has no item' AS violation FROM protests p
WHERE p.is_filed AND NOT EXISTS (SELECT FROM items i WHERE i.protest_number = p.protest_number)
"""
_PROTEST_APART_FROM_ITEMS = """
SELECT p.protest_number || ' is ' || coalesce(p.settled_as, 'open') || ', its items: ' || string_agg(i.state, ', ')
       AS violation
FROM protests p JOIN items i USING (protest_number)
GROUP BY p.protest_number
HAVING CASE WHEN p.settled_as IS NULL THEN bool_and(i.state = 'cancelled')
       ELSE bool_or(i.state IN ('open', 'claimed')) END
"""
_COMPLETED_WITHOUT_DECISION = """
SELECT i.item_id || ' is ' || i.state || ', decision ' || coalesce(d.decision_id::text, 'none') AS violation
FROM items i LEFT JOIN decisions d USING (item_id)
WHERE (i.state = 'completed') <> (d.item_id IS NOT NULL)
"""
_CONSULTATION_WITHOUT_ITEM = """
SELECT v.entry_number || ' version ' || v.version || ': no consultation of ' || (c.goods ->> 'center') AS violation
FROM routed_versions v CROSS JOIN LATERAL jsonb_array_elements(v.consultations) AS c(goods)
WHERE v.lane <> 'no-review' AND c.goods ->> 'center' <> v.center AND NOT EXISTS (
    SELECT FROM items i JOIN item_events e ON e.item_id = i.item_id AND e.change = 'routed'
    WHERE i.entry_number = v.entry_number AND i.asking_center IS NOT NULL AND i.center = c.goods ->> 'center')
"""
_FILING_APART_FROM_ITEM = """
SELECT f.filing_number || ' with ' || f.center || ' due ' || coalesce(clock.due_on, 'never') || ': item '
       || coalesce(i.state || ' with ' || i.center || ' due ' || coalesce(i.due_on::text, 'never'), 'none') AS violation
FROM filings f
LEFT JOIN items i USING (filing_number)
LEFT JOIN importers m ON m.importer_number = f.importer_number
CROSS JOIN LATERAL (
    SELECT min(each ->> 'due_on') AS due_on FROM jsonb_array_elements(f.clocks) AS given(each)) AS clock
WHERE f.sequence IS NOT NULL AND (
    i.item_id IS NULL OR i.due_on IS DISTINCT FROM clock.due_on::date
    OR (i.state <> 'completed'
        AND i.center <> CASE f.center WHEN 'PNDING' THEN coalesce(m.center, 'PNDING') ELSE f.center END))
"""
_STANDING = """
CROSS JOIN LATERAL (
    SELECT v.processes, v.center, v.lane, v.consultations FROM routed_versions v WHERE v.entry_number = i.entry_number
    ORDER BY v.version DESC, v.move DESC, v.filed_at, v.event_id COLLATE "C" LIMIT 1) AS standing
WHERE i.state IN ('open', 'claimed') AND i.protest_number IS NULL AND i.filing_number IS NULL
"""
_LIVE_WITHOUT_GROUND = f"""
SELECT i.item_id || ' is ' || i.state || ' for entry ' || i.entry_number AS violation
FROM items i JOIN entries e USING (entry_number)
{_STANDING}
  AND (e.liquidated_on IS NOT NULL
       OR CASE WHEN i.asking_center IS NULL THEN NOT standing.processes ? i.process
          ELSE standing.lane = 'no-review' OR standing.center = i.center
               OR NOT standing.consultations @> jsonb_build_array(jsonb_build_object('center', i.center)) END)
"""
_LIVE_WITH_OTHER_CENTER = f"""
SELECT i.item_id || ' is with ' || i.center || ', the entry with ' || standing.center AS violation
FROM items i
{_STANDING}
  AND coalesce(i.asking_center, i.center) <> standing.center
"""
_STATE_APART_FROM_HISTORY = """
SELECT i.item_id || ' is ' || i.state || ', its history ends with ' || last.state AS violation
FROM items i CROSS JOIN LATERAL (
    SELECT e.state FROM item_events e WHERE e.item_id = i.item_id
    ORDER BY e.sequence DESC, e.at, e.change_key COLLATE "C" LIMIT 1) AS last
WHERE last.state <> i.state
"""

INVARIANTS: Final = (
    QueryInvariant(
        "claimed-items-are-held",
        "Every claimed item has a holder, a token and a lease; no open or cancelled one has a holder.",
        _CLAIMED_WITHOUT_HOLDER,
    ),
    QueryInvariant(
        "routed-processes-have-items",
        "Every process that a routing decision calls for has its item, with a line of history.",
        _PROCESS_WITHOUT_ITEM,
    ),
    QueryInvariant(
        "filed-protests-have-items",
        "Every protest whose filing is known has its item.",
        _PROTEST_WITHOUT_ITEM,
    ),
    QueryInvariant(
        "work-on-protests-while-they-are-open",
        "No item of a settled protest is open or claimed; not all items of an open one are cancelled.",
        _PROTEST_APART_FROM_ITEMS,
    ),
    QueryInvariant(
        "consulted-centers-have-items",
        "Every Center that a routing decision under review consults has its item, with a line of history.",
        _CONSULTATION_WITHOUT_ITEM,
    ),
    QueryInvariant(
        "filings-have-items",
        "Every routed filing has its item, due at its earliest clock, and until completed with the filing's Center, or"
        " with that of the account while routing knew none.",
        _FILING_APART_FROM_ITEM,
    ),
    QueryInvariant(
        "completed-items-have-decisions",
        "Every completed item has a decision, and only completed items have one.",
        _COMPLETED_WITHOUT_DECISION,
    ),
    QueryInvariant(
        "live-items-follow-their-entry",
        "No item is open or claimed when its entry is liquidated or its standing version does not call for it.",
        _LIVE_WITHOUT_GROUND,
    ),
    QueryInvariant(
        "live-items-are-with-the-center-of-record",
        "Every open or claimed review is with the Center of its entry's standing decision; consultations ask for it.",
        _LIVE_WITH_OTHER_CENTER,
    ),
    QueryInvariant(
        "state-is-the-last-change",
        "An item's state is that of the last line of its history.",
        _STATE_APART_FROM_HISTORY,
    ),
)
