"""Which events have been applied: an upstream repeat of (source, id) is recognised here, and another event under it."""

from collections.abc import Mapping
from datetime import datetime

from shared.db import bulk
from shared.db.transaction import Transaction

_ADMIT = """
INSERT INTO inbox (event_key, content_digest)
SELECT key, digest FROM unnest($1::bytea[], $2::bytea[]) AS given(key, digest)
ON CONFLICT DO NOTHING RETURNING event_key
"""
_APPLIED = "SELECT event_key, content_digest FROM inbox WHERE event_key = ANY($1::bytea[])"


async def admit(tx: Transaction, digests: Mapping[bytes, bytes]) -> dict[bytes, bytes | None]:
    """Note events, each by key with the digest of its content, as applied; gives those that had been applied before.

    Those come with the digest of what was applied: None is unknown, of an event from before digests were kept. Keys are
    put in order so that members cannot deadlock.
    """
    if not digests:
        return {}
    keys = sorted(digests)
    fresh = {row["event_key"] for row in await bulk.fetch(tx, _ADMIT, keys, [digests[key] for key in keys])}
    known = [key for key in keys if key not in fresh]
    if not known:
        return {}
    applied = {row["event_key"]: row["content_digest"] for row in await bulk.fetch(tx, _APPLIED, known)}
    return {key: applied.get(key) for key in known}


async def prune(tx: Transaction, before: datetime, limit: int = 10_000) -> int:
    """Forget events received before a moment, a bounded number at a time; later repeats are caught by entry version."""
    return await bulk.execute(
        tx,
        "DELETE FROM inbox WHERE event_key IN (SELECT event_key FROM inbox WHERE received_at < $1 LIMIT $2)",
        before,
        limit,
    )
