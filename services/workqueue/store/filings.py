"""Post-entry filings by the routing that stands. Rows are locked in order of their key."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.domain.filing import Clock, Filing, FilingRoute
from services.workqueue.store.tables import filings
from shared.db import bulk
from shared.db.transaction import Transaction

_COLUMNS = (
    "filing_number",
    "sequence",
    "event_id",
    "routed_at",
    "kind",
    "importer_number",
    "entry_numbers",
    "center",
    "division",
    "process",
    "authority",
    "forwarded_from",
    "clocks",
    "received_at",
    "heard",
    "basis",
    "answers_request",
    "goods_center",
)
_STUB = "INSERT INTO filings (filing_number) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING"
# Those of the batch, and those without a Center that may get the one of an importer's account.
LOCK_FILINGS = f"""
SELECT {", ".join(_COLUMNS)} FROM filings
WHERE filing_number IN (
    SELECT unnest($1::text[])
    UNION SELECT filing_number FROM filings WHERE importer_number = ANY($2::text[]) AND center = 'PNDING')
ORDER BY filing_number FOR UPDATE
"""
# Whose Center may follow from what is said of entries (they name them, or answer who asked about them) or of items.
# In two statements: requests have another key than the filings that answer them.
FIND_REQUESTS = """
SELECT request_id FROM requests WHERE (entry_numbers ->> 0) = ANY($1::text[])
UNION
SELECT request_id FROM requests WHERE item_id = ANY($2::uuid[])
"""
FIND_CONCERNED = """
SELECT f.filing_number FROM unnest($1::text[]) AS given(entry_number)
JOIN filings f ON f.entry_numbers @> jsonb_build_array(given.entry_number) WHERE f.sequence = 1
UNION
SELECT filing_number FROM filings WHERE answers_request = ANY($2::uuid[])
"""
# Items of filings that an earlier release left without the basis of their Center.
_WITHOUT_BASIS = """
SELECT filing_number FROM items
WHERE kind = 'filing' AND center_basis IS NULL AND lasting_state <> 'completed' AND filing_number <> ALL($1::text[])
ORDER BY item_id LIMIT $2
"""
_REPLACE = "(filing_number) DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])


async def lock_filings(
    tx: Transaction, filing_numbers: Iterable[str], *, importer_numbers: Iterable[str]
) -> dict[str, Filing]:
    """Filings by number, and those of these importers without a Center, each locked for this transaction."""
    numbers, importers = sorted(set(filing_numbers)), sorted(set(importer_numbers))
    if not numbers and not importers:
        return {}
    if numbers:
        await bulk.execute(tx, _STUB, numbers)
    rows = await bulk.fetch(tx, LOCK_FILINGS, numbers, importers)
    return {row["filing_number"]: _filing(row) for row in rows}


async def find_concerned(
    tx: Transaction,
    *,
    entry_numbers: Iterable[str] = (),
    item_ids: Iterable[UUID] = (),
    request_ids: Iterable[UUID] = (),
) -> set[str]:
    """Filings that name these entries, or answer a request on them, a request of these items, or one of these.

    Those that a person moved name their entries to no effect, so they are not among the first.
    """
    entries, items, requests = sorted(set(entry_numbers)), sorted(set(item_ids)), set(request_ids)
    if entries or items:
        requests |= {row["request_id"] for row in await bulk.fetch(tx, FIND_REQUESTS, entries, items)}
    if not entries and not requests:
        return set()
    return {row["filing_number"] for row in await bulk.fetch(tx, FIND_CONCERNED, entries, sorted(requests))}


async def find_without_basis(tx: Transaction, left_out: Sequence[str], limit: int) -> list[str]:
    """Filings whose item does not say what its Center follows from, but for those left out."""
    return [row["filing_number"] for row in await bulk.fetch(tx, _WITHOUT_BASIS, list(left_out), limit)]


async def write_filings(tx: Transaction, changed: Sequence[Filing]) -> None:
    """Write filings that are locked."""
    rows = [
        (
            filing.filing_number,
            route.sequence,
            route.event_id,
            route.routed_at,
            route.kind,
            route.importer_number,
            orjson.dumps(route.entry_numbers).decode(),
            route.center,
            route.division,
            route.process,
            route.authority,
            route.forwarded_from,
            orjson.dumps([asdict(clock) for clock in route.clocks]).decode(),
            filing.received_at,
            orjson.dumps(filing.heard).decode(),
            route.basis,
            route.answers_request,
            route.goods_center,
        )
        for filing in changed
        if (route := filing.standing) is not None
    ]
    await bulk.insert(tx, filings, _COLUMNS, rows, on_conflict=_REPLACE)


async def find_named_entries(connection: AsyncConnection, filing_number: str) -> list[str]:
    """The entries that a filing names, in its order."""
    query = select(filings.c.entry_numbers).where(filings.c.filing_number == filing_number)
    return list((await connection.execute(query)).scalar_one())


def clocks_of(kept: Iterable[Mapping[str, Any]]) -> tuple[Clock, ...]:
    """The clocks of a filing from the JSON in which they are kept."""
    return tuple(Clock(**{**each, "due_on": date.fromisoformat(each["due_on"])}) for each in kept)


def _filing(row: Mapping[str, Any]) -> Filing:
    """A filing as it is kept; the reasons of its routing are in the history of its item."""
    if row["sequence"] is None:
        return Filing(row["filing_number"])
    route = FilingRoute(
        filing_number=row["filing_number"],
        sequence=row["sequence"],
        event_id=row["event_id"],
        routed_at=row["routed_at"],
        kind=row["kind"],
        importer_number=row["importer_number"],
        entry_numbers=tuple(row["entry_numbers"]),
        center=row["center"],
        division=row["division"],
        process=row["process"],
        authority=row["authority"],
        received_at=row["received_at"],
        forwarded_from=row["forwarded_from"],
        clocks=clocks_of(row["clocks"]),
        reasons=(),
        basis=row["basis"],
        answers_request=row["answers_request"],
        goods_center=row["goods_center"],
    )
    return Filing(row["filing_number"], route, row["received_at"], tuple(row["heard"]))


async def find_clocks(connection: AsyncConnection, filing_number: str) -> tuple[Clock, ...]:
    """The clocks that routing found for a filing."""
    query = select(filings.c.clocks).where(filings.c.filing_number == filing_number)
    return clocks_of(await connection.scalar(query) or ())
