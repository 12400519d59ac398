"""Events that a transaction causes, kept in it until the relay has published them.

What the bus will never take steps aside with the reason, so that the rows behind it go on. Later rows of the same key
may pass it: readers take events in any order (docs/decisions/029).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import orjson
from sqlalchemy import MetaData

from shared.bus.protocol import Message
from shared.contracts import lean
from shared.contracts.envelope import SPEC_VERSION, STRUCTURED_CONTENT_TYPE
from shared.contracts.registry import TOPIC_OF_DATA, TopicContract
from shared.contracts.terms import Contract
from shared.db import bulk
from shared.db.platform_tables import platform_tables
from shared.db.transaction import Transaction
from shared.runtime.tracing import trace_of_cause

_NEXT = "SELECT id, topic, key, value, headers FROM outbox ORDER BY id LIMIT $1"
_SET_ASIDE = """
INSERT INTO outbox_set_aside (id, topic, key, value, headers, reason)
SELECT o.id, o.topic, o.key, o.value, o.headers, given.reason
FROM outbox o JOIN unnest($1::bigint[], $2::text[]) AS given(id, reason) USING (id)
"""
_RETURN = """
WITH returned AS (
    UPDATE outbox_set_aside SET state = 'returned', settled_by = $2
    WHERE id = ANY($1::bigint[]) AND state = 'waiting'
    RETURNING id, topic, key, value, headers
)
INSERT INTO outbox (topic, key, value, headers) SELECT topic, key, value, headers FROM returned ORDER BY id
"""
_DISCARD = """
UPDATE outbox_set_aside SET state = 'discarded', settled_by = $2 WHERE id = ANY($1::bigint[]) AND state = 'waiting'
"""
_LIST_SET_ASIDE = """
SELECT id, topic, key, length(value) AS bytes, reason, set_aside_at, state FROM outbox_set_aside
WHERE id > $1 AND ($2::text IS NULL OR state = $2) ORDER BY id LIMIT $3
"""
_OUTBOX = platform_tables(MetaData()).outbox
_COLUMNS = ("topic", "key", "value", "headers")
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


class Frame(NamedTuple):
    """What a statement puts around data that it makes itself: `head` is the JSON of the attributes that it knows
    before, without its closing brace; id, subject and data follow.
    """

    topic: str
    head: str
    headers: str


def frame_of(data: type[Contract], source: str, time: datetime) -> Frame:
    """The frame of an event of these data, with the current trace."""
    contract = TOPIC_OF_DATA[data]
    attributes = orjson.dumps(
        {
            "specversion": SPEC_VERSION,
            "source": source,
            "type": contract.event_type,
            "time": time,
            "datacontenttype": "application/json",
        },
        option=orjson.OPT_UTC_Z,
    )
    return Frame(contract.topic, attributes[:-1].decode(), _trace_headers())


def encode(event: Outgoing, source: str) -> tuple[str, str, bytes]:
    """Topic, key and structured CloudEvents bytes of an event."""
    data = event.data
    if isinstance(data, Encoded):
        contract, key, json = data
    else:
        contract = TOPIC_OF_DATA[type(data)]
        key, json = contract.key_of(data), lean.encode_to_publish(contract.data, data)
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
    """Put events into the outbox of this transaction, in order.

    With each travels the trace of the event in hand that is about the same entry or filing, else the current one.
    """
    if events:
        told = [(*encode(event, source), event.data) for event in events]
        copied = [(topic, key, value, _trace_headers(key, data)) for topic, key, value, data in told]
        await bulk.copy(tx, _OUTBOX, _COLUMNS, copied)
    if dead:
        rows = [(row.topic, row.key, row.value, orjson.dumps(dict(row.headers)).decode()) for row in dead]
        await bulk.copy(tx, _OUTBOX, _COLUMNS, rows)


def _trace_headers(key: str | None = None, data: Any = None) -> str:
    """The trace of the event that caused these data, or the current one, as headers."""
    trace = trace_of_cause(key, getattr(data, "entry_number", None), getattr(data, "filing_number", None))
    return orjson.dumps({"traceparent": trace.traceparent} if trace else {}).decode()


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


async def clear(tx: Transaction) -> int:
    """Take out everything, unpublished: in a copy of a service, whose events the service itself has published."""
    return await bulk.execute(tx, "DELETE FROM outbox")


async def depth(tx: Transaction) -> int:
    """How many rows wait."""
    return int((await bulk.fetch(tx, "SELECT count(*) AS waiting FROM outbox"))[0]["waiting"])


async def oldest(tx: Transaction) -> tuple[datetime, float] | None:
    """Since when the first row waits, and for how many seconds by the server's clock; None where nothing waits."""
    rows = await bulk.fetch(
        tx,
        "SELECT added_at, extract(epoch FROM clock_timestamp() - added_at)::float8 AS seconds"
        " FROM outbox ORDER BY id LIMIT 1",
    )
    return (rows[0]["added_at"], max(rows[0]["seconds"], 0.0)) if rows else None


async def set_aside(tx: Transaction, reasons: Mapping[int, str]) -> None:
    """Move rows that the bus will never take out of the way, each with the reason why."""
    await bulk.execute(tx, _SET_ASIDE, list(reasons), list(reasons.values()))
    await remove(tx, list(reasons))


async def return_set_aside(tx: Transaction, ids: Sequence[int], *, act: int | None = None) -> int:
    """Put waiting rows back to be published, behind all others; gives how many were waiting."""
    return await bulk.execute(tx, _RETURN, list(ids), act)


async def discard_set_aside(tx: Transaction, ids: Sequence[int], *, act: int | None = None) -> int:
    """Settle waiting rows as not to be published; they stay as history. Gives how many were waiting."""
    return await bulk.execute(tx, _DISCARD, list(ids), act)


async def list_set_aside(tx: Transaction, *, state: str | None, after: int, limit: int) -> list[dict[str, Any]]:
    """What was set aside in order of id, with its size instead of its bytes; None is every state."""
    return [dict(row) for row in await bulk.fetch(tx, _LIST_SET_ASIDE, after, state, limit)]


async def find_set_aside(tx: Transaction, row_id: int) -> dict[str, Any] | None:
    """One row that was set aside with its bytes, or None."""
    rows = await bulk.fetch(tx, "SELECT * FROM outbox_set_aside WHERE id = $1", row_id)
    return dict(rows[0]) if rows else None


async def count_set_aside(tx: Transaction) -> int:
    """How many rows wait for somebody to settle them."""
    rows = await bulk.fetch(tx, "SELECT count(*) AS waiting FROM outbox_set_aside WHERE state = 'waiting'")
    return int(rows[0]["waiting"])
