"""Access tokens and the roles that endpoints demand."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any

import httpx
import jwt
import pytest
from fastapi import APIRouter

from shared.runtime.clock import FixedClock
from shared.runtime.errors import Unauthenticated
from shared.runtime.identity import Identity, RoleName
from shared.runtime.metrics import Metrics
from shared.runtime.settings import ServiceSettings
from shared.web.access import allow
from shared.web.app import Application
from shared.web.identity import issue_development_token
from shared.web.tokens import TokenVerifier

router = APIRouter()


@router.get("/subject")
async def read_subject(caller: Annotated[Identity, allow("entry.read")]) -> str:
    return caller.subject


@router.get("/signed")
async def read_signed(
    caller: Annotated[Identity, allow("cycle.run")],
) -> str:
    return caller.subject


@pytest.fixture
def client(
    make_app: Callable[..., Application], connect: Callable[[Application], httpx.AsyncClient]
) -> httpx.AsyncClient:
    return connect(make_app(router))


async def test_without_a_token_the_answer_is_401_with_a_challenge(client: httpx.AsyncClient) -> None:
    answer = await client.get("/subject", headers={"Authorization": ""})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith('Bearer realm="centerline"')
    assert answer.json()["code"] == "unauthenticated"


async def test_a_missing_role_is_403_and_named(client: httpx.AsyncClient) -> None:
    answer = await client.get("/signed")
    assert answer.status_code == 403
    assert answer.json()["code"] == "role-required"
    assert "liquidation-specialist or operator" in answer.json()["detail"]


async def test_an_expired_token_is_401(client: httpx.AsyncClient, clock: FixedClock) -> None:
    assert (await client.get("/subject")).json() == "kim"
    clock.advance(timedelta(hours=8))
    answer = await client.get("/subject")
    assert (answer.status_code, answer.json()["code"]) == (401, "expired-token")
    assert answer.headers["www-authenticate"].endswith('error="invalid_token"')


async def test_a_token_carries_the_whole_identity(settings: ServiceSettings, now: datetime, metrics: Metrics) -> None:
    whole = Identity(
        "lee",
        "Lee Chan",
        frozenset({RoleName.BROKER, RoleName.SURETY}),
        frozenset({"CEE001"}),
        frozenset({"apparel"}),
        frozenset({"12-345678900"}),
        "B76",
        "036",
        "kim",
        "counsel:SYN-LAW-01",
    )
    assert await TokenVerifier(settings, metrics).verify(issue_development_token(settings, whole, now), now) == whole
    assert "345678900" not in repr(whole)


def sign(settings: ServiceSettings, now: datetime, secret: str | None = None, **changes: Any) -> str:
    assert settings.token_secret is not None
    claims = {
        "sub": "kim",
        "iss": "centerline-dev",
        "aud": "centerline",
        "exp": int(now.timestamp()) + 60,
        "roles": ["importer"],
    } | changes
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, secret or settings.token_secret.get_secret_value(), algorithm="HS256")


@pytest.mark.parametrize(
    "changes",
    [
        {"secret": "x" * 32},
        {"aud": "other"},
        {"iss": "other"},
        {"exp": None},
        {"sub": None},
        {"sub": ""},
        {"nbf": 99_999_999_999},
        {"roles": "importer"},
        {"centers": 7},
    ],
)
async def test_a_token_that_is_wrong_in_any_way_is_refused(
    settings: ServiceSettings, now: datetime, metrics: Metrics, changes: dict[str, Any]
) -> None:
    verifier = TokenVerifier(settings, metrics)
    assert (await verifier.verify(sign(settings, now), now)).subject == "kim"
    with pytest.raises(Unauthenticated):
        await verifier.verify(sign(settings, now, **changes), now)


async def test_an_unsigned_token_is_refused(settings: ServiceSettings, now: datetime, metrics: Metrics) -> None:
    unsigned = jwt.encode({"sub": "kim"}, None, algorithm="none")
    with pytest.raises(Unauthenticated):
        await TokenVerifier(settings, metrics).verify(unsigned, now)


async def test_a_role_that_means_nothing_here_grants_nothing(
    settings: ServiceSettings, now: datetime, metrics: Metrics
) -> None:
    token = sign(settings, now, roles=["importer", "emperor", ["x"], "public"])
    assert (await TokenVerifier(settings, metrics).verify(token, now)).roles == {RoleName.IMPORTER}


def test_without_a_secret_nobody_signs_development_tokens(settings: ServiceSettings, now: datetime) -> None:
    with pytest.raises(ValueError, match="identity provider"):
        issue_development_token(
            settings.model_copy(update={"token_secret": None}), Identity("a", "a", frozenset()), now
        )


def test_allow_wants_at_least_one_action() -> None:
    with pytest.raises(ValueError, match="name actions"):
        allow()
