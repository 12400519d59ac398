"""Sessions whose token ends: renewed at a provider that may be slow, each by itself."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.console.acts.login import Login
from services.console.acts.secrets import Vault
from services.console.api.session import Sessions
from services.console.settings import ConsoleSettings
from services.console.store import sessions as store
from services.console.store.sessions import Lifetime
from shared.db.engine import create_engine
from shared.db.transaction import transaction
from shared.runtime.clock import FixedClock
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Platform
from shared.runtime.service import open_bus
from shared.runtime.together import together
from tests.integration.console.provider import Provider

NOW = datetime(2026, 3, 6, 21, 0, tzinfo=UTC)
VAULT = Vault("k" * 40)
LIFETIME = Lifetime(timedelta(minutes=30), timedelta(hours=12))


@pytest.fixture
async def engine(service_engine: Callable[[str], Awaitable[AsyncEngine]]) -> AsyncEngine:
    return await service_engine("console")


def sessions_of(engine: AsyncEngine, provider: Provider) -> Sessions:
    settings = ConsoleSettings(
        database_url="postgresql://localhost/console", bus="kafka", token_secret="s" * 32, session_key="k" * 40
    )
    platform = Platform(settings, engine, open_bus(settings), FixedClock(NOW), Metrics.create())
    login = Login(provider.url, "desk", "secret", "openid", None, "https://console.example/login/callback")
    return Sessions(platform, VAULT, LIFETIME, login)


async def begin(engine: AsyncEngine, key: bytes, refresh: str) -> None:
    """A session whose token ends in half a minute."""
    ends_at = (NOW + timedelta(seconds=30)).isoformat()
    content = VAULT.seal({"subject": "kim", "token": "old", "refresh": refresh, "ends_at": ends_at})
    async with transaction(engine) as tx:
        await store.begin(tx, key, content, subject="kim", provider_session=None, now=NOW)


async def test_a_provider_that_is_slow_for_one_session_holds_up_no_other(
    engine: AsyncEngine, provider: Provider
) -> None:
    sessions = sessions_of(engine, provider)
    await begin(engine, b"first", "slow")
    await begin(engine, b"second", "quick")
    waiting = asyncio.create_task(sessions.read(b"first"))
    await provider.is_asked.wait()
    quick = await asyncio.wait_for(sessions.read(b"second"), 5)
    assert quick is not None
    assert quick["token"] == "new of quick"
    provider.goes_on.set()
    slow = await waiting
    assert slow is not None
    assert slow["token"] == "new of slow"


@pytest.mark.parametrize(
    ("minutes", "lasts"),
    [
        ([29, 58, 87], True),  # used every half hour
        ([29, 60], False),  # unused for half an hour
        ([*range(29, 720, 29), 719], True),
        ([*range(29, 720, 29), 720], False),  # twelve hours at most, however it is used
    ],
)
async def test_session_ends_when_it_is_not_used_and_after_twelve_hours_in_any_case(
    engine: AsyncEngine, minutes: list[int], lasts: bool
) -> None:
    async with transaction(engine) as tx:
        await store.begin(tx, b"key", VAULT.seal({}), subject="kim", provider_session=None, now=NOW)
    found = None
    for each in minutes:
        async with transaction(engine) as tx:
            found = await store.read(tx, b"key", LIFETIME, NOW + timedelta(minutes=each))
    assert (found is not None) == lasts


async def test_what_a_page_asks_by_itself_keeps_no_session_alive(engine: AsyncEngine) -> None:
    async with transaction(engine) as tx:
        await store.begin(tx, b"key", VAULT.seal({}), subject="kim", provider_session=None, now=NOW)
    for minutes, lasts in ((20, True), (31, False)):
        async with transaction(engine) as tx:
            found = await store.read(tx, b"key", LIFETIME, NOW + timedelta(minutes=minutes), is_used=False)
        assert (found is not None) == lasts


async def test_what_is_noted_while_a_token_is_renewed_stays_beside_the_new_token(
    engine: AsyncEngine, provider: Provider
) -> None:
    sessions = sessions_of(engine, provider)
    await begin(engine, b"first", "slow")
    waiting = asyncio.create_task(sessions.read(b"first"))
    await provider.is_asked.wait()
    await sessions.note_next(b"first", "item-7", "It is due first.")
    provider.goes_on.set()
    await waiting
    kept = await sessions.read(b"first")
    assert kept is not None
    assert (kept["token"], kept.get("why_next")) == ("new of slow", {"item-7": "It is due first."})


async def test_what_is_noted_at_once_is_all_kept(engine: AsyncEngine, provider: Provider) -> None:
    url = engine.url.render_as_string(hide_password=False)
    several = create_engine(url, application="tests", pool_size=5)
    sessions = sessions_of(several, provider)
    await begin(engine, b"first", "slow")
    await together(*(sessions.note_next(b"first", f"item-{each}", "Due.") for each in range(5)))
    provider.goes_on.set()
    kept = await sessions.read(b"first")
    assert kept is not None
    assert sorted(kept["why_next"]) == [f"item-{each}" for each in range(5)]
    await several.dispose()
