"""Servers that take every mail and call and look at nothing, in a process of their own."""

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection

_GREETING = b"220 sink ESMTP\r\n"
_OK = b"250 OK\r\n"
_ANSWERS = {b"EHLO": b"250-sink\r\n250 SIZE 10485760\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}
_MAIL_ENDS = b"\r\n.\r\n"
_HEAD_ENDS = b"\r\n\r\n"
_TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Sinks:
    """Ports of this machine: mail by SMTP, calls by HTTP."""

    smtp: int
    http: int


class _Mail(asyncio.Protocol):
    """A mail server without a box."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._heard, self._in_mail = transport, b"", False
        transport.write(_GREETING)

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while True:
            heard, found, rest = self._heard.partition(_MAIL_ENDS if self._in_mail else b"\r\n")
            if not found:
                return
            self._heard = rest
            verb = heard[:4].upper()
            answer = _OK if self._in_mail else _ANSWERS.get(verb, _OK)
            self._in_mail = not self._in_mail and verb == b"DATA"
            self._transport.write(answer)


class _Calls(asyncio.Protocol):
    """A receiver of calls that says yes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._heard = transport, b""

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while True:
            head, found, rest = self._heard.partition(_HEAD_ENDS)
            length = int(head.lower().rpartition(b"content-length:")[2].split(b"\r\n")[0]) if found else 0
            if not found or len(rest) < length:
                return
            self._heard = rest[length:]
            self._transport.write(_TAKEN)


@contextmanager
def open_sinks() -> Iterator[Sinks]:
    """Start both in another process, so that they take nothing from the one that is measured; end them after it."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        process.kill()
        process.join()


def _serve(told: Connection) -> None:
    asyncio.run(_listen(told))


async def _listen(told: Connection) -> None:
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(protocol, "127.0.0.1", 0) for protocol in (_Mail, _Calls)]
    smtp, http = (server.sockets[0].getsockname()[1] for server in servers)
    told.send(Sinks(smtp, http))
    await asyncio.Event().wait()
