"""Verifies access tokens: by the published keys of an identity provider, in development also by a shared secret."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import httpx
import jwt
from pydantic import BaseModel, Field, ValidationError, field_validator

from shared.runtime.clock import start_stopwatch
from shared.runtime.errors import Unauthenticated
from shared.runtime.identity import Identity, RoleName
from shared.runtime.metrics import Metrics
from shared.runtime.settings import DEVELOPMENT_ISSUER, ServiceSettings
from shared.web.provider_keys import ALGORITHMS, ProviderKeys

DEVELOPMENT_ALGORITHM: Final = "HS256"
LEEWAY_SECONDS: Final = 30
"""How far the provider's clock may be off when `exp` and `nbf` are judged (RFC 7519, 4.1.4)."""

# An access token (RFC 9068, 2.1), or a JWT that does not say more; never one that is made for something else.
_TYPES: Final = frozenset({"at+jwt", "application/at+jwt", "jwt"})
# What providers say of a token's use where the header says only JWT: Keycloak in `typ`, Amazon Cognito in `token_use`.
# A refresh or identity token may be signed with the same key, for the same audience.
_USES: Final = {"typ": "bearer", "token_use": "access"}
# No token makes its holder anonymous: the public is who sends none.
_KNOWN_ROLES: Final[frozenset[str]] = frozenset(RoleName) - {RoleName.PUBLIC}
_REGISTERED: Final = ("sub", "exp", "nbf", "name")


class Grants(BaseModel):
    """What a token says about its holder, beside the registered claims."""

    name: str = ""
    roles: frozenset[RoleName] = frozenset()
    centers: frozenset[str] = frozenset()
    divisions: frozenset[str] = frozenset()
    ports: frozenset[str] = Field(
        default=frozenset(), description="Schedule D codes of the ports that the holder works for.", examples=[["2704"]]
    )
    importer_numbers: frozenset[str] = frozenset()
    filer_code: str | None = None
    surety_code: str | None = None
    acting_for: str | None = None
    party: str | None = Field(
        default=None, description="The agent or counsel that the holder belongs to.", examples=["counsel:SYN-LAW-01"]
    )


class _Claims(Grants):
    sub: str = Field(min_length=1)
    exp: float = Field(allow_inf_nan=False)
    nbf: float | None = Field(default=None, allow_inf_nan=False)

    @field_validator("roles", mode="before")
    @classmethod
    def _known_roles(cls, value: Any) -> Any:
        # An issuer may know roles that mean nothing here: they grant nothing.
        if isinstance(value, list):
            return [role for role in value if isinstance(role, str) and role in _KNOWN_ROLES]
        return value


class TokenVerifier:
    """Says whom a token speaks for, by whom the settings trust; built once for an application.

    `elapsed` counts seconds for the age of the provider's keys, `transport` reaches the provider; tests give their own.
    """

    def __init__(
        self,
        settings: ServiceSettings,
        metrics: Metrics,
        *,
        elapsed: Callable[[], float] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._settings = settings
        self._provider: ProviderKeys | None = None
        if settings.token_issuer is not None:
            self._provider = ProviderKeys(
                settings.token_issuer,
                settings.token_jwks_url,
                lifetime=settings.token_keys_seconds,
                outage=settings.token_keys_outage_seconds,
                elapsed=elapsed or start_stopwatch(),
                metrics=metrics,
                transport=transport,
            )

    async def verify(self, token: str, now: datetime) -> Identity:
        """Return whom the token speaks for.

        Raises `Unauthenticated` with the reason, and `Transient` when the provider's keys cannot be had.
        """
        header = _read_header(token)
        algorithm = header.get("alg")
        if algorithm == DEVELOPMENT_ALGORITHM and self._settings.token_secret is not None:
            secret = self._settings.token_secret.get_secret_value()
            payload = self._decode(token, secret, DEVELOPMENT_ALGORITHM, DEVELOPMENT_ISSUER)
            return _identify(payload, "", now.timestamp(), leeway=0)
        if self._provider is None or not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
            raise _invalid(f"nobody who is trusted here signs with {algorithm!r}")
        kid = header.get("kid")
        if not isinstance(kid, str):
            raise _invalid("it names no key (kid)")
        key = await self._provider.find(kid)
        if key is None:
            raise _invalid("it names a key that the identity provider does not publish")
        if key.algorithm != algorithm:
            raise _invalid(f"its key signs {key.algorithm} only")
        payload = self._decode(token, key.key, key.algorithm, self._settings.token_issuer)
        return _identify(payload, self._settings.token_claim_prefix, now.timestamp(), leeway=LEEWAY_SECONDS)

    def _decode(self, token: str, key: Any, algorithm: str, issuer: str | None) -> dict[str, Any]:
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=self._settings.token_audience,
                issuer=issuer,
                # the times are compared below, with the time that the application was given
                options={
                    "require": ["sub", "exp", "iss", "aud"],
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except jwt.InvalidTokenError as error:
            raise _invalid(str(error)) from None


def _read_header(token: str) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError as error:
        raise _invalid(str(error)) from None
    kind = header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.lower() not in _TYPES:
        raise _invalid(f"it is no access token but {kind!r}")
    return header


def _identify(payload: Mapping[str, Any], prefix: str, seconds: float, *, leeway: int) -> Identity:
    for claim, use in _USES.items():
        if claim in payload and str(payload[claim]).lower() != use:
            raise _invalid(f"it is no access token: {claim} is {payload[claim]!r}")
    try:
        claims = _Claims.model_validate(_own_claims(payload, prefix))
    except ValidationError as error:
        wrong = ", ".join(sorted({str(item["loc"][0]) for item in error.errors(include_input=False)}))
        raise Unauthenticated(f"The access token has unusable claims: {wrong}.", code="invalid-token") from None
    if claims.exp + leeway <= seconds:
        raise Unauthenticated("The access token has expired.", code="expired-token")
    if claims.nbf is not None and claims.nbf - leeway > seconds:
        raise Unauthenticated("The access token is not valid yet.", code="invalid-token")
    return Identity(
        subject=claims.sub,
        name=claims.name or claims.sub,
        roles=claims.roles,
        centers=claims.centers,
        divisions=claims.divisions,
        ports=claims.ports,
        importer_numbers=claims.importer_numbers,
        filer_code=claims.filer_code,
        surety_code=claims.surety_code,
        acting_for=claims.acting_for,
        party=claims.party,
    )


def _own_claims(payload: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """What the token says in our words: registered claims as they are, ours behind the prefix; null says nothing."""
    grants = {name: payload.get(prefix + name) for name in Grants.model_fields if name not in _REGISTERED}
    registered = {name: payload.get(name) for name in _REGISTERED}
    return {name: value for name, value in {**grants, **registered}.items() if value is not None}


def _invalid(why: str) -> Unauthenticated:
    return Unauthenticated(f"The access token is not valid: {why}.", code="invalid-token")
