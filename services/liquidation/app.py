"""Assembles the liquidation service."""

from datetime import timedelta
from pathlib import Path
from typing import cast

from services.liquidation.api import router
from services.liquidation.calculator_api import router as calculator_router
from services.liquidation.cycle import run_due_cycles
from services.liquidation.domain.clocks import CyclePolicy
from services.liquidation.handlers import TOPICS, LiquidationHandler
from services.liquidation.settings import LiquidationSettings
from services.liquidation.store.invariants import INVARIANTS
from services.liquidation.store.reading import count_unknown_clocks
from services.liquidation.store.tables import metadata
from shared.db.transaction import reading
from shared.runtime.service import Job, Parts, Platform, Service


def build(platform: Platform) -> Parts:
    """The parts of liquidation with the policy in force."""
    settings = cast("LiquidationSettings", platform.settings)
    policy = CyclePolicy(settings.cycle_days, settings.friday_choice)

    async def count_clocks() -> None:
        async with reading(platform.engine) as connection:
            platform.metrics.clocks_unknown.set(await count_unknown_clocks(connection))

    async def run_cycles() -> None:
        await run_due_cycles(platform.engine, platform.clock)

    jobs = [Job("count-unknown-clocks", timedelta(seconds=30), count_clocks)]
    if settings.automatic_cycles:
        jobs.append(Job("weekly-cycle", timedelta(minutes=5), run_cycles))
    return Parts(
        handler=LiquidationHandler(policy),
        routers=[router, calculator_router],
        state={"policy": policy},
        jobs=jobs,
        invariants=INVARIANTS,
    )


SERVICE = Service(
    name="liquidation",
    summary="The legal record of each entry: its dates, suspensions, extensions, liquidation and protests.",
    description="Entries with every clock and its rule, the weekly liquidation cycle, extensions, protests.",
    topics=TOPICS,
    metadata=metadata,
    migrations=Path(__file__).parent / "migrations",
    settings=LiquidationSettings,
    build=build,
)
