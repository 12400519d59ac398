"""Which Center an importer has and why, and what appends another one: assigned and published in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.acts.policies import unknown_policy
from services.routing.acts.sight import demand_account
from services.routing.acts.tariff_maps import demand_version
from services.routing.domain.accounts import AccountRecord
from services.routing.domain.activity import Figures, months_before, window_on
from services.routing.domain.assignments import Holding, WouldChange, explain_assignment, tell_what_would_change
from services.routing.domain.center import CITATION
from services.routing.domain.directory import Unit, UnitKey, units_on
from services.routing.domain.facts import Reason
from services.routing.domain.policies import AssignmentPolicy
from services.routing.domain.proposals import (
    PREDOMINANT_GOODS,
    AssignmentRules,
    Ranking,
    Scores,
    describe_ranking,
    rank,
    score,
    score_window,
)
from services.routing.publishing import SOURCE, account_assigned
from services.routing.store import accounts as account_store
from services.routing.store import activity as activity_store
from services.routing.store import appeals as appeal_store
from services.routing.store import assignments as store
from services.routing.store import directory as directory_store
from services.routing.store import policies as policy_store
from services.routing.store import proposals as proposal_store
from services.routing.store.appeals import PendingAppeal
from services.routing.store.assignments import NewAssignment, RecordedAssignment
from services.routing.store.proposals import StandingProposal
from shared.bus import outbox
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity


@dataclass(frozen=True, slots=True)
class ExplainedAssignment:
    """An account's Center on a day, with all that it rests on and what would change it; `text` tells it in words.

    `family` is given where the figures are those of a whole family.
    """

    account: AccountRecord
    family: str | None
    holding: Holding | None
    current: RecordedAssignment | None
    policy: AssignmentPolicy
    scores: Scores
    change: WouldChange
    text: str
    appeal: PendingAppeal | None
    proposal: StandingProposal | None
    history: Sequence[RecordedAssignment]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Which Center an import history would get, by which rules, and why."""

    rules: AssignmentRules
    scores: Scores
    ranking: Ranking
    is_enough: bool
    reasons: tuple[Reason, ...]


async def assign(
    tx: Transaction, new: Sequence[NewAssignment], accounts: Mapping[str, AccountRecord], now: datetime
) -> None:
    """Append assignments and publish account-assigned for each; `accounts` holds every account by importer number."""
    await store.append_assignments(tx, new)
    await outbox.add(tx, SOURCE, [account_assigned(item, accounts[item.importer_number], now) for item in new])


def demand_day_to_come(effective_on: date, today: date) -> None:
    """Refuse a first day that has passed: decisions already made stay."""
    if effective_on < today:
        raise Refused(
            f"An assignment takes effect today, {today}, or later; {effective_on} has passed.",
            rule="assignment-day",
            code="day-passed",
            remedy="Give today or a later day: decisions already made stay.",
        )


async def explain(
    connection: AsyncConnection, caller: Identity, importer_number: str, *, on: date, today: date
) -> ExplainedAssignment:
    """The Center of an account on a legal day, and why; `NotFound` for whoever may not know of the account."""
    first_month, month = window_on(on)
    found = await account_store.find_account(connection, importer_number)
    account = demand_account(caller, importer_number, found, today)
    history = await store.find_assignments(connection, importer_number)
    proposal = await proposal_store.find_open_proposal(connection, importer_number)
    appeal = await appeal_store.find_open_appeal(connection, importer_number)
    rules = await policy_store.load_rules(connection, on)
    units = units_on(await directory_store.load_changes(connection), on)
    family = account.family if rules.policy.family_together else None
    reaching_back = months_before(first_month, rules.policy.months_ahead - 1)
    activity = await activity_store.load_counted(connection, importer_number, family, reaching_back, month)
    current = next((row for row in reversed(history) if row.effective_on <= on), None)
    holding = _hold(current, units)
    scores = score_window(activity, month, rules.tariff_map, rules.open_centers)
    change = tell_what_would_change(holding, account.is_broker, activity, month, scores, rules)
    pending = _tell_pending(appeal, proposal)
    text = explain_assignment(account.name, account.is_broker, holding, scores, change, rules, family, pending)
    return ExplainedAssignment(
        account=account,
        family=family,
        holding=holding,
        current=current,
        policy=rules.policy,
        scores=scores,
        change=change,
        text=text,
        appeal=appeal,
        proposal=proposal,
        history=history,
    )


async def answer_what_if(
    connection: AsyncConnection,
    goods: Sequence[tuple[str, Figures]],
    *,
    on: date,
    policy: str | None,
    map_version: str | None,
    with_drafts: bool,
) -> WhatIf:
    """The Center that twelve months of these goods would get; policy and tariff map are those of the day unless named.

    Raises `NotFound` when there is no such policy or map; without `with_drafts` also when nobody has confirmed or
    published it: what an unpublished one would move is not for everyone's eyes.
    """
    rules = await _load_rules(connection, on, policy, map_version, with_drafts=with_drafts)
    scores = score(goods, rules.tariff_map, rules.open_centers)
    measure, least = rules.policy.measure, rules.policy.minimum_lines
    ranking = rank(scores, measure)
    other = rank(scores, "goods" if measure == "value" else "value")
    is_enough = scores.total.lines >= least
    reasons = (
        Reason(PREDOMINANT_GOODS, describe_ranking(scores, ranking), rules.policy.version, CITATION),
        Reason(
            "other-measure-agrees" if other.predominant == ranking.predominant else "other-measure-differs",
            describe_ranking(scores, other),
            other.predominant,
        ),
        Reason(
            "enough-activity" if is_enough else "too-little-activity",
            f"{scores.total.lines} lines are {'enough' if is_enough else 'not enough'} for a proposal, "
            f"which takes {least}.",
            str(scores.total.lines),
        ),
    )
    return WhatIf(rules, scores, ranking, is_enough, reasons)


async def _load_rules(
    connection: AsyncConnection, on: date, policy: str | None, map_version: str | None, *, with_drafts: bool
) -> AssignmentRules:
    named = await policy_store.find_any(connection, policy, with_drafts=with_drafts) if policy is not None else None
    if policy is not None and named is None:
        raise unknown_policy(policy)
    tariff_map = None
    if map_version is not None:
        tariff_map = await demand_version(connection, map_version, with_drafts=with_drafts)
    return await policy_store.load_named_rules(connection, on, policy=named, tariff_map=tariff_map)


def _hold(row: RecordedAssignment | None, units: Mapping[UnitKey, Unit]) -> Holding | None:
    if row is None or row.center is None:
        return None
    unit = units.get(UnitKey("center", row.center, row.center))
    details = unit.details if unit else {}
    office = ", ".join(details[name] for name in ("office_city", "state") if details.get(name))
    return Holding(
        center=row.center,
        center_name=details.get("name", row.center),
        office=office,
        since=row.effective_on,
        basis=row.basis,
        ground=row.ground,
        figures_then=next((item["text"] for item in row.reasons if item["code"] == PREDOMINANT_GOODS), None),
    )


def _tell_pending(appeal: PendingAppeal | None, proposal: StandingProposal | None) -> list[str]:
    told = []
    if appeal is not None:
        told.append(f"Appeal {appeal.appeal_number}, received on {legal_date(appeal.received_at)}, is {appeal.state}.")
    if proposal is not None:
        told.append(f"{proposal.proposed_center} is proposed as of {proposal.as_of} and waits for a person.")
    return told
