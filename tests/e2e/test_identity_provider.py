"""Production with a real identity provider: the services as they are deployed trust its tokens and nobody else's."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from cli.client import sign_token
from shared.runtime.identity import Identity, RoleName
from tests.support.oidc_server import OidcServer, running_oidc_server
from tests.support.product import Product, running_product

pytestmark = [pytest.mark.verify, pytest.mark.timeout(300)]

AUDIENCE = "centerline-test"


@pytest.fixture(scope="module")
def provider(module_folder: Path) -> Iterator[OidcServer]:
    users = {"kim": ["import-specialist"], "lee": ["trade-counsel", "something-else"], "out": []}
    with running_oidc_server(module_folder / "provider", users, AUDIENCE) as server:
        yield server


@pytest.fixture(scope="module")
async def product(module_folder: Path, provider: OidcServer) -> AsyncIterator[Product]:
    variables = {
        "CENTERLINE_ENV": "production",
        "CENTERLINE_DEVELOPMENT": "false",
        "CENTERLINE_TOKEN_SECRET": "",
        "CENTERLINE_TOKEN_ISSUER": provider.issuer,
        "CENTERLINE_TOKEN_AUDIENCE": AUDIENCE,
        "CENTERLINE_PUBLIC_BASE_URL": "https://bulletin.example.gov",
        "CENTERLINE_LOGIN_CLIENT_ID": "console",
        "CENTERLINE_SESSION_KEY": "for-tests-only-" * 3,
        "CENTERLINE_WEBHOOK_KEY": "for-tests-only-" * 3,
    }
    async with running_product(bus="postgres", folder=module_folder / "production", variables=variables) as product:
        yield product


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


async def test_production_trusts_the_provider_through_rotation_and_absence(
    product: Product, provider: OidcServer, http: httpx.AsyncClient
) -> None:
    """One story, since each step changes what the provider is: first token, rotation without a restart, outage."""
    routing = product.environment.address_of("routing")
    given = provider.tokens("kim", centers=["CEE003"])
    first = given["access_token"]
    for service in ("routing", "workqueue", "liquidation", "notifications"):
        answer = await http.get(f"{product.environment.address_of(service)}/figures", headers=bearer(first))
        assert answer.status_code == 200, (service, answer.text)

    # the same key signed it for the same audience, and it lives for days
    refresh = await http.get(f"{routing}/figures", headers=bearer(given["refresh_token"]))
    assert (refresh.status_code, refresh.json()["code"]) == (401, "invalid-token")

    for user in ("lee", "out"):
        stranger = await http.get(f"{routing}/figures", headers=bearer(provider.tokens(user)["access_token"]))
        assert (stranger.status_code, stranger.json()["code"]) == (403, "role-required")

    provider.rotate()
    second = provider.tokens("kim")["access_token"]
    assert second.partition(".")[0] != first.partition(".")[0]  # the header names another key
    workqueue = product.environment.address_of("workqueue")
    async with asyncio.timeout(15):  # workqueue may have asked for the keys less than five seconds ago
        while (await http.get(f"{workqueue}/figures", headers=bearer(second))).status_code != 200:
            await asyncio.sleep(0.1)
    assert (await http.get(f"{workqueue}/figures", headers=bearer(first))).status_code == 200

    provider.stop()
    assert (await http.get(f"{workqueue}/figures", headers=bearer(second))).status_code == 200


async def test_production_takes_no_development_token_and_issues_none(product: Product, http: httpx.AsyncClient) -> None:
    routing = product.environment.address_of("routing")
    issued = await http.post(f"{routing}/tokens", json={"subject": "kim", "roles": ["operator"]})
    assert issued.status_code == 404
    forged = sign_token(product.environment, Identity("kim", "Kim", frozenset({RoleName.OPERATOR})))
    answer = await http.get(f"{routing}/figures", headers=bearer(forged))
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid-token")


async def test_the_public_sees_what_is_public_without_a_token(product: Product, http: httpx.AsyncClient) -> None:
    centers = await http.get(f"{product.environment.address_of('routing')}/centers")
    assert centers.status_code == 200
    assert {center["code"] for center in centers.json()} >= {"CEE001", "CEE010"}
    rules = await http.get(f"{product.environment.address_of('liquidation')}/rules/protest-180")
    assert rules.json()["citation"].startswith("19 USC 1514")
    assert (await http.get(f"{product.environment.address_of('routing')}/figures")).status_code == 401
