"""Parties and delegations as routing owns them: lists, locks and history; what all services ask is shared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.parties import PartyFieldChange
from services.routing.store.tables.parties import delegation_acts, delegations, parties, party_changes
from shared.customs.parties import Delegation, Party
from shared.db import bulk
from shared.db.transaction import Transaction
from shared.parties.store import read_delegation, read_party

# Two who register the same new party would both find nothing to lock; registrations are short and follow one another.
_LOCK_REGISTRATION = "SELECT pg_advisory_xact_lock(hashtextextended('routing-party-registration', 0))"
_CHANGE_COLUMNS: Final = (
    "party_id",
    "version",
    "act",
    "changes",
    "reason",
    "changed_by",
    "acting_for",
    "recorded_at",
)
_ACT_COLUMNS: Final = (
    "delegation_id",
    "version",
    "act",
    "is_on_paper",
    "revoked_on",
    "reason",
    "done_by",
    "acting_for",
    "done_at",
)


@dataclass(frozen=True, slots=True)
class PartyChange:
    """A change of a party for its history: `act` is `registered` or `changed`."""

    party_id: str
    version: int
    act: str
    fields: tuple[PartyFieldChange, ...]
    reason: str
    changed_by: str
    acting_for: str | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class DelegationAct:
    """An act on a delegation for its history; `is_on_paper`: registered for somebody who signed a paper."""

    delegation_id: str
    version: int
    act: str
    is_on_paper: bool
    revoked_on: date | None
    reason: str
    done_by: str
    acting_for: str | None
    done_at: datetime


async def lock_registration(tx: Transaction) -> None:
    """Wait until nobody else registers or changes parties, and keep it so to the end of the transaction."""
    await bulk.execute(tx, _LOCK_REGISTRATION)


async def lock_parties(tx: Transaction, party_ids: Iterable[str]) -> dict[str, Party]:
    """Those of these parties that are known, each locked for this transaction, in order of id."""
    query = select(parties).where(parties.c.party_id.in_(sorted(set(party_ids)))).order_by(parties.c.party_id)
    rows = await tx.connection.execute(query.with_for_update())
    return {row["party_id"]: read_party(row) for row in rows.mappings()}


async def lock_delegation(tx: Transaction, delegation_id: str) -> Delegation | None:
    """One delegation, locked for this transaction, or None."""
    query = select(delegations).where(delegations.c.delegation_id == delegation_id).with_for_update()
    row = (await tx.connection.execute(query)).mappings().one_or_none()
    return read_delegation(row) if row is not None else None


async def append_party_changes(tx: Transaction, changes: Sequence[PartyChange]) -> None:
    """Append to the history of parties."""
    rows = [
        (
            change.party_id,
            change.version,
            change.act,
            orjson.dumps(
                [{"field": item.name, "from": item.before, "to": item.after} for item in change.fields]
            ).decode(),
            change.reason,
            change.changed_by,
            change.acting_for,
            change.recorded_at,
        )
        for change in changes
    ]
    await bulk.insert(tx, party_changes, _CHANGE_COLUMNS, rows)


async def append_delegation_act(tx: Transaction, act: DelegationAct) -> None:
    """Append to the history of a delegation."""
    await bulk.insert(tx, delegation_acts, _ACT_COLUMNS, [tuple(getattr(act, name) for name in _ACT_COLUMNS)])


async def list_parties(connection: AsyncConnection, *, kind: str | None, after: str | None, limit: int) -> list[Party]:
    """Parties in order of id, of one kind or of all."""
    query = select(parties).order_by(parties.c.party_id).limit(limit)
    if kind is not None:
        query = query.where(parties.c.kind == kind)
    if after is not None:
        query = query.where(parties.c.party_id > after)
    return [read_party(row) for row in (await connection.execute(query)).mappings()]


async def list_delegations(
    connection: AsyncConnection,
    *,
    party_id: str | None = None,
    importer_number: str | None = None,
    after: str | None,
    limit: int,
) -> list[Delegation]:
    """What was delegated to a party, or by an importer, in force or not, in order of id."""
    query = select(delegations).order_by(delegations.c.delegation_id).limit(limit)
    if party_id is not None:
        query = query.where(delegations.c.party_id == party_id)
    if importer_number is not None:
        query = query.where(delegations.c.importer_number == importer_number)
    if after is not None:
        query = query.where(delegations.c.delegation_id > after)
    return [read_delegation(row) for row in (await connection.execute(query)).mappings()]


async def list_party_changes(
    connection: AsyncConnection, party_id: str, *, after: int | None, limit: int
) -> list[PartyChange]:
    """The history of a party, oldest change first."""
    query = select(party_changes).where(party_changes.c.party_id == party_id)
    if after is not None:
        query = query.where(party_changes.c.version > after)
    return [
        PartyChange(
            party_id=row.party_id,
            version=row.version,
            act=row.act,
            fields=tuple(PartyFieldChange(item["field"], item["from"], item["to"]) for item in row.changes),
            reason=row.reason,
            changed_by=row.changed_by,
            acting_for=row.acting_for,
            recorded_at=row.recorded_at,
        )
        for row in await connection.execute(query.order_by(party_changes.c.version).limit(limit))
    ]


async def list_delegation_acts(connection: AsyncConnection, delegation_id: str) -> list[DelegationAct]:
    """Every act on a delegation, oldest first."""
    query = select(delegation_acts).where(delegation_acts.c.delegation_id == delegation_id)
    rows: Any = await connection.execute(query.order_by(delegation_acts.c.version))
    return [DelegationAct(**row) for row in rows.mappings()]
