"""The bus on Apache Kafka, through aiokafka: the only module that knows that library.

aiokafka swallows what a rebalance listener raises, so the listener only notes what changed; positions are loaded
and set by `poll`, which can fail visibly. Until a partition is positioned it stays paused.

A member with a name is a static member (KIP-345): who comes back under it gets its partitions at once, with no
rebalance and no wait for the session of the one that died.
"""

import asyncio
import ssl
import time
import zlib
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any, Final

import structlog
from aiokafka import (
    AIOKafkaConsumer,
    AIOKafkaProducer,
    ConsumerRebalanceListener,
    errors,
)
from aiokafka import (
    TopicPartition as KafkaPartition,
)
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import IllegalStateError, KafkaError, TopicAlreadyExistsError, for_code
from aiokafka.protocol.api import Request, RequestStruct
from aiokafka.protocol.group import HeartbeatRequest, HeartbeatRequest_v1, HeartbeatResponse_v1
from aiokafka.protocol.types import Int32, Schema, String

from shared.bus.kafka_access import OPEN, KafkaAccess
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
from shared.runtime.errors import Transient

log = structlog.get_logger(__name__)

_REPLICAS = 3
_KNOWN_WITHIN_SECONDS = 10.0
# How long a member that is gone keeps its partitions from the others. Brokers allow no less than 6 s unless told.
_SESSION_MS = 10_000
_HEARTBEAT_MS = 1_000
_FENCED_INSTANCE_ID = 82
# How often the broker is told what has been done, and how long that may take.
_TELL_SECONDS = 1.0
_TELL_WITHIN_SECONDS = 2.0
# What is read ahead of a batch stays in memory, compressed, for each of up to seventy partitions. A message that is
# larger than its limit is given all the same (KIP-74).
_FETCH_BYTES = 256 * 1024
_FETCH_BYTES_AT_ONCE = 4 * 1024 * 1024

PERMANENT: Final[frozenset[type[KafkaError]]] = frozenset(
    {
        errors.InvalidTimestampError,
        errors.InvalidTopicError,
        errors.MessageSizeTooLargeError,
        errors.RecordListTooLargeError,
        errors.RecordTooLargeError,
    }
)
"""What is wrong with one message and stays wrong, however often it is sent."""

TRANSIENT: Final[frozenset[type[KafkaError]]] = frozenset(
    {
        # The broker, the network or the cluster's state: passes by itself.
        errors.BrokerNotAvailableError,
        errors.BrokerResponseError,
        errors.Cancelled,
        errors.ConcurrentTransactions,
        errors.CoordinatorLoadInProgressError,
        errors.CoordinatorNotAvailableError,
        errors.CorrelationIdError,
        errors.CorruptRecordException,  # damaged on the way: the client has made the checksum
        errors.GroupCoordinatorNotAvailableError,
        errors.GroupLoadInProgressError,
        errors.InvalidMessageError,
        errors.KafkaConnectionError,
        errors.KafkaError,
        errors.KafkaProtocolError,
        errors.KafkaStorageError,
        errors.KafkaTimeoutError,
        errors.KafkaUnavailableError,
        errors.LeaderNotAvailableError,
        errors.ListenerNotFound,
        errors.LogDirNotFound,
        errors.MetadataEmptyBrokerList,
        errors.NoBrokersAvailable,
        errors.NoError,
        errors.NodeNotReadyError,
        errors.NotControllerError,
        errors.NotCoordinatorError,
        errors.NotCoordinatorForGroupError,
        errors.NotEnoughReplicasAfterAppendError,
        errors.NotEnoughReplicasError,
        errors.NotLeaderForPartitionError,
        errors.OperationNotAttempted,
        errors.QuotaViolationError,
        errors.ReassignmentInProgress,
        errors.RebalanceInProgressError,
        errors.ReplicaNotAvailableError,
        errors.RequestTimedOutError,
        errors.StaleControllerEpochError,
        errors.StaleLeaderEpochCodeError,
        errors.StaleMetadata,
        errors.TooManyInFlightRequests,
        errors.UnknownError,  # also for every code that the client does not know
        errors.UnknownTopicOrPartitionError,  # `centerline topics ensure` makes it
        # The state of this client: a new one, which follows every error, begins anew.
        errors.CommitFailedError,
        errors.DuplicateSequenceNumber,
        errors.FetchSessionIdNotFound,
        errors.GroupIdNotFound,
        errors.IllegalGenerationError,
        errors.IllegalSaslStateError,
        errors.IllegalStateError,
        errors.InvalidCommitOffsetSizeError,
        errors.InvalidFetchRequestError,
        errors.InvalidFetchSessionEpoch,
        errors.InvalidProducerEpoch,
        errors.InvalidProducerIdMapping,
        errors.InvalidTxnState,
        errors.MemberIdRequired,
        errors.NoOffsetForPartitionError,
        errors.NonEmptyGroup,
        errors.OffsetMetadataTooLargeError,
        errors.OffsetOutOfRangeError,
        errors.OutOfOrderSequenceNumber,
        errors.ProducerClosed,
        errors.ProducerFenced,
        errors.TransactionCoordinatorFenced,
        errors.UnknownMemberIdError,
        errors.UnknownProducerId,
        # Rights and settings, wrong until an operator mends them. They hold for every message alike: to set each aside
        # would empty the outbox to no end, so the relay waits and says why.
        errors.AuthenticationFailedError,
        errors.AuthenticationMethodNotSupported,
        errors.ClusterAuthorizationFailedError,
        errors.DelegationTokenAuthDisabled,
        errors.DelegationTokenAuthorizationFailed,
        errors.DelegationTokenExpired,
        errors.DelegationTokenNotFound,
        errors.DelegationTokenOwnerMismatch,
        errors.DelegationTokenRequestNotAllowed,
        errors.GroupAuthorizationFailedError,
        errors.IllegalArgumentError,
        errors.IncompatibleBrokerVersion,
        errors.InconsistentGroupProtocolError,
        errors.InvalidConfigurationError,
        errors.InvalidGroupIdError,
        errors.InvalidPartitionsError,
        errors.InvalidPrincipalType,
        errors.InvalidReplicationAssignmentError,
        errors.InvalidReplicationFactorError,
        errors.InvalidRequestError,
        errors.InvalidRequiredAcksError,
        errors.InvalidSessionTimeoutError,
        errors.InvalidTransactionTimeout,
        errors.KafkaConfigurationError,
        errors.PolicyViolationError,
        errors.SaslAuthenticationFailed,
        errors.SecurityDisabled,
        errors.TopicAlreadyExistsError,
        errors.TopicAuthorizationFailedError,
        errors.TransactionalIdAuthorizationFailed,
        errors.UnrecognizedBrokerVersion,
        errors.UnsupportedCodecError,
        errors.UnsupportedForMessageFormatError,
        errors.UnsupportedSaslMechanismError,
        errors.UnsupportedVersionError,
    }
)
"""What a later attempt may get past, with the same messages."""


def is_permanent(error: Exception) -> bool:
    """Whether a message that was answered with this error can never be published as it is.

    An error that this list does not know is judged as the client judges it: by whether it may be tried again.
    """
    kind = type(error)
    if kind in PERMANENT or kind in TRANSIENT:
        return kind in PERMANENT
    return isinstance(error, KafkaError) and not error.retriable


class KafkaBus:
    """Kafka at `bootstrap` ("host:port,…"); connections are opened when first needed.

    Raises `ValueError` with the file when the certificates of `access` cannot be read.
    """

    def __init__(self, bootstrap: str, *, client_id: str = "centerline", access: KafkaAccess = OPEN) -> None:
        self._cluster = {"bootstrap_servers": bootstrap, **_options_of(access)}
        self._client_id = client_id
        self._producer: AIOKafkaProducer | None = None
        self._watcher: AIOKafkaConsumer | None = None
        self._partitions: dict[str, int] = {}
        self._starting = asyncio.Lock()

    async def publish(self, messages: Sequence[Message]) -> None:
        """Append messages with an idempotent producer; order is kept per key.

        Raises `Unpublishable` for messages that the broker refuses as they are. For one of them it refuses a whole
        batch and whatever comes behind, so all those are sent once more one by one.
        """
        reasons: dict[int, str] = {}
        failed = await self._send(messages, range(len(messages)), reasons)
        for error in failed.values():
            if not any(is_permanent(each) for each in failed.values()):
                raise Transient(f"kafka: {error!r}") from error
        for position in failed:
            for error in (await self._send(messages, (position,), reasons)).values():
                if not is_permanent(error):
                    raise Transient(f"kafka: {error!r}") from error
                reasons[position] = repr(error)
        if reasons:
            raise Unpublishable(messages, reasons)

    async def _send(
        self, messages: Sequence[Message], positions: Sequence[int], reasons: dict[int, str]
    ) -> dict[int, KafkaError | OSError]:
        """Send some of the messages; gives which failed with their batch. Notes in `reasons` what no batch took."""
        producer = await self._started_producer()
        sent: dict[int, asyncio.Future[object]] = {}
        for position in positions:
            message = messages[position]
            try:
                sent[position] = await producer.send(
                    message.topic, key=message.key, value=message.value, headers=list(message.headers.items())
                )
            except (KafkaError, OSError) as error:
                if not is_permanent(error):
                    await self._drop_producer()
                    raise Transient(f"kafka: {error!r}") from error
                reasons[position] = repr(error)
        failed: dict[int, KafkaError | OSError] = {}
        answers = await asyncio.gather(*sent.values(), return_exceptions=True)
        for position, answer in zip(sent, answers, strict=True):
            if isinstance(answer, KafkaError | OSError):
                failed[position] = answer
            elif isinstance(answer, BaseException):
                raise answer
        if failed:
            # It has numbered what was refused, and the broker would refuse whatever comes after the gap.
            await self._drop_producer()
        return failed

    async def subscribe(
        self, group: str, topics: Collection[str], positions: Positions, name: str | None = None
    ) -> "KafkaSubscription":
        """Join a consumer group; the broker keeps membership, and offsets for those who watch."""
        member = _Member(
            **self._cluster,
            client_id=f"{self._client_id}-{group}",
            group_id=group,
            group_instance_id=None if name is None else _instance_id(name, topics),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=_SESSION_MS,
            heartbeat_interval_ms=_HEARTBEAT_MS,
            rebalance_timeout_ms=_SESSION_MS,
            max_poll_interval_ms=600_000,
            fetch_max_wait_ms=100,
            max_partition_fetch_bytes=_FETCH_BYTES,
            fetch_max_bytes=_FETCH_BYTES_AT_ONCE,
        )
        try:
            await member.start()
        except (KafkaError, OSError) as error:
            await member.stop()
            raise Transient(f"kafka: {error!r}") from error
        subscription = KafkaSubscription(member, positions)
        member.subscribe(sorted(topics), listener=subscription)
        return subscription

    async def ensure_topics(self, topics: Sequence[TopicSpec]) -> list[str]:
        """Create missing topics with one replica per broker up to three; returns when the cluster knows them.

        Raises `Transient` with the broker's reason when it refuses one.
        """
        admin = AIOKafkaAdminClient(**self._cluster, client_id=self._client_id)
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
                    **self._cluster,
                    client_id=self._client_id,
                    enable_idempotence=True,
                    acks="all",
                    compression_type="lz4",
                    linger_ms=5,
                    max_batch_size=262_144,
                    max_request_size=MAX_MESSAGE_BYTES,
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
                watcher = AIOKafkaConsumer(**self._cluster, client_id=f"{self._client_id}-watcher")
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
            admin = AIOKafkaAdminClient(**self._cluster, client_id=self._client_id)
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


def _options_of(access: KafkaAccess) -> dict[str, Any]:
    """What aiokafka's clients are given for it."""
    options: dict[str, Any] = {"security_protocol": access.protocol}
    if access.is_encrypted:
        options["ssl_context"] = _tls_of(access)
    if access.has_password:
        options |= {
            "sasl_mechanism": access.mechanism,
            "sasl_plain_username": access.username,
            "sasl_plain_password": access.password,
        }
    return options


def _tls_of(access: KafkaAccess) -> ssl.SSLContext:
    file = access.ca
    try:
        tls = ssl.create_default_context(cafile=None if access.ca is None else str(access.ca))
        if access.certificate is not None:
            file = access.certificate
            tls.load_cert_chain(file)
    except OSError as error:  # ssl.SSLError among them
        raise ValueError(f"{file}: no certificates in PEM that can be read there ({error})") from error
    return tls


def _new_topic(topic: TopicSpec, brokers: int) -> NewTopic:
    return NewTopic(
        topic.name,
        num_partitions=topic.partitions,
        replication_factor=min(_REPLICAS, brokers),
        topic_configs={
            "retention.ms": str(topic.retention_ms),
            "max.message.bytes": str(MAX_MESSAGE_BYTES),
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


def _instance_id(name: str, topics: Collection[str]) -> str:
    """The id of a static member.

    The broker gives a member that returns what it had, without looking at its topics: a release that reads others is
    another member, and the group shares out anew.
    """
    return f"{name}-{zlib.crc32(' '.join(sorted(topics)).encode()):08x}"


class _NamedHeartbeat_v3(RequestStruct):  # type: ignore[misc]  # noqa: N801 - as aiokafka names versions
    API_KEY = HeartbeatRequest.API_KEY
    API_VERSION = 3
    RESPONSE_TYPE = HeartbeatResponse_v1
    SCHEMA = Schema(
        ("group", String("utf-8")),
        ("generation_id", Int32),
        ("member_id", String("utf-8")),
        ("group_instance_id", String("utf-8")),
    )


class _NamedHeartbeat(Request[_NamedHeartbeat_v3]):  # type: ignore[misc]
    """The heartbeat of a static member, which aiokafka does not have."""

    API_KEY = HeartbeatRequest.API_KEY

    def __init__(self, plain: HeartbeatRequest, name: str) -> None:
        self._plain = plain.build(HeartbeatRequest_v1)
        self._name = name

    def build(self, request_struct_class: type[_NamedHeartbeat_v3]) -> _NamedHeartbeat_v3:
        plain = self._plain
        return request_struct_class(plain.group, plain.generation_id, plain.member_id, self._name)


class _Member(AIOKafkaConsumer):  # type: ignore[misc]
    """aiokafka's consumer, mended where it knows static members by half.

    It joins under a name and sends heartbeats without it. A member whose name was taken over would look to itself like
    one whose session ran out, and take the name back, and so on for ever: here its heartbeats carry the name, and the
    broker's answer that it is another's now ends the membership. And it would never leave the group, so that after an
    orderly stop nobody read its partitions until the session ran out.
    """

    def __init__(self, *, group_instance_id: str | None, **options: Any) -> None:
        super().__init__(group_instance_id=group_instance_id, **options)
        self.taken: NameTaken | None = None
        self._send_plain = self._client.send
        if group_instance_id is not None:
            self._client.send = partial(self._send_named, group_instance_id)

    async def stop(self) -> None:
        """Leave the group, named or not."""
        if self._coordinator is not None:
            self._coordinator._group_instance_id = None  # noqa: SLF001 - with a name it does not leave
        await super().stop()

    async def _send_named(self, name: str, node: int, request: object, **options: Any) -> Any:
        if isinstance(request, HeartbeatRequest):
            request = _NamedHeartbeat(request, name)
        response = await self._send_plain(node, request, **options)
        if getattr(response, "error_code", 0) == _FENCED_INSTANCE_ID:
            # No KafkaError: those aiokafka would answer by joining again.
            self.taken = NameTaken(f"another process has joined the group as {name}")
            raise self.taken
        return response


class KafkaSubscription(ConsumerRebalanceListener):  # type: ignore[misc]
    """A member of a consumer group whose positions come from the service's database."""

    def __init__(self, consumer: _Member, positions: Positions) -> None:
        self._consumer = consumer
        self._positions = positions
        self._unpositioned: set[KafkaPartition] = set()
        self._position: dict[KafkaPartition, int] = {}
        self._done: dict[KafkaPartition, int] = {}
        self._told_at = 0.0

    @property
    def assigned(self) -> frozenset[TopicPartition]:
        """The partitions handed out in the last rebalance."""
        return frozenset(TopicPartition(at.topic, at.partition) for at in self._consumer.assignment())

    async def on_partitions_revoked(self, revoked: Collection[KafkaPartition]) -> None:
        """Read nothing more from them; a batch in flight is fenced by its offsets if someone else moves first."""
        for at in revoked:
            self._position.pop(at, None)
            self._done.pop(at, None)
            self._unpositioned.discard(at)

    async def on_partitions_assigned(self, assigned: Collection[KafkaPartition]) -> None:
        """Hold the partitions still until `poll` has positioned them."""
        self._position.clear()
        self._unpositioned = set(assigned)
        self._consumer.pause(*assigned)

    async def poll(self, max_records: int, wait_seconds: float) -> list[Slice]:
        """The next records; positions newly handed-out partitions first."""
        await self._position_partitions()
        if self._done and time.monotonic() - self._told_at >= _TELL_SECONDS:
            await self._tell_done()
        try:
            fetched = await self._consumer.getmany(timeout_ms=int(wait_seconds * 1000), max_records=max_records)
        except (KafkaError, OSError) as error:
            raise self._consumer.taken or Transient(f"kafka: {error!r}") from error
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

    def note_done(self, positions: Mapping[TopicPartition, int]) -> None:
        """Remember what the broker is to be told."""
        self._done |= {KafkaPartition(at.topic, at.partition): end for at, end in positions.items()}

    async def _tell_done(self) -> None:
        """Commit to the broker what was done, so that its tools and scalers see the lag; nothing depends on it.

        What is not taken is told with the next: within a rebalance, or by a member that the group has forgotten.
        """
        self._told_at = time.monotonic()
        held = self._consumer.assignment()
        done = {at: end for at, end in self._done.items() if at in held}
        if not done:
            return
        try:
            async with asyncio.timeout(_TELL_WITHIN_SECONDS):
                await self._consumer.commit(done)
        except (KafkaError, OSError) as error:  # TimeoutError is an OSError
            log.info("offsets_not_told", error=repr(error))
            return
        self._done = {at: end for at, end in self._done.items() if done.get(at) != end}

    async def close(self) -> None:
        """Leave the group at once, so that others take over without waiting for the session to time out."""
        if self._done and self._consumer.taken is None:
            await self._tell_done()
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
