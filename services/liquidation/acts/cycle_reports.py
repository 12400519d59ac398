"""What a cycle did against its cut sheet: what the two must be before they can be compared."""

from datetime import date

from services.liquidation.acts.cut_sheets import demand_confirmed
from services.liquidation.acts.refusals import conflict
from services.liquidation.store.cut_sheets import find_cut_sheet
from services.liquidation.store.cycle_reports import Basis
from services.liquidation.store.cycles import find_cycle
from shared.customs.calendar import wednesday_cutoff
from shared.db.transaction import Transaction
from shared.runtime.errors import NotFound


async def find_basis(tx: Transaction, friday: date) -> Basis:
    """The confirmed cut sheet of a Friday and its run, to be compared.

    Raises `NotFound` when there is no sheet, `Conflict` when two people have not confirmed it or the cycle has not run.
    """
    sheet = await find_cut_sheet(tx.connection, friday)
    if sheet is None:
        raise NotFound(f"There is no cut sheet for {friday}.", remedy="A cycle is compared with its cut sheet only.")
    await demand_confirmed(tx, friday)
    ran = await find_cycle(tx.connection, friday)
    if ran is None:
        raise conflict(
            "liquidation-date",
            "cycle-has-not-run",
            f"The cycle of {friday} has not run.",
            f"GET /cycles/{friday}/cut-sheet says what it is going to do.",
        )
    return Basis(
        friday,
        sheet.revision,
        sheet.forecast_number,
        sheet.made_at,
        ran.run_at,
        wednesday_cutoff(friday),
        ran.unseen,
    )
