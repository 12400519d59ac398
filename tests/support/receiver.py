"""A receiver of webhooks."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field


@dataclass
class Receiver:
    """A real HTTP server that keeps what it is sent and answers as told, once it may."""

    answer: Callable[[int], int] = lambda _: 204
    may_answer: Callable[[], Awaitable[object]] | None = None
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    server: asyncio.Server | None = None
    port: int = 0

    async def open(self) -> None:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self.server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        assert self.server is not None
        self.server.close()
        await self.server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        self.calls.append((headers, await reader.readexactly(int(headers["content-length"]))))
        if self.may_answer is not None:
            await self.may_answer()
        status = self.answer(len(self.calls))
        writer.write(f"HTTP/1.1 {status} As told\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks"

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.calls]
