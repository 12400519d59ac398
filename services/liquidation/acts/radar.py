"""The deadline radar: what must not go unseen."""

from datetime import datetime

from services.liquidation.store.deemed_cases import count_open_deemed_cases
from services.liquidation.store.hold_sets import find_in_force
from services.liquidation.store.radar import Horizon, count_held_by_horizon
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction
from shared.runtime.access import EVERYTHING


async def count_alarms(tx: Transaction, now: datetime) -> tuple[int, dict[Horizon, int]]:
    """Open cases of deemed liquidation, and held entries by the days left of their period."""
    held = await count_held_by_horizon(tx, legal_date(now), await find_in_force(tx, now), EVERYTHING)
    return await count_open_deemed_cases(tx.connection, EVERYTHING), held
