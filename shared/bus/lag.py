"""How many records a group has still to apply."""

from collections.abc import Collection, Mapping

from shared.bus.protocol import Bus, TopicPartition
from shared.db import bulk
from shared.db.transaction import Transaction

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
