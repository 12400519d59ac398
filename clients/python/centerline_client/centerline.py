"""All services of one system behind one object."""

import json
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Self

import httpx

from centerline_client.core import Answer, Service
from centerline_client.liquidation import Liquidation
from centerline_client.models.routing import EventsTakenOut
from centerline_client.notifications import Notifications
from centerline_client.routing import Routing
from centerline_client.tokens import Tokens, sandbox_tokens
from centerline_client.workqueue import Workqueue

PORTS: Final = {"routing": 8001, "workqueue": 8002, "liquidation": 8003, "notifications": 8004}
"""Where `make run` has the services."""


class Centerline:
    """The four services, called in one name.

    `urls` says where they are by name; those of a laptop by default. `transports` replaces how a service is reached,
    by name, for tests.
    """

    def __init__(
        self,
        tokens: Tokens | None = None,
        urls: Mapping[str, str] | None = None,
        *,
        timeout: float = 30.0,
        attempts: int = 3,
        transports: Mapping[str, httpx.BaseTransport] | None = None,
    ) -> None:
        places = {name: f"http://127.0.0.1:{port}" for name, port in PORTS.items()} | dict(urls or {})
        ways = transports or {}

        def given(name: str) -> dict[str, Any]:
            return {
                "url": places[name],
                "tokens": tokens,
                "timeout": timeout,
                "attempts": attempts,
                "transport": ways.get(name),
            }

        self.routing = Routing(**given("routing"))
        self.workqueue = Workqueue(**given("workqueue"))
        self.liquidation = Liquidation(**given("liquidation"))
        self.notifications = Notifications(**given("notifications"))

    @classmethod
    def in_sandbox(cls, client_id: str, urls: Mapping[str, str] | None = None) -> Self:
        """As one of the people of a system in development (`GET /sandbox/personas`)."""
        url = (urls or {}).get("routing", f"http://127.0.0.1:{PORTS['routing']}")
        return cls(sandbox_tokens(url, client_id), urls)

    def post_events(self, events: Sequence[Mapping[str, Any]]) -> Answer[EventsTakenOut]:
        """Hand CloudEvents over, all or none (structured mode, as a batch); up to as many as the document says.

        The same event sent again, by its source and id, counts once: repeat a call that was not answered.
        """
        return self.routing.take_events(
            content=json.dumps(list(events)), content_type="application/cloudevents-batch+json"
        )

    def close(self) -> None:
        """Close the connections."""
        services: tuple[Service, ...] = (self.routing, self.workqueue, self.liquidation, self.notifications)
        for service in services:
            service.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
