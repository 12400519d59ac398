"""Signing in at the identity provider: code flow with PKCE (RFC 7636), checked by state and nonce; and ending there."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx
from authlib.common.errors import AuthlibBaseError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from services.console.acts.secrets import new_secret

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import AsyncOAuth2Client

ALGORITHMS: Final = ["RS256", "ES256", "EdDSA"]
LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
_SECONDS: Final = 10.0
_NO_TOKEN: Final = (AuthlibBaseError, httpx.HTTPError, ValueError)
"""How a token endpoint fails: it says so, is away, or answers what is no JSON, as what stands before it may."""


class LoginFailed(Exception):  # noqa: N818  says what happened
    """The provider did not sign somebody in; the text says why."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that was begun: where the browser goes, and what is kept until it comes back."""

    url: str
    state: str
    kept: dict[str, str]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What the provider gave."""

    access_token: str
    subject: str
    provider_session: str | None
    refresh_token: str | None
    lasts_seconds: float | None
    """How long the access token is good; None where the provider does not say."""


class Login:
    """The provider as the console uses it."""

    def __init__(
        self, issuer: str, client_id: str, client_secret: str | None, scope: str, acr_values: str | None, callback: str
    ) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._scope = scope
        self._acr_values = acr_values
        self._callback = callback
        self._known: dict[str, Any] | None = None

    async def begin(self, go_on: str) -> Begun:
        """Where to send somebody who wants to sign in; raises `LoginFailed` when the provider is away."""
        known = await self._discover()
        state, nonce, verifier = new_secret(), new_secret(), new_secret() + new_secret()
        more = {} if self._acr_values is None else {"acr_values": self._acr_values}
        async with self._client() as client:
            url, _ = client.create_authorization_url(
                known["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier, **more
            )
        return Begun(url, state, {"nonce": nonce, "verifier": verifier, "go_on": go_on})

    async def finish(self, code: str, kept: dict[str, str]) -> SignedIn:
        """Exchange the code for tokens; raises `LoginFailed` when anything about them is wrong."""
        known = await self._discover()
        try:
            async with self._client() as client:
                token = await client.fetch_token(
                    known["token_endpoint"], code=code, code_verifier=kept["verifier"], grant_type="authorization_code"
                )
        except _NO_TOKEN as error:
            raise LoginFailed(f"The provider gave no token: {error}.") from error
        claims = await self._verify(token.get("id_token", ""))
        if claims.get("nonce") != kept["nonce"]:
            raise LoginFailed("The token of the provider belongs to another sign-in.")
        return _signed_in(token, str(claims["sub"]), claims.get("sid"))

    async def refresh(self, refresh_token: str, subject: str, provider_session: str | None) -> SignedIn:
        """Another access token for a session that goes on; raises `LoginFailed` where the provider gives none."""
        known = await self._discover()
        try:
            async with self._client() as client:
                token = await client.refresh_token(known["token_endpoint"], refresh_token=refresh_token)
        except _NO_TOKEN as error:
            raise LoginFailed(f"The provider gave no further token: {error}.") from error
        return _signed_in({"refresh_token": refresh_token, **token}, subject, provider_session)

    async def read_logout(self, token: str) -> tuple[str | None, str | None]:
        """Whose sessions a logout token of the provider ends: its session, or the person (Back-Channel Logout 1.0)."""
        claims = await self._verify(token)
        if LOGOUT_EVENT not in claims.get("events", {}) or "nonce" in claims:
            raise LoginFailed("This is no logout token.")
        return claims.get("sid"), claims.get("sub")

    def _client(self) -> "AsyncOAuth2Client":
        # Not above: it brings an HTTP client of its own, which a console without a provider never needs.
        from authlib.integrations.httpx_client import AsyncOAuth2Client  # noqa: PLC0415

        return AsyncOAuth2Client(
            client_id=self._client_id,
            client_secret=self._client_secret,
            scope=self._scope,
            redirect_uri=self._callback,
            code_challenge_method="S256",
            timeout=_SECONDS,
            trust_env=False,
        )

    async def _discover(self) -> dict[str, Any]:
        if self._known is None:
            found = await self._fetch(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != self._issuer:
                raise LoginFailed("The provider says that it is another.")
            self._known = found
        return self._known

    async def _verify(self, token: str) -> dict[str, Any]:
        known = await self._discover()
        try:
            keys = KeySet.import_key_set(await self._fetch(known["jwks_uri"]))  # type: ignore[arg-type]
            claims = dict(jwt.decode(token, keys, algorithms=ALGORITHMS).claims)
            rules = jwt.JWTClaimsRegistry(
                leeway=60,
                iss={"essential": True, "value": self._issuer},
                aud={"essential": True, "value": self._client_id},
            )
            rules.validate(claims)
        except (JoseError, ValueError) as error:
            raise LoginFailed(f"The provider's token is not valid: {error}.") from error
        return claims

    async def _fetch(self, url: str) -> dict[str, Any]:
        try:
            async with httpx.AsyncClient(timeout=_SECONDS, trust_env=False) as client:
                answer = await client.get(url)
                answer.raise_for_status()
                return dict(answer.json())
        except (httpx.HTTPError, ValueError) as error:
            raise LoginFailed("The identity provider does not answer.") from error


def _signed_in(token: dict[str, Any], subject: str, provider_session: str | None) -> SignedIn:
    """What the answer of a token endpoint gives; raises `LoginFailed` where it lacks the token."""
    if not token.get("access_token"):
        raise LoginFailed("The provider gave no access token.")
    lasts = token.get("expires_in")
    return SignedIn(
        token["access_token"],
        subject,
        provider_session,
        token.get("refresh_token"),
        None if lasts is None else float(lasts),
    )
