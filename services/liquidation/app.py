"""Assembles the liquidation service."""

from functools import cache
from pathlib import Path
from typing import Final, cast

from fastapi import APIRouter

from services.liquidation.acts.calendar_days import EntryDays
from services.liquidation.api import PUBLIC_ROUTERS, ROUTERS, calendar_feeds
from services.liquidation.api.subjects import SUBJECTS
from services.liquidation.domain.law import LawSettings
from services.liquidation.handlers.handler import GROUP, TOPICS, LiquidationHandler
from services.liquidation.jobs import schedule, upstream_of
from services.liquidation.settings import LiquidationSettings
from services.liquidation.store.invariants import INVARIANTS
from services.liquidation.store.origins import ORIGINS
from services.liquidation.store.partitions import PARTED, PIECES
from services.liquidation.store.sealed import SEALED
from services.liquidation.store.tables.records import metadata
from shared.files.depot import open_depot
from shared.files.jobs import file_jobs
from shared.runtime import sealing
from shared.runtime.platform import Platform
from shared.runtime.service import Parts, Service
from shared.web.history import build_history_router

HISTORY: Final = build_history_router(SEALED)


def build(platform: Platform) -> Parts:
    """The parts of liquidation with the policy in force."""
    settings = cast("LiquidationSettings", platform.settings)
    files = open_depot(settings)
    feeds, reading = _feed_routers(settings.law_in_force)
    return Parts(
        handler=LiquidationHandler(settings.cycle_policy, settings.law_in_force, platform.clock),
        routers=(*ROUTERS, feeds, HISTORY),
        public_routers=(*PUBLIC_ROUTERS, reading),
        state={
            "policy": settings.cycle_policy,
            "upstream": upstream_of(platform),
            "cycle_confirmation": settings.cycle_confirmation,
            "law": settings.law_in_force,
            "money_policy": settings.money_policy,
            "selection_policy": settings.selection_policy,
            "payment_address": settings.payment_address,
            "files": files,
            "feed_rules": settings.feed_rules,
        },
        jobs=(*schedule(platform), *file_jobs(platform, files)),
        invariants=(*INVARIANTS, *sealing.invariants(SEALED)),
        sealed=SEALED,
        parted=PARTED,
        pieces=PIECES,
    )


@cache
def _feed_routers(law: LawSettings) -> tuple[APIRouter, APIRouter]:
    return calendar_feeds.build_routers(EntryDays(law))


SERVICE = Service(
    name=GROUP,
    summary="The legal record of each entry: its dates, suspensions, extensions, liquidation and protests.",
    description="Entries with every clock and its rule, the weekly liquidation cycle, extensions, protests.",
    topics=TOPICS,
    metadata=metadata,
    migrations=Path(__file__).parent / "migrations",
    settings=LiquidationSettings,
    build=build,
    origins=ORIGINS,
    subjects=SUBJECTS,
)
