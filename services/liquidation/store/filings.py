"""Post-entry filings as they came, protests in their own table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.liquidation.domain.facts import Origin
from services.liquidation.store.tables.records import post_entry_filings, protests
from services.liquidation.store.upserts import keep_earliest
from shared.db import bulk
from shared.db.transaction import Transaction

_PROTESTS = "SELECT filing_number FROM protests WHERE filing_number = ANY($1::text[])"


@dataclass(frozen=True, slots=True)
class FilingRow:
    """A post-entry filing; JSON columns as text."""

    filing_number: str
    kind: str
    importer_number: str
    filed_by: str
    entries: str
    received_at: datetime
    body: str
    origin: Origin
    decide_by: date
    further_review: bool


async def load_known_protests(tx: Transaction, filing_numbers: Sequence[str]) -> set[str]:
    """Which of these protests are known."""
    if not filing_numbers:
        return set()
    return {row["filing_number"] for row in await bulk.fetch(tx, _PROTESTS, list(filing_numbers))}


async def write_filings(tx: Transaction, filings: Sequence[FilingRow]) -> None:
    """Write post-entry filings, protests in their own table; of two events for one filing the earlier stands."""
    shared = ("filing_number", "importer_number", "filed_by", "entries", "received_at", "body")
    origin = ("event_at", "event_source", "event_id")
    for table, is_protest, own in (
        (protests, True, ("state", "decide_by", "further_review")),
        (post_entry_filings, False, ("kind",)),
    ):
        columns = (*shared, *origin, *own)
        values = [
            (
                row.filing_number,
                row.importer_number,
                row.filed_by,
                row.entries,
                row.received_at,
                row.body,
                row.origin.at,
                row.origin.source,
                row.origin.id,
                *(("filed", row.decide_by, row.further_review) if is_protest else (row.kind,)),
            )
            for row in filings
            if (row.kind == "protest") is is_protest
        ]
        await bulk.insert(tx, table, columns, values, on_conflict=keep_earliest(table, columns))
