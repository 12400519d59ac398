"""Which events have been applied: an upstream repeat of (source, id) is recognised here."""

from collections.abc import Sequence
from datetime import datetime

from shared.db import bulk
from shared.db.transaction import Transaction

_ADMIT = """
INSERT INTO inbox (event_key) SELECT key FROM unnest($1::bytea[]) AS given(key)
ON CONFLICT DO NOTHING RETURNING event_key
"""


async def admit(tx: Transaction, keys: Sequence[bytes]) -> set[bytes]:
    """Note events as applied; gives those that had not been. Keys are put in order so that members cannot deadlock."""
    if not keys:
        return set()
    return {row["event_key"] for row in await bulk.fetch(tx, _ADMIT, sorted(set(keys)))}


async def prune(tx: Transaction, before: datetime, limit: int = 10_000) -> int:
    """Forget events received before a moment, a bounded number at a time; later repeats are caught by entry version."""
    return await bulk.execute(
        tx,
        "DELETE FROM inbox WHERE event_key IN (SELECT event_key FROM inbox WHERE received_at < $1 LIMIT $2)",
        before,
        limit,
    )
