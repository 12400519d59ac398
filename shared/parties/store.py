"""Every statement about parties and delegations that more than one service needs; the newest version stands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import orjson
from sqlalchemy import MetaData, RowMapping, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.customs.parties import Contact, Delegation, Party, contact_for, read_contacts, write_contacts
from shared.db import bulk
from shared.db.transaction import Transaction
from shared.parties.heard import Heard
from shared.parties.tables import party_tables

_TABLES: Final = party_tables(MetaData())
_PARTIES, _DELEGATIONS = _TABLES.parties, _TABLES.delegations
_PARTY_COLUMNS: Final = ("party_id", "version", "kind", "name", "state", "closed_on", "contacts")
_DELEGATION_COLUMNS: Final = (
    "delegation_id",
    "version",
    "party_id",
    "importer_number",
    "scopes",
    "from_on",
    "to_on",
    "revoked_on",
)


def _keep_newest(table: str, columns: Sequence[str]) -> str:
    key, *others = columns
    changes = ", ".join(f"{name} = excluded.{name}" for name in others)
    return f"({key}) DO UPDATE SET {changes} WHERE {table}.version < excluded.version"


_KEEP_NEWEST_PARTY = _keep_newest("parties", _PARTY_COLUMNS)
_KEEP_NEWEST_DELEGATION = _keep_newest("delegations", _DELEGATION_COLUMNS)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: parties that are new, those that changed, and delegations that are new."""

    new_parties: tuple[str, ...] = ()
    changed_parties: tuple[str, ...] = ()
    new_delegations: tuple[str, ...] = ()


async def write_heard(tx: Transaction, heard: Heard) -> Written:
    """Write the parties and delegations that are new or of a higher version than what is known; repeats do nothing."""
    parties = [
        (
            party.party_id,
            party.version,
            party.kind,
            party.name,
            party.state,
            party.closed_on,
            orjson.dumps(write_contacts(party.contacts)).decode(),
        )
        for party in heard.parties
    ]
    delegations = [
        (
            delegation.delegation_id,
            delegation.version,
            delegation.party_id,
            delegation.importer_number,
            orjson.dumps(delegation.scopes).decode(),
            delegation.from_on,
            delegation.to_on,
            delegation.revoked_on,
        )
        for delegation in heard.delegations
    ]
    # A row that was there before has been locked by this statement, which xmax tells.
    written = await bulk.insert(
        tx,
        _PARTIES,
        _PARTY_COLUMNS,
        parties,
        on_conflict=_KEEP_NEWEST_PARTY,
        returning="party_id, xmax = 0 AS is_new",
    )
    granted = await bulk.insert(
        tx,
        _DELEGATIONS,
        _DELEGATION_COLUMNS,
        delegations,
        on_conflict=_KEEP_NEWEST_DELEGATION,
        returning="delegation_id, xmax = 0 AS is_new",
    )
    return Written(
        tuple(row["party_id"] for row in written if row["is_new"]),
        tuple(row["party_id"] for row in written if not row["is_new"]),
        tuple(row["delegation_id"] for row in granted if row["is_new"]),
    )


async def find_parties(connection: AsyncConnection, party_ids: Iterable[str]) -> dict[str, Party]:
    """Those of these parties that are known, by id."""
    wanted = sorted(set(party_ids))
    if not wanted:
        return {}
    rows = await connection.execute(select(_PARTIES).where(_PARTIES.c.party_id.in_(wanted)))
    return {row["party_id"]: read_party(row) for row in rows.mappings()}


async def find_party(connection: AsyncConnection, party: str) -> Party | None:
    """One party, or None while it is not known."""
    return (await find_parties(connection, [party])).get(party)


async def contacts_for(connection: AsyncConnection, party_ids: Iterable[str], process: str) -> dict[str, Contact]:
    """Whom to reach at these parties for a process, by party; one without contact for it and for all is left out."""
    found = {
        number: contact_for(party.contacts, process)
        for number, party in (await find_parties(connection, party_ids)).items()
    }
    return {number: contact for number, contact in found.items() if contact is not None}


async def delegated_in_force(
    connection: AsyncConnection, party_ids: Iterable[str], on: date, *, importer_number: str | None = None
) -> Mapping[str, frozenset[str]]:
    """By scope, the importers that have delegated it to any of these parties on a legal day.

    A closed party has none. With `importer_number` only that importer is asked for, which costs nothing for a party
    that acts for thousands.
    """
    wanted = sorted(set(party_ids))
    if not wanted:
        return {}
    given = in_force_query(wanted, on, importer_number).subquery()
    alike = select(given.c.scopes, func.array_agg(given.c.importer_number).label("numbers")).group_by(given.c.scopes)
    found: dict[str, frozenset[str]] = {}
    for row in await connection.execute(alike):
        numbers = frozenset(row.numbers)
        for scope in row.scopes:
            found[scope] = found[scope] | numbers if scope in found else numbers
    return found


async def find_delegations_of(
    connection: AsyncConnection, importer_numbers: Iterable[str], *, party: str | None = None
) -> list[Delegation]:
    """What these importers ever delegated, in force or not, to all or one party; in order of id."""
    wanted = sorted(set(importer_numbers))
    if not wanted:
        return []
    query = select(_DELEGATIONS).where(_DELEGATIONS.c.importer_number.in_(wanted))
    if party is not None:
        query = query.where(_DELEGATIONS.c.party_id == party)
    rows = await connection.execute(query.order_by(_DELEGATIONS.c.delegation_id))
    return [read_delegation(row) for row in rows.mappings()]


async def find_delegations(connection: AsyncConnection, delegation_ids: Iterable[str]) -> dict[str, Delegation]:
    """Those of these delegations that are known, by id."""
    wanted = sorted(set(delegation_ids))
    if not wanted:
        return {}
    rows = await connection.execute(select(_DELEGATIONS).where(_DELEGATIONS.c.delegation_id.in_(wanted)))
    return {row["delegation_id"]: read_delegation(row) for row in rows.mappings()}


def in_force_query(party_ids: Sequence[str], on: date, importer_number: str | None) -> Select[Any]:
    """Importer number and scopes of the delegations that have force on a legal day."""
    query = (
        select(_DELEGATIONS.c.importer_number, _DELEGATIONS.c.scopes)
        .join(_PARTIES, _PARTIES.c.party_id == _DELEGATIONS.c.party_id)
        .where(_DELEGATIONS.c.party_id.in_(party_ids), *_is_in_force(on))
    )
    return query if importer_number is None else query.where(_DELEGATIONS.c.importer_number == importer_number)


def read_party(row: Mapping[str, Any] | RowMapping) -> Party:
    """A party from its row, by column."""
    return Party(
        party_id=row["party_id"],
        version=row["version"],
        kind=row["kind"],
        name=row["name"],
        state=row["state"],
        closed_on=row["closed_on"],
        contacts=read_contacts(row["contacts"]),
    )


def read_delegation(row: Mapping[str, Any] | RowMapping) -> Delegation:
    """A delegation from its row, by column."""
    return Delegation(
        delegation_id=row["delegation_id"],
        version=row["version"],
        party_id=row["party_id"],
        importer_number=row["importer_number"],
        scopes=tuple(row["scopes"]),
        from_on=row["from_on"],
        to_on=row["to_on"],
        revoked_on=row["revoked_on"],
    )


def _is_in_force(on: date) -> tuple[Any, ...]:
    """The conditions of `Delegation.in_force` and `Party.is_closed` as the database asks them."""
    delegation, party = _DELEGATIONS.c, _PARTIES.c
    return (
        delegation.from_on <= on,
        or_(delegation.to_on.is_(None), delegation.to_on >= on),
        or_(delegation.revoked_on.is_(None), delegation.revoked_on > on),
        or_(party.closed_on.is_(None), party.closed_on > on),
    )
