"""An identity provider as the console asks it, on a socket of its own."""

import asyncio
import json
from dataclasses import dataclass, field
from urllib.parse import parse_qs


@dataclass
class Provider:
    """A real HTTP server that gives a token for each refresh token, for one of them only when it is let go."""

    holds: str
    is_asked: asyncio.Event = field(default_factory=asyncio.Event)
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        said: dict[str, object] = {"issuer": self.url, "token_endpoint": f"{self.url}/token"}
        said["authorization_endpoint"] = f"{self.url}/authorize"
        if head.startswith("post"):
            length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
            token = parse_qs((await reader.readexactly(length)).decode())["refresh_token"][0]
            if token == self.holds:
                self.is_asked.set()
                await self.goes_on.wait()
            said = {"access_token": f"new of {token}", "token_type": "bearer", "expires_in": 300}
        body = json.dumps(said).encode()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()
