"""The HTTP side of liquidation: thin routes, a module for each subject."""

from services.liquidation.api import (
    calculator,
    clock_facts,
    cycles,
    entries,
    extensions,
    figures,
    hold_sets,
    instructions,
    liquidations,
    money,
    preference_claims,
    protest_acts,
    protests,
    radar,
    recomputes,
    timeline,
)

ROUTERS = [
    entries.router,
    timeline.router,
    extensions.router,
    figures.router,
    cycles.router,
    hold_sets.router,
    radar.router,
    instructions.router,
    liquidations.router,
    recomputes.router,
    clock_facts.router,
    protests.router,
    protest_acts.router,
    preference_claims.router,
    money.router,
    calculator.router,
]
