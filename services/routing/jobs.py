"""The schedule of routing: what runs, and how often. One process at a time runs a job, under a lock of its name."""

from datetime import timedelta
from typing import cast

from services.routing.acts import backtests
from services.routing.acts.activity import fold
from services.routing.acts.proposals import run_proposals
from services.routing.domain.backtests import Limits
from services.routing.settings import RoutingSettings
from services.routing.store.rulebook import RulesInForce
from shared.customs.calendar import legal_date
from shared.runtime.platform import Job, Platform
from shared.runtime.slices import JobSession

SCHEDULE = "schedule"
"""Who proposes when nobody asked: the scheduled run."""


def schedule(platform: Platform, rules: RulesInForce) -> list[Job]:
    """The table of the schedule."""
    settings = cast("RoutingSettings", platform.settings)

    async def propose_assignments(session: JobSession) -> None:
        now = platform.clock.now()
        await run_proposals(session, as_of=legal_date(now), proposed_by=SCHEDULE, now=now)

    async def fold_activity(session: JobSession) -> None:
        await fold(session)

    async def backtest_criteria(session: JobSession) -> None:
        limits = Limits(settings.backtest_most_entries, settings.backtest_most_seconds)
        await backtests.go_on(session, platform.clock, rules, settings.archive, limits)

    return [
        # Figures move with the month; a run that finds nothing new proposes nothing twice.
        Job("assignment-proposals", timedelta(hours=6), propose_assignments),
        # Readers add what is not folded yet: the more often it is, the less they add.
        Job("fold-activity", timedelta(seconds=20), fold_activity),
        # One a time: who asked waits at its page.
        Job("backtest-criteria", timedelta(seconds=5), backtest_criteria),
    ]
