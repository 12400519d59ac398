"""Idempotency-Key: a creating POST that is sent again gets the first answer again, and creates nothing."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Request
from sqlalchemy import (
    Column,
    DateTime,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    delete,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import JSONResponse

from shared.runtime.errors import Malformed, Refused
from shared.web.identity import CurrentIdentity

MAX_KEY: Final = 255


def idempotency_table(metadata: MetaData) -> Table:
    """Declare the table in a service's own metadata; rows may go after a day or more (see `forget`)."""
    return Table(
        "idempotency_keys",
        metadata,
        Column("key", Text, nullable=False),
        Column("identity", Text, nullable=False),
        Column("request_hash", Text, nullable=False),
        Column("status", Integer, nullable=False),
        Column("response", JSONB, nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False, index=True),
        PrimaryKeyConstraint("key", "identity"),
    )


@dataclass(frozen=True, slots=True)
class IdempotentCall:
    """One attempt at a creating call: who calls, under which key, and a digest of what they ask for."""

    key: str
    identity: str
    request_hash: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """The answer that the first attempt got."""

    status: int
    response: Any

    def as_response(self) -> JSONResponse:
        return JSONResponse(self.response, self.status, headers={"Idempotency-Replayed": "true"})


async def idempotent_call(
    request: Request,
    caller: CurrentIdentity,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="A value of your choice: new for each thing to create, the same when you try again.",
            examples=["8e03978e-40d5-43e8-bc93-6894a57f9324"],
        ),
    ] = None,
) -> IdempotentCall:
    """Dependency: the key of this call; 400 when it is absent or no key."""
    key = key.strip().strip('"') if key else ""
    if not key or len(key) > MAX_KEY or not key.isascii() or not key.isprintable():
        raise Malformed(
            "This call creates something and needs an Idempotency-Key.",
            rule="idempotency-key",
            code="idempotency-key-missing",
            remedy=f"Send Idempotency-Key: up to {MAX_KEY} printable ASCII characters, the same on a retry.",
        )
    digest = blake2b(f"{request.method} {request.url.path}?{request.url.query}\n".encode(), digest_size=16)
    digest.update(await request.body())
    return IdempotentCall(key, caller.subject, digest.hexdigest())


CurrentIdempotentCall = Annotated[IdempotentCall, Depends(idempotent_call)]


async def recall(connection: AsyncConnection, table: Table, call: IdempotentCall) -> Remembered | None:
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
            select(table.c.request_hash, table.c.status, table.c.response).where(
                table.c.key == call.key, table.c.identity == call.identity
            )
        )
    ).one_or_none()
    if row is None:
        return None
    if row.request_hash != call.request_hash:
        raise Refused(
            "The Idempotency-Key was used before, for a different request.",
            rule="idempotency-key",
            code="idempotency-key-reused",
            remedy="Take a new key for a new thing; repeat a call with the same key and the same content.",
        )
    return Remembered(row.status, row.response)


async def remember(
    connection: AsyncConnection,
    table: Table,
    call: IdempotentCall,
    *,
    status: int,
    response: Any,
    now: datetime,
) -> None:
    """Keep the answer (a JSON value) beside what the command changed, in the same transaction."""
    await connection.execute(
        table.insert().values(
            key=call.key,
            identity=call.identity,
            request_hash=call.request_hash,
            status=status,
            response=response,
            created_at=now,
        )
    )


async def forget(connection: AsyncConnection, table: Table, before: datetime) -> int:
    """Delete answers older than `before`; return how many."""
    result = await connection.execute(delete(table).where(table.c.created_at < before))
    return result.rowcount
