"""Assembles the routing service."""

from pathlib import Path
from typing import cast

from services.routing.api import ROUTERS
from services.routing.domain.decision import Rules
from services.routing.domain.directory import shipped_directory
from services.routing.domain.selection import first_criteria
from services.routing.handlers import TOPICS, RoutingHandler
from services.routing.settings import RoutingSettings
from services.routing.store.invariants import INVARIANTS
from services.routing.store.tables import metadata
from shared.customs.tariff_map import default_tariff_map
from shared.runtime.service import Parts, Platform, Service


def build(platform: Platform) -> Parts:
    """The parts of routing with the rules in force."""
    settings = cast("RoutingSettings", platform.settings)
    rules = Rules(default_tariff_map(), first_criteria(settings.random_floor_basis_points), shipped_directory())
    handler = RoutingHandler(rules, platform.metrics.conflicts_total)
    return Parts(handler=handler, routers=ROUTERS, state={"rules": rules}, invariants=INVARIANTS)


SERVICE = Service(
    name="routing",
    summary="Which Center, division and lane an entry belongs to, and why.",
    description="Importer accounts and their Center, routing decisions with their reasons, the directory of Centers.",
    topics=TOPICS,
    metadata=metadata,
    migrations=Path(__file__).parent / "migrations",
    settings=RoutingSettings,
    build=build,
)
