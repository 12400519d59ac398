"""First answers to creating calls, kept beside what the calls created: sent again, a call creates nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, MetaData, delete, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.db.platform_tables import platform_tables
from shared.runtime.errors import Refused

_KEYS: Final = platform_tables(MetaData()).idempotency_keys


@dataclass(frozen=True, slots=True)
class IdempotentCall:
    """One attempt at a creating call: who calls, under which key, and a digest of what they ask for."""

    key: str
    identity: str
    request_hash: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """The answer that the first attempt got: its HTTP status and its JSON value."""

    status: int
    response: Any


async def recall(connection: AsyncConnection, call: IdempotentCall) -> Remembered | None:
    """Return the answer of the first attempt, None when this is the first; call it first in the transaction.

    A twin that is under way in another transaction is waited for (an advisory lock, held to the end of the
    transaction), so both cannot be first. Needs READ COMMITTED. Raises Refused when the key was used for
    something else.
    """
    await connection.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(f"{len(call.key)}:{call.key}{call.identity}", 0)))
    )
    row = (
        await connection.execute(
            select(_KEYS.c.request_hash, _KEYS.c.status, _KEYS.c.response).where(
                _KEYS.c.key == call.key, _KEYS.c.identity == call.identity
            )
        )
    ).one_or_none()
    if row is None:
        return None
    if row.request_hash != call.request_hash:
        raise key_reused()
    return Remembered(row.status, row.response)


def key_reused() -> Refused:
    """What is said of a key by which something else was made, however long ago; to be raised."""
    return Refused(
        "The Idempotency-Key was used before, for a different request.",
        rule="idempotency-key",
        code="idempotency-key-reused",
        remedy="Take a new key for a new thing; repeat a call with the same key and the same content.",
    )


async def demand_new(connection: AsyncConnection, name: ColumnElement[Any], value: Any) -> None:
    """Raise `Refused` when there is a row of this name, where a name follows from the key of the call that makes it.

    Answers are forgotten after a while, what was made is not: a key that made something is never free again. Whoever
    makes the row holds the key (`recall`), so nobody makes it meanwhile.
    """
    if (await connection.execute(select(name).where(name == value).limit(1))).first() is not None:
        raise key_reused()


async def remember(
    connection: AsyncConnection, call: IdempotentCall, *, status: int, response: Any, now: datetime
) -> None:
    """Keep the answer (a JSON value) beside what the command changed, in the same transaction."""
    await connection.execute(
        _KEYS.insert().values(
            key=call.key,
            identity=call.identity,
            request_hash=call.request_hash,
            status=status,
            response=response,
            created_at=now,
        )
    )


async def forget(connection: AsyncConnection, before: datetime, limit: int = 10_000) -> int:
    """Delete answers older than `before`, a bounded number at a time; return how many."""
    old = select(_KEYS.c.key, _KEYS.c.identity).where(_KEYS.c.created_at < before).limit(limit)
    result = await connection.execute(delete(_KEYS).where(tuple_(_KEYS.c.key, _KEYS.c.identity).in_(old)))
    return result.rowcount
