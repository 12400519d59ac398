"""Sending a webhook: one POST to an address of the public network, looked at when connecting, with a bounded answer."""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpcore

_MOST_READ: Final = 1024
"""Bytes of an answer that are read and kept for the log; what receivers say further is their own."""
_CONNECTIONS: Final = 50


class Unreachable(Exception):  # noqa: N818  says what was found, as the ledger tells it
    """No answer came: the name leads nowhere or to a private network, no connection, or too late."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver answered: its status, and the beginning of what it said."""

    status: int
    says: str


class PublicNetwork(httpcore.AsyncNetworkBackend):
    """Connects to addresses of the public network alone.

    A name is looked up here, and the connection made to the address that was looked at: a name that changes between
    looking and connecting leads nowhere else. `allow_private` is for development.
    """

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  the protocol of httpcore
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of a name; raises `httpcore.ConnectError` where one of them is not public."""
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:  # a label that no name can have is not even asked for
            raise httpcore.ConnectError(f"{host} cannot be looked up") from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not self._allow_private and not all(is_public(each) for each in addresses):
            raise httpcore.ConnectError(f"{host} leads into a private network")
        return await self._inner.connect_tcp(
            addresses[0], port, timeout=timeout, local_address=local_address, socket_options=socket_options
        )

    async def sleep(self, seconds: float) -> None:
        """Wait, as httpcore asks before it tries again."""
        await self._inner.sleep(seconds)


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public network.

    >>> [is_public(each) for each in ("93.184.216.34", "127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1")]
    [True, False, False, False, False, False]
    >>> is_public("::ffff:127.0.0.1"), is_public("64:ff9b::7f00:1"), is_public("2002:7f00:1::")
    (False, False, False)
    >>> is_public("64:ff9b:1::7f00:1"), is_public("::127.0.0.1"), is_public("fec0::1"), is_public("2606:4700::1")
    (False, False, False, True)
    """
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return is_public(str(parsed.ipv4_mapped))
        # What carries an IPv4 address inside leads where that does: translated (RFC 6052, 8215), which is no unicast
        # that anybody was given, 6to4, Teredo.
        if parsed not in _UNICAST or parsed.sixtofour is not None or parsed.teredo is not None:
            return False
    return parsed.is_global and not parsed.is_multicast


_UNICAST: Final = ipaddress.ip_network("2000::/3")
"""Where IPv6 addresses are given out to anybody (IANA, IPv6 address space); all others serve a purpose of their own."""


class WebhookClient:
    """Sends webhooks over kept connections; follows no redirect, whose target nobody registered."""

    def __init__(self, *, allow_private: bool, timeout_seconds: float, connections: int = _CONNECTIONS) -> None:
        self._timeout = timeout_seconds
        self._places = asyncio.Semaphore(connections)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl.create_default_context(),
            max_connections=connections,
            keepalive_expiry=5.0,
            network_backend=PublicNetwork(allow_private=allow_private),
        )

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send a body; raises `Unreachable` where no answer came in time."""
        sent = {"content-type": "application/json", "user-agent": "Centerline-Webhooks/1", **headers}
        limits = dict.fromkeys(("connect", "read", "write", "pool"), self._timeout)
        try:
            async with (
                self._places,  # before the time begins: no receiver is late because others are
                asyncio.timeout(self._timeout),
                self._pool.stream(
                    "POST", url, headers=list(sent.items()), content=body, extensions={"timeout": limits}
                ) as response,
            ):
                said = b""
                async for part in response.aiter_stream():
                    said += part
                    if len(said) >= _MOST_READ:
                        break
                text = said[:_MOST_READ].decode("utf-8", "replace")
                return Answer(response.status, "".join(each for each in text if each.isprintable()))
        except TimeoutError as error:
            raise Unreachable(f"no answer in {self._timeout:g} seconds") from error
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as error:
            raise Unreachable(f"{type(error).__name__}: {error}"[:300]) from error

    async def close(self) -> None:
        """Let the connections go."""
        await self._pool.aclose()
