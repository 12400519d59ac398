"""What programs posted by acts that have no effect in law: kept for its proofs while the entry is judged again."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from services.liquidation.store.tables.programs import program_postings
from shared.db import bulk
from shared.db.transaction import Transaction

_COLUMNS: Final = ", ".join(each.name for each in program_postings.columns)
POSTED: Final = f"(SELECT {_COLUMNS} FROM program_postings UNION ALL SELECT {_COLUMNS} FROM program_voided_postings)"
"""Everything that programs ever posted, whether it stands or has no effect in law; an entry may be here twice."""

# Who was to be given back what was removed is not given it again: such a posting stays, and so does its reversal.
_TAKE_BACK: Final = f"""
WITH gone AS (
    DELETE FROM program_postings WHERE entry_number = $1 AND (reversal IS NULL OR reversal = 'refused') RETURNING *
), kept AS (
    INSERT INTO program_voided_postings ({_COLUMNS}, voided_on) SELECT {_COLUMNS}, $2::date FROM gone
)
UPDATE declared_entries r SET state = 'waiting', notes = ARRAY['waits-review'] FROM gone
WHERE r.declaration_id = gone.declaration_id AND r.row_number = gone.row_number
RETURNING r.program
"""
_KEEP_REVERSED: Final = """
UPDATE review_decisions d SET status = 'withdrawn' FROM program_postings p
WHERE p.entry_number = $1 AND p.reversal IN ('asked', 'confirmed', 'done') AND d.entry_number = p.entry_number
    AND d.item_id = 'program:' || p.program AND d.status = 'applied'
"""
_VOIDED: Final = """
SELECT program, entry_number, run, posted_on, act, act_key, removed_cents, voided_on FROM program_voided_postings
WHERE entry_number = $1 AND program = $2 ORDER BY posted_on, run
"""


class VoidedPosting(NamedTuple):
    """What a program posted of an entry by an act that was voided; cents."""

    program: str
    entry_number: str
    run: int
    posted_on: date
    act: str
    act_key: str
    removed_cents: int
    voided_on: date


async def take_back(tx: Transaction, entry_number: str, on: date) -> list[str]:
    """What programs posted of a held entry whose liquidation is voided is no posting any more; gives which programs.

    Its request is judged again next, by the caller. A posting whose reversal was asked for stays as it is, and what it
    removed is not removed again.
    """
    await bulk.execute(tx, _KEEP_REVERSED, entry_number)
    rows = await bulk.fetch(tx, _TAKE_BACK, entry_number, on)
    return sorted({row["program"] for row in rows})


async def list_voided(tx: Transaction, program: str, entry_number: str) -> Sequence[VoidedPosting]:
    """What a program posted of an entry and has no effect in law, in order."""
    rows: list[Any] = await bulk.fetch(tx, _VOIDED, entry_number, program)
    return [VoidedPosting(*row.values()) for row in rows]
