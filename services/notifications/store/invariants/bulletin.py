"""What must hold of the bulletin and the notices beside it."""

from typing import Final

from services.notifications.store.walks import NOTICES
from shared.runtime.invariants import QueryInvariant

# One posting per liquidation known, the courtesy notice beside it, and both of the same act. What a program liquidates
# is told with its payment (N-48), and has no courtesy notice.
_BULLETIN_COURTESY_MISMATCH = """
SELECT n.notice_id, n.subject || ' act ' || n.cause_sequence || ': '
    || CASE WHEN n.kind = 'N-09' THEN 'courtesy notice without official notice'
        WHEN beside.notice_id IS NULL THEN 'official notice without courtesy notice'
        ELSE 'official notice not on the bulletin' END
FROM notices n
LEFT JOIN notices beside ON beside.entry_number = n.entry_number AND beside.subject = n.subject
    AND beside.cause_sequence = n.cause_sequence AND beside.kind = CASE n.kind WHEN 'N-13' THEN 'N-09' ELSE 'N-13' END
LEFT JOIN bulletin_postings p ON p.notice_id = n.notice_id
LEFT JOIN deliveries d ON d.notice_id = n.notice_id AND d.channel = 'bulletin' AND d.state = 'posted'
WHERE AMONG(n.notice_id) AND n.kind IN ('N-09', 'N-13') AND ((beside.notice_id IS NULL
        AND (n.kind = 'N-09' OR n.body ->> 'program' IS NULL))
    OR (n.kind = 'N-13' AND (p.notice_id IS NULL OR d.notice_id IS NULL)))
"""
_NOTICE_NOT_POSTED = """
SELECT n.notice_id, n.subject || ' act ' || n.cause_sequence || ': ' || n.kind || ' is not on the bulletin'
FROM notices n
WHERE AMONG(n.notice_id) AND n.kind IN ('N-10', 'N-11', 'N-39')
    AND NOT EXISTS (SELECT FROM bulletin_postings p WHERE p.notice_id = n.notice_id)
"""

INVARIANTS: Final = (
    QueryInvariant(
        "bulletin-courtesy-mismatch",
        "Every liquidation known has one official notice posted on the bulletin and one courtesy notice beside it.",
        _BULLETIN_COURTESY_MISMATCH,
        NOTICES,
    ),
    QueryInvariant(
        "posted-notices-are-posted",
        "Every extension, suspension and voided liquidation is posted on the bulletin.",
        _NOTICE_NOT_POSTED,
        NOTICES,
    ),
)
