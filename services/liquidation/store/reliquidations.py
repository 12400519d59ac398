"""Reliquidations, and what decides whether one may be made."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date

from services.liquidation.domain.preference_programs import has_agreement_issue
from services.liquidation.domain.reliquidation import FinalWriter
from services.liquidation.store.tables.acts import reliquidations
from shared.db import bulk
from shared.db.transaction import Transaction


@dataclass(frozen=True, slots=True)
class ReliquidationRow:
    """A reliquidation; money in cents, positive is due to CBP."""

    entry_number: str
    number: int
    reliquidated_on: date
    writer: FinalWriter
    rule: str
    kind: str
    effect_duty_cents: int
    effect_fees_cents: int
    change_duty_cents: int
    change_fees_cents: int
    explanation: str
    acted_by: str
    acted_for: str | None


async def count_reliquidations(tx: Transaction, entry_number: str) -> int:
    """How often an entry was reliquidated."""
    statement = "SELECT count(*) AS n FROM reliquidations WHERE entry_number = $1"
    (row,) = await bulk.fetch(tx, statement, entry_number)
    return int(row["n"])


async def write_reliquidation(tx: Transaction, row: ReliquidationRow) -> None:
    """Append a reliquidation."""
    await bulk.insert(tx, reliquidations, tuple(ReliquidationRow.__dataclass_fields__), [astuple(row)])


async def find_import_date(tx: Transaction, entry_number: str) -> date | None:
    """The earliest importation that a version of the entry states; None when none does."""
    statement = "SELECT min((body ->> 'import_date')::date) AS imported_on FROM entry_versions WHERE entry_number = $1"
    (row,) = await bulk.fetch(tx, statement, entry_number)
    imported_on: date | None = row["imported_on"]
    return imported_on


async def has_agreement_flag(tx: Transaction, entry_number: str) -> bool:
    """Whether the version that governs the entry leaves the trade agreement to a reconciliation."""
    statement = (
        "SELECT body -> 'reconciliation_issues' AS issues FROM entry_versions"
        " JOIN entries USING (entry_number, version) WHERE entry_number = $1"
    )
    return any(has_agreement_issue(row["issues"] or ()) for row in await bulk.fetch(tx, statement, entry_number))


async def has_protest(tx: Transaction, entry_number: str, states: Sequence[str]) -> bool:
    """Whether a protest on the entry is in one of these states."""
    statement = (
        "SELECT EXISTS (SELECT FROM protests WHERE entries @> jsonb_build_array($1::text)"
        " AND state = ANY($2::text[])) AS found"
    )
    (row,) = await bulk.fetch(tx, statement, entry_number, list(states))
    return bool(row["found"])
