"""Proposals for every account whose figures call for one: a run through all accounts, a chunk at a time."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncEngine

from services.routing.domain.activity import month_of
from services.routing.domain.proposal import propose_center
from services.routing.store import policies, proposals
from services.routing.store.proposals import Run
from shared.customs.calendar import legal_date
from shared.db.transaction import reading, transaction
from shared.runtime.clock import Clock

SCHEDULE = "schedule"
"""Who proposes when nobody asked: the scheduled run."""

_CHUNK = 250
"""Accounts in one transaction: few enough that deciding on them holds nobody up."""


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What a run did: accounts looked at, proposals made, open proposals that gave way to newer figures."""

    as_of: date
    policy_version: str
    map_version: str
    accounts: int
    proposed: int
    gave_way: int


async def propose(
    engine: AsyncEngine, clock: Clock, *, as_of: date | None = None, proposed_by: str = SCHEDULE
) -> RunOutcome:
    """Propose a Center for every account whose figures on a legal day (today unless told) call for one.

    Accounts are taken in order of number, each chunk in a transaction of its own; a run that was cut short is simply
    run again. A second run for the same month and policy proposes nothing twice. No account changes its Center by it.
    `as_of` picks the window and the rules; the Center that an account has is the newest one that is known.
    """
    now = clock.now()
    day = as_of or legal_date(now)
    async with reading(engine) as connection:
        rules = await policies.load_rules(connection, day)
    run = Run(day, rules.policy.version, rules.tariff_map.version, proposed_by, now)
    looked_at = proposed = gave_way = 0
    after = ""
    while True:
        async with transaction(engine) as tx:
            candidates = await proposals.load_candidates(
                tx,
                after,
                _CHUNK,
                month=run.month,
                months_ahead=rules.policy.months_ahead,
                family_together=rules.policy.family_together,
            )
            found = [
                proposal
                for candidate in candidates
                if (proposal := propose_center(candidate, month_of(day), rules)) is not None
            ]
            made, replaced = await proposals.write_proposals(tx, run, candidates, found)
        looked_at, proposed, gave_way = looked_at + len(candidates), proposed + made, gave_way + replaced
        if len(candidates) < _CHUNK:
            return RunOutcome(day, run.policy_version, run.map_version, looked_at, proposed, gave_way)
        after = candidates[-1].importer_number
