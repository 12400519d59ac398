"""Calls to the services in the name of a person: one place for times, headers, and what goes wrong."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import httpx
import structlog
from pydantic import TypeAdapter, ValidationError

from services.console.acts.reads import Problem
from shared.runtime.tracing import current_trace

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

R = TypeVar("R")

CONNECT_SECONDS = 0.25
CONNECTIONS = 20


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

    @property
    def is_shown(self) -> bool:
        """Whether there is something to show."""
        return self.value is not None


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds that a service has for a part of a page, and for an act."""

    panel: float
    act: float


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
        self, service: str, path: str, read: type[R], query: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> Panel[R]:
        """Ask; once more where the connection broke before an answer came."""
        given = {name: value for name, value in (query or {}).items() if value not in (None, "")}
        for is_last in (False, True):
            try:
                response = await self._clients[service].get(
                    path, params=given, headers=headers, timeout=self._timeout(self._times.panel)
                )
            except httpx.TimeoutException:
                break
            except httpx.TransportError:
                if is_last:
                    break
            else:
                return _panel(service, response, read)
        return Panel(service, silent=_silent(service))

    async def send(
        self, method: str, service: str, path: str, read: type[R], body: Any, headers: Mapping[str, str]
    ) -> Panel[R]:
        """Do something, once: under its key a second try gets the first answer."""
        try:
            response = await self._clients[service].request(
                method, path, json=body, headers=headers, timeout=self._timeout(self._times.act)
            )
        except httpx.ConnectError:
            return Panel(service, silent=_silent(service))
        except httpx.TransportError:
            return Panel(service, silent=_silent(service, is_known=False))
        return _panel(service, response, read)

    def _timeout(self, seconds: float) -> httpx.Timeout:
        return httpx.Timeout(seconds, connect=CONNECT_SECONDS)


@dataclass(frozen=True, slots=True)
class Person:
    """The services in somebody's name; where nobody is signed in, for somebody at an address, which they count."""

    services: Services
    token: str | None
    address: str | None = None

    async def get(self, service: str, path: str, read: type[R], **query: Any) -> Panel[R]:
        """Ask a service."""
        return await self.services.get(service, path, read, query, self._headers())

    async def post(self, service: str, path: str, read: type[R], body: Any = None, key: str | None = None) -> Panel[R]:
        """Do something at a service."""
        return await self.services.send("POST", service, path, read, body, self._headers(key))

    async def put(self, service: str, path: str, read: type[R], body: Any, key: str) -> Panel[R]:
        """Replace something at a service."""
        return await self.services.send("PUT", service, path, read, body, self._headers(key))

    def _headers(self, key: str | None = None) -> dict[str, str]:
        trace = current_trace.get()
        headers = {} if trace is None else {"traceparent": trace.traceparent}
        if self.token is not None:
            headers["authorization"] = f"Bearer {self.token}"
        elif self.address is not None:
            headers["x-forwarded-for"] = self.address
        if key is not None:
            headers["idempotency-key"] = key
        return headers


async def together(*calls: Coroutine[Any, Any, Panel[Any]]) -> list[Panel[Any]]:
    """The panels of a page, asked for at once."""
    return list(await asyncio.gather(*calls))


def _silent(service: str, *, is_known: bool = True) -> Silent:
    trace = current_trace.get()
    return Silent(service, trace.trace_id if trace else None, is_known)


def _panel(service: str, response: httpx.Response, read: type[R]) -> Panel[R]:
    if response.is_success:
        if not response.content:
            return Panel(service, is_empty=True)
        try:
            return Panel(service, value=_reader(read).validate_json(response.content))
        except ValidationError as error:
            faults = error.errors(include_input=False, include_context=False, include_url=False)  # no data of people
            log.error("answer not understood", service=service, path=response.request.url.path, errors=faults)
            return Panel(service, silent=_silent(service))
    try:
        return Panel(service, problem=Problem.model_validate(response.json()))
    except ValueError:
        return Panel(service, problem=Problem(status=response.status_code))


_reader: Callable[[Any], TypeAdapter[Any]] = cache(TypeAdapter)
