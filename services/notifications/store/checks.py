"""Questions whose answer must be empty: what the invariants ask."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

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
LIMIT 100
"""
_SENT_TWICE = """
SELECT notice_id || ' by ' || channel || ' to ' || recipient_role || ': ' || count(*) || ' times'
FROM delivery_events WHERE event = 'sent'
GROUP BY notice_id, channel, recipient_role HAVING count(*) > 1
LIMIT 100
"""
_LEDGER_DISAGREES = """
SELECT d.notice_id || ' by ' || d.channel || ': ' || d.state || ', the ledger says ' || coalesce(e.event, 'nothing')
FROM deliveries d LEFT JOIN delivery_events e USING (notice_id, channel, recipient_role, sequence)
WHERE e.event IS NULL OR (CASE e.event WHEN 'failed' THEN 'queued' ELSE e.event END) <> d.state
LIMIT 100
"""
_NOTICE_WITHOUT_DELIVERY = """
SELECT n.notice_id || ' (' || n.kind || ')' FROM notices n
WHERE NOT EXISTS (SELECT FROM deliveries d WHERE d.notice_id = n.notice_id)
LIMIT 100
"""


async def find_bulletin_mismatches(connection: AsyncConnection) -> list[str]:
    """Liquidations whose official and courtesy notices do not agree, or that are not on the bulletin."""
    return list(await connection.scalars(text(_BULLETIN_COURTESY_MISMATCH)))


async def find_sent_twice(connection: AsyncConnection) -> list[str]:
    """Deliveries that the ledger says were sent more than once."""
    return list(await connection.scalars(text(_SENT_TWICE)))


async def find_ledger_disagreements(connection: AsyncConnection) -> list[str]:
    """Deliveries in another state than their last ledger line."""
    return list(await connection.scalars(text(_LEDGER_DISAGREES)))


async def find_undelivered_notices(connection: AsyncConnection) -> list[str]:
    """Notices that go to nobody."""
    return list(await connection.scalars(text(_NOTICE_WITHOUT_DELIVERY)))
