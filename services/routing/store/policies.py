"""Versions of the assignment policy: proposed, confirmed by another person, in force from a day."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Row, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.policies import (
    DEFAULT_VERSION,
    AssignmentPolicy,
    from_document,
    policy_on,
    shipped_policies,
)
from services.routing.domain.proposals import AssignmentRules
from services.routing.domain.rulebook import Dated
from services.routing.domain.tariff_maps import MapVersion, find_in_force
from services.routing.store import directory as directory_store
from services.routing.store import tariff_maps as map_store
from services.routing.store.tables.policies import assignment_policies
from shared.db import bulk
from shared.db.transaction import Transaction


@dataclass(frozen=True, slots=True)
class ProposedPolicy:
    """A version that a person proposed; what another one adds by confirming it is None until then."""

    policy: AssignmentPolicy
    effective_on: date | None
    reason: str
    proposed_by: str
    proposed_acting_for: str | None
    proposed_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None
    confirmed_reason: str | None


async def load_confirmed(connection: AsyncConnection) -> list[Dated[AssignmentPolicy]]:
    """The shipped policy, in force for ever, then every confirmed version with its first day, in order of day."""
    query = (
        select(assignment_policies)
        .where(assignment_policies.c.effective_on.is_not(None))
        .order_by(assignment_policies.c.effective_on)
    )
    return [
        Dated(date.min, shipped_policies()[DEFAULT_VERSION]),
        *(Dated(row.effective_on, from_document(row.version, row.document)) for row in await connection.execute(query)),
    ]


async def load_rules(connection: AsyncConnection, on: date) -> AssignmentRules:
    """What an assignment is decided with on a legal day: policy and tariff map in force, Centers open."""
    return await load_named_rules(connection, on, policy=None, tariff_map=None)


async def load_named_rules(
    connection: AsyncConnection, on: date, *, policy: AssignmentPolicy | None, tariff_map: MapVersion | None
) -> AssignmentRules:
    """The same with this policy and this tariff map; None stands for the one in force on that day."""
    if policy is None:
        policy = policy_on(await load_confirmed(connection), on)
    if tariff_map is None:
        tariff_map = find_in_force(await map_store.list_published(connection), on)
    directory = await directory_store.load(connection)
    return AssignmentRules(policy, await map_store.load_map(connection, tariff_map), directory.open_centers(on))


async def list_policies(connection: AsyncConnection) -> list[ProposedPolicy]:
    """Every version that people proposed, in the order in which they did."""
    query = select(assignment_policies).order_by(assignment_policies.c.recorded_at, assignment_policies.c.version)
    return [_read(row) for row in await connection.execute(query)]


async def find_policy(connection: AsyncConnection, version: str) -> ProposedPolicy | None:
    """One version that people proposed, or None."""
    query = select(assignment_policies).where(assignment_policies.c.version == version)
    row = (await connection.execute(query)).one_or_none()
    return _read(row) if row is not None else None


async def find_any(connection: AsyncConnection, version: str, *, with_drafts: bool = True) -> AssignmentPolicy | None:
    """A version, shipped or proposed by people, or None; without `with_drafts` only one that has been confirmed."""
    if version in shipped_policies():
        return shipped_policies()[version]
    proposed = await find_policy(connection, version)
    if proposed is None or not (with_drafts or proposed.effective_on is not None):
        return None
    return proposed.policy


async def lock(tx: Transaction) -> None:
    """Let nobody else propose or confirm until this transaction ends: versions and first days are given once."""
    await tx.connection.execute(text("LOCK TABLE assignment_policies IN SHARE ROW EXCLUSIVE MODE"))


async def append_policy(
    tx: Transaction,
    policy: AssignmentPolicy,
    *,
    reason: str,
    proposed_by: str,
    acting_for: str | None,
    recorded_at: datetime,
) -> None:
    """Keep a proposed version; it is in force only when it has been confirmed."""
    columns = ("version", "document", "reason", "proposed_by", "proposed_acting_for", "recorded_at")
    document = orjson.dumps(policy.to_document()).decode()
    row = (policy.version, document, reason, proposed_by, acting_for, recorded_at)
    await bulk.insert(tx, assignment_policies, columns, [row])


async def confirm_policy(
    tx: Transaction,
    version: str,
    *,
    effective_on: date,
    reason: str,
    confirmed_by: str,
    acting_for: str | None,
    confirmed_at: datetime,
) -> None:
    """Put a proposed version in force from a day; the caller holds the lock and has checked the rules."""
    await tx.connection.execute(
        update(assignment_policies)
        .where(assignment_policies.c.version == version)
        .values(
            effective_on=effective_on,
            confirmed_by=confirmed_by,
            confirmed_acting_for=acting_for,
            confirmed_at=confirmed_at,
            confirmed_reason=reason,
        )
    )


def _read(row: Row[Any]) -> ProposedPolicy:
    return ProposedPolicy(
        policy=from_document(row.version, row.document),
        effective_on=row.effective_on,
        reason=row.reason,
        proposed_by=row.proposed_by,
        proposed_acting_for=row.proposed_acting_for,
        proposed_at=row.recorded_at,
        confirmed_by=row.confirmed_by,
        confirmed_at=row.confirmed_at,
        confirmed_reason=row.confirmed_reason,
    )
