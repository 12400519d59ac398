"""The bus as log tables in PostgreSQL: what a laptop or a training room needs instead of Kafka.

Offsets are dense and become visible in order, because an append first locks the counter row of each partition it
writes to. Members of a group find each other by heartbeats and split the partitions by rank; two members that disagree
for a moment are told apart by the compare-and-swap on the service's offsets, exactly as with Kafka. A member that comes
back under its name has its rank again at once; one without a name waits until the group has forgotten the dead.
"""

import time
import zlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy import BigInteger, Column, DateTime, Integer, LargeBinary, MetaData, Table, Text, func, text

from shared.bus.protocol import (
    MAX_MESSAGE_BYTES,
    Message,
    NameTaken,
    Positions,
    Record,
    Slice,
    TopicPartition,
    TopicSpec,
    Unpublishable,
)
from shared.db import bulk
from shared.db.engine import create_engine
from shared.db.listen import Listener
from shared.db.transaction import Transaction, transaction
from shared.runtime.errors import Transient

_CHANNEL = "centerline_log"
_NOTIFY_SECONDS = 0.02
_HEARTBEAT_SECONDS = 1.0
_MEMBER_EXPIRES_SECONDS = 6.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS log_partitions (
    topic text NOT NULL,
    partition integer NOT NULL,
    next_offset bigint NOT NULL DEFAULT 0,
    retention_ms bigint NOT NULL,
    PRIMARY KEY (topic, partition)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
CREATE TABLE IF NOT EXISTS log_records (
    topic text NOT NULL,
    partition integer NOT NULL,
    log_offset bigint NOT NULL,
    key bytea,
    value bytea,
    headers bytea NOT NULL,
    appended_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (topic, partition, log_offset)
);
CREATE TABLE IF NOT EXISTS log_members (
    group_name text NOT NULL,
    member text NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (group_name, member)
);
ALTER TABLE log_members ADD COLUMN IF NOT EXISTS holder uuid;
"""
_LOCK = """
SELECT p.topic, p.partition, p.next_offset
FROM log_partitions p JOIN unnest($1::text[], $2::int[]) AS given(topic, partition) USING (topic, partition)
ORDER BY p.topic, p.partition FOR UPDATE OF p
"""
_COUNT_UP = """
UPDATE log_partitions p SET next_offset = p.next_offset + given.added
FROM unnest($1::text[], $2::int[], $3::int[]) AS given(topic, partition, added)
WHERE p.topic = given.topic AND p.partition = given.partition
"""
_ENDS = "SELECT topic, partition, next_offset FROM log_partitions WHERE topic = ANY($1::text[])"
_READ = """
SELECT r.topic, r.partition, r.log_offset, r.key, r.value, r.headers
FROM unnest($1::text[], $2::int[], $3::bigint[]) AS given(topic, partition, position)
CROSS JOIN LATERAL (
    SELECT * FROM log_records l
    WHERE l.topic = given.topic AND l.partition = given.partition AND l.log_offset >= given.position
    ORDER BY l.log_offset LIMIT $4
) r
"""
_JOIN = """
INSERT INTO log_members (group_name, member, holder) VALUES ($1, $2, $3)
ON CONFLICT (group_name, member) DO UPDATE SET seen_at = now(), holder = excluded.holder
"""
# A member that was forgotten, because its loop stood still for so long, is a member again.
_HEARTBEAT = """
INSERT INTO log_members AS m (group_name, member, holder) VALUES ($1, $2, $3)
ON CONFLICT (group_name, member) DO UPDATE SET seen_at = now() WHERE m.holder = excluded.holder
"""
_EXPIRE = "DELETE FROM log_members WHERE group_name = $1 AND seen_at < now() - make_interval(secs => $2)"
_MEMBERS = "SELECT member FROM log_members WHERE group_name = $1 ORDER BY member"
_RETAIN = """
DELETE FROM log_records r USING (
    SELECT l.topic, l.partition, l.log_offset FROM log_records l JOIN log_partitions p USING (topic, partition)
    WHERE l.appended_at < now() - make_interval(secs => p.retention_ms / 1000.0)
    LIMIT $1
) old
WHERE r.topic = old.topic AND r.partition = old.partition AND r.log_offset = old.log_offset
"""

_METADATA = MetaData()
_RECORDS = Table(
    "log_records",
    _METADATA,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("log_offset", BigInteger, primary_key=True),
    Column("key", LargeBinary),
    Column("value", LargeBinary),
    Column("headers", LargeBinary, nullable=False),
    Column("appended_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)


class PostgresBus:
    """The log in the database at `url` (a database of its own, beside those of the services)."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine = create_engine(url, application="centerline-bus", pool_size=4, overflow=0)
        self._partitions: dict[str, int] = {}
        self._notified_at = float("-inf")

    async def publish(self, messages: Sequence[Message]) -> None:
        """Append messages in one transaction; order is kept per partition.

        Raises `Unpublishable` for what Kafka would not take either, once the others are durable.
        """
        reasons = {
            position: f"{size} bytes, at most {MAX_MESSAGE_BYTES} are taken"
            for position, message in enumerate(messages)
            if (size := _size(message)) > MAX_MESSAGE_BYTES
        }
        await self._append([message for position, message in enumerate(messages) if position not in reasons])
        if reasons:
            raise Unpublishable(messages, reasons)

    async def _append(self, messages: Sequence[Message]) -> None:
        if not messages:
            return
        grouped: defaultdict[TopicPartition, list[Message]] = defaultdict(list)
        for message in messages:
            grouped[await self._partition_of(message)].append(message)
        touched = sorted(grouped)
        topics, numbers = [at.topic for at in touched], [at.partition for at in touched]
        async with transaction(self._engine) as tx:
            first = {
                TopicPartition(row["topic"], row["partition"]): row["next_offset"]
                for row in await bulk.fetch(tx, _LOCK, topics, numbers)
            }
            rows = [
                (at.topic, at.partition, offset, message.key, message.value, _pack(message.headers))
                for at in touched
                for offset, message in enumerate(grouped[at], start=first[at])
            ]
            await bulk.copy(tx, _RECORDS, ("topic", "partition", "log_offset", "key", "value", "headers"), rows)
            await bulk.execute(tx, _COUNT_UP, topics, numbers, [len(grouped[at]) for at in touched])
        await self._notify()

    async def subscribe(
        self, group: str, topics: Collection[str], positions: Positions, name: str | None = None
    ) -> "PostgresSubscription":
        """Join a group."""
        for topic in topics:
            await self._count_of(topic)
        holder = uuid4()
        member = name or str(holder)
        await self.join(group, member, holder)
        return PostgresSubscription(self, self._url, group, sorted(topics), positions, member, holder)

    async def ensure_topics(self, topics: Sequence[TopicSpec]) -> list[str]:
        """Create the log's tables and the topics that are missing."""
        async with transaction(self._engine) as tx:
            await tx.connection.execute(text("SELECT pg_advisory_xact_lock(7305119002)"))
            for statement in _SCHEMA.split(";\n"):
                if statement.strip():
                    await bulk.execute(tx, statement)
            existing = {row["topic"] for row in await bulk.fetch(tx, "SELECT DISTINCT topic FROM log_partitions")}
            missing = [topic for topic in topics if topic.name not in existing]
            rows = [(topic.name, number, topic.retention_ms) for topic in missing for number in range(topic.partitions)]
            await bulk.execute(
                tx,
                "INSERT INTO log_partitions (topic, partition, retention_ms)"
                " SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[])",
                [row[0] for row in rows],
                [row[1] for row in rows],
                [row[2] for row in rows],
            )
        return [topic.name for topic in missing]

    async def end_offsets(self, topics: Collection[str]) -> Mapping[TopicPartition, int]:
        """The next offset of every partition of the topics."""
        for topic in topics:
            await self._count_of(topic)
        async with transaction(self._engine) as tx:
            rows = await bulk.fetch(tx, _ENDS, sorted(topics))
        return {TopicPartition(row["topic"], row["partition"]): row["next_offset"] for row in rows}

    async def ping(self) -> None:
        """Reach the database."""
        async with transaction(self._engine):
            return

    async def retain(self, limit: int = 10_000) -> int:
        """Delete records past their topic's retention, a bounded number at a time; gives how many went."""
        async with transaction(self._engine) as tx:
            return await bulk.execute(tx, _RETAIN, limit)

    async def close(self) -> None:
        """Close the pool."""
        await self._engine.dispose()

    async def join(self, group: str, member: str, holder: UUID) -> None:
        """Take a place in a group; whoever held it under this name has lost it."""
        async with transaction(self._engine) as tx:
            await bulk.execute(tx, _JOIN, group, member, holder)

    async def heartbeat(self, group: str, member: str, holder: UUID) -> list[str]:
        """Say that a member lives; gives all living members in the order of their rank.

        Raises `NameTaken` when another holds its place.
        """
        async with transaction(self._engine) as tx:
            if await bulk.execute(tx, _HEARTBEAT, group, member, holder) == 0:
                raise NameTaken(f"another process has joined the group as {member}")
            await bulk.execute(tx, _EXPIRE, group, _MEMBER_EXPIRES_SECONDS)
            return [row["member"] for row in await bulk.fetch(tx, _MEMBERS, group)]

    async def leave(self, group: str, member: str, holder: UUID) -> None:
        """Say that a member is gone."""
        async with transaction(self._engine) as tx:
            await bulk.execute(
                tx,
                "DELETE FROM log_members WHERE group_name = $1 AND member = $2 AND holder = $3",
                group,
                member,
                holder,
            )

    async def read(self, places: Mapping[TopicPartition, int], limit: int) -> list[Record]:
        """Records from given places on, at most about `limit` over all partitions that have any."""
        async with transaction(self._engine) as tx:
            ends = await bulk.fetch(tx, _ENDS, sorted({at.topic for at in places}))
            ready = [
                at
                for at in (TopicPartition(row["topic"], row["partition"]) for row in ends if row["next_offset"])
                if at in places
            ]
            end_of = {TopicPartition(row["topic"], row["partition"]): row["next_offset"] for row in ends}
            ready = [at for at in ready if end_of[at] > places[at]]
            if not ready:
                return []
            rows = await self._read(tx, ready, places, max(1, limit // len(ready)))
        return [
            Record(
                row["topic"],
                row["partition"],
                row["log_offset"],
                row["key"],
                row["value"],
                _unpack(row["headers"]),
            )
            for row in rows
        ]

    async def partitions(self, topics: Collection[str]) -> list[TopicPartition]:
        """Every partition of the topics, in order."""
        return [
            TopicPartition(topic, number) for topic in sorted(topics) for number in range(await self._count_of(topic))
        ]

    async def _read(
        self,
        tx: Transaction,
        ready: Sequence[TopicPartition],
        places: Mapping[TopicPartition, int],
        limit: int,
    ) -> list[Any]:
        return await bulk.fetch(
            tx,
            _READ,
            [at.topic for at in ready],
            [at.partition for at in ready],
            [places[at] for at in ready],
            limit,
        )

    async def _partition_of(self, message: Message) -> TopicPartition:
        return TopicPartition(message.topic, zlib.crc32(message.key or b"") % await self._count_of(message.topic))

    async def _count_of(self, topic: str) -> int:
        if topic not in self._partitions:
            async with transaction(self._engine) as tx:
                exists = (await bulk.fetch(tx, "SELECT to_regclass('log_partitions') IS NOT NULL AS it"))[0]["it"]
                rows = (
                    await bulk.fetch(tx, "SELECT topic, count(*) AS n FROM log_partitions GROUP BY topic")
                    if exists
                    else []
                )
            self._partitions = {row["topic"]: row["n"] for row in rows}
        if topic not in self._partitions:
            raise Transient(f"bus: topic {topic} is missing: run `centerline topics ensure`")
        return self._partitions[topic]

    async def _notify(self) -> None:
        # A notification serialises commits on the whole server, so it is rare, outside the append, and only a hint.
        now = time.monotonic()
        if now - self._notified_at >= _NOTIFY_SECONDS:
            self._notified_at = now
            async with transaction(self._engine) as tx:
                await bulk.execute(tx, f"NOTIFY {_CHANNEL}")


class PostgresSubscription:
    """A member of a group on the log."""

    def __init__(
        self,
        bus: PostgresBus,
        url: str,
        group: str,
        topics: Sequence[str],
        positions: Positions,
        member: str,
        holder: UUID,
    ) -> None:
        self._bus = bus
        self._group = group
        self._topics = topics
        self._positions = positions
        self._member = member
        self._holder = holder
        self._listener = Listener(url, _CHANNEL)
        self._assigned: frozenset[TopicPartition] = frozenset()
        self._position: dict[TopicPartition, int] = {}
        self._beat_at = float("-inf")

    @property
    def assigned(self) -> frozenset[TopicPartition]:
        """The partitions that fall to this member's rank."""
        return self._assigned

    async def poll(self, max_records: int, wait_seconds: float) -> list[Slice]:
        """The next records; waits for a notification when there are none. Who is told of nothing asks again later."""
        deadline = time.monotonic() + wait_seconds
        while True:
            await self._keep_membership()
            await self._position_partitions()
            records = await self._bus.read(self._position, max_records) if self._position else []
            if records:
                return self._slices(records)
            await self._listener.wait(max(0.0, deadline - time.monotonic()))
            if time.monotonic() >= deadline:
                return []

    def reset(self, partitions: Collection[TopicPartition]) -> None:
        """Position these partitions again before reading on."""
        for at in partitions:
            self._position.pop(at, None)

    def note_done(self, positions: Mapping[TopicPartition, int]) -> None:
        """Nobody watches groups here but by the databases of the services."""

    async def close(self) -> None:
        """Leave the group at once."""
        await self._listener.close()
        try:
            await self._bus.leave(self._group, self._member, self._holder)
        except Transient:
            return  # the heartbeat runs out by itself

    async def _keep_membership(self) -> None:
        now = time.monotonic()
        if now - self._beat_at < _HEARTBEAT_SECONDS:
            return
        members = await self._bus.heartbeat(self._group, self._member, self._holder)
        self._beat_at = now
        rank = members.index(self._member)
        mine = frozenset(
            at for number, at in enumerate(await self._bus.partitions(self._topics)) if number % len(members) == rank
        )
        if mine != self._assigned:
            self._assigned = mine
            self._position = {at: place for at, place in self._position.items() if at in mine}

    async def _position_partitions(self) -> None:
        unknown = self._assigned - self._position.keys()
        if unknown:
            self._position |= await self._positions(unknown)

    def _slices(self, records: Sequence[Record]) -> list[Slice]:
        by_partition: defaultdict[TopicPartition, list[Record]] = defaultdict(list)
        for record in records:
            by_partition[TopicPartition(record.topic, record.partition)].append(record)
        slices = []
        for at, run in by_partition.items():
            start, end = self._position[at], run[-1].offset + 1
            self._position[at] = end
            slices.append(Slice(at, start, end, run))
        return slices


def _size(message: Message) -> int:
    return (
        len(message.key or b"")
        + len(message.value or b"")
        + sum(len(name) + len(value) for name, value in message.headers.items())
    )


def _pack(headers: Mapping[str, bytes]) -> bytes:
    return orjson.dumps({name: value.decode("latin-1") for name, value in headers.items()})


def _unpack(headers: bytes) -> dict[str, bytes]:
    return {name: value.encode("latin-1") for name, value in orjson.loads(headers).items()}
