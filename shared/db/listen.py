"""LISTEN on a connection of its own: a hint that something is new, never the only way to learn it."""

import asyncio

import asyncpg
from sqlalchemy.engine import make_url

_RECONNECT_SECONDS = 2.0


class Listener:
    """Waits for notifications on a channel, and falls back to the clock when the connection is lost."""

    def __init__(self, url: str, channel: str) -> None:
        self._url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._channel = channel
        self._connection: asyncpg.Connection | None = None
        self._notified = asyncio.Event()
        self._tried_at = float("-inf")

    async def wait(self, seconds: float) -> None:
        """Return at the next notification, or after some seconds at the latest."""
        await self._connect()
        try:
            async with asyncio.timeout(seconds):
                await self._notified.wait()
        except TimeoutError:
            pass
        self._notified.clear()

    async def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    async def _connect(self) -> None:
        if self._connection is not None and not self._connection.is_closed():
            return
        now = asyncio.get_running_loop().time()
        if now - self._tried_at < _RECONNECT_SECONDS:
            return
        self._tried_at = now
        try:
            connection = await asyncpg.connect(self._url, timeout=5)
            try:
                await connection.add_listener(self._channel, self._on_notification)
            except BaseException:
                connection.terminate()
                raise
            self._connection = connection
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            self._connection = None

    def _on_notification(self, *_: object) -> None:
        self._notified.set()
