"""Who is calling: verified access tokens, the roles they carry, and dependencies that demand them."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal

import jwt
import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from shared.runtime.access import STAFF
from shared.runtime.clock import Clock
from shared.runtime.errors import Forbidden, Unauthenticated
from shared.runtime.identity import Identity, RoleName
from shared.runtime.settings import ServiceSettings

ALGORITHM: Final = "HS256"


_KNOWN_ROLES: Final[frozenset[str]] = frozenset(RoleName)


class Grants(BaseModel):
    """What a token says about its holder, beside the registered claims."""

    name: str = ""
    roles: frozenset[RoleName] = frozenset()
    centers: frozenset[str] = frozenset()
    divisions: frozenset[str] = frozenset()
    importer_numbers: frozenset[str] = frozenset()
    filer_code: str | None = None
    surety_code: str | None = None
    acting_for: str | None = None


class _Claims(Grants):
    sub: str = Field(min_length=1)
    exp: int
    nbf: int | None = None

    @field_validator("roles", mode="before")
    @classmethod
    def _known_roles(cls, value: Any) -> Any:
        # An issuer may know roles that mean nothing here: they grant nothing.
        if isinstance(value, list):
            return [role for role in value if isinstance(role, str) and role in _KNOWN_ROLES]
        return value


def verify_token(token: str, settings: ServiceSettings, now: datetime) -> Identity:
    """Return whom the token speaks for; raises Unauthenticated with the reason."""
    try:
        payload = jwt.decode(
            token,
            settings.token_secret.get_secret_value(),
            algorithms=[ALGORITHM],
            audience=settings.token_audience,
            issuer=settings.token_issuer,
            # the times are compared below, with the time that the application was given
            options={
                "require": ["sub", "exp", "iss", "aud"],
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
            },
        )
        claims = _Claims.model_validate(payload)
    except jwt.InvalidTokenError as error:
        raise Unauthenticated(f"The access token is not valid: {error}.", code="invalid-token") from None
    except ValidationError as error:
        wrong = ", ".join(sorted({str(item["loc"][0]) for item in error.errors(include_input=False)}))
        raise Unauthenticated(f"The access token has unusable claims: {wrong}.", code="invalid-token") from None
    seconds = now.timestamp()
    if claims.exp <= seconds:
        raise Unauthenticated("The access token has expired.", code="expired-token")
    if claims.nbf is not None and claims.nbf > seconds:
        raise Unauthenticated("The access token is not valid yet.", code="invalid-token")
    return Identity(
        subject=claims.sub,
        name=claims.name or claims.sub,
        roles=claims.roles,
        centers=claims.centers,
        divisions=claims.divisions,
        importer_numbers=claims.importer_numbers,
        filer_code=claims.filer_code,
        surety_code=claims.surety_code,
        acting_for=claims.acting_for,
    )


def issue_development_token(
    settings: ServiceSettings,
    identity: Identity,
    now: datetime,
    lifetime: timedelta = timedelta(hours=8),
) -> str:
    """Sign a token for `identity`, as the development issuer does; production tokens come from elsewhere."""
    claims = {
        "iss": settings.token_issuer,
        "aud": settings.token_audience,
        "sub": identity.subject,
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
        "name": identity.name,
        "roles": sorted(identity.roles),
        "centers": sorted(identity.centers),
        "divisions": sorted(identity.divisions),
        "importer_numbers": sorted(identity.importer_numbers),
        "filer_code": identity.filer_code,
        "surety_code": identity.surety_code,
        "acting_for": identity.acting_for,
    }
    return jwt.encode(claims, settings.token_secret.get_secret_value(), algorithm=ALGORITHM)


_bearer = HTTPBearer(
    auto_error=False, bearerFormat="JWT", scheme_name="token", description="A signed access token (JWT)."
)


async def identity(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Identity:
    """Dependency: the verified caller; 401 when there is none."""
    if credentials is None:
        raise Unauthenticated("The call carries no access token.")
    clock: Clock = request.app.state.clock
    caller = verify_token(credentials.credentials, request.app.state.settings, clock.now())
    structlog.contextvars.bind_contextvars(subject=caller.subject)
    return caller


CurrentIdentity = Annotated[Identity, Depends(identity)]


async def public_caller(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Identity:
    """Dependency: the verified caller, or anybody when no token is sent; 401 for one that is not valid."""
    if credentials is None:
        return Identity("public", "public", frozenset({RoleName.PUBLIC}))
    return await identity(request, credentials)


PublicIdentity = Annotated[Identity, Depends(public_caller)]


def require(*roles: RoleName) -> Callable[[Identity], Awaitable[Identity]]:
    """Build a dependency: the verified caller, who holds at least one of `roles`; 403 names them if not."""
    if not roles:
        raise ValueError("name the roles that may call this; `identity` alone admits every role")

    async def require_role(caller: CurrentIdentity) -> Identity:
        if not caller.has_role(*roles):
            wanted = " or ".join(roles)
            held = ", ".join(sorted(caller.roles)) or "none"
            raise Forbidden(f"This needs the role {wanted}; the token carries: {held}.", code="role-required")
        return caller

    return require_role


StaffIdentity = Annotated[Identity, Depends(require(*sorted(STAFF)))]
"""Dependency: the verified caller, who works for CBP or operates the system."""


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
