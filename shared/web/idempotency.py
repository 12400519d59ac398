"""Idempotency-Key: a creating POST that is sent again gets the first answer again, and creates nothing."""

from collections.abc import Awaitable, Callable, Mapping
from hashlib import blake2b
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from shared.db.idempotency import IdempotentCall, Remembered, recall, remember
from shared.db.transaction import Transaction, transaction
from shared.runtime.errors import Malformed
from shared.runtime.identity import Identity
from shared.web.identity import CurrentIdentity
from shared.web.requests import engine_of, now_of

MAX_KEY: Final = 255

Body = TypeVar("Body", bound=BaseModel)


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
    return await _read_call(request, caller, key or "")


async def repeatable_call(
    request: Request,
    caller: CurrentIdentity,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="A value of your choice, the same when you try again; without one a call is made each time.",
            examples=["2b6a7f1e-5d43-4c7b-9f0e-7c1f9a3d2e10"],
        ),
    ] = None,
) -> IdempotentCall | None:
    """Dependency: the key of this call; None without one, 400 when it is no key."""
    return None if key is None else await _read_call(request, caller, key)


async def _read_call(request: Request, caller: Identity, key: str) -> IdempotentCall:
    key = checked_key(key)
    digest = blake2b(f"{request.method} {request.url.path}?{request.url.query}\n".encode(), digest_size=16)
    digest.update(await request.body())
    return IdempotentCall(key, caller.subject, digest.hexdigest())


def checked_key(key: str) -> str:
    """The key without its quotes; 400 when it is absent or no key."""
    key = key.strip().strip('"')
    if not key or len(key) > MAX_KEY or not key.isascii() or not key.isprintable():
        raise Malformed(
            "This call creates something and needs an Idempotency-Key.",
            rule="idempotency-key",
            code="idempotency-key-missing",
            remedy=f"Send Idempotency-Key: up to {MAX_KEY} printable ASCII characters, the same on a retry.",
        )
    return key


CurrentIdempotentCall = Annotated[IdempotentCall, Depends(idempotent_call)]
RepeatableCall = Annotated[IdempotentCall | None, Depends(repeatable_call)]
"""Dependency of a POST that takes a key and does not need one: what it does is worth repeating without."""


def replay(first: Remembered) -> JSONResponse:
    """The first answer once more, marked `Idempotency-Replayed`."""
    return JSONResponse(first.response, first.status, headers={"Idempotency-Replayed": "true"})


async def answer_once(
    request: Request,
    call: IdempotentCall | None,
    act: Callable[[Transaction], Awaitable[Body | None]],
    *,
    status: int = 201,
    headers: Callable[[Body], Mapping[str, str]] | None = None,
    keep: Callable[[Body], Body] | None = None,
) -> Response:
    """Run a creating act in one transaction and answer with what it gives; 204 when that is nothing.

    A call that is sent again with its key gets the first answer, marked `Idempotency-Replayed`, and nothing runs; one
    without a key runs each time. `headers` gives those of a first answer, `keep` what of it a call that is sent again
    gets, None: all. What the act raises undoes all of it, and the key stays free; so it does when there was nothing to
    give, which may have changed when the caller tries again.
    """
    async with transaction(engine_of(request)) as tx:
        if call is not None and (before := await recall(tx.connection, call)) is not None:
            return replay(before)
        body = await act(tx)
        if body is None:
            return Response(status_code=204)
        content = _content(body)
        if call is not None:
            kept = content if keep is None else _content(keep(body))
            await remember(tx.connection, call, status=status, response=kept, now=now_of(request))
    return JSONResponse(content, status, headers=dict(headers(body)) if headers is not None else None)


def _content(body: BaseModel) -> Any:
    return body.model_dump(mode="json", by_alias=True)
