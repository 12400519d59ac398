"""What must hold of the bulletin and the notices beside it."""

from typing import Final

from shared.runtime.invariants import QueryInvariant

# One posting per liquidation known, the courtesy notice beside it, and both of the same act.
_BULLETIN_COURTESY_MISMATCH = """
SELECT coalesce(o.subject, c.subject) || ' act ' || coalesce(o.cause_sequence, c.cause_sequence) || ': '
    || CASE WHEN o.notice_id IS NULL THEN 'courtesy notice without official notice'
        WHEN c.notice_id IS NULL THEN 'official notice without courtesy notice'
        ELSE 'official notice not on the bulletin' END
FROM (SELECT * FROM notices WHERE kind = 'N-13') o
FULL JOIN (SELECT * FROM notices WHERE kind = 'N-09') c USING (subject, cause_sequence)
LEFT JOIN bulletin_postings p ON p.notice_id = o.notice_id
LEFT JOIN deliveries d ON d.notice_id = o.notice_id AND d.channel = 'bulletin' AND d.state = 'posted'
WHERE o.notice_id IS NULL OR c.notice_id IS NULL OR p.notice_id IS NULL OR d.notice_id IS NULL
"""
_NOTICE_NOT_POSTED = """
SELECT n.subject || ' act ' || n.cause_sequence || ': ' || n.kind || ' is not on the bulletin' FROM notices n
WHERE n.kind IN ('N-10', 'N-11', 'N-39')
    AND NOT EXISTS (SELECT FROM bulletin_postings p WHERE p.notice_id = n.notice_id)
"""

INVARIANTS: Final = (
    QueryInvariant(
        "bulletin-courtesy-mismatch",
        "Every liquidation known has one official notice posted on the bulletin and one courtesy notice beside it.",
        _BULLETIN_COURTESY_MISMATCH,
    ),
    QueryInvariant(
        "posted-notices-are-posted",
        "Every extension, suspension and voided liquidation is posted on the bulletin.",
        _NOTICE_NOT_POSTED,
    ),
)
