"""History under seal, in a running service: the job that seals it, the invariant that it stands as it was sealed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from shared.db import seals
from shared.db.seals import SealedTable
from shared.db.transaction import Connections, transaction
from shared.db.walks import Walk
from shared.runtime.invariants import QueryInvariant

_SUBJECTS_AT_ONCE: Final = 2_000
_SEALS: Final = Walk("seals", ("seals",), "subject", is_unique=False)


async def seal_what_waits(database: Connections, tables: Sequence[SealedTable], now: datetime) -> None:
    """Seal every line that waits, so many subjects in each transaction."""
    if not tables:
        return
    while True:
        async with transaction(database) as tx:
            if await seals.seal_next(tx, tables, _SUBJECTS_AT_ONCE, now) < _SUBJECTS_AT_ONCE:
                return


def invariants(tables: Sequence[SealedTable]) -> tuple[QueryInvariant, ...]:
    """Sealed lines are there as they were sealed, and their seals are a chain."""
    if not tables:
        return ()
    meaning = "History stands as it was sealed: no line was changed or taken out, and its seals are a chain."
    return (QueryInvariant("history-stands-as-sealed", meaning, seals.findings_sql(tables), _SEALS),)
