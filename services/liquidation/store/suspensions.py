"""Suspensions on record: those of instructions, and those of a summary once they were lifted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from services.liquidation.domain.suspension import Authority, Suspension
from services.liquidation.store.tables.acts import suspensions
from shared.db import bulk
from shared.db.transaction import Transaction

_SUSPENSIONS = """
SELECT entry_number, ground, authority, began_on, lift_noticed_on FROM suspensions
WHERE entry_number = ANY($1::text[]) ORDER BY entry_number, ground, began_on
"""


@dataclass(frozen=True, slots=True)
class SuspensionRow:
    """A suspension to be written; `lift_*` None while it stands."""

    entry_number: str
    ground: str
    began_on: date
    authority: Authority
    is_filed: bool
    instruction_id: str | None = None
    lift_noticed_on: date | None = None
    lift_source: str | None = None
    lift_instruction_id: str | None = None


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
    values = list(map(attrgetter(*columns), rows))
    lifted = ", ".join(f"{name} = excluded.{name}" for name in columns if name.startswith("lift_"))
    conflict = f"(entry_number, ground, began_on) DO UPDATE SET {lifted} WHERE suspensions.lift_noticed_on IS NULL"
    await bulk.insert(tx, suspensions, columns, values, on_conflict=conflict)
