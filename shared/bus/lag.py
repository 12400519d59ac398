"""How many records a group has still to apply."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from shared.bus.protocol import Bus, TopicPartition
from shared.db import bulk
from shared.db.transaction import Transaction

_PLACES = """
SELECT topic, partition, next_offset, refused_streak, failed_streak, updated_at FROM consumer_offsets
WHERE group_name = $1 ORDER BY topic, partition
"""
_OFFSETS = "SELECT topic, partition, next_offset FROM consumer_offsets WHERE group_name = $1"


async def measure_lag(tx: Transaction, bus: Bus, group: str, topics: Collection[str]) -> Mapping[TopicPartition, int]:
    """Records behind the end of each partition; raises `Transient` when the bus is away."""
    return await count_unread(tx, await bus.end_offsets(topics), group)


async def count_unread(tx: Transaction, ends: Mapping[TopicPartition, int], group: str) -> Mapping[TopicPartition, int]:
    """Records that a group has not applied, of those before the given end of each partition."""
    places = {
        TopicPartition(row["topic"], row["partition"]): row["next_offset"]
        for row in await bulk.fetch(tx, _OFFSETS, group)
    }
    return {at: max(0, end - places.get(at, 0)) for at, end in ends.items()}


async def list_places(tx: Transaction, group: str) -> Sequence[Any]:
    """Where a group stands on each partition that it has read, with its bad messages in an unbroken row."""
    return await bulk.fetch(tx, _PLACES, group)
