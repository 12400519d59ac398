"""Calls the services' APIs with a token of the identity provider, or with one that the development issuer signs."""

import asyncio
import os
from datetime import date
from typing import Any, Final

import httpx

from cli.environment import Environment
from shared.runtime.identity import Identity, RoleName
from shared.runtime.settings import ServiceSettings, load_settings
from shared.web.identity import issue_development_token


class CallRefused(Exception):  # noqa: N818  says what the service answered
    """A service answered with a problem; the text is its detail and remedy, `code` its machine-readable name."""

    def __init__(self, text: str, code: str | None) -> None:
        super().__init__(text)
        self.code = code


_CYCLE_PAUSE_SECONDS: Final = 1.0
_IDLE_SECONDS: Final = 1.0
"""Well below what a server waits (uvicorn: 5 s), or a call goes out on a connection that is just being closed."""


def sign_token(environment: Environment, holder: Identity) -> str:
    """A token that the services of this environment accept for eight hours."""
    settings = load_settings(
        ServiceSettings,
        service="cli",
        database_url="postgresql://unused",
        bus="kafka",
        port=0,
        env="development",
        token_secret=environment.token_secret,
    )
    return issue_development_token(settings, holder, environment.clock.now())


class Client:
    """The services' APIs as an operator sees them, with the token of CENTERLINE_TOKEN where that is given."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self.signs = "CENTERLINE_TOKEN" not in os.environ
        """Whether the services take tokens that are signed here, so that calls can be made in the name of people."""
        roles = {RoleName.OPERATOR, RoleName.OFFICE_OF_TRADE, RoleName.LIQUIDATION_SPECIALIST}
        operator = Identity(subject="operator", name="Operator", roles=frozenset(roles))
        token = os.environ.get("CENTERLINE_TOKEN") or sign_token(environment, operator)
        self._http = httpx.AsyncClient(
            timeout=600,
            headers={"authorization": f"Bearer {token}"},
            limits=httpx.Limits(keepalive_expiry=_IDLE_SECONDS),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def get(self, service: str, path: str, *, person: Identity | None = None) -> Any:
        """The JSON answer to a GET; raises `CallRefused` with the problem otherwise. `person` as in `post`."""
        return _answer(await self._http.get(self._environment.address_of(service) + path, headers=self._as(person)))

    async def post(
        self, service: str, path: str, body: Any, *, key: str | None = None, person: Identity | None = None
    ) -> Any:
        """The JSON answer to a POST; None where there is none. Raises `CallRefused` with the problem otherwise.

        `key` is its Idempotency-Key. `person` calls instead of the operator, where tokens are signed here.
        """
        headers = self._as(person) | ({"idempotency-key": key} if key is not None else {})
        address = self._environment.address_of(service) + path
        return _answer(await self._http.post(address, json=body, headers=headers))

    async def post_table(self, service: str, path: str, table: str, *, person: Identity) -> Any:
        """The JSON answer to a POST of CSV in somebody's name; raises `CallRefused` with the problem otherwise."""
        headers = self._as(person) | {"content-type": "text/csv; charset=utf-8"}
        address = self._environment.address_of(service) + path
        return _answer(await self._http.post(address, content=table.encode(), headers=headers))

    def _as(self, person: Identity | None) -> dict[str, str]:
        """Headers by which somebody else than the operator calls."""
        return {} if person is None else {"authorization": f"Bearer {sign_token(self._environment, person)}"}


async def run_cycle(client: Client, friday: date, *, despite_unread: bool = False) -> Any:
    """Run the weekly cycle of a Friday; asks again while it waits for events to be read. Raises `CallRefused`."""
    while True:
        try:
            body = {"date": friday.isoformat(), "despite_unread": despite_unread}
            return await client.post("liquidation", "/cycles", body)
        except CallRefused as refused:
            if refused.code != "cycle-waits":
                raise
        await asyncio.sleep(_CYCLE_PAUSE_SECONDS)


def _answer(response: httpx.Response) -> Any:
    if response.is_success:
        return response.json() if response.content else None
    try:
        problem = response.json()
        text = " ".join(part for part in (problem.get("detail"), problem.get("remedy")) if part)
    except ValueError:
        problem, text = {}, response.text[:500]
    told = f"{response.request.method} {response.request.url.path}: {response.status_code} {text}"
    raise CallRefused(told, problem.get("code"))
