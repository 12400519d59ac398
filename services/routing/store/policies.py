"""Versions of the assignment policy: proposed, confirmed by another person, in force from a day."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.map_draft import MapVersion
from services.routing.domain.policy import (
    DEFAULT_VERSION,
    AssignmentPolicy,
    from_document,
    policy_on,
    shipped_policies,
)
from services.routing.domain.proposal import AssignmentRules
from services.routing.domain.rulebook import Dated
from services.routing.store import directory as directory_store
from services.routing.store import tariff_maps as map_store
from services.routing.store.tables import assignment_policies
from shared.db import bulk
from shared.db.transaction import Transaction


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


async def load_rules(
    connection: AsyncConnection,
    on: date,
    *,
    policy: AssignmentPolicy | None = None,
    tariff_map: MapVersion | None = None,
) -> AssignmentRules:
    """What an assignment is decided with on a legal day; another policy or tariff map than those in force if given."""
    if policy is None:
        policy = policy_on(await load_confirmed(connection), on)
    if tariff_map is None:
        published = await map_store.list_published(connection)
        tariff_map = max(
            (item for item in published if item.effective_on is None or item.effective_on <= on),
            key=lambda item: (item.effective_on or date.min, item.publication or 0),
        )
    directory = await directory_store.load(connection)
    open_centers = {code: directory.open_center(code, on) for code in directory.centers}
    return AssignmentRules(policy, await map_store.load_map(connection, tariff_map), open_centers)


async def list_policies(connection: AsyncConnection) -> Sequence[Any]:
    """Every version that people proposed, in the order in which they did."""
    query = select(assignment_policies).order_by(assignment_policies.c.recorded_at, assignment_policies.c.version)
    return (await connection.execute(query)).all()


async def find_policy(connection: AsyncConnection, version: str) -> Any | None:
    """One version that people proposed, or None."""
    query = select(assignment_policies).where(assignment_policies.c.version == version)
    return (await connection.execute(query)).one_or_none()


async def find_any(connection: AsyncConnection, version: str) -> AssignmentPolicy | None:
    """A version, shipped or proposed by people, or None."""
    if version in shipped_policies():
        return shipped_policies()[version]
    row = await find_policy(connection, version)
    return from_document(row.version, row.document) if row is not None else None


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
