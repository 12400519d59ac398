"""What a connection may ask of the server: heads of a bounded size, and clients that are not endlessly slow.

uvicorn has limits for neither. A client that sends a byte now and then, or none, or does not take its answer, would
hold a connection for ever; a head without end would fill the memory. What can still be told is told as a problem; then
the connection is closed. A proxy in front does the same, and does not replace it.
"""

import asyncio
import json
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from typing import Any, Final

import structlog
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.web.headers import dress

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WireLimits:
    """What one connection may cost."""

    head_bytes: int = 32_768
    """Path, query and headers of one request together; a token with many roles has about four thousand."""
    headers: int = 100
    head_seconds: float = 10.0
    """From the first byte, or from the beginning of the connection, to the end of the head; so long is also waited for
    a request after empty lines that came behind an answer."""
    pace_seconds: float = 30.0
    pace_bytes: int = 30_720
    """What of a body comes in each such time at least (1 KiB/s), as long as the service reads."""
    write_seconds: float = 60.0
    """How long a client that takes nothing of its answer is waited for."""
    linger_bytes: int = 4_194_304
    """What of a body is read and dropped behind an answer, so that the client gets to read it."""


DEFAULT_LIMITS: Final = WireLimits()


class _Stage(Enum):
    OPENED = auto()
    HEAD = auto()
    BODY = auto()
    BETWEEN = auto()


_DETAILS: Final = {
    HTTPStatus.BAD_REQUEST: "This is not a request of HTTP/1.1.",
    HTTPStatus.REQUEST_TIMEOUT: "The request did not come within the time that it has.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "Path, query and headers of the request are too large.",
}
_CODES: Final = {
    HTTPStatus.BAD_REQUEST: "bad-request",
    HTTPStatus.REQUEST_TIMEOUT: "request-timeout",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "request-header-fields-too-large",
}


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's protocol with limits; `limits` are those of the class."""

    limits: WireLimits = DEFAULT_LIMITS

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._stage = _Stage.OPENED
        self._head_bytes = 0
        self._unfinished_bytes = 0
        self._came = 0
        self._dropped = 0
        self._is_refused = False
        self._timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request, but not for ever."""
        super().connection_made(transport)
        self._watch(self.limits.head_seconds, self._on_late_head)

    def connection_lost(self, exc: Exception | None) -> None:
        """Watch nothing any more."""
        self._unwatch()
        self.resume_write_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came; refuse a head that grows beyond its limit before it ends."""
        if self._is_refused:
            return
        was_in_head = self._stage is _Stage.HEAD
        super().data_received(data)
        if was_in_head and self._stage is _Stage.HEAD:
            self._unfinished_bytes += len(data)
            if self._unfinished_bytes > self.limits.head_bytes + HIGH_WATER_LIMIT:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self._is_idle and self._timer is None:
            # Empty lines, which begin no request, and for which uvicorn has stopped its own timer all the same.
            self._watch(self.limits.head_seconds, self._on_late_head)

    @property
    def _is_idle(self) -> bool:
        """Whether every request that came is answered and the next has not begun."""
        return self._stage is _Stage.BETWEEN and self.cycle.response_complete

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  uvicorn says in words what it is
        """Answer what is no HTTP as a problem, once."""
        if not self._is_refused:
            self._refuse(HTTPStatus.BAD_REQUEST)

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        if self._stage is not _Stage.OPENED:
            self._watch(self.limits.head_seconds, self._on_late_head)
        self._stage = _Stage.HEAD
        self._head_bytes = self._unfinished_bytes = self._came = self._dropped = 0

    def on_url(self, url: bytes) -> None:
        """A part of the target."""
        self._head_bytes += len(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; beyond the limit it is not kept."""
        self._head_bytes += len(name) + len(value) + 4
        if self._head_bytes <= self.limits.head_bytes:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is there: serve it, or refuse it for its size."""
        self._unwatch()
        self._stage = _Stage.BODY
        if self._head_bytes > self.limits.head_bytes or len(self.headers) > self.limits.headers:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            return
        super().on_headers_complete()
        self._watch(self.limits.pace_seconds, self._check_pace)

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        if self._is_refused:
            return
        self._came += len(body)
        if self.cycle.response_complete:
            self._dropped += len(body)
            if self._dropped > self.limits.linger_bytes:
                self._close("sends on behind its answer")
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._unwatch()
        self._stage = _Stage.BETWEEN
        if not self._is_refused:
            super().on_message_complete()

    def pause_writing(self) -> None:
        """The client does not take its answer: wait, but not for ever."""
        super().pause_writing()
        self._write_timer = self.loop.call_later(self.limits.write_seconds, self._on_stuck_answer)

    def resume_writing(self) -> None:
        """The client takes its answer."""
        self.resume_write_timer()
        super().resume_writing()

    def resume_write_timer(self) -> None:
        """Stop to wait for the client to read."""
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None

    def _watch(self, seconds: float, then: Any) -> None:
        self._unwatch()
        self._timer = self.loop.call_later(seconds, then)

    def _unwatch(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _on_late_head(self) -> None:
        if self._stage is _Stage.OPENED or self._is_idle:
            self._close("sends nothing")
        elif self.cycle is not None and not self.cycle.response_complete:
            self._watch(self.limits.head_seconds, self._on_late_head)  # the answer before it still goes out
        else:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)

    def _check_pace(self) -> None:
        if not self.flow.read_paused and self._came < self.limits.pace_bytes:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)
            return
        self._came = 0
        self._watch(self.limits.pace_seconds, self._check_pace)

    def _on_stuck_answer(self) -> None:
        log.info("connection cut", why="does not take its answer")
        self.transport.abort()

    def _refuse(self, status: HTTPStatus) -> None:
        """Tell what is wrong where an answer can still be given, and close."""
        self._is_refused = True
        self._unwatch()
        cycle = self.cycle
        is_between = cycle is None or cycle.response_complete
        is_its_own = cycle is not None and self._stage is _Stage.BODY and status is HTTPStatus.REQUEST_TIMEOUT
        if not self.transport.is_closing() and (is_between or (is_its_own and not cycle.response_started)):
            self.transport.write(_problem(status))
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()
        self._close(_CODES[status])

    def _close(self, why: str) -> None:
        log.info("connection closed", why=why)
        self._unwatch()
        self.transport.close()


def guard_connections(limits: WireLimits) -> type[GuardedProtocol]:
    """The protocol with these limits."""
    return type("LimitedProtocol", (GuardedProtocol,), {"limits": limits})


def _problem(status: HTTPStatus) -> bytes:
    """A whole answer: the application never saw the request."""
    code = _CODES[status]
    told = {
        "type": f"/problems/{code}",
        "title": status.phrase,
        "status": int(status),
        "detail": _DETAILS[status],
        "code": code,
    }
    body = json.dumps(told).encode()
    headers = {
        "content-type": "application/problem+json",
        "content-length": str(len(body)),
        "connection": "close",
    }
    dress(headers, path="", is_secure=False)
    lines = [f"HTTP/1.1 {int(status)} {status.phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body
