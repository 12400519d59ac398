"""Who may see the files of a protest, and who may add to them: who reads it, and the party that protests."""

from datetime import date

from services.liquidation.acts.protests import matter_for_acts, no_protest
from services.liquidation.store import protests as store
from services.liquidation.store.sight import find_matter_of_protest
from shared.db.transaction import Transaction
from shared.runtime.access import demand, demand_sight
from shared.runtime.identity import Identity


async def demand_files(tx: Transaction, protest_number: str, caller: Identity, on: date, *, adds: bool) -> str:
    """The row of authority by which the caller adds a file to the protest; of who only reads, an empty text.

    Raises `NotFound` where the caller may not read it, `Forbidden` where they may not add to it.
    """
    found = (await store.load_protests(tx, [protest_number])).get(protest_number)
    if found is None:
        raise no_protest(protest_number)
    seen, what = await find_matter_of_protest(tx.connection, found.filing), f"protest {protest_number}"
    if adds:
        return demand(caller, "protest-file.add", on, matter_for_acts(found.filing, seen), what, sight=seen)
    demand_sight(caller, "protest-file", on, seen, what)
    return ""
