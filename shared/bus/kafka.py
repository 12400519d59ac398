"""The bus on Apache Kafka, through aiokafka: the only module that knows that library.

aiokafka swallows what a rebalance listener raises, so the listener only notes what changed; positions are loaded
and set by `poll`, which can fail visibly. Until a partition is positioned it stays paused.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence

import structlog
from aiokafka import (
    AIOKafkaConsumer,
    AIOKafkaProducer,
    ConsumerRebalanceListener,
)
from aiokafka import (
    TopicPartition as KafkaPartition,
)
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import IllegalStateError, KafkaError, TopicAlreadyExistsError, for_code

from shared.bus.protocol import Message, Positions, Record, Slice, TopicPartition, TopicSpec
from shared.runtime.errors import Transient

log = structlog.get_logger(__name__)

_MAX_MESSAGE_BYTES = 2 * 1024 * 1024
_REPLICAS = 3
_KNOWN_WITHIN_SECONDS = 10.0


class KafkaBus:
    """Kafka at `bootstrap` ("host:port,…"); connections are opened when first needed."""

    def __init__(self, bootstrap: str, *, client_id: str = "centerline") -> None:
        self._bootstrap = bootstrap
        self._client_id = client_id
        self._producer: AIOKafkaProducer | None = None
        self._watcher: AIOKafkaConsumer | None = None
        self._partitions: dict[str, int] = {}
        self._starting = asyncio.Lock()

    async def publish(self, messages: Sequence[Message]) -> None:
        """Append messages with an idempotent producer; order is kept per key."""
        producer = await self._started_producer()
        try:
            pending = [
                await producer.send(
                    message.topic, key=message.key, value=message.value, headers=list(message.headers.items())
                )
                for message in messages
            ]
            await asyncio.gather(*pending)
        except (KafkaError, OSError) as error:
            await self._drop_producer()
            raise Transient(f"kafka: {error!r}") from error

    async def subscribe(self, group: str, topics: Collection[str], positions: Positions) -> "KafkaSubscription":
        """Join a consumer group; the broker keeps membership, never offsets."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            client_id=f"{self._client_id}-{group}",
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=30_000,
            rebalance_timeout_ms=30_000,
            max_poll_interval_ms=600_000,
            fetch_max_wait_ms=100,
            max_partition_fetch_bytes=_MAX_MESSAGE_BYTES,
        )
        try:
            await consumer.start()
        except (KafkaError, OSError) as error:
            await consumer.stop()
            raise Transient(f"kafka: {error!r}") from error
        subscription = KafkaSubscription(consumer, positions)
        consumer.subscribe(sorted(topics), listener=subscription)
        return subscription

    async def ensure_topics(self, topics: Sequence[TopicSpec]) -> list[str]:
        """Create missing topics with one replica per broker up to three; returns when the cluster knows them.

        Raises `Transient` with the broker's reason when it refuses one.
        """
        admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap, client_id=self._client_id)
        try:
            await admin.start()
            existing = set(await admin.list_topics())
            missing = [topic for topic in topics if topic.name not in existing]
            if not missing:
                return []
            brokers = len((await admin.describe_cluster())["brokers"])
            answer = await admin.create_topics([_new_topic(topic, brokers) for topic in missing])
            created = [name for name, code, message in answer.topic_errors if _is_created(name, code, message)]
            await _await_known(admin, [topic.name for topic in missing])
        except (KafkaError, OSError) as error:
            raise Transient(f"kafka: {error!r}") from error
        else:
            return created
        finally:
            await admin.close()

    async def end_offsets(self, topics: Collection[str]) -> Mapping[TopicPartition, int]:
        """The next offset of every partition of the topics."""
        try:
            watcher = await self._started_watcher()
            partitions = await self._partitions_of(topics)
            ends = await watcher.end_offsets(partitions)
        except (KafkaError, OSError) as error:
            await self._drop_watcher()
            raise Transient(f"kafka: {error!r}") from error
        return {TopicPartition(at.topic, at.partition): end for at, end in ends.items()}

    async def ping(self) -> None:
        """Ask the cluster for its metadata."""
        try:
            watcher = await self._started_watcher()
            await watcher.topics()
        except (KafkaError, OSError) as error:
            await self._drop_watcher()
            raise Transient(f"kafka: {error!r}") from error

    async def close(self) -> None:
        """Flush and close."""
        await self._drop_producer()
        await self._drop_watcher()

    async def _started_producer(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    bootstrap_servers=self._bootstrap,
                    client_id=self._client_id,
                    enable_idempotence=True,
                    acks="all",
                    compression_type="lz4",
                    linger_ms=5,
                    max_batch_size=262_144,
                    max_request_size=_MAX_MESSAGE_BYTES,
                )
                try:
                    await producer.start()
                except (KafkaError, OSError) as error:
                    await producer.stop()
                    raise Transient(f"kafka: {error!r}") from error
                self._producer = producer
            return self._producer

    async def _started_watcher(self) -> AIOKafkaConsumer:
        async with self._starting:
            if self._watcher is None:
                watcher = AIOKafkaConsumer(bootstrap_servers=self._bootstrap, client_id=f"{self._client_id}-watcher")
                try:
                    await watcher.start()
                except (KafkaError, OSError):
                    await watcher.stop()
                    raise
                self._watcher = watcher
            return self._watcher

    async def _partitions_of(self, topics: Collection[str]) -> list[KafkaPartition]:
        unknown = sorted(set(topics) - self._partitions.keys())
        if unknown:
            admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap, client_id=self._client_id)
            try:
                await admin.start()
                described = await admin.describe_topics(unknown)
            finally:
                await admin.close()
            for found in described:
                if found["error_code"]:
                    raise Transient(f"kafka: topic {found['topic']} is missing: run `centerline topics ensure`")
                self._partitions[found["topic"]] = len(found["partitions"])
        return [KafkaPartition(topic, number) for topic in sorted(topics) for number in range(self._partitions[topic])]

    async def _drop_producer(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            try:
                await producer.stop()
            except (KafkaError, OSError) as error:
                log.warning("producer_close_failed", error=repr(error))

    async def _drop_watcher(self) -> None:
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            await watcher.stop()


def _new_topic(topic: TopicSpec, brokers: int) -> NewTopic:
    return NewTopic(
        topic.name,
        num_partitions=topic.partitions,
        replication_factor=min(_REPLICAS, brokers),
        topic_configs={
            "retention.ms": str(topic.retention_ms),
            "max.message.bytes": str(_MAX_MESSAGE_BYTES),
            "min.insync.replicas": "2" if brokers >= _REPLICAS else "1",
        },
    )


def _is_created(name: str, code: int, message: str | None) -> bool:
    """Read the broker's answer for one topic, which aiokafka does not; somebody else may have been faster."""
    if code == TopicAlreadyExistsError.errno:
        return False
    if code:
        raise Transient(f"kafka: topic {name} was not created: {message or for_code(code).__name__}")
    return True


async def _await_known(admin: AIOKafkaAdminClient, topics: list[str]) -> None:
    """Wait until the broker that is asked has heard of topics that the controller has just made."""
    async with asyncio.timeout(_KNOWN_WITHIN_SECONDS):
        while True:
            described = await admin.describe_topics(topics)
            if not any(found["error_code"] for found in described):
                return
            await asyncio.sleep(0.2)


class KafkaSubscription(ConsumerRebalanceListener):  # type: ignore[misc]
    """A member of a consumer group whose positions come from the service's database."""

    def __init__(self, consumer: AIOKafkaConsumer, positions: Positions) -> None:
        self._consumer = consumer
        self._positions = positions
        self._unpositioned: set[KafkaPartition] = set()
        self._position: dict[KafkaPartition, int] = {}

    @property
    def assigned(self) -> frozenset[TopicPartition]:
        """The partitions handed out in the last rebalance."""
        return frozenset(TopicPartition(at.topic, at.partition) for at in self._consumer.assignment())

    async def on_partitions_revoked(self, revoked: Collection[KafkaPartition]) -> None:
        """Read nothing more from them; a batch in flight is fenced by its offsets if someone else moves first."""
        for at in revoked:
            self._position.pop(at, None)
            self._unpositioned.discard(at)

    async def on_partitions_assigned(self, assigned: Collection[KafkaPartition]) -> None:
        """Hold the partitions still until `poll` has positioned them."""
        self._position.clear()
        self._unpositioned = set(assigned)
        self._consumer.pause(*assigned)

    async def poll(self, max_records: int, wait_seconds: float) -> list[Slice]:
        """The next records; positions newly handed-out partitions first."""
        await self._position_partitions()
        try:
            fetched = await self._consumer.getmany(timeout_ms=int(wait_seconds * 1000), max_records=max_records)
        except (KafkaError, OSError) as error:
            raise Transient(f"kafka: {error!r}") from error
        slices = []
        for at, messages in fetched.items():
            start = self._position.get(at)
            if start is None or not messages:
                continue  # taken away or not positioned yet: these records come again
            end = messages[-1].offset + 1
            self._position[at] = end
            if messages[0].offset != start:
                log.warning(
                    "offset_gap",
                    topic=at.topic,
                    partition=at.partition,
                    expected=start,
                    found=messages[0].offset,
                )
            records = [
                Record(at.topic, at.partition, message.offset, message.key, message.value, dict(message.headers))
                for message in messages
            ]
            slices.append(Slice(TopicPartition(at.topic, at.partition), start, end, records))
        return slices

    def reset(self, partitions: Collection[TopicPartition]) -> None:
        """Position these partitions again before reading on."""
        held = self._consumer.assignment()
        again = {KafkaPartition(at.topic, at.partition) for at in partitions} & held
        for at in again:
            self._position.pop(at, None)
        self._unpositioned |= again
        if again:
            self._consumer.pause(*again)

    async def close(self) -> None:
        """Leave the group at once, so that others take over without waiting for the session to time out."""
        try:
            await self._consumer.stop()
        except (KafkaError, OSError) as error:
            log.warning("consumer_close_failed", error=repr(error))

    async def _position_partitions(self) -> None:
        wanted = set(self._unpositioned)
        if not wanted:
            return
        positions = await self._positions([TopicPartition(at.topic, at.partition) for at in wanted])
        for at in wanted & self._unpositioned:
            position = positions[TopicPartition(at.topic, at.partition)]
            try:
                self._consumer.seek(at, position)
                self._consumer.resume(at)
            except IllegalStateError:
                continue  # taken away while the positions were loaded
            self._position[at] = position
            self._unpositioned.discard(at)
