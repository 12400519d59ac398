"""What must hold of deliveries and their ledger."""

from typing import Final

from services.notifications.store.walks import NOTICES
from shared.runtime.invariants import QueryInvariant

_SENT_TWICE = """
SELECT notice_id AS key, notice_id || ' by ' || channel || ' to ' || recipient_role || ': ' || count(*) || ' times'
FROM delivery_events WHERE AMONG(notice_id) AND event = 'sent'
GROUP BY notice_id, channel, recipient_role HAVING count(*) > 1
"""
_LEDGER_DISAGREES = """
SELECT d.notice_id,
    d.notice_id || ' by ' || d.channel || ': ' || d.state || ', the ledger says ' || coalesce(e.event, 'nothing')
FROM deliveries d LEFT JOIN delivery_events e
    ON (e.notice_id, e.channel, e.recipient_role, e.sequence) = (d.notice_id, d.channel, d.recipient_role, d.sequence)
WHERE AMONG(d.notice_id)
    AND (e.event IS NULL
        OR (CASE WHEN e.event IN ('failed', 'held', 'printed') THEN 'queued' ELSE e.event END) <> d.state)
"""
_NOTICE_WITHOUT_DELIVERY = """
SELECT n.notice_id, n.notice_id || ' (' || n.kind || ')' FROM notices n
WHERE AMONG(n.notice_id) AND NOT EXISTS (SELECT FROM deliveries d WHERE d.notice_id = n.notice_id)
"""

INVARIANTS: Final = (
    QueryInvariant("sent-once", "No delivery has been sent twice.", _SENT_TWICE, NOTICES),
    QueryInvariant(
        "ledger-agrees", "Every delivery is in the state of its last ledger line.", _LEDGER_DISAGREES, NOTICES
    ),
    QueryInvariant("notice-delivered", "Every notice has a delivery.", _NOTICE_WITHOUT_DELIVERY, NOTICES),
)
