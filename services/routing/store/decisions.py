"""Routing decisions, releases, filings and conflicts: what the event path reads and writes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.accounts import DatedAccount, DatedAssignment, read_programs, read_standing
from services.routing.domain.activity import CountedVersion
from services.routing.domain.decided import ContradictingEvent, DecidedVersion, KnownVersion, Origin
from services.routing.domain.selection import Selection
from services.routing.domain.unit_values import unit_values_of
from services.routing.store.tables.decisions import conflicts, releases, routing_decisions
from shared.contracts import lean
from shared.db import bulk
from shared.db.pieces import rows_of_each
from shared.db.transaction import Transaction

_ACCOUNTS = """
SELECT a.importer_number, a.name, a.is_broker, a.trusted_programs, a.family, a.size, a.registered_on, a.standing,
    a.revision, s.center, s.effective_on, s.basis, s.sequence
FROM accounts a LEFT JOIN assignments s USING (importer_number)
WHERE a.importer_number = ANY($1::text[])
ORDER BY a.importer_number, s.sequence
"""
_KNOWN_VERSIONS = rows_of_each(
    "routing_decisions",
    "entry_number, version, content_digest, filed_at, event_source, event_id, importer_number, entry_date, goods",
    "entry_number",
)
_DECIDED = rows_of_each("routing_decisions", "entry_number, version, content_digest, decision", "entry_number")
_DECISION_COLUMNS = (
    "entry_number",
    "version",
    "importer_number",
    "entry_date",
    "center",
    "basis",
    "lane",
    "decision",
    "goods",
    "selection",
    "units",
    "content_digest",
    "filed_at",
    "event_source",
    "event_id",
)
_REPLACE_DECISION = (
    "(entry_number, version) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _DECISION_COLUMNS[2:])
    + (
        # Two writers that know nothing of each other still leave the earlier event standing.
        " WHERE (excluded.filed_at, excluded.event_source, excluded.event_id)"
        " <= (routing_decisions.filed_at, routing_decisions.event_source, routing_decisions.event_id)"
    )
)
_ADOPT = """
UPDATE routing_decisions d SET filed_at = given.filed_at, event_source = given.source, event_id = given.id
FROM unnest($1::text[], $2::int[], $3::timestamptz[], $4::text[], $5::text[])
    AS given(entry_number, version, filed_at, source, id)
WHERE d.entry_number = given.entry_number AND d.version = given.version
"""
# Whoever comes second for an entry waits here for the first, and is told which version stood.
_TAKE_STANDING = """
INSERT INTO entry_standings AS s (entry_number, version)
SELECT * FROM unnest($1::text[], $2::int[]) AS given(entry_number, version) ORDER BY entry_number
ON CONFLICT (entry_number) DO UPDATE SET version = excluded.version, previous = s.version
WHERE excluded.version >= s.version
RETURNING entry_number, version, previous
"""
_STANDINGS = """
SELECT entry_number, version, importer_number, entry_date, goods
FROM routing_decisions JOIN unnest($1::text[], $2::int[]) AS asked(entry_number, version) USING (entry_number, version)
"""
_RELEASE_COLUMNS = ("entry_number", "released_at", "port_of_release", "release_kind")
# Of several releases the earliest stands, whichever came first.
_KEEP_EARLIEST_RELEASE = (
    "(entry_number) DO UPDATE SET released_at = excluded.released_at, port_of_release = excluded.port_of_release,"
    " release_kind = excluded.release_kind WHERE (excluded.released_at, excluded.port_of_release) <"
    " (releases.released_at, releases.port_of_release)"
)


class Taken(NamedTuple):
    """A version that stands for its entry now, and the one that stood before (None: the entry was not known)."""

    entry_number: str
    version: int
    previous: int | None


@dataclass(frozen=True, slots=True)
class Release:
    """A release of an entry's cargo."""

    entry_number: str
    released_at: datetime
    port_of_release: str
    release_kind: str


class KeptVersion(NamedTuple):
    """A version with the digest of what was filed and its decision as JSON values."""

    digest: bytes
    decision: Mapping[str, Any]


class KeptDecision(NamedTuple):
    """A decision as it is kept: as it was published, and what selected the entry, both JSON values."""

    version: int
    importer_number: str
    center: str
    decision: Mapping[str, Any]
    selection: Mapping[str, Any]
    filed_at: datetime


class NotedConflict(NamedTuple):
    """A conflict as it is kept, with the event that fell."""

    kind: str
    detail: str
    event_source: str
    event_id: str


class DecisionCount(NamedTuple):
    """How many entries have a newest decision of this Center, basis and lane."""

    center: str
    basis: str
    lane: str
    entries: int


async def load_accounts(tx: Transaction, importer_numbers: Sequence[str]) -> dict[str, DatedAccount]:
    """Accounts with their assignments, by importer number."""
    accounts: dict[str, DatedAccount] = {}
    for row in await bulk.fetch(tx, _ACCOUNTS, list(importer_numbers)):
        number, name, is_broker, programs, family, size, registered_on, standing, revision, *assigned = row
        account = accounts.get(number)
        if account is None:
            account = accounts[number] = DatedAccount(
                importer_number=number,
                name=name,
                is_broker=is_broker,
                trusted_programs=read_programs(programs) if programs else (),
                family=family,
                size=size,
                registered_on=registered_on,
                standing=read_standing(standing) if standing else (),
                revision=revision,
                assignments=[],
            )
        center, effective_on, basis, sequence = assigned
        if sequence is not None:
            account.assignments.append(DatedAssignment(sequence, center, basis, effective_on))
    return accounts


async def load_known_versions(tx: Transaction, entry_numbers: Sequence[str]) -> dict[tuple[str, int], KnownVersion]:
    """Versions already decided, by entry number and version."""
    return {
        (row["entry_number"], row["version"]): KnownVersion(
            row["content_digest"],
            Origin(row["filed_at"], row["event_source"], row["event_id"]),
            CountedVersion(row["importer_number"], row["entry_date"], row["goods"]),
        )
        for row in await bulk.fetch(tx, _KNOWN_VERSIONS, list(entry_numbers))
    }


async def load_decided(tx: Transaction, entry_numbers: Sequence[str]) -> dict[tuple[str, int], KeptVersion]:
    """Decisions as they are kept, by entry number and version."""
    return {
        (row["entry_number"], row["version"]): KeptVersion(row["content_digest"], row["decision"])
        for row in await bulk.fetch(tx, _DECIDED, list(entry_numbers))
    }


async def write_decisions(
    tx: Transaction, decided: Sequence[DecidedVersion], known: Collection[tuple[str, int]]
) -> None:
    """Write decisions; one for a version that is known replaces it."""
    new, again = decided, []
    if known:
        new = [item for item in decided if item.key not in known]
        again = [item for item in decided if item.key in known]
    await bulk.copy(tx, routing_decisions, _DECISION_COLUMNS, list(map(_decision_row, new)))
    replaced = list(map(_decision_row, again))
    await bulk.insert(tx, routing_decisions, _DECISION_COLUMNS, replaced, on_conflict=_REPLACE_DECISION)


async def take_standing(tx: Transaction, versions: Sequence[tuple[str, int]]) -> list[Taken]:
    """Let versions stand for their entries, in order of number; gives those that do, others are below one that does.

    A version that stands already and is named again, because its content was replaced, stands before and after.
    """
    if not versions:
        return []
    numbers, wanted = zip(*versions, strict=True)
    return [Taken(*row) for row in await bulk.fetch(tx, _TAKE_STANDING, list(numbers), list(wanted))]


async def load_standings(tx: Transaction, keys: Sequence[tuple[str, int]]) -> dict[tuple[str, int], CountedVersion]:
    """What versions add to activity, by entry number and version."""
    numbers, versions = zip(*keys, strict=True)
    return {
        (row["entry_number"], row["version"]): CountedVersion(row["importer_number"], row["entry_date"], row["goods"])
        for row in await bulk.fetch(tx, _STANDINGS, list(numbers), list(versions))
    }


async def adopt_origins(tx: Transaction, origins: Mapping[tuple[str, int], Origin]) -> None:
    """Name an earlier event of the same content as the one that versions rest on."""
    if origins:
        rows = [(*key, *origin) for key, origin in origins.items()]
        await bulk.execute(tx, _ADOPT, *(list(column) for column in zip(*rows, strict=True)))


async def write_releases(tx: Transaction, released: Sequence[Release]) -> None:
    """Write releases, keeping the earliest of each entry."""
    earliest: dict[str, Release] = {}
    for item in sorted(released, key=lambda item: (item.entry_number, item.released_at, item.port_of_release)):
        earliest.setdefault(item.entry_number, item)
    rows = [
        (item.entry_number, item.released_at, item.port_of_release, item.release_kind) for item in earliest.values()
    ]
    await bulk.insert(tx, releases, _RELEASE_COLUMNS, rows, on_conflict=_KEEP_EARLIEST_RELEASE)


async def write_conflicts(tx: Transaction, found: Sequence[ContradictingEvent]) -> None:
    """Note conflicts, each once."""
    rows = [(item.entry_number, item.kind, item.origin.source, item.origin.id, item.detail) for item in found]
    columns = ("entry_number", "kind", "event_source", "event_id", "detail")
    await bulk.insert(tx, conflicts, columns, rows, on_conflict="DO NOTHING")


async def find_decisions(connection: AsyncConnection, entry_number: str) -> list[KeptDecision]:
    """Every decision of an entry, oldest version first."""
    table = routing_decisions.c
    columns = (table.version, table.importer_number, table.center, table.decision, table.selection, table.filed_at)
    query = select(*columns).where(table.entry_number == entry_number)
    return [KeptDecision(*row) for row in await connection.execute(query.order_by(table.version))]


async def find_release(connection: AsyncConnection, entry_number: str) -> Release | None:
    """The release of an entry, or None."""
    query = select(*(releases.c[name] for name in _RELEASE_COLUMNS)).where(releases.c.entry_number == entry_number)
    row = (await connection.execute(query)).one_or_none()
    return Release(*row) if row is not None else None


async def find_conflicts(connection: AsyncConnection, entry_number: str) -> list[NotedConflict]:
    """What contradicts the record of an entry."""
    table = conflicts.c
    query = select(table.kind, table.detail, table.event_source, table.event_id)
    query = query.where(table.entry_number == entry_number).order_by(table.kind, table.event_id)
    return [NotedConflict(*row) for row in await connection.execute(query)]


async def count_decisions(connection: AsyncConnection) -> list[DecisionCount]:
    """Entries by Center, basis and lane of their newest decision."""
    newest = (
        select(
            routing_decisions.c.entry_number,
            routing_decisions.c.center,
            routing_decisions.c.basis,
            routing_decisions.c.lane,
        )
        .ext(distinct_on(routing_decisions.c.entry_number))
        .order_by(routing_decisions.c.entry_number, routing_decisions.c.version.desc())
        .subquery()
    )
    query = select(newest.c.center, newest.c.basis, newest.c.lane, func.count().label("entries"))
    grouped = query.group_by(newest.c.center, newest.c.basis, newest.c.lane)
    return [DecisionCount(*row) for row in await connection.execute(grouped)]


def _decision_row(item: DecidedVersion) -> tuple[Any, ...]:
    facts, decision = item.facts, item.decision
    return (
        facts.entry_number,
        facts.version,
        facts.importer_number,
        facts.entry_date,
        decision.center,
        decision.basis,
        decision.lane,
        item.published.decode(),
        lean.encode(item.standing.goods).decode(),
        lean.encode(_selected(decision.selection)).decode(),
        lean.encode(unit_values_of(facts)).decode(),
        item.digest,
        *item.origin,
    )


def _selected(selection: Selection) -> dict[str, Any]:
    """What selected an entry: criteria that hit, those on trial that would have, and the draw of the random floor."""
    return {"hits": selection.hits, "shadow": selection.shadow, "draw": selection.draw}
