"""An identity provider in memory: a discovery document, keys that rotate, and tokens that it signs."""

import asyncio
import json
from datetime import datetime
from typing import Any, Literal

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

ISSUER = "https://login.example.gov/centers"
AUDIENCE = "centerline"
JWKS_PATH = "/keys"

Signs = Literal["RS256", "ES256", "EdDSA"]


class Provider:
    """The provider; `keys` are what it publishes, `asked` counts how often it was asked for them."""

    def __init__(self, issuer: str = ISSUER) -> None:
        self.issuer = issuer
        self.asked = 0
        self.is_away = False
        self.hold: asyncio.Event | None = None
        self.keys: dict[str, dict[str, Any]] = {}
        self.discovery: dict[str, Any] = {"issuer": issuer, "jwks_uri": "https://login.example.gov" + JWKS_PATH}
        self.answer: Response | None = None
        self._private: dict[str, tuple[Signs, Any]] = {}
        routes = [
            Route("/centers/.well-known/openid-configuration", self._discover),
            Route(JWKS_PATH, self._publish),
        ]
        self.transport = httpx.ASGITransport(Starlette(routes=routes))

    def add_key(self, kid: str, algorithm: Signs = "ES256") -> None:
        """Publish a new key and be able to sign with it."""
        private = _generate(algorithm)
        self._private[kid] = (algorithm, private)
        self.keys[kid] = public_jwk(private.public_key()) | {"kid": kid, "alg": algorithm, "use": "sig"}

    def private_key(self, kid: str) -> Any:
        """The key that signs under this name."""
        return self._private[kid][1]

    def sign(self, kid: str, now: datetime, *, header: dict[str, Any] | None = None, **changes: Any) -> str:
        """A token for kim, good for a minute, with these claims changed; None takes one away."""
        algorithm, private = self._private[kid]
        return jwt.encode(
            self.claims(now, **changes), private, algorithm=algorithm, headers={"kid": kid, **(header or {})}
        )

    def claims(self, now: datetime, **changes: Any) -> dict[str, Any]:
        """What a token of this provider says."""
        claims = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": "kim",
            "exp": int(now.timestamp()) + 60,
            "roles": ["importer"],
        } | changes
        return {name: value for name, value in claims.items() if value is not None}

    async def _discover(self, request: Request) -> Response:
        await self._wait()
        return self._away() or JSONResponse(self.discovery)

    async def _publish(self, request: Request) -> Response:
        self.asked += 1
        await self._wait()
        return self._away() or self.answer or JSONResponse({"keys": list(self.keys.values())})

    async def _wait(self) -> None:
        if self.hold is not None:
            await self.hold.wait()

    def _away(self) -> Response | None:
        return Response("away", 502) if self.is_away else None


def public_jwk(key: Any) -> dict[str, Any]:
    """A public key as a provider publishes it."""
    kinds = ((rsa.RSAPublicKey, RSAAlgorithm), (ec.EllipticCurvePublicKey, ECAlgorithm))
    for kind, algorithm in kinds:
        if isinstance(key, kind):
            return dict(json.loads(algorithm.to_jwk(key)))
    return dict(json.loads(OKPAlgorithm.to_jwk(key)))


def _generate(algorithm: Signs) -> Any:
    match algorithm:
        case "RS256":
            return rsa.generate_private_key(public_exponent=65537, key_size=2048)
        case "ES256":
            return ec.generate_private_key(ec.SECP256R1())
        case "EdDSA":
            return ed25519.Ed25519PrivateKey.generate()
