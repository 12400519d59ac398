"""Extensions of liquidation as they were posted."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date

from services.liquidation.domain.extension import ExtensionReason, ExtensionRequest
from services.liquidation.store.tables.records import RUNS, extensions
from shared.db import bulk
from shared.db.transaction import Transaction

_EXTENSIONS = """
SELECT entry_number, reason, months, posted_on, requested_on FROM extensions
WHERE entry_number = ANY($1::text[]) ORDER BY entry_number, number
"""


_EXTENDED = f"""
SELECT DISTINCT x.entry_number FROM extensions x JOIN entries e ON e.entry_number = x.entry_number
WHERE {RUNS} AND x.entry_number > $1::text ORDER BY x.entry_number LIMIT $2::integer
"""


@dataclass(frozen=True, slots=True)
class ExtensionRow:
    """An extension with the end of the period before it and after it."""

    entry_number: str
    number: int
    reason: ExtensionReason
    months: int
    posted_on: date
    requested_on: date | None
    period_ended_on: date
    period_ends_on: date
    explanation: str
    posted_by: str


async def list_extended(tx: Transaction, after: str, limit: int) -> list[str]:
    """The next running entries that were extended, in order of number."""
    return [row["entry_number"] for row in await bulk.fetch(tx, _EXTENDED, after, limit)]


async def load_extensions(tx: Transaction, entry_numbers: Sequence[str]) -> dict[str, list[ExtensionRequest]]:
    """The extensions of these entries in order; entries without one are absent."""
    found: dict[str, list[ExtensionRequest]] = {}
    if not entry_numbers:
        return found
    for row in await bulk.fetch(tx, _EXTENSIONS, list(entry_numbers)):
        request = ExtensionRequest(row["reason"], row["months"], row["posted_on"], row["requested_on"])
        found.setdefault(row["entry_number"], []).append(request)
    return found


async def write_extension(tx: Transaction, row: ExtensionRow) -> None:
    """Append one extension."""
    await bulk.insert(tx, extensions, tuple(ExtensionRow.__dataclass_fields__), [astuple(row)])
