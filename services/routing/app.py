"""Assembles the routing service."""

from datetime import timedelta
from pathlib import Path
from typing import cast

from services.routing.api import ROUTERS
from services.routing.handlers import TOPICS, RoutingHandler
from services.routing.proposing import propose
from services.routing.rules import RulesInForce
from services.routing.settings import RoutingSettings
from services.routing.store.invariants import INVARIANTS
from services.routing.store.tables import metadata
from shared.runtime.service import Job, Parts, Platform, Service


def build(platform: Platform) -> Parts:
    """The parts of routing with the rules in force."""
    settings = cast("RoutingSettings", platform.settings)
    rules = RulesInForce(settings.random_floor_basis_points)

    async def propose_assignments() -> None:
        await propose(platform.engine, platform.clock)

    return Parts(
        handler=RoutingHandler(rules, platform.metrics.conflicts_total),
        routers=ROUTERS,
        state={"rules": rules},
        # Figures move with the month; a run that finds nothing new proposes nothing twice.
        jobs=[Job("assignment-proposals", timedelta(hours=6), propose_assignments)],
        invariants=INVARIANTS,
    )


SERVICE = Service(
    name="routing",
    summary="Which Center, division and lane an entry belongs to, and why.",
    description="Importer accounts, their assignment to a Center and appeals; routing decisions with their reasons; "
    "selection criteria, tariff maps, authority, and the directory of Centers.",
    topics=TOPICS,
    metadata=metadata,
    migrations=Path(__file__).parent / "migrations",
    settings=RoutingSettings,
    build=build,
)
