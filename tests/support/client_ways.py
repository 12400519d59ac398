"""A way from the synchronous client to an application that runs on the loop of a test, without a network."""

import asyncio
from collections.abc import Mapping

import httpx
from fastapi import FastAPI

from tests.support.apis import Api
from tests.support.asgi import Call, send

_SECONDS = 60


class InLoop(httpx.BaseTransport):
    """Hands each request to an application on a loop that another thread runs, and keeps it for the test to look at."""

    def __init__(self, app: FastAPI, loop: asyncio.AbstractEventLoop) -> None:
        self.app = app
        self.loop = loop
        self.made: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Make the call and wait for its answer."""
        self.made.append(request)
        headers = tuple((name.lower(), value) for name, value in request.headers.raw)
        call = Call(request.method, request.url.raw_path, headers, request.read())
        answer = asyncio.run_coroutine_threadsafe(send(self.app, call), self.loop).result(_SECONDS)
        return httpx.Response(answer.status, headers=answer.headers, content=answer.body)


def ways_to(apis: Mapping[str, Api]) -> dict[str, InLoop]:
    """A way to each service; to be called on the loop that runs them."""
    loop = asyncio.get_running_loop()
    return {name: InLoop(api.app, loop) for name, api in apis.items()}
