"""The HTTP side of liquidation: thin routes, a module for each subject."""

from services.liquidation.api import (
    assessments,
    bills,
    calculator,
    clock_facts,
    cycles,
    entries,
    hold_sets,
    instructions,
    liquidations,
    payees,
    preference_claims,
    protests,
    radar,
    recomputes,
    refunds,
)

ROUTERS = [
    entries.router,
    cycles.router,
    hold_sets.router,
    radar.router,
    instructions.router,
    liquidations.router,
    recomputes.router,
    clock_facts.router,
    protests.router,
    preference_claims.router,
    assessments.router,
    payees.router,
    bills.router,
    refunds.router,
    calculator.router,
]
