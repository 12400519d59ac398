"""Days of the law that programs must not miss: the last one on which an entry that waits can be acted on."""

from datetime import date, timedelta

from services.liquidation.domain.program.definition import Definition
from services.liquidation.store import program_runs as runs
from services.liquidation.store import programs as store
from shared.db.transaction import Transaction


def alarmed_until(program: Definition, today: date) -> date:
    """The last day that is alarmed of today."""
    return today + timedelta(days=program.posting.alarm_days)


async def count_days_near(tx: Transaction, today: date) -> dict[str, int]:
    """By program in force, how many entries wait although their last day comes near or is over."""
    found = {}
    for each in await store.list_programs(tx.connection, after=None, limit=10_000, drafts=False):
        released = await store.find_released(tx.connection, each.program)
        if released is not None:
            found[each.program], _ = await runs.count_near(tx, released.rules, alarmed_until(released.rules, today))
    return found
