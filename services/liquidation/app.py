"""Assembles the liquidation service."""

from datetime import timedelta
from pathlib import Path
from typing import cast, get_args

from services.liquidation.acts.bills import run_bill_clocks
from services.liquidation.acts.cycles import run_due_cycles
from services.liquidation.acts.instructions import apply_confirmed
from services.liquidation.acts.protests import run_protest_clocks
from services.liquidation.acts.radar import count_alarms, draft_extensions
from services.liquidation.acts.recomputes import recompute
from services.liquidation.api.calculator import router as calculator_router
from services.liquidation.api.clock_facts import router as clock_facts_router
from services.liquidation.api.entries import router
from services.liquidation.api.money import router as money_router
from services.liquidation.api.preference_claims import router as preference_claims_router
from services.liquidation.api.protests import router as protests_router
from services.liquidation.handlers.handler import TOPICS, LiquidationHandler
from services.liquidation.settings import LiquidationSettings
from services.liquidation.store.invariants.money import MONEY_INVARIANTS
from services.liquidation.store.invariants.protests import PROTEST_INVARIANTS
from services.liquidation.store.invariants.records import INVARIANTS
from services.liquidation.store.pictures import count_unknown_clocks
from services.liquidation.store.protests import count_overdue
from services.liquidation.store.radar import Horizon
from services.liquidation.store.tables.records import metadata
from shared.customs.calendar import legal_date
from shared.db.transaction import reading
from shared.runtime.service import Job, Parts, Platform, Service


def build(platform: Platform) -> Parts:
    """The parts of liquidation with the policy in force."""
    settings = cast("LiquidationSettings", platform.settings)
    policy, law, money = settings.cycle_policy, settings.law_in_force, settings.money_policy

    async def count_clocks() -> None:
        async with reading(platform.engine) as connection:
            platform.metrics.clocks_unknown.set(await count_unknown_clocks(connection))

    async def run_cycles() -> None:
        await run_due_cycles(platform.engine, platform.clock, money)

    async def count_what_alarms() -> None:
        deemed, held = await count_alarms(platform.engine, platform.clock)
        platform.metrics.deemed_cases_open.set(deemed)
        for horizon in get_args(Horizon):
            platform.metrics.held_near_deadline.labels(horizon).set(held.get(horizon, 0))

    async def draft() -> None:
        await draft_extensions(platform.engine, platform.clock)

    async def apply_instructions() -> None:
        await apply_confirmed(platform.engine, policy, platform.clock, law)

    async def let_the_law_act() -> None:
        await run_protest_clocks(platform.engine, platform.clock, law)
        async with reading(platform.engine) as connection:
            overdue = await count_overdue(connection, legal_date(platform.clock.now()))
        platform.metrics.protests_overdue.set(overdue)

    async def notice_bills() -> None:
        await run_bill_clocks(platform.engine, platform.clock, money)

    async def compare() -> None:
        platform.metrics.record_differences.set(await recompute(platform.engine, policy, platform.clock, law))

    jobs = [
        Job("count-unknown-clocks", timedelta(seconds=30), count_clocks),
        Job("count-alarms", timedelta(minutes=5), count_what_alarms),
        Job("apply-instructions", timedelta(minutes=1), apply_instructions),
        Job("draft-extensions", timedelta(hours=1), draft),
        # Once for each day, whichever hour comes first: what was stopped goes on, what is done is left alone.
        Job("recompute", timedelta(hours=1), compare),
        Job("protest-clocks", timedelta(hours=1), let_the_law_act),
        Job("bill-clocks", timedelta(hours=1), notice_bills),
    ]
    if settings.automatic_cycles and settings.cycle_confirmation == "automatic":
        jobs.append(Job("weekly-cycle", timedelta(minutes=5), run_cycles))
    return Parts(
        handler=LiquidationHandler(policy, law),
        routers=[
            router,
            clock_facts_router,
            protests_router,
            preference_claims_router,
            money_router,
            calculator_router,
        ],
        state={
            "policy": policy,
            "cycle_confirmation": settings.cycle_confirmation,
            "law": law,
            "money_policy": money,
        },
        jobs=jobs,
        invariants=(*INVARIANTS, *PROTEST_INVARIANTS, *MONEY_INVARIANTS),
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
