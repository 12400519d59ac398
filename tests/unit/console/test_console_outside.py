"""What the console makes of what comes from outside: of addresses that people make up, of answers that are none."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, fields

import pytest
from structlog.testing import capture_logs

from services.console.acts.calls import Services, Times
from services.console.acts.login import Login, LoginFailed
from services.console.acts.reads import Account, Changes


@dataclass
class Server:
    """A real HTTP server that keeps what it is asked for, and answers by the path."""

    answers: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, target, _ = head.split(" ", 2)
        self.asked.append(f"{method} {target}")
        said = self.answers.get(target, b"{}")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(said) + said)
        await writer.drain()
        writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    yield server
    listening.close()
    await listening.wait_closed()


async def test_what_somebody_puts_into_an_address_does_not_change_the_call(server: Server) -> None:
    services = Services({"workqueue": server.url}, Times(*(5.0 for _ in fields(Times))))
    person = services.of(None)
    await person.post("workqueue", "/items/next?x/claim", Account)
    await person.get("workqueue", "/items/a\nb#c", Account, limit=2)
    await services.close()
    assert server.asked == ["POST /items/next%3Fx/claim", "GET /items/a%0Ab%23c?limit=2"]


@dataclass
class Breaking(Server):
    """A server that hangs up on the first call of each method, before it answers."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method = head.partition(" ")[0]
        if method not in self.asked:
            self.asked.append(method)
            writer.close()
            return
        self.asked.append(method)
        said = b'{"items": []}'
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(said) + said)
        await writer.drain()
        writer.close()


async def test_a_question_is_asked_again_when_the_connection_breaks_and_an_act_is_not() -> None:
    server = Breaking()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    services = Services({"routing": url}, Times(*(5.0 for _ in fields(Times))))
    person = services.of(None)
    asked = await person.get("routing", "/directory/changes", Changes)
    done = await person.post("routing", "/importers", Changes, {})
    await services.close()
    listening.close()
    await listening.wait_closed()
    assert asked.value == Changes(items=[])
    assert done.silent is not None
    assert not done.silent.is_known, "it may have been done"
    assert server.asked == ["GET", "GET", "POST"]


async def test_an_answer_that_is_not_understood_is_logged_without_what_it_says_of_people(server: Server) -> None:
    server.answers["/importers/1"] = json.dumps({"importer_number": "123-45-6789", "name": ["Ada Novak"]}).encode()
    services = Services({"routing": server.url}, Times(*(5.0 for _ in fields(Times))))
    with capture_logs() as logs:
        panel = await services.of(None).get("routing", "/importers/1", Account)
    await services.close()
    assert panel.silent is not None
    assert [line["event"] for line in logs] == ["answer not understood"]
    assert "name" in str(logs)
    assert "Novak" not in str(logs)
    assert "6789" not in str(logs)


@pytest.mark.parametrize("said", [b"<html>Not now</html>", b"[]", b'{"token_type": "bearer"}'])
async def test_a_token_endpoint_that_gives_no_token_signs_nobody_in(server: Server, said: bytes) -> None:
    known = {"issuer": server.url, "token_endpoint": f"{server.url}/token", "jwks_uri": f"{server.url}/keys"}
    server.answers = {
        "/.well-known/openid-configuration": json.dumps(known).encode(),
        "/token": said,
        "/keys": b'{"keys": []}',
    }
    login = Login(server.url, "desk", "secret", "openid", None, "https://console.example/login/callback")
    with pytest.raises(LoginFailed):
        await login.finish("code", {"verifier": "v" * 43, "nonce": "n"})
    with pytest.raises(LoginFailed):
        await login.refresh("refresh", "kim", None)
