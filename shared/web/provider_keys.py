"""The keys with which an identity provider signs: fetched from it, kept for a while, fetched again when it rotates."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import httpx
import jwt
import orjson
import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.runtime.errors import Transient
from shared.runtime.metrics import Metrics
from shared.runtime.ways import is_safe_url

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

DISCOVERY_PATH: Final = "/.well-known/openid-configuration"
FETCH_SECONDS: Final = 5.0
"""How long the provider has for its documents, discovery and keys together."""
ASK_AGAIN_SECONDS: Final = 5.0
"""The least time between two fetches, whatever tokens name: bad ones must not become a flood at the provider."""
MAX_DOCUMENT_BYTES: Final = 262_144
LEAST_RSA_BITS: Final = 2048
"""NIST SP 800-131A Rev. 2, table 2: shorter RSA keys are disallowed."""

# One algorithm for each kind of key, whatever a token or the provider says: the kind decides (RFC 8725, 3.1).
_ALGORITHMS: Final = {("RSA", None): "RS256", ("EC", "P-256"): "ES256", ("OKP", "Ed25519"): "EdDSA"}
ALGORITHMS: Final = frozenset(_ALGORITHMS.values())


@dataclass(frozen=True, slots=True)
class ProviderKey:
    """A public key and the one algorithm that it verifies."""

    algorithm: str
    key: Any


class _Jwk(BaseModel):
    """What of a JSON Web Key says whether it may verify tokens (RFC 7517, 4)."""

    model_config = ConfigDict(strict=True)

    kty: str
    kid: str
    crv: str | None = None
    alg: str | None = None
    use: str | None = None
    key_ops: list[str] | None = None
    d: str | None = None

    def algorithm(self) -> str | None:
        """The algorithm that this key verifies, or None when it is not for signatures of a kind that is taken here."""
        algorithm = _ALGORITHMS.get((self.kty, self.crv))
        if self.alg not in {None, algorithm} or self.use not in {None, "sig"}:
            return None
        if self.key_ops is not None and "verify" not in self.key_ops:
            return None
        # A private key that everybody can read proves nothing about who signed.
        return algorithm if self.d is None else None


class _ProviderAway(Exception):  # noqa: N818 - the word of the module
    """The provider did not give usable keys; the text says what was wrong."""


class ProviderKeys:
    """The keys of one provider, by the `kid` that tokens name.

    They are used for `lifetime` seconds without asking again, and for `outage` seconds beyond while the provider cannot
    be reached. A `kid` that is not among them asks again at once, at most every `ASK_AGAIN_SECONDS`; one call asks,
    the others wait for it, or go on with the key that they have. `elapsed` counts seconds from anywhere, never
    backwards.
    """

    def __init__(
        self,
        issuer: str,
        jwks_url: str | None,
        *,
        lifetime: float,
        outage: float,
        elapsed: Callable[[], float],
        metrics: Metrics,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._issuer = issuer
        self._jwks_url = jwks_url
        self._lifetime = lifetime
        self._outage = outage
        self._elapsed = elapsed
        self._metrics = metrics
        self._transport = transport
        self._fetching = asyncio.Lock()
        self._keys: dict[str, ProviderKey] = {}
        self._fetched_at: float | None = None
        self._asked_at: float | None = None
        self._is_away = False

    async def find(self, kid: str) -> ProviderKey | None:
        """The key of that name, or None when the provider does not publish it.

        Raises `Transient` when the provider cannot be asked and what is kept is too old, or does not hold the key.
        """
        key = self._keys.get(kid)
        if key is not None and (self._is_younger(self._lifetime) or (self._fetching.locked() and self._is_usable())):
            return key
        await self._ask_again()
        key = self._keys.get(kid)
        if not self._is_usable() or (key is None and self._is_away):
            raise Transient(f"the keys of {self._issuer} cannot be fetched, so that no token can be verified")
        return key

    def _is_younger(self, seconds: float) -> bool:
        return self._fetched_at is not None and self._elapsed() - self._fetched_at < seconds

    def _is_usable(self) -> bool:
        return self._is_younger(self._lifetime + self._outage)

    async def _ask_again(self) -> None:
        async with self._fetching:
            # Whoever waited for another call's fetch finds it done just now.
            if self._asked_at is not None and self._elapsed() - self._asked_at < ASK_AGAIN_SECONDS:
                return
            try:
                keys = await self._fetch()
            except _ProviderAway as error:
                self._is_away = True
                self._metrics.provider_key_fetches_total.labels("failed").inc()
                log.warning("the keys of the identity provider cannot be fetched", issuer=self._issuer, why=str(error))
            else:
                if keys.keys() != self._keys.keys():
                    log.info("the identity provider publishes other keys", issuer=self._issuer, kids=sorted(keys))
                self._keys, self._fetched_at, self._is_away = keys, self._elapsed(), False
                self._metrics.provider_key_fetches_total.labels("fetched").inc()
            finally:
                self._asked_at = self._elapsed()

    async def _fetch(self) -> dict[str, ProviderKey]:
        try:
            async with (
                asyncio.timeout(FETCH_SECONDS),
                httpx.AsyncClient(
                    transport=self._transport,
                    timeout=FETCH_SECONDS,
                    # A document is counted as it arrives, so nothing may make it grow afterwards.
                    headers={"accept": "application/json", "accept-encoding": "identity"},
                ) as client,
            ):
                document = await _read(client, self._jwks_url or await self._discover(client))
        except TimeoutError:
            raise _ProviderAway(f"no answer within {FETCH_SECONDS:g} seconds") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _ProviderAway(f"{type(error).__name__}: {error}") from error
        keys = read_keys(document)
        if not keys:
            raise _ProviderAway(f"no key with a kid that verifies {', '.join(sorted(ALGORITHMS))}")
        return keys

    async def _discover(self, client: httpx.AsyncClient) -> str:
        """Where the provider says that its keys are (OpenID Connect Discovery 1.0, 4)."""
        document = await _read(client, self._issuer.rstrip("/") + DISCOVERY_PATH)
        issuer, url = document.get("issuer"), document.get("jwks_uri")
        if issuer != self._issuer:
            raise _ProviderAway(f"the discovery document is of another issuer: {issuer!r}")
        if not isinstance(url, str) or not is_safe_url(url):
            raise _ProviderAway(f"the discovery document names keys at a place that is not safe: {url!r}")
        return url


def read_keys(document: dict[str, Any]) -> dict[str, ProviderKey]:
    """The keys of a JWK Set that may verify tokens; any other, and each that shares its name, is left out."""
    listed = document.get("keys")
    found: dict[str, ProviderKey] = {}
    repeated = set()
    for entry in listed if isinstance(listed, list) else ():
        try:
            jwk = _Jwk.model_validate(entry)
            algorithm = jwk.algorithm()
            if algorithm is None:
                continue
            key = jwt.PyJWK(entry, algorithm).key
        except (ValidationError, jwt.PyJWTError):
            continue
        if algorithm == "RS256" and key.key_size < LEAST_RSA_BITS:
            continue
        if jwk.kid in found:
            repeated.add(jwk.kid)
        found[jwk.kid] = ProviderKey(algorithm, key)
    return {kid: key for kid, key in found.items() if kid not in repeated}


async def _read(client: httpx.AsyncClient, url: str) -> dict[str, Any]:
    body = b""
    async with client.stream("GET", url) as response:
        if response.status_code != httpx.codes.OK:
            raise _ProviderAway(f"{url} answers {response.status_code}")
        if response.headers.get("content-encoding", "identity") != "identity":
            raise _ProviderAway(f"{url} sends a compressed document, which was not asked for")
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > MAX_DOCUMENT_BYTES:
                raise _ProviderAway(f"{url} holds more than {MAX_DOCUMENT_BYTES} bytes")
    try:
        document = orjson.loads(body)
    except ValueError:
        raise _ProviderAway(f"{url} is not JSON") from None
    if not isinstance(document, dict):
        raise _ProviderAway(f"{url} is not a JSON object")
    return document
