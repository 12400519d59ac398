"""What must hold of deliveries and their ledger."""

from typing import Final

from shared.runtime.invariants import QueryInvariant

_SENT_TWICE = """
SELECT notice_id || ' by ' || channel || ' to ' || recipient_role || ': ' || count(*) || ' times'
FROM delivery_events WHERE event = 'sent'
GROUP BY notice_id, channel, recipient_role HAVING count(*) > 1
"""
_LEDGER_DISAGREES = """
SELECT d.notice_id || ' by ' || d.channel || ': ' || d.state || ', the ledger says ' || coalesce(e.event, 'nothing')
FROM deliveries d LEFT JOIN delivery_events e USING (notice_id, channel, recipient_role, sequence)
WHERE e.event IS NULL OR (CASE e.event WHEN 'failed' THEN 'queued' ELSE e.event END) <> d.state
"""
_NOTICE_WITHOUT_DELIVERY = """
SELECT n.notice_id || ' (' || n.kind || ')' FROM notices n
WHERE NOT EXISTS (SELECT FROM deliveries d WHERE d.notice_id = n.notice_id)
"""

INVARIANTS: Final = (
    QueryInvariant("sent-once", "No delivery has been sent twice.", _SENT_TWICE),
    QueryInvariant("ledger-agrees", "Every delivery is in the state of its last ledger line.", _LEDGER_DISAGREES),
    QueryInvariant("notice-delivered", "Every notice has a delivery.", _NOTICE_WITHOUT_DELIVERY),
)
