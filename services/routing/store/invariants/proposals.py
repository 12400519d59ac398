"""What must always hold of assignment policies and proposals."""

from typing import Final

from services.routing.store.walks import PROPOSALS as WALK
from shared.runtime.invariants import QueryInvariant

_CONFIRMED_ALONE = """
SELECT version AS key, 'policy ' || version FROM assignment_policies
WHERE effective_on IS NOT NULL AND (confirmed_by IS NULL OR confirmed_by = proposed_by)
UNION ALL
SELECT proposal_id::text, 'proposal ' || proposal_id FROM assignment_proposals
WHERE AMONG(proposal_id) AND state IN ('confirmed', 'rejected', 'overridden')
    AND (decided_by IS NULL OR decided_by = proposed_by)
"""
_DECIDED_WITHOUT_ASSIGNMENT = """
SELECT p.proposal_id, 'proposal ' || p.proposal_id FROM assignment_proposals p
WHERE AMONG(p.proposal_id) AND p.state IN ('confirmed', 'overridden') AND NOT EXISTS (
    SELECT FROM assignments a WHERE a.importer_number = p.importer_number AND a.center = p.decided_center
    AND a.effective_on = p.effective_on AND a.policy_version = p.policy_version
)
"""

PROPOSALS: Final = (
    QueryInvariant(
        "two-persons-decide",
        "Who proposes a policy or starts a run confirms nothing of it.",
        _CONFIRMED_ALONE,
        WALK,
    ),
    QueryInvariant(
        "decided-proposals-have-an-assignment",
        "A proposal that was confirmed or overridden led to the assignment that it says.",
        _DECIDED_WITHOUT_ASSIGNMENT,
        WALK,
    ),
)
