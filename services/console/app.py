"""Assembles the console."""

from functools import partial
from pathlib import Path

from services.console.api.application import build_pages
from services.console.settings import ConsoleSettings
from services.console.store.tables.core import metadata
from shared.runtime.platform import Platform
from shared.runtime.service import Parts, Service


def build(platform: Platform) -> Parts:
    """The parts of the console: pages, and nothing that reads or publishes events."""
    return Parts(handler=None, routers=(), state={}, pages=partial(build_pages, platform))


SERVICE = Service(
    name="console",
    summary="Pages over the services.",
    description="What people of the Centers and of the trade see and do, and what anyone may know.",
    topics=(),
    metadata=metadata,
    migrations=Path(__file__).parent / "migrations",
    settings=ConsoleSettings,
    build=build,
)
