"""Messages that could not be applied, kept whole with the reason and a way back."""

import base64
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from shared.bus.outbox import Addressed
from shared.bus.protocol import Record
from shared.db import bulk
from shared.db.transaction import Transaction

_PARK = """
INSERT INTO dead_letters (group_name, topic, partition, log_offset, key, value, headers, reason, detail, attempts,
                          first_failed_at, last_failed_at, code_version)
SELECT $1, topic, partition, log_offset, key, value, headers::jsonb, reason, detail, attempts, $2, $2, $3
FROM unnest($4::text[], $5::int[], $6::bigint[], $7::bytea[], $8::bytea[], $9::text[], $10::text[], $11::text[],
            $12::int[]) AS given(topic, partition, log_offset, key, value, headers, reason, detail, attempts)
ON CONFLICT (group_name, topic, partition, log_offset) DO NOTHING
"""
_REQUESTED = """
SELECT id, topic, partition, log_offset, key, value, headers, attempts FROM dead_letters
WHERE state = 'replay-requested' AND group_name = $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED
"""
_CLAIM = """
SELECT id FROM dead_letters
WHERE id = $1 AND attempts = $2 AND state = 'replay-requested' FOR UPDATE SKIP LOCKED
"""


_MATCHES = """
($1::text IS NULL OR reason = $1) AND ($2::text IS NULL OR topic = $2)
AND ($3::timestamptz IS NULL OR last_failed_at >= $3) AND ($4::timestamptz IS NULL OR last_failed_at <= $4)
"""
_LIST = f"""
SELECT id, topic, partition, log_offset, key, reason, detail, attempts, first_failed_at, last_failed_at, code_version,
    state FROM dead_letters
WHERE {_MATCHES} AND id > $5 AND ($6::text IS NULL OR state = $6) ORDER BY id LIMIT $7
"""
_PARKED_LIKE = f"""
SELECT count(*) AS letters, min(first_failed_at) AS oldest, max(last_failed_at) AS newest, coalesce(max(id), 0) AS up_to
FROM dead_letters WHERE {_MATCHES} AND state = 'parked' AND ($5::bigint IS NULL OR id <= $5)
"""
_GROUPS = """
SELECT reason, topic, count(*) AS letters, min(first_failed_at) AS oldest, max(last_failed_at) AS newest
FROM dead_letters WHERE state = $1 GROUP BY reason, topic ORDER BY letters DESC, reason, topic
"""
_SETTLE_NEXT = f"""
WITH chosen AS (
    SELECT id FROM dead_letters WHERE {_MATCHES} AND state = 'parked' AND id > $5 AND id <= $6
    ORDER BY id LIMIT $7 FOR UPDATE
), settled AS (
    UPDATE dead_letters d SET state = $8, settled_by = $9 FROM chosen WHERE d.id = chosen.id RETURNING d.id
)
SELECT count(*) AS letters, coalesce(max(id), 0) AS reached FROM settled
"""


@dataclass(frozen=True, slots=True)
class LetterFilter:
    """Which letters: of a reason, of a topic, that failed last between two instants; None: any."""

    reason: str | None = None
    topic: str | None = None
    failed_from: datetime | None = None
    failed_to: datetime | None = None

    @property
    def values(self) -> tuple[str | datetime | None, ...]:
        """The values in the order in which statements take them."""
        return self.reason, self.topic, self.failed_from, self.failed_to


@dataclass(frozen=True, slots=True)
class LetterGroup:
    """Letters of one reason and topic."""

    reason: str
    topic: str
    letters: int
    oldest: datetime
    newest: datetime


@dataclass(frozen=True, slots=True)
class ParkedLetters:
    """How many parked letters a filter gives, since when, and the last of their ids (0 where there are none)."""

    letters: int
    oldest: datetime | None
    newest: datetime | None
    up_to: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record with why it was refused or failed. `detail` says what to mend."""

    record: Record
    reason: str
    detail: str
    attempts: int


def dead_topic(topic: str, group: str) -> str:
    """The topic on which a group's dead letters of a topic are published."""
    return f"{topic}.{group}.dead"


async def park(
    tx: Transaction, group: str, letters: Sequence[DeadLetter], *, at: datetime, code_version: str
) -> list[Addressed]:
    """Keep dead letters in this transaction; gives the messages to publish on the dead-letter topics."""
    if not letters:
        return []
    rows = [
        (
            letter.record.topic,
            letter.record.partition,
            letter.record.offset,
            letter.record.key,
            letter.record.value,
            _headers_to_json(letter.record.headers),
            letter.reason,
            _printable(letter.detail),
            letter.attempts,
        )
        for letter in letters
    ]
    await bulk.execute(tx, _PARK, group, at, code_version, *(list(column) for column in zip(*rows, strict=True)))
    return [_message(letter, group, at, code_version) for letter in letters]


async def requested(tx: Transaction, group: str, limit: int) -> list[tuple[int, Record, int]]:
    """Dead letters that an operator wants tried again: id, record, attempts so far. Others skip them meanwhile."""
    return [
        (
            row["id"],
            Record(
                row["topic"],
                row["partition"],
                row["log_offset"],
                row["key"],
                row["value"],
                headers_from_json(row["headers"]),
            ),
            row["attempts"],
        )
        for row in await bulk.fetch(tx, _REQUESTED, group, limit)
    ]


async def claim(tx: Transaction, letter_id: int, attempts: int) -> bool:
    """Keep the attempt after `attempts` for this transaction; False when another member has it or had it."""
    return bool(await bulk.fetch(tx, _CLAIM, letter_id, attempts))


async def mark_replayed(tx: Transaction, letter_id: int) -> None:
    """The message is applied now; its letter stays as history."""
    await bulk.execute(tx, "UPDATE dead_letters SET state = 'replayed' WHERE id = $1", letter_id)


async def mark_failed_again(
    tx: Transaction, letter_id: int, attempts: int, reason: str, detail: str, at: datetime
) -> None:
    """The message failed once more: parked again with the new reason.

    Unless another member has settled this attempt, the one after `attempts`, already: then that stands.
    """
    await bulk.execute(
        tx,
        "UPDATE dead_letters SET state = 'parked', reason = $3, detail = $4, attempts = attempts + 1,"
        " last_failed_at = $5 WHERE id = $1 AND attempts = $2 AND state = 'replay-requested'",
        letter_id,
        attempts,
        reason,
        _printable(detail),
        at,
    )


async def request_replay(tx: Transaction, ids: Sequence[int], *, act: int | None = None) -> int:
    """Ask the service to try parked letters again, by an act of an operator; gives how many were parked."""
    return await _settle(tx, ids, "replay-requested", act)


async def discard(tx: Transaction, ids: Sequence[int], *, act: int | None = None) -> int:
    """Settle parked letters as not to be applied; they stay as history. Gives how many were parked."""
    return await _settle(tx, ids, "discarded", act)


async def _settle(tx: Transaction, ids: Sequence[int], state: str, act: int | None) -> int:
    return await bulk.execute(
        tx,
        "UPDATE dead_letters SET state = $2, settled_by = $3 WHERE id = ANY($1::bigint[]) AND state = 'parked'",
        list(ids),
        state,
        act,
    )


async def settle_next(
    tx: Transaction, wanted: LetterFilter, *, after: int, up_to: int, limit: int, is_replay: bool, act: int
) -> tuple[int, int]:
    """Settle the next parked letters of a filter up to an id, in one statement; gives how many, and the last id."""
    state = "replay-requested" if is_replay else "discarded"
    (row,) = await bulk.fetch(tx, _SETTLE_NEXT, *wanted.values, after, up_to, limit, state, act)
    return row["letters"], row["reached"]


async def count_parked(tx: Transaction, wanted: LetterFilter, *, up_to: int | None = None) -> ParkedLetters:
    """The parked letters that a filter gives, up to an id."""
    (row,) = await bulk.fetch(tx, _PARKED_LIKE, *wanted.values, up_to)
    return ParkedLetters(row["letters"], row["oldest"], row["newest"], row["up_to"])


async def groups(tx: Transaction, state: str) -> list[LetterGroup]:
    """Letters in a state by reason and topic, the most first."""
    names = ("reason", "topic", "letters", "oldest", "newest")
    return [LetterGroup(*(row[name] for name in names)) for row in await bulk.fetch(tx, _GROUPS, state)]


async def listing(
    tx: Transaction,
    *,
    state: str | None,
    after: int,
    limit: int,
    reason: str | None = None,
    wanted: LetterFilter | None = None,
) -> list[dict[str, Any]]:
    """Letters in order of id, without their bytes; of a reason, or of a filter."""
    values = (wanted or LetterFilter(reason=reason)).values
    return [dict(row) for row in await bulk.fetch(tx, _LIST, *values, after, state, limit)]


async def find(tx: Transaction, letter_id: int) -> dict[str, Any] | None:
    """One letter with its bytes, or None."""
    rows = await bulk.fetch(tx, "SELECT * FROM dead_letters WHERE id = $1", letter_id)
    return dict(rows[0]) if rows else None


async def find_places(tx: Transaction, ids: Sequence[int]) -> list[tuple[str, int, int]]:
    """Where the messages of these letters lie: topic, partition and offset, the same in every service."""
    rows = await bulk.fetch(
        tx, "SELECT topic, partition, log_offset FROM dead_letters WHERE id = ANY($1::bigint[]) ORDER BY id", list(ids)
    )
    return [(row["topic"], row["partition"], row["log_offset"]) for row in rows]


async def find_at(tx: Transaction, group: str, places: Sequence[tuple[str, int, int]]) -> list[tuple[int, str]]:
    """A group's letters of the messages at these places: id and state."""
    topics, partitions, log_offsets = zip(*places, strict=True) if places else ((), (), ())
    rows = await bulk.fetch(
        tx,
        "SELECT id, state FROM dead_letters JOIN unnest($2::text[], $3::int[], $4::bigint[])"
        " AS given(topic, partition, log_offset) USING (topic, partition, log_offset)"
        " WHERE group_name = $1 ORDER BY id",
        group,
        list(topics),
        list(partitions),
        list(log_offsets),
    )
    return [(row["id"], row["state"]) for row in rows]


async def counts(tx: Transaction) -> dict[str, int]:
    """Parked letters by reason."""
    rows = await bulk.fetch(
        tx,
        "SELECT reason, count(*) AS letters FROM dead_letters WHERE state = 'parked' GROUP BY reason ORDER BY reason",
    )
    return {row["reason"]: row["letters"] for row in rows}


async def count_standing(tx: Transaction, group: str, topics: Collection[str]) -> dict[str, int]:
    """Letters of a group that are not applied and not discarded, by topic."""
    rows = await bulk.fetch(
        tx,
        "SELECT topic, count(*) AS letters FROM dead_letters WHERE group_name = $1 AND topic = ANY($2::text[])"
        " AND state IN ('parked', 'replay-requested') GROUP BY topic ORDER BY topic",
        group,
        sorted(topics),
    )
    return {row["topic"]: row["letters"] for row in rows}


def _message(letter: DeadLetter, group: str, at: datetime, code_version: str) -> Addressed:
    record = letter.record
    return Addressed(
        topic=dead_topic(record.topic, group),
        key=_printable((record.key or b"").decode("utf-8", "replace")),
        value=record.value or b"",
        headers={
            "original-topic": record.topic,
            "original-partition": str(record.partition),
            "original-offset": str(record.offset),
            "original-headers": _headers_to_json(record.headers),
            "reason": letter.reason,
            "detail": _printable(letter.detail),
            "attempts": str(letter.attempts),
            "first-failed-at": at.isoformat(),
            "last-failed-at": at.isoformat(),
            "code-version": code_version,
        },
    )


def _headers_to_json(headers: Mapping[str, bytes]) -> str:
    return orjson.dumps(
        {_printable(name): base64.b64encode(value).decode() for name, value in headers.items()}
    ).decode()


def headers_from_json(headers: Mapping[str, str]) -> dict[str, bytes]:
    """The headers of a message, from the column that keeps them."""
    return {name: base64.b64decode(value) for name, value in headers.items()}


def _printable(text: str) -> str:
    """Text without what PostgreSQL cannot keep, and of bounded length."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()[:2000]
