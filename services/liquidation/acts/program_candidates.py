"""What an importer could ask of a program: entries that nobody declared, each judged as if it were declared now."""

from dataclasses import dataclass
from datetime import datetime

from services.liquidation.acts.declaring import Declarant, demand_open
from services.liquidation.acts.program_checks import judge_cells
from services.liquidation.acts.programs import find_asked_for
from services.liquidation.domain.law import CyclePolicy, LawSettings
from services.liquidation.store import program_candidates as store
from services.liquidation.store.declarations import RequestRow
from services.liquidation.store.program_candidates import Place
from services.liquidation.store.records import EntryRow, load_entries
from shared.db.transaction import Transaction
from shared.runtime.access import Reach


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that a program reaches, and what declaring it now would come to."""

    place: Place
    entry: EntryRow
    verdict: RequestRow


async def list_candidates(
    tx: Transaction,
    reach: Reach,
    importer_number: str,
    program: str,
    declarant: Declarant,
    now: datetime,
    policy: CyclePolicy,
    law: LawSettings,
    *,
    after: Place | None,
    limit: int,
) -> list[Candidate]:
    """The next entries that nobody declared, judged for a declarant.

    Raises `Conflict` where the program takes no lists now (`program-closed`), or takes entries by itself
    (`program-takes-itself`).
    """
    released = await find_asked_for(tx, program)
    demand_open(released, now)
    places = await store.list_candidates(
        tx.connection, reach, importer_number, released.rules, after=after, limit=limit
    )
    numbers = [number for _, number in places]
    known = await load_entries(tx, numbers)
    verdicts = await judge_cells(tx, released, list(enumerate(numbers, 1)), declarant, now, policy, law)
    return [Candidate(place, known[place[1]], verdict) for place, verdict in zip(places, verdicts, strict=True)]
