"""The deadline calculator: whole requests into the application beside the bare computation."""

import time
from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import create_async_engine

from services.liquidation.app import SERVICE
from services.liquidation.domain.calculator.answers import calculate
from services.liquidation.domain.calculator.facts import CalculatorFacts
from services.liquidation.settings import LiquidationSettings
from shared.bus.postgres import PostgresBus
from shared.runtime.clock import SystemClock
from shared.runtime.identity import Identity, RoleName
from shared.runtime.lifecycle import Readiness
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Platform
from shared.runtime.service import build_app
from shared.web.identity import issue_development_token

_UNUSED = "postgresql+asyncpg://unused"
_FACTS: dict[str, Any] = {
    "entry_type": "01",
    "entry_date": date(2025, 3, 3),
    "imported_on": date(2025, 3, 2),
    "paid_on": date(2025, 3, 12),
    "liquidated_on": date(2026, 1, 16),
    "protest_received_on": date(2026, 3, 2),
    "asks_further_review": True,
    "billed_on": date(2026, 1, 16),
}


@dataclass(frozen=True, slots=True)
class CalculatorMeasured:
    """Calls with the seconds of the endpoint and of the computation alone."""

    calls: int
    clocks: int
    seconds: float
    floor_seconds: float


async def measure_calculator(calls: int) -> CalculatorMeasured:
    """The same facts again and again: from the bytes of a request to those of its answer, then computed only."""
    settings = LiquidationSettings(
        env="development", database_url=_UNUSED, bus_database_url=_UNUSED, token_secret="b" * 32
    )
    clock = SystemClock()
    platform = Platform(settings, create_async_engine(_UNUSED), PostgresBus(_UNUSED), clock, Metrics.create())
    app = build_app(SERVICE, platform, SERVICE.build(platform), Readiness())
    caller = Identity("bench", "Bench", frozenset({RoleName.IMPORTER}))
    token = issue_development_token(settings, caller, clock.now())
    body = orjson.dumps(_FACTS)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/deadline-calculator",
        "raw_path": b"/deadline-calculator",
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {token}".encode()), (b"content-type", b"application/json")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8003),
    }
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await app(dict(scope), receive, send)
    assert sent[0]["status"] == 200, sent
    clocks = len(orjson.loads(sent[1]["body"])["clocks"])
    began = time.perf_counter()
    for _ in range(calls):
        sent.clear()
        await app(dict(scope), receive, send)
    seconds = time.perf_counter() - began
    assert sent[0]["status"] == 200
    facts, law = CalculatorFacts(**_FACTS), settings.law_in_force
    began = time.perf_counter()
    for _ in range(calls):
        calculate(facts, law)
    return CalculatorMeasured(calls, clocks, seconds, time.perf_counter() - began)
