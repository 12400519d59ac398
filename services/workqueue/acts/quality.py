"""Second reviews of decisions: drawn by a job, taken by somebody who had no part in the first, and never shown it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.workqueue.acts.acting import demand_acting
from services.workqueue.acts.reach import person_of
from services.workqueue.domain.quality import Plan, Sample, draw
from services.workqueue.store import quality as store
from shared.customs.calendar import legal_date
from shared.db.transaction import Connections, Transaction, take_turn, transaction
from shared.runtime.access import Matter, judge, no_such, reach_of, refusal_of
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Conflict
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id

_DRAWN_WITHIN: Final = timedelta(days=2)
"""The job looks back so far: it runs every quarter of an hour, and what it drew it does not draw again."""


async def set_plan(
    tx: Transaction,
    caller: Identity,
    center: str,
    now: datetime,
    *,
    floor_percent: int,
    by_criterion: Mapping[str, int],
    by_officer: Mapping[str, int],
    money_from_usd: int | None,
    money_percent: int,
    reason: str,
    if_match: IfMatch | None,
) -> Plan:
    """Set how many decisions of a Center are reviewed a second time from now on.

    Raises `Forbidden` for another's, `Stale` where another version stands than the caller means.
    """
    permission = judge(caller, "quality.plan", legal_date(now), Matter(centers=frozenset({center})))
    if permission.row_id is None:
        raise refusal_of(permission)
    await demand_acting(tx, caller, now)
    await take_turn(tx, f"quality-plan of {center}")
    before = await store.find_plan(tx.connection, center)
    if if_match is not None:
        if_match.check(before.version if before is not None else 0)
    version = before.version + 1 if before is not None else 1
    person = person_of(caller)
    plan = Plan(
        center,
        version,
        floor_percent,
        by_criterion,
        by_officer,
        money_from_usd,
        money_percent,
        reason,
        person.subject,
        person.name,
        now,
        permission.row_id,
    )
    await store.write_plan(tx, plan)
    return plan


async def draw_samples(database: Connections, seed: str, now: datetime) -> int:
    """Draw from the decisions that were made since the plans were set, each by the plan that stood when it was made.

    Gives how many were drawn.
    """
    async with transaction(database) as tx:
        drawn = [(each, draw(plan, each, seed)) for each, plan in await store.list_to_draw(tx, now - _DRAWN_WITHIN)]
        samples = [
            Sample(
                UUID(event_id("quality-sample", str(each.decision_id))),
                each.decision_id,
                each.item_id,
                each.center,
                stratum,
                now,
            )
            for each, stratum in drawn
            if stratum is not None
        ]
        await store.add_samples(tx, samples)
    return len(samples)


async def take(tx: Transaction, caller: Identity, sample_id: UUID, now: datetime) -> Sample:
    """Take a second review. Raises `Conflict` for one that is another's, and for who had a part in the first."""
    sample = await _lock(tx, caller, sample_id, now)
    if sample.state != "open" and not (sample.state == "taken" and sample.reviewer == caller.subject):
        raise Conflict(
            "Somebody else has taken this second review.",
            rule="second-review",
            code="sample-taken",
            remedy="Take another.",
        )
    person = person_of(caller)
    hands = await store.find_hands(tx, sample.item_id)
    if hands & {person.subject, person.acting_for}:
        raise Conflict(
            "You had a part in the first review.",
            rule="second-review",
            code="first-reviewer",
            remedy="Leave it to somebody who had none.",
        )
    if sample.state == "open":
        sample = replace(sample, state="taken", reviewer=person.subject, reviewer_name=person.name, taken_at=now)
        await store.write_sample(tx, sample)
    return sample


async def find(tx: Transaction, caller: Identity, sample_id: UUID, now: datetime, outcome: str, reason: str) -> Sample:
    """Record what a second review found. Raises `Conflict` unless the caller has taken it and not found yet."""
    sample = await _lock(tx, caller, sample_id, now)
    if sample.state != "taken" or sample.reviewer != caller.subject:
        raise Conflict(
            "You have not taken this second review, or have ended it.",
            rule="second-review",
            code="sample-not-taken",
            remedy="Take it first: POST /quality-samples/{sample_id}/take.",
        )
    sample = replace(sample, state="done", outcome=outcome, reason=reason, done_at=now)
    await store.write_sample(tx, sample)
    return sample


def blind() -> Conflict:
    """What is said to who reviews an item a second time and asks for what came of the first; to be raised."""
    return Conflict(
        "You review this a second time, and are not shown what came of the first review.",
        rule="second-review",
        code="blind-review",
        remedy="Record what you find: POST /quality-samples/{sample_id}/result.",
    )


async def _lock(tx: Transaction, caller: Identity, sample_id: UUID, now: datetime) -> Sample:
    sample = await store.lock_sample(tx, sample_id)
    what = f"second review {sample_id}"
    reach = reach_of(caller, "quality.review", legal_date(now))
    if sample is None or not reach.covers(Matter(centers=frozenset({sample.center}))):
        raise no_such(what)
    await demand_acting(tx, caller, now)
    return sample
