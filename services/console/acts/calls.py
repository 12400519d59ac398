"""Calls to the services in the name of a person: one place for times, headers, and what goes wrong."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, BinaryIO, Generic, TypeVar
from urllib.parse import quote

import httpx
import msgspec
import structlog

from services.console.acts.reads import Me, Problem, Read
from services.console.acts.timing import current_asked
from shared.runtime.together import together
from shared.runtime.tracing import current_trace

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

R = TypeVar("R")

CONNECTIONS = 20
_PIECE = 65_536


@dataclass(frozen=True, slots=True)
class Silent:
    """A service does not answer; `is_known` is false where a write may have been done all the same."""

    service: str
    trace_id: str | None
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class Panel(Generic[R]):
    """A part of a page: what a service answered, or why it has nothing to show."""

    service: str
    value: R | None = None
    problem: Problem | None = None
    silent: Silent | None = None
    is_empty: bool = False
    """The service did what was asked, and has nothing to say."""
    version: int | None = None
    """The version of what is shown, as the service says it: what an act on it has to name."""
    tag: str | None = None
    """The same where versions have names and no numbers: the tag as it came, without its quotes."""

    @property
    def is_shown(self) -> bool:
        """Whether there is something to show."""
        return self.value is not None


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a browser sent it."""

    name: str
    file: BinaryIO


@dataclass(frozen=True, slots=True)
class Rows:
    """A file of rows with its media type: bytes, or a file that is read as it is sent."""

    kind: str
    content: bytes | BinaryIO


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds that a service has for a part of a page, an act, a file and its scan, and to take a connection."""

    panel: float
    act: float
    file: float
    connect: float


class _Client(httpx.AsyncClient):
    """Sends what a person put into an address of the console as a part of the path, whatever signs it has."""

    def build_request(self, method: str, url: httpx.URL | str, **given: Any) -> httpx.Request:
        """A request to a path that is plain text, as the console writes it."""
        return super().build_request(method, quote(str(url), safe="/"), **given)


class Services:
    """The services as the console reaches them; a pool of connections each."""

    def __init__(self, addresses: Mapping[str, str], times: Times) -> None:
        self._times = times
        limits = httpx.Limits(max_connections=CONNECTIONS, keepalive_expiry=2)
        self._clients = {name: _Client(base_url=url, limits=limits, trust_env=False) for name, url in addresses.items()}

    async def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            await client.aclose()

    def of(self, token: str | None, address: str | None = None) -> "Person":
        """The services in the name of the holder of a token, or of anyone at an address."""
        return Person(self, token, address)

    async def get(
        self,
        service: str,
        path: str,
        read: type[R],
        query: Mapping[str, Any] | None,
        headers: Mapping[str, str],
        *,
        is_patient: bool = False,
    ) -> Panel[R]:
        """Ask; once more where the connection broke before an answer came. Patience: it may take as long as an act."""
        timeout = self._timeout(self._times.act if is_patient else self._times.panel)
        given = {name: value for name, value in (query or {}).items() if value not in (None, "")}
        for is_last in (False, True):
            try:
                with _timed():
                    response = await self._clients[service].get(path, params=given, headers=headers, timeout=timeout)
            except httpx.TimeoutException:
                break
            except httpx.TransportError:
                if is_last:
                    break
            else:
                return _panel(service, response, read)
        return Panel(service, silent=_silent(service))

    async def send(
        self,
        method: str,
        service: str,
        path: str,
        read: type[R],
        body: Any,
        headers: Mapping[str, str],
        *,
        is_question: bool = False,
        is_long: bool = False,
    ) -> Panel[R]:
        """Do something, once: under its key a second try gets the first answer.

        A question has the time of a panel, what is long that of a file.
        """
        seconds = self._times.file if is_long else self._times.panel if is_question else self._times.act
        client, timeout = self._clients[service], self._timeout(seconds)
        asked = client.build_request(method, path, json=body, headers=headers, timeout=timeout)
        return await self._send(service, asked, read, is_known=is_question)

    async def send_file(
        self,
        service: str,
        path: str,
        read: type[R],
        upload: Upload,
        fields: Mapping[str, str],
        headers: Mapping[str, str],
    ) -> Panel[R]:
        """Hand on a file with the other fields of its form, piece by piece."""
        client, timeout = self._clients[service], self._timeout(self._times.file)
        files = {"file": (upload.name, upload.file)}
        asked = client.build_request("POST", path, files=files, data=fields, headers=headers, timeout=timeout)
        return await self._send(service, asked, read)

    async def send_rows(
        self,
        service: str,
        path: str,
        read: type[R],
        rows: Rows,
        query: Mapping[str, Any],
        headers: Mapping[str, str],
        *,
        is_question: bool = False,
    ) -> Panel[R]:
        """Hand on a file of rows as it is, piece by piece; it has the time of a file."""
        content = rows.content if isinstance(rows.content, bytes) else _pieces_of(rows.content)
        asked = self._clients[service].build_request(
            "POST",
            path,
            params=query,
            content=content,
            headers={**headers, "content-type": rows.kind},
            timeout=self._timeout(self._times.file),
        )
        return await self._send(service, asked, read, is_known=is_question)

    async def open(
        self, service: str, path: str, headers: Mapping[str, str], query: Mapping[str, Any] | None = None
    ) -> Panel[httpx.Response]:
        """Begin to read the bytes that a service gives; whoever gets the answer closes it."""
        client, timeout = self._clients[service], self._timeout(self._times.file)
        try:
            response = await client.send(
                client.build_request("GET", path, params=query, headers=headers, timeout=timeout), stream=True
            )
        except httpx.TransportError:
            return Panel(service, silent=_silent(service))
        if response.is_success:
            return Panel(service, value=response)
        await response.aread()
        return Panel(service, problem=_problem(response))

    async def _send(self, service: str, asked: httpx.Request, read: type[R], *, is_known: bool = False) -> Panel[R]:
        try:
            with _timed():
                response = await self._clients[service].send(asked)
        except httpx.ConnectError:
            return Panel(service, silent=_silent(service))
        except httpx.TransportError:
            return Panel(service, silent=_silent(service, is_known=is_known))
        return _panel(service, response, read)

    def _timeout(self, seconds: float) -> httpx.Timeout:
        return httpx.Timeout(seconds, connect=self._times.connect)


@dataclass(frozen=True, slots=True)
class Person:
    """The services in somebody's name; where nobody is signed in, for somebody at an address, which they count."""

    services: Services
    token: str | None
    address: str | None = None

    async def get(self, service: str, path: str, read: type[R], **query: Any) -> Panel[R]:
        """Ask a service."""
        return await self.services.get(service, path, read, query, self._headers())

    async def get_me(self) -> Panel[Me]:
        """Who it is. A sign-in stands on it alone, and its code is spent: it may take as long as an act."""
        return await self.services.get("workqueue", "/me", Me, None, self._headers(), is_patient=True)

    async def post(
        self,
        service: str,
        path: str,
        read: type[R],
        body: Any = None,
        key: str | None = None,
        version: int | str | None = None,
    ) -> Panel[R]:
        """Do something at a service, to a version of a thing where that is said."""
        return await self.services.send("POST", service, path, read, body, self._headers(key, version))

    async def post_long(self, service: str, path: str, read: type[R], key: str) -> Panel[R]:
        """Do something at a service that may take as long as a file."""
        return await self.services.send("POST", service, path, read, None, self._headers(key), is_long=True)

    async def post_rows(
        self, service: str, path: str, read: type[R], rows: Rows, key: str | None = None, **query: Any
    ) -> Panel[R]:
        """Hand a file of rows to a service; without a key it is a question, by which nothing is done."""
        headers = self._headers(key)
        return await self.services.send_rows(service, path, read, rows, query, headers, is_question=key is None)

    async def question(self, service: str, path: str, read: type[R], body: Any) -> Panel[R]:
        """Ask what needs a body to be asked; nothing is done by it."""
        return await self.services.send("POST", service, path, read, body, self._headers(), is_question=True)

    async def put(
        self, service: str, path: str, read: type[R], body: Any, key: str | None = None, version: int | None = None
    ) -> Panel[R]:
        """Replace something at a service, a version of it where that is said."""
        return await self.services.send("PUT", service, path, read, body, self._headers(key, version))

    async def patch(self, service: str, path: str, read: type[R], body: Any, version: int | None = None) -> Panel[R]:
        """Change a part of something at a service, a version of it where that is said."""
        return await self.services.send("PATCH", service, path, read, body, self._headers(version=version))

    async def delete(self, service: str, path: str) -> Panel[Read]:
        """Take something away at a service."""
        return await self.services.send("DELETE", service, path, Read, None, self._headers())

    async def post_file(
        self, service: str, path: str, read: type[R], upload: Upload, fields: Mapping[str, str], key: str
    ) -> Panel[R]:
        """Add a file at a service."""
        return await self.services.send_file(service, path, read, upload, fields, self._headers(key))

    async def open(
        self, service: str, path: str, query: Mapping[str, Any] | None = None, accept: str | None = None
    ) -> Panel[httpx.Response]:
        """Begin to read the bytes that a service gives, as this kind of document where there are several."""
        headers = self._headers() | ({} if accept is None else {"accept": accept})
        return await self.services.open(service, path, headers, query)

    def _headers(self, key: str | None = None, version: int | str | None = None) -> dict[str, str]:
        trace = current_trace.get()
        headers = {} if trace is None else {"traceparent": trace.traceparent}
        if self.token is not None:
            headers["authorization"] = f"Bearer {self.token}"
        elif self.address is not None:
            headers["x-forwarded-for"] = self.address
        if key is not None:
            headers["idempotency-key"] = key
        if version is not None:
            headers["if-match"] = f'"{version}"'
        return headers


async def _pieces_of(file: BinaryIO) -> AsyncIterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


@contextmanager
def _timed() -> Iterator[None]:
    asked = current_asked.get()
    if asked is None:
        yield
        return
    begin = asked.elapsed()
    try:
        yield
    finally:
        asked.spans.append((begin, asked.elapsed()))


async def panels_of(*calls: Coroutine[Any, Any, Panel[Any]]) -> list[Panel[Any]]:
    """The panels of a page, asked for at once."""
    return await together(*calls)


def _silent(service: str, *, is_known: bool = True) -> Silent:
    trace = current_trace.get()
    return Silent(service, trace.trace_id if trace else None, is_known)


def _panel(service: str, response: httpx.Response, read: type[R]) -> Panel[R]:
    if response.is_success:
        if not response.content:
            return Panel(service, is_empty=True)
        try:
            shown = _decoder(read).decode(response.content)
        except msgspec.DecodeError as error:
            log.error("answer not understood", service=service, path=response.request.url.path, error=str(error))
            return Panel(service, silent=_silent(service))
        return Panel(service, value=shown, version=_version_of(response), tag=_tag_of(response) or None)
    return Panel(service, problem=_problem(response))


def _version_of(response: httpx.Response) -> int | None:
    """The number that the answer's ETag is; None of a tag that is none, such as that of a list."""
    tag = _tag_of(response)
    return int(tag) if tag.isascii() and tag.isdigit() else None


def _tag_of(response: httpx.Response) -> str:
    tag: str = response.headers.get("etag", "")
    return tag.removeprefix("W/").strip('"')


def _problem(response: httpx.Response) -> Problem:
    try:
        problem: Problem = _decoder(Problem).decode(response.content)
    except msgspec.DecodeError:
        return Problem(status=response.status_code)
    return problem


_decoder: Callable[[Any], msgspec.json.Decoder[Any]] = cache(msgspec.json.Decoder)
