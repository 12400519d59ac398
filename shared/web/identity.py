"""Who is calling: verified access tokens, the roles they carry, and dependencies that demand them."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

import jwt
import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field

from shared.customs.calendar import legal_date
from shared.db.transaction import reading
from shared.parties.store import delegated_in_force
from shared.runtime.clock import Clock
from shared.runtime.errors import Unauthenticated
from shared.runtime.identity import ANYONE, Identity
from shared.runtime.parties import party_ids
from shared.runtime.settings import DEVELOPMENT_ISSUER, ServiceSettings
from shared.web.rate_limit import CallLimit, refuse, refuse_caller
from shared.web.tokens import DEVELOPMENT_ALGORITHM, Grants, TokenVerifier


def issue_development_token(
    settings: ServiceSettings,
    identity: Identity,
    now: datetime,
    lifetime: timedelta = timedelta(hours=8),
) -> str:
    """Sign a token for `identity`, as the development issuer does; production tokens come from elsewhere.

    Raises ValueError where the settings hold no secret to sign with.
    """
    if settings.token_secret is None:
        raise ValueError("there is no token_secret: tokens come from the identity provider")
    claims = {
        "iss": DEVELOPMENT_ISSUER,
        "aud": settings.token_audience,
        "sub": identity.subject,
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
        "name": identity.name,
        "roles": sorted(identity.roles),
        "centers": sorted(identity.centers),
        "divisions": sorted(identity.divisions),
        "ports": sorted(identity.ports),
        "importer_numbers": sorted(identity.importer_numbers),
        "filer_code": identity.filer_code,
        "surety_code": identity.surety_code,
        "acting_for": identity.acting_for,
        "party": identity.party,
    }
    return jwt.encode(claims, settings.token_secret.get_secret_value(), algorithm=DEVELOPMENT_ALGORITHM)


_bearer = HTTPBearer(
    auto_error=False, bearerFormat="JWT", scheme_name="token", description="A signed access token (JWT)."
)


async def identity(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Identity:
    """Dependency: the verified caller; 401 when there is none, 429 when it calls too often.

    503 when the keys of the identity provider cannot be had.
    """
    if credentials is None:
        raise Unauthenticated("The call carries no access token.")
    clock: Clock = request.app.state.clock
    tokens: TokenVerifier = request.app.state.tokens
    caller = await tokens.verify(credentials.credentials, clock.now())
    structlog.contextvars.bind_contextvars(subject=caller.subject)
    calls: CallLimit = request.app.state.calls
    budget = calls.take_of(caller.subject)
    if budget.is_spent:
        raise refuse_caller(budget)
    return await _with_delegations(request, caller, legal_date(clock.now()))


async def _with_delegations(request: Request, caller: Identity, on: date) -> Identity:
    """The caller with what importers have delegated to the caller's parties on this day, as this service knows it."""
    platform, parties = getattr(request.app.state, "platform", None), party_ids(caller)
    if platform is None or not parties:
        return caller
    async with reading(platform.engine) as connection:
        given = await delegated_in_force(connection, parties, on)
    return replace(caller, delegations=given)


CurrentIdentity = Annotated[Identity, Depends(identity)]


async def public_caller(request: Request) -> Identity:
    """Dependency: the verified caller when a token is sent, else anyone, as often as the settings let an address call.

    A token that is sent must be good: whoever sends one means to be known. 429 when the address called too often.
    """
    if request.headers.get("authorization"):
        credentials = await _bearer(request)
        if credentials is None:
            raise Unauthenticated("The Authorization header carries no access token.")
        return await identity(request, credentials)
    calls: CallLimit = request.app.state.public_calls
    budget = calls.take(request.client.host if request.client is not None else None)
    request.state.answer_headers = calls.headers(budget)
    if budget.is_spent:
        raise refuse(budget)
    return ANYONE


PublicCaller = Annotated[Identity, Depends(public_caller)]
"""Dependency: the verified caller, or anyone in the role `public`; the route shows the public what is public."""


class TokenRequest(Grants):
    """For whom to issue a development token."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"subject": "kim", "roles": ["import-specialist"], "centers": ["CEE003"]}],
        },
    )

    subject: str = Field(min_length=1, description="The user name.")


class TokenResponse(BaseModel):
    """A token and how long it is good for."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - a scheme, not a secret
    expires_at: datetime


tokens_router = APIRouter(tags=["development"])


@tokens_router.post("/tokens", status_code=201, summary="Issue an access token (development only)")
async def issue_token(body: TokenRequest, request: Request) -> TokenResponse:
    """Issue a token for anyone with any role. Mounted only where `CENTERLINE_DEVELOPMENT` is true."""
    clock: Clock = request.app.state.clock
    now = clock.now()
    lifetime = timedelta(hours=8)
    caller = Identity(**{**body.model_dump(), "name": body.name or body.subject})
    token = issue_development_token(request.app.state.settings, caller, now, lifetime)
    return TokenResponse(access_token=token, expires_at=now + lifetime)
