"""The HTTP side of liquidation: thin routes, a module for each subject."""

from services.liquidation.api import (
    calculator,
    clock_facts,
    cut_sheets,
    cycle_reports,
    cycles,
    deemed_cases,
    entries,
    extension_drafts,
    hold_sets,
    instructions,
    liquidations,
    money,
    preference_claims,
    protests,
    radar,
    recomputes,
)

ROUTERS = [
    entries.router,
    cycles.router,
    cut_sheets.router,
    cycle_reports.router,
    hold_sets.router,
    radar.router,
    extension_drafts.router,
    deemed_cases.router,
    instructions.router,
    liquidations.router,
    recomputes.router,
    clock_facts.router,
    protests.router,
    preference_claims.router,
    money.router,
    calculator.router,
]
