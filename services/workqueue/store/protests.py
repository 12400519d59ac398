"""Protests by their newest act. Rows are locked in order of their key."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime

import orjson

from services.workqueue.domain.protest import Protest, StatusAct
from services.workqueue.store.tables import protests
from shared.db import bulk
from shared.db.transaction import Transaction

_COLUMNS = (
    "protest_number",
    "sequence",
    "importer_number",
    "entry_number",
    "received_at",
    "decide_by",
    "further_review",
    "is_filed",
    "settled_as",
    "settled_at",
    "turnings",
)
_STUB = "INSERT INTO protests (protest_number) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING"
# Those of the batch, and those whose Center may follow from what the batch says of an entry or an importer.
_LOCK = f"""
SELECT {", ".join(_COLUMNS)} FROM protests
WHERE protest_number IN (
    SELECT unnest($1::text[])
    UNION SELECT protest_number FROM protests WHERE entry_number = ANY($2::text[])
    UNION SELECT protest_number FROM protests WHERE importer_number = ANY($3::text[]))
ORDER BY protest_number FOR UPDATE
"""
_REPLACE = "(protest_number) DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])


async def lock_protests(
    tx: Transaction, protest_numbers: Iterable[str], *, entry_numbers: Iterable[str], importer_numbers: Iterable[str]
) -> dict[str, Protest]:
    """Protests by number, and those of these entries and importers, each locked for this transaction."""
    numbers = sorted(set(protest_numbers))
    if numbers:
        await bulk.execute(tx, _STUB, numbers)
    rows = await bulk.fetch(tx, _LOCK, numbers, sorted(set(entry_numbers)), sorted(set(importer_numbers)))
    return {row["protest_number"]: _protest(row) for row in rows}


async def write_protests(tx: Transaction, changed: Sequence[Protest]) -> None:
    """Write protests that are locked."""
    facts = _COLUMNS[:-1]
    rows = [
        (*(getattr(item, name) for name in facts), orjson.dumps([asdict(each) for each in item.status_acts]).decode())
        for item in changed
    ]
    await bulk.insert(tx, protests, _COLUMNS, rows, on_conflict=_REPLACE)


def _protest(row: bulk.Row) -> Protest:
    """A protest as it is kept. One settled before such acts were kept counts as settled by its newest act."""
    *facts, kept = row
    protest = Protest(*facts)
    status_acts = tuple(
        StatusAct(each["sequence"], each["change"], datetime.fromisoformat(each["at"])) for each in kept
    )
    if not status_acts and protest.settled_as is not None and protest.settled_at is not None:
        status_acts = (StatusAct(protest.sequence, protest.settled_as, protest.settled_at),)
    return replace(protest, status_acts=status_acts)
