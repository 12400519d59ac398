"""Events that a transaction causes, kept in it until the relay has published them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import msgspec
import orjson

from shared.bus.protocol import Message
from shared.contracts import lean
from shared.contracts.envelope import SPEC_VERSION, STRUCTURED_CONTENT_TYPE
from shared.contracts.registry import TOPIC_OF_DATA, TopicContract
from shared.contracts.terms import Contract
from shared.db import bulk
from shared.db.transaction import Transaction
from shared.runtime.tracing import current_trace

_ADD = """
INSERT INTO outbox (topic, key, value, headers)
SELECT topic, key, value, $4::text::jsonb
FROM unnest($1::text[], $2::text[], $3::bytea[]) WITH ORDINALITY AS given(topic, key, value, position)
ORDER BY position
"""
_ADD_DEAD = """
INSERT INTO outbox (topic, key, value, headers)
SELECT topic, key, value, headers::jsonb
FROM unnest($1::text[], $2::text[], $3::bytea[], $4::text[]) AS given(topic, key, value, headers)
"""
_NEXT = "SELECT id, topic, key, value, headers FROM outbox ORDER BY id LIMIT $1"
_CONTENT_TYPE = {"content-type": STRUCTURED_CONTENT_TYPE.encode()}


class Encoded(NamedTuple):
    """Data that is JSON already, because it is also kept somewhere: its contract, its key, its bytes."""

    contract: TopicContract
    key: str
    json: bytes


class Outgoing(NamedTuple):
    """An event to publish. `id` is derived from what caused it, so that a repeat of the cause gives the same id."""

    id: str
    data: Contract | msgspec.Struct | Encoded
    time: datetime


@dataclass(frozen=True, slots=True)
class Addressed:
    """Bytes to publish as they are on a topic: what dead letters are made of."""

    topic: str
    key: str
    value: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A row of the outbox with the message to publish for it."""

    id: int
    message: Message


def encode(event: Outgoing, source: str) -> tuple[str, str, bytes]:
    """Topic, key and structured CloudEvents bytes of an event."""
    data = event.data
    if isinstance(data, Encoded):
        contract, key, json = data
    else:
        contract = TOPIC_OF_DATA[type(data)]
        key, json = contract.key_of(data), lean.encode(data)
    attributes = orjson.dumps(
        {
            "specversion": SPEC_VERSION,
            "id": event.id,
            "source": source,
            "type": contract.event_type,
            "subject": key,
            "time": event.time,
            "datacontenttype": "application/json",
        },
        option=orjson.OPT_UTC_Z,
    )
    return contract.topic, key, b"".join((attributes[:-1], b',"data":', json, b"}"))


async def add(
    tx: Transaction,
    source: str,
    events: Sequence[Outgoing],
    *,
    dead: Sequence[Addressed] = (),
) -> None:
    """Put events into the outbox of this transaction, in order; the current trace travels with them."""
    if events:
        trace = current_trace.get()
        headers = orjson.dumps({"traceparent": trace.traceparent} if trace else {}).decode()
        encoded = [encode(event, source) for event in events]
        await bulk.execute(tx, _ADD, *(list(column) for column in zip(*encoded, strict=True)), headers)
    if dead:
        rows = [(row.topic, row.key, row.value, orjson.dumps(dict(row.headers)).decode()) for row in dead]
        await bulk.execute(tx, _ADD_DEAD, *(list(column) for column in zip(*rows, strict=True)))


async def next_rows(tx: Transaction, limit: int) -> list[OutboxRow]:
    """The oldest rows that wait to be published."""
    return [
        OutboxRow(
            row["id"],
            Message(
                row["topic"],
                row["key"].encode(),
                row["value"],
                _CONTENT_TYPE | {name: value.encode() for name, value in row["headers"].items()},
            ),
        )
        for row in await bulk.fetch(tx, _NEXT, limit)
    ]


async def remove(tx: Transaction, ids: Sequence[int]) -> None:
    """Take out rows that have been published."""
    await bulk.execute(tx, "DELETE FROM outbox WHERE id = ANY($1::bigint[])", list(ids))


async def depth(tx: Transaction) -> int:
    """How many rows wait."""
    return int((await bulk.fetch(tx, "SELECT count(*) AS waiting FROM outbox"))[0]["waiting"])
