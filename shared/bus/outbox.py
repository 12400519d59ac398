"""Events that a transaction causes, kept in it until the relay has published them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
import orjson

from shared.bus.protocol import Message
from shared.contracts import lean
from shared.contracts.envelope import SPEC_VERSION, STRUCTURED_CONTENT_TYPE
from shared.contracts.registry import TOPIC_OF_DATA
from shared.contracts.terms import Contract
from shared.db import bulk
from shared.db.transaction import Transaction

_ADD = """
INSERT INTO outbox (topic, key, value, headers)
SELECT topic, key, value, headers::jsonb
FROM unnest($1::text[], $2::text[], $3::bytea[], $4::text[])
    WITH ORDINALITY AS given(topic, key, value, headers, position)
ORDER BY position
"""
_NEXT = "SELECT id, topic, key, value, headers FROM outbox ORDER BY id LIMIT $1"
_CONTENT_TYPE = {"content-type": STRUCTURED_CONTENT_TYPE.encode()}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An event to publish. `id` is derived from what caused it, so that a repeat of the cause gives the same id."""

    id: str
    data: Contract | msgspec.Struct
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
    contract = TOPIC_OF_DATA[type(event.data)]
    key = contract.key_of(event.data)
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
    return contract.topic, key, attributes[:-1] + b',"data":' + lean.encode(event.data) + b"}"


async def add(
    tx: Transaction,
    source: str,
    events: Sequence[Outgoing],
    *,
    dead: Sequence[Addressed] = (),
    traceparent: str | None = None,
) -> None:
    """Put events into the outbox of this transaction, in order."""
    if not events and not dead:
        return
    headers = orjson.dumps({"traceparent": traceparent} if traceparent else {}).decode()
    rows: list[tuple[Any, ...]] = [(*encode(event, source), headers) for event in events]
    rows.extend((row.topic, row.key, row.value, orjson.dumps(dict(row.headers)).decode()) for row in dead)
    await bulk.execute(tx, _ADD, *(list(column) for column in zip(*rows, strict=True)))


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
