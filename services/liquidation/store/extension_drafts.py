"""Extensions drafted for people to post: kept in step with the entries that need one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.store.radar import CAUSES, ENDS_SOON, OF_ASKED
from services.liquidation.store.sight import entries_within
from services.liquidation.store.tables.extension_drafts import extension_drafts
from services.liquidation.store.tables.records import ACT_BY, entries
from shared.db import bulk
from shared.db.transaction import Transaction
from shared.runtime.access import Reach

# The oldest open request of an entry in words, with how many more there are, so that a notice stays short.
_NAMED: Final = """
LEFT JOIN LATERAL (
    SELECT replace(r.form, '-', ' ') || ' ' || r.request_id || ' of ' || r.issued_on
            || CASE r.form WHEN 'CBP-28' THEN ' asks for information that CBP does not have yet'
                ELSE ' proposes an action' END || '; the reply is due on ' || r.due_on
            || CASE count(*) OVER () WHEN 1 THEN '' ELSE ' (and ' || count(*) OVER () - 1 || ' more)' END || '.' AS text
    FROM information_requests r WHERE r.entry_number = e.entry_number AND r.closed_on IS NULL
    ORDER BY r.form, r.issued_on, r.request_id LIMIT 1
) named ON true
"""
_NEEDED: Final = " UNION ".join(
    f"SELECT {ACT_BY} AS deemed_on, e.entry_number, e.lane FROM entries e {joined}"
    f" WHERE {ENDS_SOON} AND e.deemed_on >= $1::date AND {condition}"
    for joined, condition in CAUSES["extension-needed"]
)
_CONCERNED: Final = f"""
SELECT entry_number FROM ({_NEEDED}) AS needed UNION SELECT entry_number FROM extension_drafts ORDER BY entry_number
"""
# Drafts that are needed no more go in the same pass. The first that holds is the reason that the notice would give
# (ext-reasons, 19 USC 1504(b)).
_SYNC: Final = f"""
WITH needed AS MATERIALIZED (
    SELECT * FROM ({_NEEDED}) AS soon WHERE soon.entry_number = ANY($3::text[])
),
dropped AS (
    DELETE FROM extension_drafts x WHERE x.entry_number = ANY($3::text[]) AND NOT EXISTS (
        SELECT FROM needed WHERE needed.entry_number = x.entry_number AND needed.deemed_on = x.deemed_on
    )
)
INSERT INTO extension_drafts (deemed_on, entry_number, reason, requested_on, explanation, drafted_at)
SELECT e.deemed_on, e.entry_number,
    CASE WHEN asked.requested_on IS NULL THEN 'information-needed' ELSE 'importer-request' END, asked.requested_on,
    CASE WHEN asked.requested_on IS NOT NULL THEN 'The importer asked in writing on ' || asked.requested_on || '.'
        WHEN asked.lacks_information THEN named.text
        ELSE 'The review (' || e.lane || ') needs information that CBP does not have yet.'
            || coalesce(' ' || named.text, '') END, $2::timestamptz
FROM needed e LEFT {OF_ASKED} {_NAMED} ORDER BY e.deemed_on, e.entry_number
ON CONFLICT (deemed_on, entry_number) DO UPDATE SET reason = excluded.reason, requested_on = excluded.requested_on,
        explanation = excluded.explanation
    WHERE (extension_drafts.reason, extension_drafts.requested_on, extension_drafts.explanation)
        IS DISTINCT FROM (excluded.reason, excluded.requested_on, excluded.explanation)
"""


@dataclass(frozen=True, slots=True)
class ExtensionDraft:
    """A drafted extension with what its entry is now; `deemed_on` is the last day on which its notice may be posted."""

    deemed_on: date
    entry_number: str
    reason: Literal["information-needed", "importer-request"]
    requested_on: date | None
    explanation: str
    drafted_at: datetime
    center: str | None
    importer_number: str | None
    extended_months: int


async def list_concerned(tx: Transaction, today: date) -> list[str]:
    """The entries that need a draft or have one, in order of number."""
    return [row["entry_number"] for row in await bulk.fetch(tx, _CONCERNED, today)]


async def sync_drafts(tx: Transaction, today: date, now: datetime, entry_numbers: Sequence[str]) -> int:
    """Draft an extension for each of these entries that needs one and drop those drafts that are needed no more.

    A draft whose reason changed is written anew. Gives how many were written.
    """
    return await bulk.execute(tx, _SYNC, today, now, list(entry_numbers))


async def list_drafts(
    connection: AsyncConnection, reach: Reach, *, after: tuple[date, str] | None, limit: int
) -> list[ExtensionDraft]:
    """Drafted extensions with their entries, the period that ends first before the others."""
    key = (extension_drafts.c.deemed_on, extension_drafts.c.entry_number)
    query = (
        select(*extension_drafts.columns, entries.c.center, entries.c.importer_number, entries.c.extended_months)
        .join(entries, entries.c.entry_number == extension_drafts.c.entry_number)
        .where(entries_within(reach))
        .order_by(*key)
        .limit(limit)
    )
    if after is not None:
        query = query.where(func.row(*key) > func.row(*after))
    return [ExtensionDraft(**row._asdict()) for row in await connection.execute(query)]
