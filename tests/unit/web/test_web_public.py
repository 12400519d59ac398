"""Calls without a token: who they are, how often they may come, and by which address they are counted."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Response

from shared.customs.authority import actions
from shared.runtime.access import STAFF, Matter, is_staff, reach_of
from shared.runtime.identity import ANYONE, Identity, RoleName
from shared.runtime.settings import ServiceSettings
from shared.runtime.supervisor import build_http_server
from shared.web.access import allow
from shared.web.app import Application
from shared.web.identity import PublicCaller
from shared.web.rate_limit import CallLimit
from tests.unit.web.conftest import bearer

public = APIRouter()
guarded = APIRouter()


@public.get("/centers", dependencies=[allow("directory.read")])
async def list_centers(caller: PublicCaller) -> list[str]:
    return [caller.subject, *sorted(caller.roles)]


@public.get("/table", dependencies=[allow("directory.read")])
async def read_table() -> Response:
    return Response("a,b", media_type="text/csv")


@guarded.get("/subject")
async def read_subject(caller: Annotated[Identity, allow("entry.read")]) -> str:
    return caller.subject


MakeApp = Callable[..., Application]
Connect = Callable[[Application], httpx.AsyncClient]


def tight(settings: ServiceSettings, **changes: Any) -> ServiceSettings:
    """Three calls at once, and then none for a minute."""
    return settings.model_copy(update={"public_calls_per_minute": 1, "public_calls_at_once": 3, **changes})


@pytest.fixture
def app(make_app: MakeApp, settings: ServiceSettings) -> Application:
    return make_app(guarded, public_routers=[public], settings=tight(settings))


@pytest.fixture
def client(app: Application, connect: Connect) -> httpx.AsyncClient:
    return connect(app)


async def test_a_caller_without_a_token_is_the_public(client: httpx.AsyncClient) -> None:
    assert (await client.get("/centers")).json() == ["kim", "import-specialist"]
    client.headers.pop("authorization")
    assert (await client.get("/centers")).json() == ["public", "public"]
    assert (await client.get("/subject")).status_code == 401


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer", "Basic a2ltOmh1c2g=", "nonsense"])
async def test_a_token_that_is_sent_must_be_good(client: httpx.AsyncClient, header: str) -> None:
    answer = await client.get("/centers", headers={"authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_the_public_is_no_staff_and_sees_no_row() -> None:
    assert RoleName.PUBLIC not in STAFF
    assert not is_staff(ANYONE)
    matter = Matter("12-345678900", frozenset({"CEE007"}), filer_code="B76", surety_code="036")
    seen = {action for action in actions() if reach_of(ANYONE, action, date(2026, 3, 2)).covers(matter)}
    assert seen == {
        "directory.read",
        "center-calendar.read",
        "trade-figures.read",
        "transparency.read",
        "calculator.use",
        "calendar-feed.open",
        "assignment.try",
        "rule.read",
        "bulletin.read",
        "broadcast-archive.read",
        "subscription.unsubscribe",
        "answer.read",
        "posted-act.read",
        "authority.read",
        "problem.read",
        "process.read",
    }


async def test_the_call_after_the_last_one_is_429_and_says_when_to_come_back(client: httpx.AsyncClient) -> None:
    client.headers.pop("authorization")
    answers = [await client.get("/centers") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    refused = answers[-1]
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "too-many-calls"
    assert refused.json()["rule"] == "rate-limit"
    assert refused.headers["retry-after"] == "60"
    # three at once, one a minute: after three minutes of silence all three are back
    assert {answer.headers["ratelimit-policy"] for answer in answers} == {'"public";q=3;w=180'}
    assert [answer.headers["ratelimit"] for answer in answers] == [
        '"public";r=2;t=60',
        '"public";r=1;t=120',
        '"public";r=0;t=180',
        '"public";r=0;t=180',
    ]


async def test_a_caller_with_a_token_may_call_only_so_often_and_others_go_on(
    make_app: MakeApp, connect: Connect, settings: ServiceSettings
) -> None:
    limited = settings.model_copy(update={"calls_per_minute": 1, "calls_at_once": 2})
    client = connect(make_app(guarded, public_routers=[public], settings=limited))
    answers = [await client.get("/subject") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert (answers[-1].json()["code"], answers[-1].headers["retry-after"]) == ("too-many-calls", "60")
    assert (await client.get("/centers")).status_code == 429, "the public is not a way around it"
    other = Identity("lee", "Lee Park", frozenset({RoleName.IMPORT_SPECIALIST}), centers=frozenset({"CEE003"}))
    assert (await client.get("/subject", headers=bearer(other))).status_code == 200
    assert (await client.get("/healthz")).status_code == 200


async def test_every_form_of_answer_tells_what_is_left(client: httpx.AsyncClient) -> None:
    client.headers.pop("authorization")
    assert (await client.get("/table")).headers["ratelimit"] == '"public";r=2;t=60'
    assert "ratelimit" not in (await client.get("/subject")).headers


async def test_callers_with_a_token_are_not_counted(client: httpx.AsyncClient) -> None:
    answers = [await client.get("/centers") for _ in range(10)]
    assert {answer.status_code for answer in answers} == {200}
    assert not any("ratelimit" in answer.headers for answer in answers)
    client.headers.pop("authorization")
    assert (await client.get("/centers")).headers["ratelimit"] == '"public";r=2;t=60'


async def test_calls_come_back_at_an_even_pace() -> None:
    limit = CallLimit(per_minute=60_000, at_once=1)
    for _ in range(1_000_000):
        if limit.take("192.0.2.1").is_spent:
            break
    else:
        pytest.fail("no call was ever refused")
    for _ in range(1_000_000):
        if not limit.take("192.0.2.1").is_spent:
            return
    pytest.fail("no call was ever taken again")


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:2", True),  # one /64, which one subscriber has (RFC 6177)
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        (None, None, True),
        (None, "192.0.2.1", False),
    ],
)
def test_who_shares_a_budget(one: str | None, other: str | None, is_same: bool) -> None:
    limit = CallLimit(per_minute=1, at_once=1)
    assert not limit.take(one).is_spent
    assert limit.take(other).is_spent is is_same


@asynccontextmanager
async def served(app: Application, proxies: Sequence[str]) -> AsyncIterator[str]:
    """The application on a real socket of this machine."""
    server = build_http_server(app, "127.0.0.1", 0, trusted_proxies=proxies)
    listening = asyncio.Event()
    server.on_listening = listening.set
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve())
        await asyncio.wait_for(listening.wait(), 10)
        try:
            yield f"http://127.0.0.1:{server.port}"
        finally:
            server.should_exit = True


async def call_as(client: httpx.AsyncClient, *forwarded: str) -> str:
    headers = [("x-forwarded-for", value) for value in forwarded]
    return str((await client.get("/centers", headers=headers)).headers["ratelimit"])


async def test_nobody_becomes_another_by_a_header(
    make_app: MakeApp, settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    app = make_app(public_routers=[public], settings=tight(settings))
    async with served(app, []) as address, httpx.AsyncClient(base_url=address, trust_env=False) as client:
        assert await call_as(client, "192.0.2.1") == '"public";r=2;t=60'
        assert await call_as(client, "192.0.2.2") == '"public";r=1;t=120'


async def test_behind_a_trusted_proxy_the_last_address_that_is_no_proxy_counts(
    make_app: MakeApp, settings: ServiceSettings
) -> None:
    app = make_app(public_routers=[public], settings=tight(settings))
    proxies = ["127.0.0.1", "10.0.0.0/8"]
    async with served(app, proxies) as address, httpx.AsyncClient(base_url=address, trust_env=False) as client:
        assert await call_as(client, "192.0.2.1") == '"public";r=2;t=60'
        assert await call_as(client, "192.0.2.2, 10.1.2.3") == '"public";r=2;t=60'
        # what a caller writes in front of its own address is not believed
        assert await call_as(client, "198.51.100.9, 192.0.2.1") == '"public";r=1;t=120'


def test_the_document_says_that_a_token_is_taken_and_not_needed(app: Application) -> None:
    paths = app.openapi()["paths"]
    assert paths["/centers"]["get"]["security"] == [{}, {"token": []}]
    assert paths["/subject"]["get"]["security"] == [{"token": []}]
    example = paths["/centers"]["get"]["responses"]["429"]["content"]["application/problem+json"]["example"]
    assert (example["status"], example["code"]) == (429, "too-many-calls")
