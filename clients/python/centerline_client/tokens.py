"""Where access tokens come from: one that is at hand, an identity provider, or the sandbox of a development system."""

import time
from collections.abc import Callable, Mapping
from typing import Final, Protocol

import httpx

from centerline_client.problems import problem_of

SANDBOX_SECRET: Final = "sandbox"  # noqa: S105 - it is in the document, and keeps nobody out
_EARLY_SECONDS: Final = 60.0


class Tokens(Protocol):
    """Gives the token for the next call."""

    def token(self) -> str:
        """A token that is good now."""
        ...

    def renew(self) -> bool:
        """Forget the token at hand, which a service refused; whether there may be another."""
        ...


class GivenToken:
    """A token that somebody else looks after."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self) -> str:
        """The token, as it was given."""
        return self._token

    def renew(self) -> bool:
        """There is no other."""
        return False


class ClientCredentials:
    """Tokens of an OAuth 2.0 token endpoint by client credentials (RFC 6749, 4.4), kept until shortly before their end.

    `more` goes into the form beside the grant, such as `audience` or `scope`. Raises a `Problem` when the endpoint
    refuses.
    """

    def __init__(
        self,
        token_url: str,
        client_id: str,
        client_secret: str,
        *,
        more: Mapping[str, str] | None = None,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = token_url
        self._client = (client_id, client_secret)
        self._more = dict(more or {})
        self._transport = transport
        self._clock = clock
        self._token = ""
        self._good_until = float("-inf")

    def token(self) -> str:
        """The token at hand, or a new one."""
        if self._clock() >= self._good_until:
            form = {"grant_type": "client_credentials", **self._more}
            with httpx.Client(transport=self._transport, timeout=30) as http:
                answer = http.post(self._url, data=form, auth=httpx.BasicAuth(*self._client))
            if not answer.is_success:
                raise problem_of(answer)
            told = answer.json()
            self._token = str(told["access_token"])
            self._good_until = self._clock() + max(0.0, float(told.get("expires_in", 300)) - _EARLY_SECONDS)
        return self._token

    def renew(self) -> bool:
        """Ask the endpoint again with the next call."""
        self._good_until = float("-inf")
        return True


def sandbox_tokens(service_url: str, client_id: str, *, transport: httpx.BaseTransport | None = None) -> Tokens:
    """Tokens in the name of one of `GET /sandbox/personas`, of any service of a system in development."""
    url = f"{service_url.rstrip('/')}/sandbox/token"
    return ClientCredentials(url, client_id, SANDBOX_SECRET, transport=transport)
