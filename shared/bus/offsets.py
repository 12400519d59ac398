"""The group's place in each partition, kept in the service's own database and moved by compare-and-swap."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from shared.bus.protocol import TopicPartition
from shared.db import bulk
from shared.db.transaction import Transaction

_SEED = """
INSERT INTO consumer_offsets (group_name, topic, partition, next_offset)
SELECT $1, topic, partition, 0 FROM unnest($2::text[], $3::int[]) AS given(topic, partition)
ON CONFLICT DO NOTHING
"""
_LOAD = """
SELECT o.topic, o.partition, o.next_offset
FROM consumer_offsets o JOIN unnest($2::text[], $3::int[]) AS given(topic, partition) USING (topic, partition)
WHERE o.group_name = $1
"""
# Rows are locked in one order by every member, so that two batches can wait for each other but never deadlock.
_LOCK = """
SELECT 1 FROM consumer_offsets o JOIN unnest($2::text[], $3::int[]) AS given(topic, partition) USING (topic, partition)
WHERE o.group_name = $1 ORDER BY o.topic, o.partition FOR UPDATE OF o
"""
_ADVANCE = """
UPDATE consumer_offsets o
SET next_offset = given.move_to,
    refused_streak = given.refused + CASE WHEN given.is_all_bad THEN o.refused_streak ELSE 0 END,
    failed_streak = given.failed + CASE WHEN given.is_all_bad THEN o.failed_streak ELSE 0 END,
    updated_at = now()
FROM unnest($2::text[], $3::int[], $4::bigint[], $5::bigint[], $6::int[], $7::int[], $8::bool[])
    AS given(topic, partition, move_from, move_to, refused, failed, is_all_bad)
WHERE o.group_name = $1 AND o.topic = given.topic AND o.partition = given.partition AND o.next_offset = given.move_from
RETURNING o.topic, o.partition, o.refused_streak, o.failed_streak
"""


class Fenced(Exception):  # noqa: N818  says what happened to the batch
    """Another member has applied these partitions' records: the batch must not be applied."""

    def __init__(self, partitions: Collection[TopicPartition]) -> None:
        super().__init__(f"another member moved {sorted(partitions)}")
        self.partitions = frozenset(partitions)


@dataclass(frozen=True, slots=True)
class Move:
    """One partition's step in a batch, with how many records at its end are dead letters.

    `refused` and `failed` count the unbroken run at the end; `is_all_bad` says that the run fills the step.
    """

    at: TopicPartition
    start: int
    end: int
    refused: int = 0
    failed: int = 0
    is_all_bad: bool = False


@dataclass(frozen=True, slots=True)
class Streak:
    """Dead letters in an unbroken row on one partition, across batches."""

    refused: int
    failed: int


async def load(tx: Transaction, group: str, partitions: Collection[TopicPartition]) -> dict[TopicPartition, int]:
    """Where the group stands on each partition; a partition never read stands at 0."""
    ordered = sorted(partitions)
    topics, numbers = [at.topic for at in ordered], [at.partition for at in ordered]
    await bulk.execute(tx, _SEED, group, topics, numbers)
    rows = await bulk.fetch(tx, _LOAD, group, topics, numbers)
    return {TopicPartition(row["topic"], row["partition"]): row["next_offset"] for row in rows}


async def advance(tx: Transaction, group: str, moves: Sequence[Move]) -> Mapping[TopicPartition, Streak]:
    """Move the group on, in the same transaction as what the records changed.

    Raises `Fenced` when a partition does not stand where the batch began: the caller's transaction must roll back.
    """
    topics, numbers = [move.at.topic for move in moves], [move.at.partition for move in moves]
    await bulk.fetch(tx, _LOCK, group, topics, numbers)
    rows = await bulk.fetch(
        tx,
        _ADVANCE,
        group,
        topics,
        numbers,
        [move.start for move in moves],
        [move.end for move in moves],
        [move.refused for move in moves],
        [move.failed for move in moves],
        [move.is_all_bad for move in moves],
    )
    streaks = {
        TopicPartition(row["topic"], row["partition"]): Streak(row["refused_streak"], row["failed_streak"])
        for row in rows
    }
    if len(streaks) < len(moves):
        raise Fenced({move.at for move in moves} - streaks.keys())
    return streaks
