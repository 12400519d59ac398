"""The assignment policy: proposed by one person, confirmed by another, in force from a day."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from services.routing.domain.policies import AssignmentPolicy, from_document, shipped_policies
from services.routing.store import policies as store
from services.routing.store import rulebook
from services.routing.store.policies import ProposedPolicy
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction
from shared.runtime.errors import Conflict, NotFound, Refused
from shared.runtime.identity import Identity
from shared.runtime.two_people import demand_second_person


async def propose_policy(
    tx: Transaction,
    caller: Identity,
    version: str,
    *,
    based_on: str,
    changes: Mapping[str, Any],
    reason: str,
    now: datetime,
) -> ProposedPolicy:
    """Keep a new version: another one as its base, and what differs. It changes nothing until it is confirmed.

    Raises `Conflict` when the version is taken, `NotFound` when there is no such base.
    """
    await store.lock(tx)
    if version in shipped_policies() or await store.find_policy(tx.connection, version) is not None:
        raise Conflict(
            f"There is an assignment policy {version} already.",
            rule="policy-version",
            code="version-taken",
            remedy="A version is never edited: give the new one another name.",
        )
    base = await demand_policy(tx, based_on)
    policy = from_document(version, {**base.to_document(), **changes})
    await store.append_policy(
        tx, policy, reason=reason, proposed_by=caller.subject, acting_for=caller.acting_for, recorded_at=now
    )
    return await _demand_proposed(tx, version)


async def confirm_policy(
    tx: Transaction, caller: Identity, version: str, *, effective_on: date, reason: str, now: datetime
) -> ProposedPolicy:
    """Put in force from a day what another person proposed; decisions for days before keep the policy they had.

    Raises `NotFound`, `Conflict` (confirmed already, or another policy begins on that day), `Forbidden` for whoever
    proposed it, `Refused` for a day that is not after today.
    """
    today = legal_date(now)
    await store.lock(tx)
    proposed = await _demand_proposed(tx, version)
    if proposed.effective_on is not None:
        raise Conflict(
            f"{version} is confirmed already, from {proposed.effective_on}.",
            rule="policy-state",
            code="already-confirmed",
            remedy="Propose a new version to change it.",
        )
    demand_second_person(caller, (proposed.proposed_by, proposed.proposed_acting_for), "proposed this policy")
    if effective_on <= today:
        raise Refused(
            f"A policy takes effect after today, {today}: decisions already made keep theirs.",
            rule="policy-day",
            code="not-after-today",
            remedy="Give a later day.",
        )
    if any(item.effective_on == effective_on for item in await store.load_confirmed(tx.connection)):
        raise Conflict(
            f"Another policy takes effect on {effective_on}.",
            rule="policy-day",
            code="day-taken",
            remedy="Give another day.",
        )
    await store.confirm_policy(
        tx,
        version,
        effective_on=effective_on,
        reason=reason,
        confirmed_by=caller.subject,
        acting_for=caller.acting_for,
        confirmed_at=now,
    )
    await rulebook.note_change(tx, "assignment-policy", version, caller.signature)
    return await _demand_proposed(tx, version)


def unknown_policy(version: str) -> NotFound:
    """What is answered for a version that does not exist."""
    return NotFound(f"There is no assignment policy {version}.", remedy="Take a version from GET /assignment-policies.")


async def demand_policy(tx: Transaction, version: str) -> AssignmentPolicy:
    """A version, shipped or proposed; raises `NotFound` when there is none."""
    policy = await store.find_any(tx.connection, version)
    if policy is None:
        raise unknown_policy(version)
    return policy


async def _demand_proposed(tx: Transaction, version: str) -> ProposedPolicy:
    proposed = await store.find_policy(tx.connection, version)
    if proposed is None:
        raise unknown_policy(version)
    return proposed
