"""Assembles the routing service."""

from pathlib import Path
from typing import Final, cast

from services.routing.api import PUBLIC_ROUTERS, ROUTERS
from services.routing.api.subjects import SUBJECTS
from services.routing.handlers.handler import TOPICS, RoutingHandler
from services.routing.jobs import schedule
from services.routing.publishing import events_refused
from services.routing.settings import RoutingSettings
from services.routing.store.invariants import INVARIANTS
from services.routing.store.origins import ORIGINS
from services.routing.store.partitions import PARTED, PIECES
from services.routing.store.rulebook import RulesInForce
from services.routing.store.sealed import SEALED
from services.routing.store.tables.core import metadata
from shared.files.depot import open_depot
from shared.files.jobs import file_jobs
from shared.runtime import sealing
from shared.runtime.platform import Platform
from shared.runtime.service import Parts, Service
from shared.web.history import build_history_router

HISTORY: Final = build_history_router(SEALED)


def build(platform: Platform) -> Parts:
    """The parts of routing with the rules in force."""
    settings = cast("RoutingSettings", platform.settings)
    rules = RulesInForce(settings.random_floor_basis_points)
    files = open_depot(settings)
    return Parts(
        handler=RoutingHandler(rules, platform.metrics.conflicts_total),
        routers=(*ROUTERS, HISTORY),
        public_routers=PUBLIC_ROUTERS,
        state={"rules": rules, "files": files, "archive": settings.archive},
        jobs=(*schedule(platform, rules), *file_jobs(platform, files)),
        invariants=(*INVARIANTS, *sealing.invariants(SEALED)),
        sealed=SEALED,
        parted=PARTED,
        pieces=PIECES,
        answer=events_refused,
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
    origins=ORIGINS,
    subjects=SUBJECTS,
)
