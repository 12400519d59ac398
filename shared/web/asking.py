"""A question that another service answers: asked with the token of a person, or of nobody; within a time, or left open.

No service calls another to process an event. An answer that does not come is said to be missing, never waited for.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Why there is no answer, in a sentence for the person who asked."""

    why: str


class Neighbour:
    """Another service as it is asked: its name for people, where it is, how long an answer may take."""

    def __init__(
        self, name: str, base_url: str, seconds: float, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._name = name
        self._base_url = base_url
        self._seconds = seconds
        self._transport = transport

    async def ask(self, path: str, authorization: str, body: Any) -> Any | Unanswered:
        """The JSON with which the service answers a POST, or why it does not answer.

        `authorization` is the header of whoever asks: the service judges by their authority.
        """
        return await self._call("POST", path, authorization, body)

    async def read(self, path: str, authorization: str | None) -> Any | Unanswered:
        """The JSON with which the service answers a GET, or why it does not answer; as `ask` otherwise.

        What anybody may read is asked for without `authorization`.
        """
        return await self._call("GET", path, authorization, None)

    async def _call(self, method: str, path: str, authorization: str | None, body: Any) -> Any | Unanswered:
        try:
            async with (
                asyncio.timeout(self._seconds),
                httpx.AsyncClient(
                    base_url=self._base_url, transport=self._transport, timeout=self._seconds, trust_env=False
                ) as client,
            ):
                headers = {} if authorization is None else {"authorization": authorization}
                answer = await client.request(method, path, json=body, headers=headers)
        except (TimeoutError, httpx.TimeoutException):
            return Unanswered(f"{self._name} did not answer within {self._seconds:g} seconds.")
        except (httpx.HTTPError, httpx.InvalidURL):
            return Unanswered(f"{self._name} cannot be reached.")
        try:
            told = answer.json()
        except ValueError:
            told = None
        if answer.status_code != httpx.codes.OK:
            detail = told.get("detail") if isinstance(told, dict) else None
            return Unanswered(f"{self._name} does not answer this: {detail or f'status {answer.status_code}'}")
        return told if told is not None else Unanswered(f"{self._name} gave no answer that can be read.")
