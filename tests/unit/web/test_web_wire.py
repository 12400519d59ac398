"""What a connection may cost, tried over real sockets: heads, bodies, slow clients, and what every answer says."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import APIRouter, Request
from fastapi.responses import Response
from structlog.testing import capture_logs

from shared.runtime.supervisor import build_http_server
from shared.web.access import allow
from shared.web.app import MAX_BODY_BYTES, Application
from shared.web.headers import dress
from shared.web.wire import DEFAULT_LIMITS, WireLimits
from tests.unit.web.conftest import bearer

MakeApp = Callable[..., Application]

QUICK = WireLimits(
    head_bytes=4_096,
    headers=20,
    head_seconds=0.3,
    pace_seconds=0.3,
    pace_bytes=100,
    write_seconds=0.3,
    linger_bytes=2_097_152,
)
PATIENT = WireLimits(head_bytes=4_096, headers=20)
PATIENCE = 20.0
"""Seconds for which a test waits for the server to close; it takes far less."""

read_bodies: list[int] = []
router = APIRouter(prefix="/things", tags=["things"])


@router.post("", status_code=201, dependencies=[allow("entry.read")])
async def keep_thing(request: Request) -> int:
    size = 0
    async for part in request.stream():
        size += len(part)
        read_bodies.append(len(part))
    return size


@router.get("/large", dependencies=[allow("entry.read")])
async def read_much() -> Response:
    return Response(b"x" * 64 * 1_048_576)


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back until the server closed, or until the answer was whole."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> dict[str, Any]:
        assert self.headers["content-type"] == "application/problem+json"
        return dict(json.loads(self.body))


@dataclass(frozen=True, slots=True)
class Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, *parts: bytes | str) -> None:
        for part in parts:
            self.writer.write(part if isinstance(part, bytes) else part.encode())
        await self.writer.drain()

    async def flood(self) -> None:
        """Send up to 64 MiB."""
        for _ in range(1_000):
            await self.send(b"1" * 65_536)

    async def answer(self) -> Answered:
        """One whole answer."""
        async with asyncio.timeout(PATIENCE):
            first, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().splitlines()[:-1]
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            body = await self.reader.readexactly(int(headers.get("content-length", "0")))
        return Answered(int(first.split()[1]), headers, body)

    async def end(self) -> bytes:
        """What comes until the server closes; it must close."""
        async with asyncio.timeout(PATIENCE):
            try:
                return await self.reader.read()
            except ConnectionResetError:
                return b""


@asynccontextmanager
async def served(app: Any, limits: WireLimits) -> AsyncIterator[Callable[[], Any]]:
    """A server on a port of its own, and connections to it."""
    server = build_http_server(app, "127.0.0.1", 0, limits=limits, graceful_seconds=1)
    listening = asyncio.Event()
    server.on_listening = listening.set
    running = asyncio.create_task(server.serve())
    opened: list[Connection] = []

    async def connect() -> Connection:
        opened.append(Connection(*await asyncio.open_connection("127.0.0.1", server.port, limit=2**24)))
        return opened[-1]

    try:
        async with asyncio.timeout(PATIENCE):
            await listening.wait()
        yield connect
    finally:
        for each in opened:
            each.writer.close()
        server.should_exit = True
        await running


@pytest.fixture
def app(make_app: MakeApp) -> Application:
    read_bodies.clear()
    return make_app(router)


def head(method: str = "POST", path: str = "/things", **headers: str) -> str:
    lines = [f"{method} {path} HTTP/1.1", "host: routing", f"authorization: {bearer()['Authorization']}"]
    return "\r\n".join([*lines, *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()), "", ""])


async def test_body_that_is_announced_too_large_is_refused_before_a_byte_of_it_is_read(app: Application) -> None:
    async with served(app, PATIENT) as connect:
        connection = await connect()
        await connection.send(head(content_length=str(10**12), expect="100-continue"))
        answer = await connection.answer()
    assert (answer.status, answer.problem["code"]) == (413, "content-too-large"), "and no 100 before it"
    assert read_bodies == []


async def test_body_of_unknown_length_is_refused_once_it_is_too_large(app: Application) -> None:
    async with served(app, PATIENT) as connect:
        connection = await connect()
        chunk = b"%x\r\n" % 65_536 + b"1" * 65_536 + b"\r\n"
        await connection.send(head(transfer_encoding="chunked"), *[chunk] * 20)
        answer = await connection.answer()
    assert (answer.status, answer.problem["code"]) == (413, "content-too-large")
    assert sum(read_bodies) <= MAX_BODY_BYTES


async def test_body_as_large_as_allowed_is_read(app: Application) -> None:
    async with served(app, PATIENT) as connect:
        connection = await connect()
        await connection.send(head(content_length=str(MAX_BODY_BYTES)), b"1" * MAX_BODY_BYTES)
        answer = await connection.answer()
    assert (answer.status, answer.body) == (201, str(MAX_BODY_BYTES).encode())


async def test_who_sends_on_behind_a_refusal_is_cut_off(app: Application) -> None:
    async with served(app, QUICK) as connect:
        connection = await connect()
        await connection.send(head(content_length=str(10**12)))
        assert (await connection.answer()).status == 413
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            await connection.flood()


@pytest.mark.parametrize(
    "fields",
    [{"x_long": "1" * 5_000}, {f"x_{number}": "1" for number in range(30)}, {"x_huge": "1" * 200_000}],
    ids=["long", "many", "huge"],
)
async def test_headers_that_are_too_large_are_refused_as_a_problem(app: Application, fields: dict[str, str]) -> None:
    async with served(app, PATIENT) as connect:
        connection = await connect()
        await connection.send(head("GET", "/things/large", **fields))
        answer = await connection.answer()
        assert await connection.end() == b""
    assert (answer.status, answer.problem["code"]) == (431, "request-header-fields-too-large")


async def test_path_that_is_too_long_is_refused_as_a_problem(app: Application) -> None:
    async with served(app, PATIENT) as connect:
        connection = await connect()
        await connection.send(head("GET", "/" + "a" * 5_000))
        assert (await connection.answer()).status == 431


async def test_header_without_an_end_does_not_fill_the_memory(app: Application) -> None:
    async with served(app, PATIENT) as connect:
        connection = await connect()
        await connection.send("GET / HTTP/1.1\r\nx-endless: ")
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            await connection.flood()


async def test_default_limits_take_a_token_with_hundreds_of_ports(app: Application) -> None:
    async with served(app, DEFAULT_LIMITS) as connect:
        connection = await connect()
        await connection.send(head("GET", "/healthz", x_token="1" * 24_000))
        assert (await connection.answer()).status == 200


async def test_client_that_sends_its_head_byte_by_byte_is_ended(app: Application) -> None:
    async with served(app, QUICK) as connect:
        connection = await connect()
        trickling = asyncio.create_task(trickle(connection, b"GET /healthz HTTP/1.1\r\nx-slow: " + b"1" * 10_000))
        answer = await connection.answer()
        assert await connection.end() == b""
        trickling.cancel()
    assert (answer.status, answer.problem["code"]) == (408, "request-timeout")


async def test_client_that_sends_nothing_is_ended(app: Application) -> None:
    async with served(app, QUICK) as connect:
        assert await (await connect()).end() == b""


@pytest.mark.parametrize("sends_on", [False, True], ids=["once", "again and again"])
async def test_client_that_sends_empty_lines_behind_its_answer_is_ended(app: Application, *, sends_on: bool) -> None:
    async with served(app, QUICK) as connect:
        connection = await connect()
        await connection.send(head("GET", "/healthz"))
        assert (await connection.answer()).status == 200
        lines = asyncio.create_task(trickle(connection, b"\r\n" * (1_000 if sends_on else 1)))
        with capture_logs() as logs:
            assert await connection.end() == b"", "nothing is answered: nothing was asked"
        lines.cancel()
    assert [line["why"] for line in logs if line["event"] == "connection closed"] == ["sends nothing"]


async def test_empty_lines_before_an_answer_do_not_end_it_and_a_request_may_come_behind_them(app: Application) -> None:
    async with served(app, PATIENT) as connect:
        connection = await connect()
        await connection.send(head(content_length="4") + "1234\r\n")
        assert (await connection.answer()).body == b"4"
        await connection.send("\r\n")
        await asyncio.sleep(0.05)
        await connection.send("\r\n" + head(content_length="4") + "1234")
        assert (await connection.answer()).body == b"4"


async def test_client_that_sends_its_body_byte_by_byte_is_ended(app: Application) -> None:
    async with served(app, QUICK) as connect:
        connection = await connect()
        await connection.send(head(content_length="10000"))
        trickling = asyncio.create_task(trickle(connection, b"1" * 10_000))
        answer = await connection.answer()
        assert await connection.end() == b""
        trickling.cancel()
    assert (answer.status, answer.problem["code"]) == (408, "request-timeout")


async def test_client_that_is_slow_but_keeps_the_pace_is_served(app: Application) -> None:
    async with served(app, QUICK) as connect:
        connection = await connect()
        await connection.send(head(content_length="2000"))
        for _ in range(10):
            await connection.send(b"1" * 200)
            await asyncio.sleep(0.1)
        assert (await connection.answer()).body == b"2000"


async def test_client_that_does_not_take_its_answer_is_ended(app: Application) -> None:
    async with served(app, QUICK) as connect:
        connection = await connect()
        connection.reader._transport.pause_reading()  # type: ignore[attr-defined]
        with capture_logs() as logs:
            await connection.send(head("GET", "/things/large"))
            async with asyncio.timeout(PATIENCE):
                while not any(line["event"] == "connection cut" for line in logs):
                    await asyncio.sleep(0.05)
        connection.reader._transport.resume_reading()  # type: ignore[attr-defined]
        assert len(await connection.end()) < 64 * 1_048_576


async def test_connection_is_used_again_for_the_next_request(app: Application) -> None:
    async with served(app, PATIENT) as connect:
        connection = await connect()
        for _ in range(3):
            await connection.send(head(content_length="4"), b"1234")
            assert (await connection.answer()).body == b"4"


async def test_requests_that_are_sent_at_once_are_answered_in_turn(app: Application) -> None:
    async with served(app, PATIENT) as connect:
        connection = await connect()
        await connection.send((head(content_length="4") + "1234") * 3)
        assert [(await connection.answer()).body for _ in range(3)] == [b"4"] * 3


async def test_what_is_no_http_is_refused_as_a_problem(app: Application) -> None:
    async with served(app, PATIENT) as connect:
        connection = await connect()
        await connection.send("SSH-2.0-OpenSSH_9.2\r\n\r\n")
        answer = await connection.answer()
        assert await connection.end() == b""
    assert (answer.status, answer.problem["code"]) == (400, "bad-request")


def test_browsers_are_told_to_stay_with_tls_where_it_was_used_and_a_page_keeps_its_own_policy() -> None:
    said = {"content-security-policy": "sandbox", "cache-control": "private, no-cache"}
    dress(said, path="/files/1", is_secure=True)
    assert said == {
        **FIXED,
        "content-security-policy": "sandbox",
        "cache-control": "private, no-cache",
        "strict-transport-security": "max-age=31536000",
    }


async def trickle(connection: Connection, data: bytes) -> None:
    for place in range(len(data)):
        try:
            await connection.send(data[place : place + 1])
        except ConnectionError:
            return
        await asyncio.sleep(0.02)


FIXED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}


async def test_every_answer_has_the_headers_of_an_api_and_never_one_of_cors(app: Application) -> None:
    asks = [
        head("GET", "/healthz", origin="https://elsewhere.example"),
        head("GET", "/nowhere", origin="https://elsewhere.example"),
        head("GET", "/openapi.json", origin="null"),
        head("GET", "/docs"),
        head("POST", "/things", content_length="0", origin="https://elsewhere.example"),
        head("POST", "/things", content_length=str(10**9)),
        head("DELETE", "/things", origin="https://elsewhere.example"),
        head(
            "OPTIONS",
            "/things",
            origin="https://elsewhere.example",
            access_control_request_method="POST",
            access_control_request_headers="authorization",
        ),
        head("GET", "/healthz", x_long="1" * 5_000),
        "no http\r\n\r\n",
        head("GET", "/%00"),
        "GET /me HTTP/1.1\r\nhost: routing\r\n\r\n",
    ]
    statuses = []
    async with served(app, PATIENT) as connect:
        for ask in asks:
            connection = await connect()
            await connection.send(ask)
            answer = await connection.answer()
            statuses.append(answer.status)
            assert FIXED.items() <= answer.headers.items(), ask
            assert answer.headers["cache-control"] == "no-store"
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
            assert not [name for name in answer.headers if name.startswith("access-control-")], ask
            assert "server" not in answer.headers
            assert "strict-transport-security" not in answer.headers, "which means nothing without TLS"
    assert statuses == [200, 404, 200, 200, 201, 413, 405, 405, 431, 400, 422, 401]
