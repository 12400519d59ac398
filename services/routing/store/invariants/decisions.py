"""What must always hold of routing decisions."""

from typing import Final

from services.routing.store.walks import ENTRIES
from shared.runtime.invariants import QueryInvariant

_UNEXPLAINED = """
SELECT entry_number, entry_number || ' version ' || version FROM routing_decisions
WHERE AMONG(entry_number)
    AND (jsonb_array_length(decision -> 'reasons') = 0 OR decision -> 'rule_versions' = '{}'::jsonb)
"""
_COLUMNS_DISAGREE = """
SELECT entry_number,
    entry_number || ' version ' || version || ': ' || center || ', published as ' || (decision ->> 'center')
FROM routing_decisions
WHERE AMONG(entry_number)
    AND (center, basis, lane) IS DISTINCT FROM (decision ->> 'center', decision ->> 'basis', decision ->> 'lane')
"""
_ACCOUNT_DECISION_WITHOUT_ASSIGNMENT = """
SELECT d.entry_number, d.entry_number || ' version ' || d.version || ': ' || d.center
FROM routing_decisions d
WHERE AMONG(d.entry_number) AND d.basis = 'account'
    AND (d.decision ->> 'move')::int IS NOT DISTINCT FROM 0 AND NOT EXISTS (
    SELECT FROM assignments a WHERE a.importer_number = d.importer_number AND a.effective_on <= d.entry_date
    AND (a.center = d.center OR d.decision -> 'reasons' @> '[{"code": "center-closed"}]')
)
"""

DECISIONS: Final = (
    QueryInvariant(
        "decisions-explain-themselves",
        "Every decision has reasons and names the rule versions that it was made with.",
        _UNEXPLAINED,
        ENTRIES,
    ),
    QueryInvariant(
        "published-as-kept",
        "A decision's Center, basis and lane are those that were published.",
        _COLUMNS_DISAGREE,
        ENTRIES,
    ),
    QueryInvariant(
        "account-decisions-have-an-assignment",
        "A decision by account rests on an assignment that was in force on the entry date.",
        _ACCOUNT_DECISION_WITHOUT_ASSIGNMENT,
        ENTRIES,
    ),
)
