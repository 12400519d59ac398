"""Post-entry filings: what the event path writes, what people read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Row, case, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.decided import Origin
from services.routing.domain.decisions import Move
from services.routing.domain.facts import Reason
from services.routing.domain.filings import Clock, FilingRoute, read_answered_request
from services.routing.store import moves as move_store
from services.routing.store.tables.filings import filing_contents, post_entry_filings
from services.routing.store.tables.moves import moves
from shared.db import bulk
from shared.db.reach import within
from shared.db.transaction import Transaction
from shared.runtime.access import Reach

_KNOWN = """
SELECT filing_number, content_digest FROM post_entry_filings
WHERE filing_number = ANY($1::text[]) ORDER BY filing_number FOR UPDATE
"""
_COLUMNS = (
    "filing_number",
    "kind",
    "importer_number",
    "entries",
    "received_at",
    "center",
    "basis",
    "division",
    "process",
    "authority",
    "forwarded_from",
    "clocks",
    "reasons",
    "filed_by",
    "body",
    "content_digest",
    "filed_at",
    "event_source",
    "event_id",
    "goods_center",
)
# A row without an event was written by a release that did not keep which event it rests on: the next one replaces it.
_KEEP_EARLIEST = (
    "(filing_number) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])
    + " WHERE post_entry_filings.filed_at IS NULL"
    " OR (excluded.filed_at, excluded.event_source, excluded.event_id)"
    " < (post_entry_filings.filed_at, post_entry_filings.event_source, post_entry_filings.event_id)"
)
_CONTENT_COLUMNS = ("filing_number", "content_digest", "filed_at", "event_source", "event_id")
_EARLIEST_SAYING = (
    "(filing_number, content_digest) DO UPDATE SET filed_at = excluded.filed_at, event_source = excluded.event_source,"
    " event_id = excluded.event_id WHERE (excluded.filed_at, excluded.event_source, excluded.event_id)"
    " < (filing_contents.filed_at, filing_contents.event_source, filing_contents.event_id)"
)


@dataclass(frozen=True, slots=True)
class FilingRow:
    """A filing as one event said it, with its route; `filed_by` and `body` are JSON text, the digest is of all."""

    filing_number: str
    kind: str
    importer_number: str
    entries: tuple[str, ...]
    received_at: datetime
    route: FilingRoute
    filed_by: str
    body: str
    digest: bytes
    origin: Origin
    answers_request: str | None
    goods_center: str | None


@dataclass(frozen=True, slots=True)
class KeptFiling:
    """A filing as it is kept; one received before routes of filings were kept has neither digest nor origin."""

    filing_number: str
    kind: str
    importer_number: str
    entries: tuple[str, ...]
    received_at: datetime
    route: FilingRoute
    filed_by: Mapping[str, Any]
    body: Mapping[str, Any]
    digest: bytes | None
    origin: Origin | None
    goods_center: str | None

    @property
    def answers_request(self) -> str | None:
        """The request of CBP that the filing says it answers."""
        return read_answered_request(self.body)

    @property
    def filer_code(self) -> str | None:
        """The filer whose matter it is: the broker that filed it."""
        return self.filed_by.get("id") if self.filed_by.get("role") == "broker" else None

    @property
    def surety_code(self) -> str | None:
        """The surety whose matter it is: the one that filed it."""
        return self.filed_by.get("id") if self.filed_by.get("role") == "surety" else None

    def as_routed(self) -> FilingRow | None:
        """The filing as one event said it, None when it does not say on which event it rests."""
        if self.digest is None or self.origin is None:
            return None
        return FilingRow(
            filing_number=self.filing_number,
            kind=self.kind,
            importer_number=self.importer_number,
            entries=self.entries,
            received_at=self.received_at,
            route=self.route,
            filed_by=orjson.dumps(self.filed_by).decode(),
            body=orjson.dumps(self.body).decode(),
            digest=self.digest,
            origin=self.origin,
            answers_request=self.answers_request,
            goods_center=self.goods_center,
        )


class StandingFiling(NamedTuple):
    """What stands under a filing number, and the last move of the matter when it was moved."""

    row: FilingRow
    move: Move | None


async def write(tx: Transaction, rows: Sequence[FilingRow]) -> list[StandingFiling]:
    """Write filings; gives those that are new or stand with another content than before, to be published.

    A filing number counts once. Of two contents under one number that of the earlier event (time, source, id) stands,
    whichever came first; `filing_contents` keeps them all.
    """
    if not rows:
        return []
    sayings: dict[tuple[str, bytes], FilingRow] = {}
    standing: dict[str, FilingRow] = {}
    for row in sorted(rows, key=lambda row: row.origin):
        sayings.setdefault((row.filing_number, row.digest), row)
        standing.setdefault(row.filing_number, row)
    numbers = sorted(standing)
    known = {row["filing_number"]: row["content_digest"] for row in await bulk.fetch(tx, _KNOWN, numbers)}
    await bulk.insert(
        tx,
        filing_contents,
        _CONTENT_COLUMNS,
        [(number, digest, *sayings[number, digest].origin) for number, digest in sorted(sayings)],
        on_conflict=_EARLIEST_SAYING,
    )
    written = await bulk.insert(
        tx,
        post_entry_filings,
        _COLUMNS,
        [_values(standing[number]) for number in numbers],
        on_conflict=_KEEP_EARLIEST,
        returning="filing_number",
    )
    new = [
        row["filing_number"]
        for row in written
        if known.get(row["filing_number"]) != standing[row["filing_number"]].digest
    ]
    moved = await move_store.load_filing_moves(tx, known.keys() & set(new))
    return [StandingFiling(standing[number], moved.get(number)) for number in new]


async def find_filing(connection: AsyncConnection, filing_number: str) -> KeptFiling | None:
    """One filing, or None."""
    query = select(post_entry_filings).where(post_entry_filings.c.filing_number == filing_number)
    row = (await connection.execute(query)).one_or_none()
    return _read(row) if row is not None else None


async def count_contents(connection: AsyncConnection, filing_number: str) -> int:
    """How many different contents came under a filing number; more than one is a contradiction."""
    query = select(func.count()).where(filing_contents.c.filing_number == filing_number)
    return int(await connection.scalar(query) or 0)


async def list_filings(
    connection: AsyncConnection,
    reach: Reach,
    importer_number: str,
    *,
    kind: str | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[KeptFiling]:
    """The filings of an importer, newest receipt first, as far as the caller's reach goes."""
    position = (post_entry_filings.c.received_at, post_entry_filings.c.filing_number)
    moved = select(moves.c.to_center).where(
        moves.c.kind == "filing", moves.c.number == post_entry_filings.c.filing_number
    )
    newest = moved.order_by(moves.c.sequence.desc()).limit(1).scalar_subquery()
    is_seen = within(
        reach,
        importer_number=post_entry_filings.c.importer_number,
        centers=(func.coalesce(newest, post_entry_filings.c.center),),
        filer_code=_filed_as("broker"),
        surety_code=_filed_as("surety"),
    )
    query = select(post_entry_filings).where(post_entry_filings.c.importer_number == importer_number, is_seen)
    if kind is not None:
        query = query.where(post_entry_filings.c.kind == kind)
    if after is not None:
        query = query.where(tuple_(*position) < after)
    newest_first = query.order_by(*(column.desc() for column in position))
    return [_read(row) for row in await connection.execute(newest_first.limit(limit))]


def _filed_as(role: str) -> ColumnElement[str]:
    """The code of who filed, where they filed in this role."""
    return case((post_entry_filings.c.filed_by["role"].astext == role, post_entry_filings.c.filed_by["id"].astext))


def _read(row: Row[Any]) -> KeptFiling:
    return KeptFiling(
        filing_number=row.filing_number,
        kind=row.kind,
        importer_number=row.importer_number,
        entries=tuple(row.entries),
        received_at=row.received_at,
        route=FilingRoute(
            center=row.center,
            basis=row.basis,
            division=row.division,
            process=row.process,
            authority=row.authority,
            forwarded_from=row.forwarded_from,
            clocks=tuple(Clock(**{**clock, "due_on": date.fromisoformat(clock["due_on"])}) for clock in row.clocks),
            reasons=tuple(Reason(**reason) for reason in row.reasons),
        ),
        filed_by=row.filed_by,
        body=row.body,
        digest=row.content_digest,
        origin=Origin(row.filed_at, row.event_source, row.event_id) if row.filed_at is not None else None,
        goods_center=row.goods_center,
    )


def _values(row: FilingRow) -> tuple[Any, ...]:
    route = row.route
    return (
        row.filing_number,
        row.kind,
        row.importer_number,
        orjson.dumps(row.entries).decode(),
        row.received_at,
        route.center,
        route.basis,
        route.division,
        route.process,
        route.authority,
        route.forwarded_from,
        orjson.dumps(route.clocks).decode(),
        orjson.dumps(route.reasons).decode(),
        row.filed_by,
        row.body,
        row.digest,
        *row.origin,
        row.goods_center,
    )
