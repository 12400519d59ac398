"""How far the cycle of a Friday has come, and what stands against each act on it before anybody acts."""

from dataclasses import dataclass
from datetime import date, datetime

from services.liquidation.acts.cut_sheets import demand_cut, demand_not_run
from services.liquidation.acts.cycles import cycle_day, find_run
from services.liquidation.acts.may_do import Bars
from services.liquidation.store.cycles import CycleDay, CycleFigures, find_cycle
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction
from shared.runtime.errors import Refused, bar_of


@dataclass(frozen=True, slots=True)
class CycleStanding:
    """The days of a cycle, what it did where it has run, and what stands against each act on it."""

    day: CycleDay
    figures: CycleFigures | None
    bars: Bars


async def find_standing(tx: Transaction, now: datetime, friday: date, *, needs_cut_sheet: bool) -> CycleStanding:
    """Where the cycle of a Friday stands; raises `Refused` when the day is no Friday."""
    day = cycle_day(friday, legal_date(now))
    figures = await find_cycle(tx.connection, friday)

    def demand_open() -> None:
        demand_not_run(friday, figures)

    def demand_cuttable() -> None:
        demand_open()
        demand_cut(day, now)

    run = bar_of(demand_open)
    if run is None:
        try:
            await find_run(tx, now, friday, needs_cut_sheet=needs_cut_sheet)
        except Refused as bar:
            run = bar
    bars: Bars = {"cycle.forecast": bar_of(demand_open), "cycle.cut": bar_of(demand_cuttable), "cycle.run": run}
    return CycleStanding(day, figures, bars)
