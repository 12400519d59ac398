"""A sandbox for integrators: people of a table, and tokens in their names by OAuth 2.0 client credentials.

Only where the settings say `development`, which production refuses.
"""

from base64 import b64decode
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Form, Header, Request
from pydantic import BaseModel, Field

from shared.customs.reference_data import read_table
from shared.runtime.clock import Clock
from shared.runtime.errors import Unauthenticated
from shared.runtime.identity import Identity, RoleName
from shared.web.identity import issue_development_token
from shared.web.problem import problem_responses

TOKEN_PATH: Final = "/sandbox/token"  # noqa: S105 - a path, not a secret
SECRET: Final = "sandbox"  # noqa: S105 - it is in the document, and keeps nobody out
SCHEME: Final[dict[str, Any]] = {
    "type": "oauth2",
    "description": f"Whom to be: the `client_id` of one of `GET /sandbox/personas`; the secret is `{SECRET}`.",
    "flows": {"clientCredentials": {"tokenUrl": TOKEN_PATH, "scopes": {}}},
}
"""For the OpenAPI document of a service in development, so that a page or a client gets tokens by itself."""
_LIFETIME: Final = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody to be in the sandbox, and what this person does."""

    identity: Identity
    what: str


@cache
def personas() -> tuple[Persona, ...]:
    """The people of `sandbox_personas.csv`, in its order."""
    return tuple(
        Persona(
            Identity(
                subject=row["client_id"],
                name=row["name"],
                roles=frozenset({RoleName(row["role"])}),
                centers=frozenset(row["centers"].split()),
                divisions=frozenset(row["divisions"].split()),
                importer_numbers=frozenset(row["importer_numbers"].split()),
                filer_code=row["filer_code"] or None,
                surety_code=row["surety_code"] or None,
            ),
            row["what"],
        )
        for row in read_table("sandbox_personas")
    )


class PersonaOut(BaseModel):
    """Somebody to be, with what a token in this name grants."""

    client_id: str = Field(examples=["kim"])
    name: str = Field(examples=["Kim Sato"])
    what: str = Field(description="What this person does, in a line.")
    roles: list[str] = Field(examples=[["import-specialist"]])
    centers: list[str] = Field(examples=[["CEE003"]])
    importer_numbers: list[str]
    filer_code: str | None
    surety_code: str | None


class PersonasOut(BaseModel):
    """All people of the sandbox."""

    items: list[PersonaOut]


class SandboxTokenOut(BaseModel):
    """An access token (RFC 6749, 5.1)."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a scheme, not a secret
    expires_in: int = Field(description="Seconds for which it is good.", examples=[28_800])


router = APIRouter(tags=["sandbox"])


@router.get("/sandbox/personas", summary="Whom one can be here")
async def list_personas() -> PersonasOut:
    """The people of the sandbox, each with the role and the rows that a token in that name grants."""
    return PersonasOut(items=[_persona(each) for each in personas()])


@router.post(TOKEN_PATH, summary="A token in the name of one of them", responses=problem_responses([401]))
async def issue_sandbox_token(
    request: Request,
    grant_type: Annotated[Literal["client_credentials"], Form(description="Always `client_credentials`.")],
    client_id: Annotated[
        str | None, Form(description="Of GET /sandbox/personas, here or in the Authorization header.", examples=["kim"])
    ] = None,
    client_secret: Annotated[str | None, Form(description=f"Always `{SECRET}`.", examples=[SECRET])] = None,
    authorization: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> SandboxTokenOut:
    """The grant of client credentials (RFC 6749, 4.4), with the client in the form or by HTTP Basic."""
    assert grant_type == "client_credentials"
    given = _basic(authorization) or (client_id, client_secret)
    person = next((each for each in personas() if each.identity.subject == given[0]), None)
    if person is None or given[1] != SECRET:
        raise Unauthenticated(
            "Nobody in the sandbox has this client_id and secret.",
            code="unknown-persona",
            remedy=f"Take a client_id of GET /sandbox/personas; the secret is {SECRET}.",
        )
    clock: Clock = request.app.state.clock
    token = issue_development_token(request.app.state.settings, person.identity, clock.now(), _LIFETIME)
    return SandboxTokenOut(access_token=token, expires_in=int(_LIFETIME.total_seconds()))


def _persona(each: Persona) -> PersonaOut:
    return PersonaOut(
        client_id=each.identity.subject,
        name=each.identity.name,
        what=each.what,
        roles=sorted(each.identity.roles),
        centers=sorted(each.identity.centers),
        importer_numbers=sorted(each.identity.importer_numbers),
        filer_code=each.identity.filer_code,
        surety_code=each.identity.surety_code,
    )


def _basic(header: str | None) -> tuple[str, str] | None:
    """Name and secret of an Authorization header (RFC 7617); None where it holds none.

    >>> _basic("Basic a2ltOnNhbmRib3g="), _basic("Basic !"), _basic(None)
    (('kim', 'sandbox'), None, None)
    """
    scheme, _, encoded = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return None
    return name, secret
