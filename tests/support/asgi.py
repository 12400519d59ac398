"""Requests to an application byte by byte, the way uvicorn hands them over."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from fastapi import FastAPI


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it goes over the wire: the target is percent-encoded, names of headers are lower case."""

    method: str
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """The content type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0]


async def send(app: FastAPI, call: Call) -> Answer:
    """Send a request the way uvicorn hands one over; an error that the application lets through is raised."""
    raw_path, _, query = call.target.partition(b"?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": call.method,
        "scheme": "http",
        "path": unquote(raw_path.decode("ascii")),
        "raw_path": raw_path,
        "query_string": query,
        "root_path": "",
        "headers": [(b"host", b"centerline.example"), *call.headers],
        "client": ("192.0.2.1", 40000),
        "server": ("192.0.2.2", 80),
    }
    given = [{"type": "http.request", "body": call.body, "more_body": False}]
    status, headers, parts = 0, {}, []

    async def receive() -> dict[str, Any]:
        return given.pop() if given else {"type": "http.disconnect"}

    async def take(message: Any) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in message["headers"]}
        else:
            parts.append(message.get("body", b""))

    await app(scope, receive, take)
    return Answer(status, headers, b"".join(parts))
