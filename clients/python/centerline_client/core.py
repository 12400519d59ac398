"""What every call has in common: tokens, repeats that do nothing twice, answers with their headers, typed refusals."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final, Generic, ParamSpec, Protocol, TypeVar, cast
from urllib.parse import parse_qs, quote, urlsplit
from uuid import UUID, uuid4

import httpx
from pydantic import BaseModel, TypeAdapter

from centerline_client.problems import problem_of
from centerline_client.tokens import Tokens

T = TypeVar("T")
Item_co = TypeVar("Item_co", covariant=True)
P = ParamSpec("P")

Value = str | int | float | bool | date | datetime | UUID
Values = Value | Sequence[Value] | None

_WORTH_REPEATING: Final = frozenset({429, 503})
_LONGEST_PAUSE: Final = 30.0


@dataclass(frozen=True, slots=True)
class File:
    """A file to hand over: its name, its bytes, and what kind of content it is."""

    name: str
    content: bytes
    media_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What a call gave, and what its headers say."""

    value: T
    status: int
    headers: httpx.Headers

    @property
    def etag(self) -> str | None:
        """Which version was read or written: for `if_match` of the next change."""
        return _header(self.headers, "etag")

    @property
    def location(self) -> str | None:
        """The path of what was made."""
        return _header(self.headers, "location")

    @property
    def is_replayed(self) -> bool:
        """Whether this is the first answer again: the call had been made before, and nothing was done now."""
        return _header(self.headers, "idempotency-replayed") == "true"

    @property
    def request_id(self) -> str:
        """Quote this when you ask for help."""
        return _header(self.headers, "x-request-id") or ""


class PageOf(Protocol[Item_co]):
    """A page of a list."""

    @property
    def items(self) -> Sequence[Item_co]:
        """The rows of this page."""
        ...

    @property
    def next(self) -> str | None:
        """The link to the next page; None on the last."""
        ...


def each(call: Callable[P, Answer[PageOf[T]]], *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
    """Every row of a list, page after page: `each(client.liquidation.list_entries, state=["suspended"])`.

    Pages are fetched when they are needed. Rows that are added meanwhile are seen where they come after those seen.
    """
    again = cast("Callable[..., Answer[PageOf[T]]]", call)
    given = dict(kwargs)
    while True:
        page = again(*args, **given).value
        yield from page.items
        if page.next is None:
            return
        (given["after"],) = parse_qs(urlsplit(page.next).query)["after"]


class Service:
    """One service: where it is, and in whose name it is called.

    A read, and a change with an Idempotency-Key (each that takes one gets one), is repeated up to `attempts` times in
    all when the service asks for it (429, 503) or cannot be reached, after the pause that it names.
    """

    def __init__(
        self,
        url: str,
        tokens: Tokens | None = None,
        *,
        timeout: float = 30.0,
        attempts: int = 3,
        transport: httpx.BaseTransport | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = httpx.Client(base_url=url, timeout=timeout, transport=transport)
        self._tokens = tokens
        self._attempts = attempts
        self._pause = pause

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _call(
        self,
        method: str,
        path: str,
        *,
        returns: Any,
        names: Mapping[str, Value] | None = None,
        query: Mapping[str, Values] | None = None,
        headers: Mapping[str, str | None] | None = None,
        takes_key: bool = False,
        body: Any = None,
        content: str | bytes | None = None,
        content_type: str | None = None,
        form: Mapping[str, Value | None] | None = None,
        file: File | None = None,
    ) -> Answer[Any]:
        """Make a call; raises a `Problem` for whatever is no good answer, and httpx.TransportError without one."""
        for name, value in (names or {}).items():
            path = path.replace(f"{{{name}}}", quote(_text(value), safe=""))
        told = {name: value for name, value in (headers or {}).items() if value is not None}
        told["Accept"] = "application/json, */*;q=0.5"
        if takes_key:
            told.setdefault("Idempotency-Key", str(uuid4()))
        sent = _sent(body)
        if sent is not None:
            content, content_type = sent, "application/json"
        if content_type is not None:
            told["Content-Type"] = content_type
        parts: dict[str, Any] = {}
        if file is not None:
            parts["data"] = {name: _text(value) for name, value in (form or {}).items() if value is not None}
            parts["files"] = {"file": (file.name, file.content, file.media_type)}
        elif content is not None:
            parts["content"] = content
        asked = httpx.QueryParams([(name, each) for name, value in (query or {}).items() for each in _listed(value)])
        request = self._http.build_request(method, path, params=asked, headers=told, **parts)
        answer = self._send(request, may_repeat=method == "GET" or takes_key)
        if not answer.is_success:
            raise problem_of(answer)
        return Answer(_read(returns, answer), answer.status_code, answer.headers)

    def _send(self, request: httpx.Request, *, may_repeat: bool) -> httpx.Response:
        left = self._attempts if may_repeat else 1
        renewed = False
        while True:
            left -= 1
            if self._tokens is not None:
                request.headers["Authorization"] = f"Bearer {self._tokens.token()}"
            try:
                answer = self._http.send(request)
            except httpx.TransportError:
                if left <= 0:
                    raise
                self._pause(1.0)
                continue
            if answer.status_code == httpx.codes.UNAUTHORIZED and self._tokens is not None and not renewed:
                renewed = True
                if self._tokens.renew():
                    left += 1
                    continue
            if left <= 0 or answer.status_code not in _WORTH_REPEATING:
                return answer
            self._pause(_seconds(answer.headers.get("retry-after")))


def _header(headers: httpx.Headers, name: str) -> str | None:
    value: str | None = headers.get(name)
    return value


def _seconds(told: str | None) -> float:
    try:
        return min(_LONGEST_PAUSE, max(0.0, float(told or 1)))
    except ValueError:
        return 1.0


def _text(value: Value) -> str:
    """A value as it stands in a path or a query.

    >>> _text(True), _text(date(2026, 3, 2)), _text(7)
    ('true', '2026-03-02', '7')
    """
    match value:
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _listed(value: Values) -> list[str]:
    if value is None:
        return []
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_text(each) for each in value]
    return [_text(value)]


def _sent(body: Any) -> bytes | None:
    """A body as JSON: of a model what was set, so that what is left out stays as it is."""
    if body is None:
        return None
    if isinstance(body, BaseModel):
        return body.model_dump_json(by_alias=True, exclude_unset=True).encode()
    return _adapter(Any).dump_json(body)


def _read(returns: Any, answer: httpx.Response) -> Any:
    if returns is None or answer.status_code == httpx.codes.NO_CONTENT:
        return None
    if returns is bytes:
        return answer.content
    return _adapter(returns).validate_json(answer.content)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
