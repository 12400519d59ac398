"""The schedule of routing: what runs, and how often. One process at a time runs a job, under a lock of its name."""

from datetime import timedelta

from services.routing.acts.activity import fold
from services.routing.acts.proposals import run_proposals
from shared.customs.calendar import legal_date
from shared.runtime.platform import Job, Platform
from shared.runtime.slices import JobSession

SCHEDULE = "schedule"
"""Who proposes when nobody asked: the scheduled run."""


def schedule(platform: Platform) -> list[Job]:
    """The table of the schedule."""

    async def propose_assignments(session: JobSession) -> None:
        now = platform.clock.now()
        await run_proposals(session, as_of=legal_date(now), proposed_by=SCHEDULE, now=now)

    async def fold_activity(session: JobSession) -> None:
        await fold(session)

    return [
        # Figures move with the month; a run that finds nothing new proposes nothing twice.
        Job("assignment-proposals", timedelta(hours=6), propose_assignments),
        # Readers add what is not folded yet: the more often it is, the less they add.
        Job("fold-activity", timedelta(seconds=20), fold_activity),
    ]
