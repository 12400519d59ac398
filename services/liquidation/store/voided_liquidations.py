"""Liquidations that have no effect in law, each kept as it stood."""

from dataclasses import astuple, dataclass
from datetime import date

from services.liquidation.store.tables.acts import voided_liquidations
from shared.db import bulk
from shared.db.transaction import Transaction


@dataclass(frozen=True, slots=True)
class VoidedRow:
    """A liquidation that has no effect, as it stood."""

    entry_number: str
    turn: int
    liquidated_on: date
    liquidation_posted_on: date
    liquidation_kind: str
    liquidation_rule: str
    effect_duty_cents: int
    effect_fees_cents: int
    voided_on: date
    rule: str
    why: str
    acted_by: str
    acted_for: str | None
    liquidation_cycle_on: date | None


async def write_voided(tx: Transaction, row: VoidedRow) -> None:
    """Keep a liquidation that has no effect."""
    await bulk.insert(tx, voided_liquidations, tuple(VoidedRow.__dataclass_fields__), [astuple(row)])
