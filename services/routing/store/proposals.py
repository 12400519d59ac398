"""Assignment proposals: what a run reads and writes for many accounts at once, and what a person decides on one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.activity import Activity, Figures, months_before, window_on
from services.routing.domain.policies import Ground
from services.routing.domain.proposals import Candidate, Proposal, State, describe_scores
from services.routing.store.tables.proposals import assignment_proposals
from shared.db import bulk
from shared.db.transaction import Transaction

_ACCOUNTS = """
SELECT a.importer_number, a.is_broker, a.family, s.center, s.effective_on, s.basis
FROM accounts a LEFT JOIN LATERAL (
    SELECT center, effective_on, basis FROM assignments
    WHERE importer_number = a.importer_number ORDER BY sequence DESC LIMIT 1
) s ON true
WHERE a.importer_number > $1 ORDER BY a.importer_number LIMIT $2
"""
_MEMBERS = "SELECT importer_number, family FROM accounts WHERE family = ANY($1::text[])"
_ACTIVITY = """
SELECT importer_number, month, hts6, lines, goods, value_usd FROM counted_activity
WHERE importer_number = ANY($1::text[]) AND month BETWEEN $2 AND $3
"""
_REJECTED = """
SELECT importer_number, proposed_center, max(month) AS month FROM assignment_proposals
WHERE importer_number = ANY($1::text[]) AND state = 'rejected' AND month <= $2 GROUP BY importer_number, proposed_center
"""
_SUPERSEDE = """
UPDATE assignment_proposals p
SET state = 'superseded', revision = revision + 1, decided_by = $5, decided_at = $6, reason = $7
FROM unnest($1::text[], $2::text[]) AS given(importer_number, present)
WHERE p.importer_number = given.importer_number AND p.state = 'open'
AND (p.month < $3 OR (p.month = $3 AND p.policy_version <> $4) OR p.present_center IS DISTINCT FROM given.present)
"""
_COLUMNS = (
    "importer_number",
    "family",
    "month",
    "as_of",
    "present_center",
    "proposed_center",
    "runner_up",
    "margin_basis_points",
    "policy_version",
    "map_version",
    "figures",
    "reasons",
    "state",
    "revision",
    "proposed_by",
    "recorded_at",
)
AGAINST_THE_FIGURES = ("appeal", "override")
"""Bases of an assignment by which a person gave an account another Center than its figures point to."""


class Run(NamedTuple):
    """A run: as of which legal day, with which versions, by whom and when."""

    as_of: date
    policy_version: str
    map_version: str
    proposed_by: str
    recorded_at: datetime

    @property
    def month(self) -> date:
        """The last month of the window."""
        return window_on(self.as_of)[1]


@dataclass(frozen=True, slots=True)
class StandingProposal:
    """A proposal with the figures that it rests on (JSON values) and what was decided, None while it is open."""

    proposal_id: int
    importer_number: str
    family: str | None
    month: date
    as_of: date
    present_center: str | None
    proposed_center: str
    runner_up: str | None
    margin_basis_points: int
    policy_version: str
    map_version: str
    figures: dict[str, Any]
    reasons: Sequence[Mapping[str, Any]]
    state: State
    revision: int
    proposed_by: str
    recorded_at: datetime
    decided_by: str | None
    decided_acting_for: str | None
    decided_at: datetime | None
    decided_center: str | None
    ground: Ground | None
    reason: str | None
    effective_on: date | None


class Decided(NamedTuple):
    """What a person decided on a proposal: its new state, the Center given, why, from when."""

    state: State
    center: str | None
    ground: Ground | None
    reason: str
    effective_on: date | None
    by: str
    acting_for: str | None
    at: datetime
    authority: str


_STANDING = [assignment_proposals.c[item.name] for item in fields(StandingProposal)]


async def load_candidates(
    tx: Transaction, after: str, limit: int, *, month: date, months_ahead: int, family_together: bool
) -> list[Candidate]:
    """The accounts after a number with what a proposal looks at, by a statement per table.

    The activity reaches back far enough for the windows of `months_ahead` months that end with `month`.
    """
    accounts = await bulk.fetch(tx, _ACCOUNTS, after, limit)
    numbers = [row["importer_number"] for row in accounts]
    members: defaultdict[str, list[str]] = defaultdict(list)
    if family_together and (families := sorted({row["family"] for row in accounts if row["family"]})):
        for row in await bulk.fetch(tx, _MEMBERS, families):
            members[row["family"]].append(row["importer_number"])
    wanted = sorted({*numbers, *(number for family in members.values() for number in family)})
    first_month = months_before(window_on(month)[0], months_ahead - 1)
    activity: defaultdict[str, list[Activity]] = defaultdict(list)
    for row in await bulk.fetch(tx, _ACTIVITY, wanted, first_month, month):
        figures = Figures(row["lines"], row["goods"], row["value_usd"])
        activity[row["importer_number"]].append(Activity(row["month"], row["hts6"], figures))
    rejected: defaultdict[str, dict[str, date]] = defaultdict(dict)
    for row in await bulk.fetch(tx, _REJECTED, numbers, month):
        rejected[row["importer_number"]][row["proposed_center"]] = row["month"]
    return [
        Candidate(
            importer_number=row["importer_number"],
            family=row["family"] if family_together else None,
            is_broker=row["is_broker"],
            present=row["center"],
            settled_on=row["effective_on"] if row["basis"] in AGAINST_THE_FIGURES else None,
            activity=[
                cell
                for member in members.get(row["family"], [row["importer_number"]])
                for cell in activity.get(member, ())
            ],
            rejected=rejected[row["importer_number"]],
        )
        for row in accounts
    ]


async def write_proposals(
    tx: Transaction, run: Run, candidates: Sequence[Candidate], proposals: Sequence[Proposal]
) -> tuple[int, int]:
    """Keep the proposals of a run for these accounts. Gives how many are new, and how many open ones gave way.

    One proposal for an account, policy version and month: a second run of the month adds nothing. An open one gives
    way when it rests on older figures or another policy, or when the account has got another Center since.
    """
    gave_way = await bulk.execute(
        tx,
        _SUPERSEDE,
        [candidate.importer_number for candidate in candidates],
        [candidate.present for candidate in candidates],
        run.month,
        run.policy_version,
        run.proposed_by,
        run.recorded_at,
        f"The run as of {run.as_of} looked at the account anew.",
    )
    first_month, last_month = window_on(run.month)
    rows = [
        (
            item.importer_number,
            item.family,
            run.month,
            run.as_of,
            item.present,
            item.center,
            item.ranking.runner_up,
            item.ranking.margin_basis_points,
            run.policy_version,
            run.map_version,
            orjson.dumps(describe_scores(item.scores, first_month, last_month)).decode(),
            orjson.dumps(item.reasons).decode(),
            "open",
            1,
            run.proposed_by,
            run.recorded_at,
        )
        for item in sorted(proposals, key=lambda item: item.importer_number)
    ]
    new = await bulk.insert(
        tx, assignment_proposals, _COLUMNS, rows, on_conflict="DO NOTHING", returning="importer_number"
    )
    return len(new), gave_way


async def list_proposals(
    connection: AsyncConnection, *, state: State | None, center: str | None, after: int | None, limit: int
) -> list[StandingProposal]:
    """Proposals in the order in which they were made; `center` is the present or the proposed one."""
    table = assignment_proposals.c
    query = select(*_STANDING).order_by(table.proposal_id).limit(limit)
    if state is not None:
        query = query.where(table.state == state)
    if center is not None:
        query = query.where((table.proposed_center == center) | (table.present_center == center))
    if after is not None:
        query = query.where(table.proposal_id > after)
    return [StandingProposal(*row) for row in await connection.execute(query)]


async def find_proposal(connection: AsyncConnection, proposal_id: int) -> StandingProposal | None:
    """One proposal, or None."""
    query = select(*_STANDING).where(assignment_proposals.c.proposal_id == proposal_id)
    row = (await connection.execute(query)).one_or_none()
    return StandingProposal(*row) if row is not None else None


async def find_open_proposal(connection: AsyncConnection, importer_number: str) -> StandingProposal | None:
    """The proposal for an account that waits for a person, or None."""
    query = select(*_STANDING).where(
        assignment_proposals.c.importer_number == importer_number, assignment_proposals.c.state == "open"
    )
    row = (await connection.execute(query)).one_or_none()
    return StandingProposal(*row) if row is not None else None


async def lock_with_family(tx: Transaction, proposal_id: int) -> list[StandingProposal]:
    """The proposal, and those for the rest of its family that were made with it and are open; locked, itself first."""
    table = assignment_proposals.c
    asked = await find_proposal(tx.connection, proposal_id)
    if asked is None:
        return []
    wanted = table.proposal_id == proposal_id
    if asked.family is not None:
        wanted |= (
            (table.family == asked.family)
            & (table.policy_version == asked.policy_version)
            & (table.month == asked.month)
            & (table.proposed_center == asked.proposed_center)
            & (table.state == "open")
        )
    query = select(*_STANDING).where(wanted).order_by(table.proposal_id).with_for_update()
    locked = [StandingProposal(*row) for row in await tx.connection.execute(query)]
    return sorted(locked, key=lambda proposal: proposal.proposal_id != proposal_id)


async def decide_proposals(tx: Transaction, proposal_ids: Sequence[int], decided: Decided) -> None:
    """Write what a person decided; the caller holds the rows."""
    values: Mapping[str, Any] = {
        "state": decided.state,
        "revision": assignment_proposals.c.revision + 1,
        "decided_center": decided.center,
        "ground": decided.ground,
        "reason": decided.reason,
        "effective_on": decided.effective_on,
        "decided_by": decided.by,
        "decided_acting_for": decided.acting_for,
        "decided_at": decided.at,
        "authority": decided.authority,
    }
    await tx.connection.execute(
        update(assignment_proposals).where(assignment_proposals.c.proposal_id.in_(proposal_ids)).values(values)
    )
