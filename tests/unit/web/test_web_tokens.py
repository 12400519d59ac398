"""Tokens of an identity provider: which are believed, and what happens when its keys change or cannot be had."""

import asyncio
import base64
import gzip
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from shared.runtime.clock import FixedClock
from shared.runtime.errors import Transient, Unauthenticated
from shared.runtime.identity import Identity, RoleName
from shared.runtime.metrics import Metrics
from shared.runtime.settings import ServiceSettings
from shared.runtime.together import together
from shared.web.access import allow
from shared.web.app import Application
from shared.web.identity import issue_development_token
from shared.web.provider_keys import read_keys
from shared.web.tokens import TokenVerifier
from tests.support.provider import ISSUER, JWKS_PATH, Provider, Signs, public_jwk

LIFETIME, OUTAGE = 300, 3600

router = APIRouter()


@router.get("/subject")
async def read_subject(caller: Annotated[Identity, allow("entry.read")]) -> str:
    return caller.subject


class Stopwatch:
    """Seconds as a test wants them to pass."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def elapsed() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def provider() -> Provider:
    provider = Provider()
    provider.add_key("first")
    return provider


def settings_for(**changes: Any) -> ServiceSettings:
    given = {
        "service": "routing",
        "database_url": "postgresql://localhost/routing",
        "bus": "kafka",
        "port": 8001,
        "env": "production",
        "token_issuer": ISSUER,
    } | changes
    return ServiceSettings(**given)


MakeVerifier = Callable[..., TokenVerifier]


@pytest.fixture
def make_verifier(provider: Provider, elapsed: Stopwatch, metrics: Metrics) -> MakeVerifier:
    def build(**changes: Any) -> TokenVerifier:
        return TokenVerifier(settings_for(**changes), metrics, elapsed=elapsed, transport=provider.transport)

    return build


@pytest.fixture
def verifier(make_verifier: MakeVerifier) -> TokenVerifier:
    return make_verifier()


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
async def test_a_token_signed_with_a_published_key_is_believed(
    algorithm: Signs, provider: Provider, verifier: TokenVerifier, now: datetime
) -> None:
    provider.add_key("k", algorithm)
    token = provider.sign(
        "k",
        now,
        name="Kim Reyes",
        roles=["trade-counsel", "unheard-of"],
        centers=["CEE003"],
        divisions=["apparel"],
        ports=["2704"],
        importer_numbers=["12-345678900"],
        filer_code="B76",
        surety_code="036",
        acting_for="lee",
        party="counsel:SYN-LAW-01",
    )
    assert await verifier.verify(token, now) == Identity(
        "kim",
        "Kim Reyes",
        frozenset({RoleName.TRADE_COUNSEL}),
        frozenset({"CEE003"}),
        frozenset({"apparel"}),
        frozenset({"12-345678900"}),
        "B76",
        "036",
        "lee",
        "counsel:SYN-LAW-01",
        ports=frozenset({"2704"}),
    )


async def test_the_place_of_the_keys_may_be_named_instead_of_discovered(
    provider: Provider, make_verifier: MakeVerifier, now: datetime
) -> None:
    provider.discovery = {}
    named = make_verifier(token_jwks_url="https://login.example.gov" + JWKS_PATH)
    assert (await named.verify(provider.sign("first", now), now)).subject == "kim"


async def test_claims_may_stand_behind_a_prefix_and_then_only_there(
    provider: Provider, make_verifier: MakeVerifier, now: datetime
) -> None:
    prefixed = make_verifier(token_claim_prefix="https://cbp.example/")
    token = provider.sign(
        "first",
        now,
        **{"https://cbp.example/roles": ["broker"], "https://cbp.example/filer_code": None, "name": "Kim"},
        roles=["operator"],
        party="counsel:SYN-LAW-01",
    )
    assert await prefixed.verify(token, now) == Identity("kim", "Kim", frozenset({RoleName.BROKER}))


async def test_null_in_a_claim_says_nothing(provider: Provider, verifier: TokenVerifier, now: datetime) -> None:
    claims = provider.claims(now) | {"centers": None, "filer_code": None, "name": None}
    token = jwt.encode(claims, provider.private_key("first"), algorithm="ES256", headers={"kid": "first"})
    assert (await verifier.verify(token, now)).centers == frozenset()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"aud": "other"}, "invalid-token"),
        ({"aud": None}, "invalid-token"),
        ({"iss": ISSUER + "/"}, "invalid-token"),
        ({"iss": "centerline-dev"}, "invalid-token"),
        ({"iss": None}, "invalid-token"),
        ({"sub": None}, "invalid-token"),
        ({"sub": ""}, "invalid-token"),
        ({"exp": None}, "invalid-token"),
        ({"exp": float("inf")}, "invalid-token"),
        ({"roles": "importer"}, "invalid-token"),
        ({"header": {"kid": "other"}}, "invalid-token"),
        ({"header": {"typ": "logout+jwt"}}, "invalid-token"),
        ({"header": {"typ": "dpop+jwt"}}, "invalid-token"),
        ({"header": {"crit": ["x"], "x": 1}}, "invalid-token"),
        ({"token_use": "id"}, "invalid-token"),
        ({"typ": "Refresh"}, "invalid-token"),
    ],
)
async def test_a_token_that_is_wrong_in_any_way_is_refused(
    provider: Provider, verifier: TokenVerifier, now: datetime, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Unauthenticated) as refused:
        await verifier.verify(provider.sign("first", now, **changes), now)
    assert refused.value.code == code


@pytest.mark.parametrize("kind", ["at+jwt", "application/at+jwt", "JWT", None])
async def test_an_access_token_says_so_or_nothing(
    provider: Provider, verifier: TokenVerifier, now: datetime, kind: str | None
) -> None:
    assert (await verifier.verify(provider.sign("first", now, header={"typ": kind}), now)).subject == "kim"


async def test_an_access_token_may_say_so_in_its_claims(
    provider: Provider, verifier: TokenVerifier, now: datetime
) -> None:
    token = provider.sign("first", now, typ="Bearer", token_use="access")
    assert (await verifier.verify(token, now)).subject == "kim"


async def test_clocks_may_differ_by_half_a_minute(provider: Provider, verifier: TokenVerifier, now: datetime) -> None:
    at = int(now.timestamp())
    for good in ({"exp": at - 29}, {"nbf": at + 30}):
        await verifier.verify(provider.sign("first", now, **good), now)
    with pytest.raises(Unauthenticated, match="has expired"):
        await verifier.verify(provider.sign("first", now, exp=at - 30), now)
    with pytest.raises(Unauthenticated, match="not valid yet"):
        await verifier.verify(provider.sign("first", now, nbf=at + 31), now)


def forge(header: dict[str, Any], claims: dict[str, Any], secret: bytes | None) -> str:
    """A token made by hand, HMAC-SHA256 by this secret or unsigned: libraries refuse to make such."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims)]
    signed = b".".join(parts)
    mac = b"" if secret is None else hmac.digest(secret, signed, hashlib.sha256)
    return b".".join([signed, base64.urlsafe_b64encode(mac).rstrip(b"=")]).decode()


@pytest.mark.parametrize("env", ["production", "development"])
async def test_a_public_key_is_no_shared_secret(
    env: str, provider: Provider, make_verifier: MakeVerifier, now: datetime
) -> None:
    """RFC 8725, 2.1: an RSA public key taken for an HMAC secret lets anyone sign."""
    provider.add_key("rsa", "RS256")
    secret = {"token_secret": "s" * 32} if env == "development" else {}
    verifier = make_verifier(env=env, **secret)
    await verifier.verify(provider.sign("rsa", now), now)
    public = provider.private_key("rsa").public_key()
    shapes = [
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.PEM, PublicFormat.PKCS1),
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        json.dumps(provider.keys["rsa"]).encode(),
        b"",
    ]
    for issuer in (ISSUER, "centerline-dev"):
        for secret_taken in shapes:
            forged = forge({"alg": "HS256", "kid": "rsa"}, provider.claims(now, iss=issuer), secret_taken)
            with pytest.raises(Unauthenticated):
                await verifier.verify(forged, now)


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", None, 7, ["ES256"], {"a": 1}])
async def test_an_unsigned_token_is_refused_however_it_says_so(
    provider: Provider, verifier: TokenVerifier, now: datetime, algorithm: Any
) -> None:
    await verifier.verify(provider.sign("first", now), now)
    with pytest.raises(Unauthenticated):
        await verifier.verify(forge({"alg": algorithm, "kid": "first"}, provider.claims(now), None), now)


async def test_production_takes_nothing_from_the_development_issuer(
    settings: ServiceSettings, verifier: TokenVerifier, make_verifier: MakeVerifier, now: datetime
) -> None:
    token = issue_development_token(settings, Identity("kim", "Kim", frozenset({RoleName.OPERATOR})), now)
    both = make_verifier(env="development", token_secret="s" * 32)
    assert (await both.verify(token, now)).subject == "kim"
    with pytest.raises(Unauthenticated):
        await verifier.verify(token, now)


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
async def test_a_key_signs_the_one_algorithm_of_its_kind(
    provider: Provider, verifier: TokenVerifier, now: datetime, algorithm: str
) -> None:
    provider.add_key("rsa", "RS256")
    private = provider.private_key("rsa")
    token = jwt.encode(provider.claims(now), private, algorithm=algorithm, headers={"kid": "rsa"})
    with pytest.raises(Unauthenticated):
        await verifier.verify(token, now)


async def test_a_key_does_not_verify_what_another_kind_signed(
    provider: Provider, verifier: TokenVerifier, now: datetime
) -> None:
    provider.add_key("rsa", "RS256")
    with pytest.raises(Unauthenticated, match="its key signs RS256 only"):
        await verifier.verify(provider.sign("first", now, header={"kid": "rsa"}), now)


async def test_a_token_signed_by_somebody_else_under_a_published_name_is_refused(
    provider: Provider, verifier: TokenVerifier, now: datetime
) -> None:
    stranger = Provider()
    stranger.add_key("first")
    with pytest.raises(Unauthenticated):
        await verifier.verify(stranger.sign("first", now), now)


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "e30.e30.e30", "\xff.\xff.\xff"])
async def test_what_is_no_token_is_refused(verifier: TokenVerifier, now: datetime, token: str) -> None:
    with pytest.raises(Unauthenticated):
        await verifier.verify(token, now)


async def test_a_header_that_is_nested_without_end_is_refused(verifier: TokenVerifier, now: datetime) -> None:
    header = base64.urlsafe_b64encode(b"[" * 30_000).decode()
    with pytest.raises(Unauthenticated):
        await verifier.verify(f"{header}.e30.e30", now)


async def test_keys_are_fetched_once_for_their_lifetime(
    provider: Provider, verifier: TokenVerifier, elapsed: Stopwatch, now: datetime
) -> None:
    token = provider.sign("first", now)
    await together(*(verifier.verify(token, now) for _ in range(50)))
    elapsed.seconds += LIFETIME - 1
    await verifier.verify(token, now)
    assert provider.asked == 1
    elapsed.seconds += 1
    await together(*(verifier.verify(token, now) for _ in range(50)))
    assert provider.asked == 2


async def test_a_new_key_works_at_once_and_a_withdrawn_one_stops_within_the_lifetime(
    provider: Provider, verifier: TokenVerifier, elapsed: Stopwatch, now: datetime
) -> None:
    old = provider.sign("first", now)
    await verifier.verify(old, now)
    elapsed.seconds += 5
    provider.add_key("second", "EdDSA")
    del provider.keys["first"]
    elapsed.seconds += 1
    await verifier.verify(old, now)
    await verifier.verify(provider.sign("second", now), now)
    assert provider.asked == 2
    with pytest.raises(Unauthenticated):
        await verifier.verify(old, now)


async def test_a_withdrawn_key_stops_when_the_lifetime_ends(
    provider: Provider, verifier: TokenVerifier, elapsed: Stopwatch, now: datetime
) -> None:
    old = provider.sign("first", now)
    await verifier.verify(old, now)
    provider.add_key("second")
    del provider.keys["first"]
    elapsed.seconds += LIFETIME
    with pytest.raises(Unauthenticated):
        await verifier.verify(old, now)


async def test_a_flood_of_bad_key_names_does_not_reach_the_provider(
    provider: Provider, verifier: TokenVerifier, elapsed: Stopwatch, now: datetime
) -> None:
    good = provider.sign("first", now)
    await verifier.verify(good, now)
    elapsed.seconds += 10
    flood = [provider.sign("first", now, header={"kid": f"bad-{number}"}) for number in range(100)]
    answers = await asyncio.gather(*(verifier.verify(token, now) for token in flood), return_exceptions=True)
    assert {type(answer) for answer in answers} == {Unauthenticated}
    assert provider.asked == 2
    elapsed.seconds += 4.9
    for token in flood[:5]:
        with pytest.raises(Unauthenticated):
            await verifier.verify(token, now)
    await verifier.verify(good, now)
    assert provider.asked == 2
    elapsed.seconds += 0.1
    with pytest.raises(Unauthenticated):
        await verifier.verify(flood[0], now)
    assert provider.asked == 3


async def test_one_call_waits_for_a_slow_provider_and_the_others_go_on(
    provider: Provider, verifier: TokenVerifier, elapsed: Stopwatch, now: datetime
) -> None:
    token = provider.sign("first", now)
    await verifier.verify(token, now)
    elapsed.seconds += LIFETIME
    provider.hold = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(verifier.verify(token, now))
        await asyncio.wait_for(_until(lambda: verifier_is_asking(verifier)), 5)
        assert (await verifier.verify(token, now)).subject == "kim"
        assert not waiting.done()
        provider.hold.set()
    assert waiting.result().subject == "kim"


def verifier_is_asking(verifier: TokenVerifier) -> bool:
    assert verifier._provider is not None
    return verifier._provider._fetching.locked()


async def _until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0)


async def test_without_keys_nobody_is_refused_but_asked_to_come_back(
    provider: Provider, verifier: TokenVerifier, elapsed: Stopwatch, now: datetime, metrics: Metrics
) -> None:
    provider.is_away = True
    token = provider.sign("first", now)
    for _ in range(3):
        with pytest.raises(Transient):
            await verifier.verify(token, now)
    assert b'provider_key_fetches_total{outcome="failed"} 1.0' in metrics.render()
    provider.is_away = False
    elapsed.seconds += 5
    await verifier.verify(token, now)
    assert b'provider_key_fetches_total{outcome="fetched"} 1.0' in metrics.render()


async def test_cached_keys_outlive_the_provider_for_the_stated_time(
    provider: Provider, verifier: TokenVerifier, elapsed: Stopwatch, now: datetime
) -> None:
    token = provider.sign("first", now)
    await verifier.verify(token, now)
    provider.is_away = True
    elapsed.seconds += LIFETIME + OUTAGE - 1
    await verifier.verify(token, now)
    with pytest.raises(Transient):  # it may be a new key: nobody can tell
        await verifier.verify(provider.sign("first", now, header={"kid": "second"}), now)
    elapsed.seconds += 1
    with pytest.raises(Transient):
        await verifier.verify(token, now)
    provider.is_away = False
    elapsed.seconds += 5
    await verifier.verify(token, now)


BAD_ANSWERS: Sequence[Response] = (
    Response("not json", media_type="application/json"),
    JSONResponse([]),
    JSONResponse({"keys": []}),
    JSONResponse({"keys": {}}),
    JSONResponse({"keys": [1, None, {}, {"kty": "oct", "k": "c2VjcmV0", "kid": "first"}]}),
    Response("[" * 200_000, media_type="application/json"),
    Response(status_code=302, headers={"location": "https://elsewhere.example/keys"}),
)


@pytest.mark.parametrize("answer", BAD_ANSWERS, ids=range(len(BAD_ANSWERS)))
async def test_a_provider_that_answers_badly_is_as_one_that_is_away(
    provider: Provider, verifier: TokenVerifier, now: datetime, answer: Response
) -> None:
    provider.answer = answer
    with pytest.raises(Transient):
        await verifier.verify(provider.sign("first", now), now)


async def test_a_document_is_read_up_to_its_largest_size_and_never_unpacked(
    provider: Provider, make_verifier: MakeVerifier, now: datetime
) -> None:
    token = provider.sign("first", now)
    keys = json.dumps({"keys": list(provider.keys.values())}).encode()
    provider.answer = Response(keys.ljust(262_144))
    assert (await make_verifier().verify(token, now)).subject == "kim"
    packed = Response(gzip.compress(keys), headers={"content-encoding": "gzip"})
    for bad in (Response(keys.ljust(262_145)), packed):
        provider.answer = bad
        with pytest.raises(Transient):
            await make_verifier().verify(token, now)


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": ISSUER},
        {"issuer": ISSUER + "/", "jwks_uri": "https://login.example.gov/keys"},
        {"jwks_uri": "https://login.example.gov/keys"},
        {"issuer": ISSUER, "jwks_uri": "http://login.example.gov/keys"},
        {"issuer": ISSUER, "jwks_uri": "file:///etc/passwd"},
        {"issuer": ISSUER, "jwks_uri": "https://[/keys"},
    ],
)
async def test_a_discovery_document_that_names_another_issuer_or_an_unsafe_place_is_not_followed(
    provider: Provider, verifier: TokenVerifier, now: datetime, document: dict[str, str]
) -> None:
    provider.discovery = document
    with pytest.raises(Transient):
        await verifier.verify(provider.sign("first", now), now)
    assert provider.asked == 0


async def test_a_provider_that_hangs_is_given_up(
    provider: Provider, verifier: TokenVerifier, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.web.provider_keys.FETCH_SECONDS", 0.05)
    provider.hold = asyncio.Event()
    with pytest.raises(Transient):
        await verifier.verify(provider.sign("first", now), now)


# RFC 7517, appendix A.1: an encryption key and a signature key.
RFC_7517_KEYS = {
    "keys": [
        {
            "kty": "EC",
            "crv": "P-256",
            "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
            "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
            "use": "enc",
            "kid": "1",
        },
        {
            "kty": "RSA",
            "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZ"
            "CiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0"
            "zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csF"
            "Cur-kEgU8awapJzKnqDKgw",
            "e": "AQAB",
            "alg": "RS256",
            "kid": "2011-04-29",
        },
    ]
}
# RFC 8037, appendices A.2 and A.4: an Ed25519 key and what it signed.
RFC_8037_KEY = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": "a"}
RFC_8037_SIGNED = (
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
)


def test_only_keys_for_signatures_are_taken_from_a_set() -> None:
    keys = read_keys(RFC_7517_KEYS)
    assert {kid: key.algorithm for kid, key in keys.items()} == {"2011-04-29": "RS256"}


def test_an_ed25519_key_verifies_what_the_standard_signed_with_it() -> None:
    key = read_keys({"keys": [RFC_8037_KEY]})["a"]
    signed = jwt.api_jws.decode(RFC_8037_SIGNED, key.key, algorithms=[key.algorithm])
    assert signed == b"Example of Ed25519 signing"


@pytest.mark.parametrize(
    "change",
    [
        {"alg": "ES256"},
        {"use": "enc"},
        {"key_ops": ["encrypt"]},
        {"d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"},
        {"kid": None},
        {"crv": "X25519"},
        {"crv": ["Ed25519"]},
        {"kty": "EC"},
        {"x": "AA"},
    ],
)
def test_a_key_that_is_for_something_else_or_broken_is_left_out(change: dict[str, Any]) -> None:
    assert read_keys({"keys": [RFC_8037_KEY | change]}) == {}


def test_two_keys_of_one_name_are_both_left_out() -> None:
    other = RFC_7517_KEYS["keys"][1] | {"kid": "a"}
    assert read_keys({"keys": [RFC_8037_KEY, other]}) == {}


def test_a_short_rsa_key_is_left_out() -> None:
    def of_bits(bits: int) -> dict[str, Any]:
        return public_jwk(rsa.generate_private_key(65537, bits).public_key()) | {"kid": str(bits)}

    assert set(read_keys({"keys": [of_bits(1024), of_bits(2048)]})) == {"2048"}


async def test_an_api_answers_503_while_no_key_can_be_had_and_401_to_a_bad_token(
    make_app: Callable[..., Application],
    connect: Callable[[Application], httpx.AsyncClient],
    provider: Provider,
    verifier: TokenVerifier,
    elapsed: Stopwatch,
    clock: FixedClock,
) -> None:
    app = make_app(router, settings=settings_for())
    app.state.tokens = verifier
    client = connect(app)
    client.headers["authorization"] = f"Bearer {provider.sign('first', clock.now())}"
    provider.is_away = True
    away = await client.get("/subject")
    assert (away.status_code, away.json()["code"]) == (503, "temporarily-unavailable")
    assert away.headers["retry-after"] == "1"
    provider.is_away = False
    elapsed.seconds += 5
    assert (await client.get("/subject")).json() == "kim"
    clock.advance(timedelta(minutes=2))
    late = await client.get("/subject")
    assert (late.status_code, late.json()["code"]) == (401, "expired-token")
