"""Claims under 1520(d): the filing with its decision, and how many decisions an entry has in its history."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.domain.preference_programs import has_agreement_issue
from services.liquidation.store.tables.preference_claims import preference_claim_decisions
from services.liquidation.store.tables.records import entries, entry_versions, post_entry_filings
from shared.db import bulk
from shared.db.transaction import Transaction

_CLAIMS_DECIDED: Final = """
SELECT entry_number, count(*) AS decided FROM legal_events
WHERE entry_number = ANY($1::text[]) AND change = 'preference-claim-decided' GROUP BY entry_number
"""

ClaimOutcome = Literal["granted", "denied"]


@dataclass(frozen=True, slots=True)
class ClaimDecision:
    """What was decided on a claim, once and for all; cents over all its entries, negative is a refund."""

    filing_number: str
    outcome: ClaimOutcome
    decided_on: date
    decided_at: datetime
    reasons: str
    change_duty_cents: int
    change_fees_cents: int
    decided_by: str
    decided_for: str | None


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim as filed, the earliest importation and entry among its entries, and its decision.

    None: not known, undecided. `flagged` are its entries that leave the trade agreement to a reconciliation.
    """

    filing_number: str
    importer_number: str
    entries: tuple[str, ...]
    received_at: datetime
    body: Mapping[str, Any]
    imported_on: date | None
    decision: ClaimDecision | None
    entered_on: date | None = None
    flagged: tuple[str, ...] = ()


async def find_claim(connection: AsyncConnection, filing_number: str) -> Claim | None:
    """A claim under 1520(d); None: there is no such claim."""
    table, decisions = post_entry_filings, preference_claim_decisions
    query = select(table).where(table.c.filing_number == filing_number, table.c.kind == "preference-claim")
    filing = (await connection.execute(query)).one_or_none()
    if filing is None:
        return None
    decided = await connection.execute(select(decisions).where(decisions.c.filing_number == filing_number))
    decision = decided.mappings().one_or_none()
    imported = func.min(entry_versions.c.body["import_date"].astext)
    first = await connection.scalar(select(imported).where(entry_versions.c.entry_number.in_(filing.entries)))
    governing = (
        select(entries.c.entry_number, entries.c.entry_date, entry_versions.c.body["reconciliation_issues"])
        .join(
            entry_versions,
            (entry_versions.c.entry_number == entries.c.entry_number) & (entry_versions.c.version == entries.c.version),
        )
        .where(entries.c.entry_number.in_(filing.entries))
        .order_by(entries.c.entry_number)
    )
    summaries = (await connection.execute(governing)).all()
    return Claim(
        filing.filing_number,
        filing.importer_number,
        tuple(filing.entries),
        filing.received_at,
        filing.body,
        date.fromisoformat(first) if first else None,
        ClaimDecision(**decision) if decision is not None else None,
        min((entered_on for _, entered_on, _ in summaries if entered_on is not None), default=None),
        tuple(number for number, _, issues in summaries if has_agreement_issue(issues or ())),
    )


async def lock_claim(tx: Transaction, filing_number: str) -> None:
    """Hold a claim, so that it is decided once."""
    await bulk.fetch(tx, "SELECT 1 FROM post_entry_filings WHERE filing_number = $1 FOR UPDATE", filing_number)


async def count_claims_decided(tx: Transaction, entry_numbers: Sequence[str]) -> dict[str, int]:
    """How many decisions on claims under 1520(d) each of these entries has in its history; absent where none."""
    rows = await bulk.fetch(tx, _CLAIMS_DECIDED, list(entry_numbers))
    return {row["entry_number"]: row["decided"] for row in rows}


async def write_claim_decision(tx: Transaction, decision: ClaimDecision) -> None:
    """Write the decision on a claim."""
    await tx.connection.execute(preference_claim_decisions.insert().values(**asdict(decision)))
