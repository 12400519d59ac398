"""Everything that programs do by themselves, in turns: none of them waits for another one to be through."""

from services.liquidation.acts.program_posting import PostingTurns
from services.liquidation.acts.program_reversals import reverse_confirmed
from services.liquidation.acts.program_standing import withdraw_aborted
from services.liquidation.domain.law import CyclePolicy, LawSettings
from services.liquidation.domain.money.settings import MoneyPolicy
from shared.db.transaction import Connections
from shared.runtime.clock import Clock


async def work_in_turns(
    database: Connections, clock: Clock, policy: CyclePolicy, law: LawSettings, money: MoneyPolicy
) -> int:
    """Give back what aborted programs have open, reverse what is confirmed, and post what is due; gives how many rows.

    Each turn takes a slice of each of these of each program, in transactions of their own: whatever began since the
    last turn has its share of the next, and the weekly cycle waits for one slice at most. It ends with the turn in
    which nothing was left. A job.
    """
    turns, total = PostingTurns(database, clock, money), 0
    cleared: set[str] = set()
    while True:
        withdrawn = await withdraw_aborted(database, clock, policy, law, slices=1, cleared=cleared)
        reversed_ = await reverse_confirmed(database, clock, money, slices=1)
        posted, goes_on = await turns.take()
        total += withdrawn + reversed_ + posted
        if not (withdrawn or reversed_ or goes_on):
            return total
