"""Around every request: its trace and id, its metrics, one log line, and an answer whatever happens."""

import re
from contextlib import nullcontext
from typing import Final
from uuid import uuid4

import structlog
from fastapi.telemetry import TelemetryConfig
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.runtime.clock import Clock, start_stopwatch
from shared.runtime.metrics import Metrics
from shared.runtime.tracing import BegunSpan, Kind, current_span, describe, parse_traceparent, span, without_trace
from shared.web.guard import is_streamed
from shared.web.headers import dress
from shared.web.problem import answer_unexpected

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

REQUEST_ID: Final = "x-request-id"
CLOCK: Final = "centerline-clock"
"""Says of a demonstration that it is one, and what its clock shows; absent where the clock is that of the machine."""
_USABLE_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_SECRET_PATHS: Final = ("/calendar-feeds/",)
"""Paths whose last part may be an address that opens something by itself, also where no route takes it."""
OF_THE_FRAMEWORK: Final[TelemetryConfig] = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
"""What FastAPI tells by itself, for its `telemetry`: nothing. Calls are seen here, once, under the names of the design
and without what the words of an error may hold.
"""

_QUIET_PATHS: Final = frozenset({"/healthz", "/readyz", "/metrics"})


class RequestMiddleware:
    """Pure ASGI, so that context variables reach the endpoint and streams stay streams."""

    def __init__(self, app: ASGIApp, metrics: Metrics, max_body_bytes: int, demonstration: Clock | None = None) -> None:
        """`demonstration` is the clock of one: every answer says that it is not the time that it is."""
        self.app = app
        self.metrics = metrics
        self.max_body_bytes = max_body_bytes
        self.demonstration = demonstration

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        offered = headers.get(REQUEST_ID, "")
        request_id = offered if _USABLE_ID.fullmatch(offered) else str(uuid4())
        structlog.contextvars.clear_contextvars()
        is_quiet = scope["path"] in _QUIET_PATHS
        above = parse_traceparent(headers.get("traceparent"))
        with (
            without_trace(),
            nullcontext() if is_quiet else span(_method_of(scope), above, kind=Kind.SERVER),
            structlog.contextvars.bound_contextvars(request_id=request_id),
        ):
            await self._answer(scope, receive, send, request_id, current_span())

    async def _answer(self, scope: Scope, receive: Receive, send: Send, request_id: str, seen: BegunSpan) -> None:
        seconds = start_stopwatch()
        status = 0
        received = 0
        announced = _announced_bytes(scope)
        too_large = HTTPException(413, f"A request may hold {self.max_body_bytes} bytes at most.")

        async def receive_limited() -> Message:
            nonlocal received
            if not received and announced > self.max_body_bytes and not is_streamed(scope):
                raise too_large  # before anything of it is read, and before the client is told to go on
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.max_body_bytes and not is_streamed(scope):
                raise too_large
            return message

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = {REQUEST_ID: request_id}
                if self.demonstration is not None:
                    own[CLOCK] = f"demonstration; now={self.demonstration.now():%Y-%m-%dT%H:%M:%SZ}"
                headers = MutableHeaders(scope=message)
                headers.update({**own, **_answer_headers(scope)})
                dress(headers, path=scope["path"], is_secure=scope.get("scheme") == "https")
            await send(message)

        try:
            await self.app(scope, receive_limited, send_with_id)
        except Exception as error:
            response = answer_unexpected(Request(scope), error)
            if status:  # too late for another answer: the server must cut the connection
                raise
            await response(scope, receive, send_with_id)
        finally:
            self._record(scope, status, seconds(), seen)

    def _record(self, scope: Scope, status: int, seconds: float, seen: BegunSpan) -> None:
        method = _method_of(scope)
        route = _route_of(scope)
        describe(
            seen,
            f"{method} {route}",
            {"http.request.method": method, "http.route": route, "http.response.status_code": status},
        )
        self.metrics.http_requests_total.labels(method, route, str(status)).inc()
        self.metrics.http_request_duration_seconds.labels(method, route).observe(seconds)
        write = log.debug if scope["path"] in _QUIET_PATHS else log.info
        write("request", method=method, path=_told_path(scope, route), status=status, ms=round(seconds * 1000, 1))


_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _method_of(scope: Scope) -> str:
    return scope["method"] if scope["method"] in _METHODS else "OTHER"


def _route_of(scope: Scope) -> str:
    """Return the template of the path, never the path itself: a metric has few labels."""
    return getattr(scope.get("route"), "path", "unmatched")


def _told_path(scope: Scope, route: str) -> str:
    """The path as a log may have it: of one that holds a secret only its template."""
    path: str = scope["path"]
    return route if "{token}" in route or path.startswith(_SECRET_PATHS) else path


def _announced_bytes(scope: Scope) -> int:
    """How large the body is going to be, as its head says; 0 where it does not say."""
    length = Headers(scope=scope).get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() and len(length) < 20 else 0


def _answer_headers(scope: Scope) -> dict[str, str]:
    """What a dependency wants said with the answer, whichever form that takes: `request.state.answer_headers`."""
    headers: dict[str, str] = scope.get("state", {}).get("answer_headers", {})
    return headers
