"""Where webhooks may go: names that can be looked up, addresses of the public network alone, and one beside others."""

import asyncio

import pytest

from services.notifications.domain.webhooks import find_flaw
from shared.webhooks.client import Answer, Unreachable, WebhookClient, is_public


@pytest.mark.parametrize("host", ["receiver..example", "r" * 64 + ".example"])
async def test_a_name_that_none_can_have_is_refused_and_is_no_failure_of_the_sender(host: str) -> None:
    assert find_flaw(f"https://{host}/hooks", allow_private=False) == "it is no address"
    client = WebhookClient(allow_private=False, timeout_seconds=5)
    with pytest.raises(Unreachable, match="cannot be looked up"):
        await client.post(f"https://{host}/hooks", {}, b"{}")
    await client.close()


@pytest.mark.parametrize(
    "address",
    [
        "64:ff9b::a9fe:a9fe",  # 169.254.169.254 by a translator (RFC 6052), and by one of a network (RFC 8215)
        "64:ff9b:1::a9fe:a9fe",
        "::169.254.169.254",
        "::ffff:169.254.169.254",
        "::ffff:0:169.254.169.254",  # RFC 2765
        "2002:a9fe:a9fe::1",
        "fec0::1",
        "fd00::1",
        "fe80::1%eth0",
        "5f00::1",
        "ff0e::1",
    ],
)
def test_what_leads_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "2a00:1450:4001:831::200e"])
def test_what_anybody_was_given_is_public(address: str) -> None:
    assert is_public(address)


async def test_a_receiver_is_not_late_because_others_hold_the_connections() -> None:
    never = asyncio.Event()

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await never.wait()
        writer.close()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    silent = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    awake = await asyncio.start_server(take, "127.0.0.1", 0)
    client = WebhookClient(allow_private=True, timeout_seconds=1, connections=1)
    calls = [
        client.post(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", {}, b"{}") for server in (silent, awake)
    ]
    first, second = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(first, Unreachable)
    assert second == Answer(204, "")
    never.set()
    await client.close()
    for server in (silent, awake):
        server.close()
        await server.wait_closed()
