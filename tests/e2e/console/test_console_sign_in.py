"""Signing in as in production: code flow with PKCE at a real provider, sessions on the server, and their ends."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.async_api import Browser, BrowserContext, Page
from sqlalchemy import text

from shared.db.engine import create_engine
from shared.db.transaction import transaction
from tests.support.browser import Said, look, open_context
from tests.support.oidc_server import CLIENT, PASSWORD, OidcServer, running_oidc_server
from tests.support.product import Product, running_product

pytestmark = [pytest.mark.verify, pytest.mark.timeout(300)]

AUDIENCE = "centerline-test"


@pytest.fixture(scope="module")
def provider(module_folder: Path) -> Iterator[OidcServer]:
    users = {"kim": ["import-specialist"], "lee": ["entry-specialist"]}
    with running_oidc_server(module_folder / "console-provider", users, AUDIENCE, token_minutes=1) as server:
        yield server


@pytest.fixture(scope="module")
async def deployed(module_folder: Path, provider: OidcServer) -> AsyncIterator[Product]:
    variables = {
        "CENTERLINE_ENV": "production",
        "CENTERLINE_DEVELOPMENT": "false",
        "CENTERLINE_TOKEN_SECRET": "",
        "CENTERLINE_TOKEN_ISSUER": provider.issuer,
        "CENTERLINE_TOKEN_AUDIENCE": AUDIENCE,
        "CENTERLINE_PUBLIC_BASE_URL": "https://bulletin.example.gov",
        "CENTERLINE_LOGIN_CLIENT_ID": CLIENT[0],
        "CENTERLINE_LOGIN_CLIENT_SECRET": CLIENT[1],
        "CENTERLINE_SESSION_KEY": "for-tests-only-" * 3,
        "CENTERLINE_WEBHOOK_KEY": "for-tests-only-" * 3,
    }
    async with running_product(bus="postgres", folder=module_folder / "signing-in", variables=variables) as product:
        yield product


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await open_context(browser)
    yield context
    await context.close()


def console_of(product: Product) -> str:
    return product.environment.address_of("console")


async def prove(page: Page, user: str) -> None:
    """What a person types at the provider."""
    await page.locator("input[name=username]").fill(user)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.locator("input[name=password]").press("Enter")


async def enter(page: Page, console: str, user: str, to: str = "/queue") -> None:
    await page.goto(f"{console}{to}")
    await prove(page, user)
    await page.wait_for_url(f"{console}/**")


async def kept(product: Product) -> list[tuple[str, bytes]]:
    """The sessions as rows: whose, and what they keep, sealed."""
    engine = create_engine(product.environment.database_of("console"), application="test")
    try:
        async with transaction(engine) as tx:
            rows = await tx.connection.execute(text("SELECT subject, content FROM sessions ORDER BY started_at"))
            return [(row.subject, bytes(row.content)) for row in rows]
    finally:
        await engine.dispose()


async def test_somebody_proves_who_they_are_and_comes_back_to_their_page(
    deployed: Product, provider: OidcServer, context: BrowserContext
) -> None:
    console, said, page = console_of(deployed), Said(), await context.new_page()
    said.listen(page)
    await page.goto(f"{console}/radar?horizon=90")
    await page.wait_for_url(f"{provider.issuer}/**")
    asked = parse_qs(urlparse(page.url).query)
    begun = [cookie for cookie in await context.cookies() if cookie["name"].endswith("-begun")]
    assert [(cookie["httpOnly"], cookie["sameSite"]) for cookie in begun] == [(True, "Lax")]
    if "code_challenge_method" in asked:
        assert asked["code_challenge_method"] == ["S256"]
    await prove(page, "kim")
    await page.wait_for_url(f"{console}/radar?horizon=90")
    assert await page.locator("header").get_by_text("kim").count() == 1
    [cookie] = [each for each in await context.cookies(console) if each["name"] == "cl"]
    assert (cookie["httpOnly"], cookie["sameSite"], len(cookie["value"])) == (True, "Lax", 43)
    assert cookie["value"].count(".") == 0  # an id, no token
    assert "eyJ" not in await page.content()
    assert said.lines == []


async def test_session_that_somebody_planted_is_not_the_one_that_begins(
    deployed: Product, context: BrowserContext
) -> None:
    console, page = console_of(deployed), await context.new_page()
    await context.add_cookies([{"name": "cl", "value": "planted-by-somebody-else", "url": console}])
    await enter(page, console, "kim")
    [cookie] = [each for each in await context.cookies(console) if each["name"] == "cl"]
    assert cookie["value"] != "planted-by-somebody-else"


async def test_answer_of_the_provider_counts_once_and_in_the_browser_that_asked(
    deployed: Product, browser: Browser, context: BrowserContext
) -> None:
    console, page = console_of(deployed), await context.new_page()
    callbacks: list[str] = []
    page.on("request", lambda request: callbacks.append(request.url) if "/login/callback" in request.url else None)
    await enter(page, console, "kim")
    [callback] = callbacks
    assert (await look(page, callback)).status == 400
    other = await open_context(browser)
    stolen = await other.new_page()
    assert (await look(stolen, callback)).status == 400
    assert (await look(stolen, f"{console}/login/callback?state=x&code=y")).status == 400
    await other.close()


async def test_form_of_somebody_who_is_not_signed_in_leads_to_the_provider(
    deployed: Product, provider: OidcServer, context: BrowserContext
) -> None:
    """The policy lets no form lead to another site, nor a redirect that answers one."""
    console, page = console_of(deployed), await context.new_page()
    await page.goto(f"{console}/centers")
    await page.locator("#search-box").fill("B76-0324527-8")
    await page.locator("#search-box").press("Enter")
    await page.wait_for_url(f"{provider.issuer}/**")
    await prove(page, "kim")
    await page.wait_for_url(f"{console}/entries/B7603245278")
    await page.goto(f"{console}/queue")
    await context.clear_cookies()
    await page.get_by_role("button", name="Next item").click()
    await page.wait_for_url(f"{provider.issuer}/**")


async def test_nobody_is_led_to_another_site(deployed: Product, context: BrowserContext) -> None:
    console, page = console_of(deployed), await context.new_page()
    await page.goto(f"{console}/login?to=https://evil.example/")
    await prove(page, "kim")
    await page.wait_for_url(f"{console}/queue")


async def test_sample_people_are_for_development_only(deployed: Product, context: BrowserContext) -> None:
    console = console_of(deployed)
    page = await context.new_page()
    await page.goto(console)
    assert await page.get_by_text("Be somebody").count() == 0
    answer = await context.request.post(
        f"{console}/login/as", form={"subject": "kim"}, headers={"sec-fetch-site": "same-origin"}, max_redirects=0
    )
    assert answer.status == 404


async def test_token_that_ends_is_renewed_and_the_session_goes_on(deployed: Product, context: BrowserContext) -> None:
    """The provider's tokens last a minute here, so every page is within the minute in which they are renewed."""
    console, page = console_of(deployed), await context.new_page()
    await enter(page, console, "lee")
    [before] = [content for subject, content in await kept(deployed) if subject == "lee"]
    assert (await look(page, f"{console}/queue")).status == 200
    [after] = [content for subject, content in await kept(deployed) if subject == "lee"]
    assert before != after
    await page.get_by_role("button", name="Sign out").click()
    assert [subject for subject, _ in await kept(deployed) if subject == "lee"] == []


async def test_provider_ends_sessions_from_behind(
    deployed: Product, provider: OidcServer, context: BrowserContext
) -> None:
    console, page = console_of(deployed), await context.new_page()
    await enter(page, console, "kim")
    url = f"{console}/logout/provider"
    refused = [
        provider.logout_token(CLIENT[0], sub="kim", nonce="n"),
        provider.logout_token(CLIENT[0], sub="kim", events={}),
        provider.logout_token("somebody-else", sub="kim"),
        provider.logout_token(CLIENT[0], sub="kim", exp=1),
        provider.logout_token(CLIENT[0], sub="kim").rpartition(".")[0] + ".c2lnbmF0dXJl",
        "nothing",
    ]
    for token in refused:
        assert (await context.request.post(url, form={"logout_token": token})).status == 400
    assert (await look(page, f"{console}/queue")).url == f"{console}/queue"
    accepted = await context.request.post(url, form={"logout_token": provider.logout_token(CLIENT[0], sub="kim")})
    assert accepted.status == 200
    await page.goto(f"{console}/queue")
    await page.wait_for_url(f"{provider.issuer}/**")
    assert [subject for subject, _ in await kept(deployed) if subject == "kim"] == []


async def test_provider_that_is_away_is_said(deployed: Product, provider: OidcServer, browser: Browser) -> None:
    """The last: it stops the provider. What is known of it is kept, so signing in begins and cannot end."""
    context = await open_context(browser)
    page = await context.new_page()
    await page.goto(console_of(deployed))
    provider.stop()
    answer = await context.request.get(f"{console_of(deployed)}/login", max_redirects=0)
    assert answer.status in {200, 503}
    assert (await look(page, f"{console_of(deployed)}/centers")).status == 200
    await context.close()
