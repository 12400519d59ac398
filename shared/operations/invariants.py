"""Invariants checked whole on demand, one after the other, none of them longer than it may take."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from shared.db import operator_acts
from shared.db.engine import Patience
from shared.db.operator_acts import OperatorAct
from shared.db.transaction import Connections, Transaction, be_patient, snapshot
from shared.runtime.errors import Transient
from shared.runtime.invariants import QueryInvariant
from shared.runtime.logging import mask_importer_numbers

CHECK: Final = "check-invariants"
MOST_SECONDS: Final = 60.0
"""How long one invariant may take when somebody asks for it; the command line waits as long as it takes."""
KEPT_LINES: Final = 20


async def ask(
    tx: Transaction, invariants: Sequence[QueryInvariant], *, reason: str, by: str, at: datetime
) -> OperatorAct:
    """Have the schedulers of the service check every invariant on the whole database."""
    return await operator_acts.write(tx, CHECK, {}, reason=reason, by=by, at=at, total=len(invariants))


async def check_one(database: Connections, invariant: QueryInvariant, seconds: float) -> dict[str, Any]:
    """What a check found: its violations, or why it is not known."""
    try:
        async with snapshot(database) as tx:
            await be_patient(tx, Patience(lock=seconds, statement=seconds))
            lines = await invariant.check(tx.connection)
    except Transient as error:
        return {"problem": f"not known after {seconds:g} seconds: {str(error)[:200]}"}
    return {"violations": len(lines), "lines": [mask_importer_numbers(line) for line in lines[:KEPT_LINES]]}
