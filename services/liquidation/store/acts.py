"""Suspensions, extensions, reliquidations and voided liquidations: what acts of people read and write."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.liquidation.domain.extension import ExtensionRequest
from services.liquidation.domain.suspension import Suspension
from services.liquidation.store.tables.acts import reliquidations, suspensions, voided_liquidations
from shared.db import bulk
from shared.db.transaction import Transaction

_EXTENSIONS = """
SELECT entry_number, reason, months, posted_on, requested_on FROM extensions
WHERE entry_number = ANY($1::text[]) ORDER BY entry_number, number
"""
_SUSPENSIONS = """
SELECT entry_number, ground, authority, began_on, lift_noticed_on FROM suspensions
WHERE entry_number = ANY($1::text[]) ORDER BY entry_number, ground, began_on
"""
_WAITING = """
SELECT DISTINCT ON (item_id) decision_id, duty_cents, fees_cents FROM review_decisions
WHERE entry_number = $1 AND status = 'applied' AND outcome IN ('no-change', 'increase', 'refund')
ORDER BY item_id, decided_at, decision_id
"""
_USE = """
UPDATE review_decisions SET status = CASE WHEN decision_id = ANY($2::text[]) THEN 'effective' ELSE 'superseded' END
WHERE entry_number = $1 AND status = 'applied'
"""
_FREE = "UPDATE review_decisions SET status = 'applied' WHERE entry_number = $1 AND status = 'effective'"


@dataclass(frozen=True, slots=True)
class SuspensionRow:
    """A suspension to be written; `lift_*` None while it stands."""

    entry_number: str
    ground: str
    began_on: date
    authority: str
    is_filed: bool
    instruction_id: str | None = None
    lift_noticed_on: date | None = None
    lift_source: str | None = None
    lift_instruction_id: str | None = None


@dataclass(frozen=True, slots=True)
class ReliquidationRow:
    """A reliquidation; money in cents, positive is due to CBP."""

    entry_number: str
    number: int
    reliquidated_on: date
    writer: str
    rule: str
    kind: str
    effect_duty_cents: int
    effect_fees_cents: int
    change_duty_cents: int
    change_fees_cents: int
    explanation: str
    acted_by: str
    acted_for: str | None


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


async def load_extensions(tx: Transaction, entry_numbers: Sequence[str]) -> dict[str, list[ExtensionRequest]]:
    """The extensions of these entries in order; entries without one are absent."""
    found: dict[str, list[ExtensionRequest]] = {}
    if not entry_numbers:
        return found
    for row in await bulk.fetch(tx, _EXTENSIONS, list(entry_numbers)):
        request = ExtensionRequest(row["reason"], row["months"], row["posted_on"], row["requested_on"])
        found.setdefault(row["entry_number"], []).append(request)
    return found


async def load_suspensions(tx: Transaction, entry_numbers: Sequence[str]) -> dict[str, list[Suspension]]:
    """The suspensions on record of these entries; entries without one are absent."""
    found: dict[str, list[Suspension]] = {}
    if not entry_numbers:
        return found
    for row in await bulk.fetch(tx, _SUSPENSIONS, list(entry_numbers)):
        suspension = Suspension(row["ground"], row["authority"], row["began_on"], row["lift_noticed_on"])
        found.setdefault(row["entry_number"], []).append(suspension)
    return found


async def write_suspensions(tx: Transaction, rows: Sequence[SuspensionRow]) -> None:
    """Add suspensions, and note on those that are known how they were lifted; a removal once noted stays."""
    columns = tuple(SuspensionRow.__dataclass_fields__)
    values = [tuple([getattr(row, name) for name in columns]) for row in rows]
    lifted = ", ".join(f"{name} = excluded.{name}" for name in columns if name.startswith("lift_"))
    conflict = f"(entry_number, ground, began_on) DO UPDATE SET {lifted} WHERE suspensions.lift_noticed_on IS NULL"
    await bulk.insert(tx, suspensions, columns, values, on_conflict=conflict)


async def count_reliquidations(tx: Transaction, entry_number: str) -> int:
    """How often an entry was reliquidated."""
    statement = "SELECT count(*) AS n FROM reliquidations WHERE entry_number = $1"
    (row,) = await bulk.fetch(tx, statement, entry_number)
    return int(row["n"])


async def write_reliquidation(tx: Transaction, row: ReliquidationRow) -> None:
    """Append a reliquidation."""
    columns = tuple(ReliquidationRow.__dataclass_fields__)
    await bulk.insert(tx, reliquidations, columns, [tuple([getattr(row, name) for name in columns])])


async def write_voided(tx: Transaction, row: VoidedRow) -> None:
    """Keep a liquidation that has no effect, and let its review decisions wait for the next one."""
    columns = tuple(VoidedRow.__dataclass_fields__)
    await bulk.insert(tx, voided_liquidations, columns, [tuple([getattr(row, name) for name in columns])])
    await bulk.execute(tx, _FREE, row.entry_number)


async def use_decisions(tx: Transaction, entry_number: str) -> tuple[int, int] | None:
    """The effect (duty, fees, in cents) of the decisions that wait, which take effect; None when none waits.

    Of several on one item the earliest counts, the others are superseded.
    """
    rows = await bulk.fetch(tx, _WAITING, entry_number)
    if not rows:
        return None
    await bulk.execute(tx, _USE, entry_number, [row["decision_id"] for row in rows])
    return sum(row["duty_cents"] for row in rows), sum(row["fees_cents"] for row in rows)


async def set_aside_decisions(tx: Transaction, entry_number: str) -> None:
    """Supersede the decisions that wait: the entry is liquidated as entered, by hand."""
    await bulk.execute(tx, _USE, entry_number, [])


async def find_import_date(tx: Transaction, entry_number: str) -> date | None:
    """The earliest importation that a version of the entry states; None when none does."""
    statement = "SELECT min((body ->> 'import_date')::date) AS imported_on FROM entry_versions WHERE entry_number = $1"
    (row,) = await bulk.fetch(tx, statement, entry_number)
    imported_on: date | None = row["imported_on"]
    return imported_on


async def has_protest(tx: Transaction, entry_number: str, states: Sequence[str]) -> bool:
    """Whether a protest on the entry is in one of these states."""
    statement = (
        "SELECT EXISTS (SELECT FROM protests WHERE entries @> jsonb_build_array($1::text)"
        " AND state = ANY($2::text[])) AS found"
    )
    (row,) = await bulk.fetch(tx, statement, entry_number, list(states))
    return bool(row["found"])
