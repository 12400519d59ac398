"""What the runtime gives a service to build its parts from, and the form of its scheduled work; knows no HTTP."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from shared.bus.protocol import Bus
from shared.runtime.clock import Clock
from shared.runtime.metrics import Metrics
from shared.runtime.settings import ServiceSettings
from shared.runtime.slices import JobSession


@dataclass(frozen=True, slots=True)
class Platform:
    """What the runtime gives a service to build its parts from; `engine` is the pool that answers the API."""

    settings: ServiceSettings
    engine: AsyncEngine
    bus: Bus
    clock: Clock
    metrics: Metrics


@dataclass(frozen=True, slots=True)
class Job:
    """Work on a schedule; one process of the service at a time does it, on the connection that holds its lock."""

    name: str
    every: timedelta
    run: Callable[[JobSession], Awaitable[None]]
