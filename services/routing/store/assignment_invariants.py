"""What must always hold of activity, policies and assignments, each asked in one statement."""

from typing import Final

from shared.runtime.invariants import QueryInvariant

# Importer numbers may be social security numbers: a finding shows the last four characters only.
_ACTIVITY_DISAGREES = """
WITH standing AS (
    SELECT DISTINCT ON (entry_number) importer_number, entry_date, goods
    FROM routing_decisions ORDER BY entry_number, version DESC
), counted AS (
    SELECT importer_number, date_trunc('month', entry_date)::date AS month, item ->> 0 AS hts6,
        sum((item ->> 1)::bigint)::bigint AS lines, sum((item ->> 2)::bigint)::bigint AS goods,
        sum((item ->> 3)::bigint)::bigint AS value_usd
    FROM standing CROSS JOIN LATERAL jsonb_array_elements(goods) AS items(item)
    GROUP BY 1, 2, 3
)
SELECT 'importer …' || right(importer_number, 4) || ', ' || month || ', ' || hts6
FROM counted c FULL JOIN import_activity a USING (importer_number, month, hts6)
WHERE (c.lines, c.goods, c.value_usd) IS DISTINCT FROM (a.lines, a.goods, a.value_usd)
"""
_CONFIRMED_ALONE = """
SELECT 'policy ' || version FROM assignment_policies
WHERE effective_on IS NOT NULL AND (confirmed_by IS NULL OR confirmed_by = proposed_by)
UNION ALL
SELECT 'proposal ' || proposal_id FROM assignment_proposals
WHERE state IN ('confirmed', 'rejected', 'overridden') AND (decided_by IS NULL OR decided_by = proposed_by)
"""
_DECIDED_WITHOUT_ASSIGNMENT = """
SELECT 'proposal ' || p.proposal_id FROM assignment_proposals p
WHERE p.state IN ('confirmed', 'overridden') AND NOT EXISTS (
    SELECT FROM assignments a WHERE a.importer_number = p.importer_number AND a.center = p.decided_center
    AND a.effective_on = p.effective_on AND a.policy_version = p.policy_version
)
"""

ASSIGNMENT_INVARIANTS: Final = (
    QueryInvariant(
        "activity-is-that-of-standing-versions",
        "Import activity is the sum over the highest version of each entry, and nothing else.",
        _ACTIVITY_DISAGREES,
    ),
    QueryInvariant(
        "two-persons-decide",
        "Who proposes a policy or starts a run confirms nothing of it.",
        _CONFIRMED_ALONE,
    ),
    QueryInvariant(
        "decided-proposals-have-an-assignment",
        "A proposal that was confirmed or overridden led to the assignment that it says.",
        _DECIDED_WITHOUT_ASSIGNMENT,
    ),
)
