"""Proposals of a Center: made for every account whose figures call for one, confirmed, rejected or overridden."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Final

import orjson

from services.routing.acts.assignments import assign, demand_day_to_come
from services.routing.acts.directory import demand_open_center
from services.routing.domain.activity import month_of
from services.routing.domain.center import CITATION
from services.routing.domain.policies import GROUNDS, AssignmentPolicy, Ground
from services.routing.domain.proposals import Candidate, propose_center
from services.routing.store import accounts as account_store
from services.routing.store import assignments as assignment_store
from services.routing.store import policies as policy_store
from services.routing.store import proposals as store
from services.routing.store.assignments import NewAssignment
from services.routing.store.proposals import Decided, Run, StandingProposal
from shared.customs.calendar import legal_date
from shared.db.transaction import Connections, Transaction, reading
from shared.runtime.access import Matter, demand
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Conflict, NotFound, Refused
from shared.runtime.identity import Identity, people_of
from shared.runtime.slices import work_through
from shared.runtime.two_people import demand_second_person

CHUNK_ACCOUNTS: Final = 250
"""Accounts in one transaction: few enough that deciding on them holds nobody up."""

_CONFIRMING_DIVISION: Final = "validation-and-compliance"


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What a run did: accounts looked at, proposals made, open proposals that gave way to newer figures."""

    as_of: date
    policy_version: str
    map_version: str
    accounts: int
    proposed: int
    gave_way: int


async def run_proposals(database: Connections, *, as_of: date, proposed_by: str, now: datetime) -> RunOutcome:
    """Propose a Center for every account whose figures on a legal day call for one; `Refused` for a day to come.

    Accounts are taken in order of number, each chunk in a transaction of its own; a run that was cut short is simply
    run again. A second run for the same month and policy proposes nothing twice. No account changes its Center by it.
    `as_of` picks the window and the rules; the Center that an account has is the newest one that is known.
    """
    today = legal_date(now)
    if as_of > today:
        raise Refused(
            f"{as_of} is a day to come; today is {today}.",
            rule="run-day",
            code="day-to-come",
            remedy="Give today or an earlier day.",
        )
    async with reading(database) as connection:
        rules = await policy_store.load_rules(connection, as_of)
    run = Run(as_of, rules.policy.version, rules.tariff_map.version, proposed_by, now)
    counted: Counter[str] = Counter()

    async def load_candidates(tx: Transaction, last: Candidate | None, _: Sequence[str]) -> Sequence[Candidate]:
        return await store.load_candidates(
            tx,
            last.importer_number if last is not None else "",
            CHUNK_ACCOUNTS,
            month=run.month,
            months_ahead=rules.policy.months_ahead,
            family_together=rules.policy.family_together,
        )

    async def propose(tx: Transaction, candidates: Sequence[Candidate]) -> int:
        found = [
            proposal
            for candidate in candidates
            if (proposal := propose_center(candidate, month_of(as_of), rules)) is not None
        ]
        made, replaced = await store.write_proposals(tx, run, candidates, found)
        counted.update(proposed=made, gave_way=replaced)
        return len(candidates)

    looked_at = await work_through(database, load_candidates, propose, key_of=attrgetter("importer_number"))
    proposed, gave_way = counted["proposed"], counted["gave_way"]
    return RunOutcome(as_of, run.policy_version, run.map_version, looked_at, proposed, gave_way)


async def confirm_proposal(
    tx: Transaction,
    caller: Identity,
    proposal_id: int,
    if_match: IfMatch,
    *,
    effective_on: date | None,
    reason: str,
    now: datetime,
) -> StandingProposal:
    """Give the account the proposed Center, from today where no first day is named.

    Numbers of a family that were counted together move together. Open matters stay with the Center that started them.
    """
    first_day = _first_day(effective_on, now)
    proposals, authority = await _lock_open(tx, caller, proposal_id, if_match, legal_date(now))
    center = proposals[0].proposed_center
    await demand_open_center(tx, center, first_day, when="on that day")
    policy = await _policy_of(tx, proposals[0])
    decided = Decided("confirmed", center, None, reason, first_day, caller.subject, caller.acting_for, now, authority)
    await _assign(tx, proposals, decided, center, first_day, f"predominant-{policy.measure}")
    return await _decide(tx, proposals, decided)


async def reject_proposal(
    tx: Transaction, caller: Identity, proposal_id: int, if_match: IfMatch, *, reason: str, now: datetime
) -> StandingProposal:
    """Leave the account as it is: the same Center is not proposed again for the months that the policy gives."""
    proposals, authority = await _lock_open(tx, caller, proposal_id, if_match, legal_date(now))
    decided = Decided("rejected", None, None, reason, None, caller.subject, caller.acting_for, now, authority)
    return await _decide(tx, proposals, decided)


async def override_proposal(
    tx: Transaction,
    caller: Identity,
    proposal_id: int,
    if_match: IfMatch,
    *,
    center: str,
    ground: Ground,
    effective_on: date | None,
    reason: str,
    now: datetime,
) -> StandingProposal:
    """Give the account another Center, on a ground of 19 CFR 101.10 that the policy allows."""
    first_day = _first_day(effective_on, now)
    proposals, authority = await _lock_open(tx, caller, proposal_id, if_match, legal_date(now))
    if center == proposals[0].proposed_center:
        raise Refused(
            f"{center} is the Center that was proposed.",
            rule="override",
            code="nothing-to-override",
            remedy="Confirm the proposal instead.",
        )
    policy = await _policy_of(tx, proposals[0])
    if ground not in policy.override_grounds:
        raise Refused(
            f"The policy {policy.version} does not allow the ground {ground}.",
            rule="override-ground",
            code="ground-not-allowed",
            citation=CITATION,
            remedy=f"It allows: {', '.join(policy.override_grounds) or 'none'}.",
        )
    await demand_open_center(tx, center, first_day, when="on that day")
    decided = Decided(
        "overridden", center, ground, reason, first_day, caller.subject, caller.acting_for, now, authority
    )
    await _assign(tx, proposals, decided, center, first_day, "override")
    return await _decide(tx, proposals, decided)


def unknown_proposal(proposal_id: int) -> NotFound:
    """What is answered for a number that does not exist."""
    return NotFound(
        f"There is no assignment proposal {proposal_id}.", remedy="Take a number from GET /assignment-proposals."
    )


async def _lock_open(
    tx: Transaction, caller: Identity, proposal_id: int, if_match: IfMatch, on: date
) -> tuple[Sequence[StandingProposal], str]:
    """The open proposal and those of its family that go with it, locked, for somebody who may decide on them."""
    proposals = await store.lock_with_family(tx, proposal_id)
    if not proposals:
        raise unknown_proposal(proposal_id)
    asked = proposals[0]
    concerned = frozenset(each for each in (asked.present_center, asked.proposed_center) if each is not None)
    matter = Matter(asked.importer_number, concerned, _CONFIRMING_DIVISION)
    authority = demand(caller, "proposal.decide", on, matter, f"assignment proposal {proposal_id}")
    demand_second_person(caller, people_of(asked.proposed_by), "started the run of proposals")
    if_match.check(asked.revision)
    if asked.state != "open":
        raise Conflict(
            f"The proposal is {asked.state} already.",
            rule="proposal-state",
            code="not-open",
            remedy="Look for an open proposal of the account, or run the proposals again.",
        )
    return proposals, authority


async def _assign(
    tx: Transaction,
    proposals: Sequence[StandingProposal],
    decided: Decided,
    center: str,
    effective_on: date,
    basis: str,
) -> None:
    """Append the assignments and publish them; refuse when an account has got another Center since the run."""
    by_number = {proposal.importer_number: proposal for proposal in proposals}
    numbers = sorted(by_number)
    latest = await assignment_store.lock_and_load_latest(tx, numbers)
    new = []
    for number in numbers:
        proposal = by_number[number]
        before = latest.get(number)
        if (before.center if before else None) != proposal.present_center:
            raise Conflict(
                "The account has got another Center since the proposal was made.",
                rule="proposal-state",
                code="assignment-changed",
                remedy="Run the proposals again and look at the new one.",
            )
        new.append(
            NewAssignment(
                importer_number=number,
                sequence=before.sequence + 1 if before else 1,
                center=center,
                previous_center=before.center if before else None,
                basis=basis,
                effective_on=effective_on,
                reasons=orjson.dumps(_reasons(proposal, decided)).decode(),
                assigned_by=proposal.proposed_by,
                policy_version=proposal.policy_version,
                map_version=proposal.map_version,
                figures=orjson.dumps(proposal.figures).decode(),
                runner_up=proposal.runner_up,
                margin_basis_points=proposal.margin_basis_points,
                confirmed_by=decided.by,
                ground=decided.ground,
            )
        )
    await assign(tx, new, await account_store.load_accounts(tx, numbers), decided.at)


def _reasons(proposal: StandingProposal, decided: Decided) -> list[Mapping[str, Any]]:
    if decided.ground is None:
        said = {"code": "confirmed", "text": decided.reason, "fact": None, "citation": None}
        return [*proposal.reasons, said]
    center, ground = proposal.proposed_center, GROUNDS[decided.ground]
    why = {
        "code": "overridden",
        "text": f"{center} was proposed; the assignment departs from it for {ground}.",
        "fact": decided.ground,
        "citation": CITATION,
    }
    said = {"code": "override-reason", "text": decided.reason, "fact": None, "citation": None}
    return [why, said, *proposal.reasons]


async def _decide(tx: Transaction, proposals: Sequence[StandingProposal], decided: Decided) -> StandingProposal:
    """Write what was decided on all of them; gives the one that was asked for as it is then."""
    await store.decide_proposals(tx, [proposal.proposal_id for proposal in proposals], decided)
    after = await store.find_proposal(tx.connection, proposals[0].proposal_id)
    assert after is not None  # locked above
    return after


async def _policy_of(tx: Transaction, proposal: StandingProposal) -> AssignmentPolicy:
    policy = await policy_store.find_any(tx.connection, proposal.policy_version)
    assert policy is not None  # versions are never removed
    return policy


def _first_day(wanted: date | None, now: datetime) -> date:
    today = legal_date(now)
    if wanted is not None:
        demand_day_to_come(wanted, today)
    return wanted or today
