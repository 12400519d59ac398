"""What a decision of a review would come to, before it is made: judged as the cycle would judge it, nothing is kept."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.liquidation.acts.assessment_judging import AssessedAct, Consequence, has_moved_in_void, judge_act
from services.liquidation.domain.decision import Refusal, refuse_decision
from services.liquidation.domain.money.amounts import Amounts, add_amounts
from services.liquidation.domain.money.settings import MoneyPolicy
from services.liquidation.domain.sequences import liquidation_key
from services.liquidation.store import reviews as review_store
from services.liquidation.store.assessments import AssessmentRow
from services.liquidation.store.money_cases import MoneyRows, load_cases
from shared.db.transaction import Transaction


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What would follow from a decision.

    With a `refusal` it would have no effect, and nothing else is said. Else the entry would be liquidated on
    `liquidated_on`: the day for which it is scheduled, or today where there is none. `with_decisions` are the decisions
    on other items of the entry that would take effect with it. The assessment is None where nothing would change.
    """

    refusal: Refusal | None
    liquidated_on: date | None = None
    basis: Literal["scheduled", "today"] | None = None
    with_decisions: tuple[str, ...] = ()
    assessment: AssessmentRow | None = None
    consequence: Consequence | None = None


async def judge_decision(
    tx: Transaction, entry_number: str, effects: Amounts, item_id: str | None, today: date, policy: MoneyPolicy
) -> WhatIf | None:
    """What a decision with these effects (cents by class) would come to; None for an entry without a summary.

    `item_id` is the item that it would decide: a decision on it that waits already is left out.
    """
    case = (await load_cases(tx, [entry_number])).get(entry_number)
    if case is None:
        return None
    refusal = refuse_decision(await review_store.find_liquidation(tx, entry_number), today)
    if refusal is not None:
        return WhatIf(refusal)
    waiting = await review_store.load_waiting(tx, entry_number, item_id)
    whole = add_amounts(effects, *(each.effects for each in waiting))
    scheduled_on = case.entry.scheduled_on
    is_scheduled = scheduled_on is not None and scheduled_on >= today
    on = scheduled_on if scheduled_on is not None and is_scheduled else today
    others = tuple(each.decision_id for each in waiting)
    if not any(whole.values()) and not has_moved_in_void(case):
        return WhatIf(None, on, "scheduled" if is_scheduled else "today", others)
    act = AssessedAct(liquidation_key(case.entry.turns), "liquidation", on, on)
    consequence = judge_act(case, act, whole, policy, MoneyRows())
    assessed = case.assessments[-1]
    return WhatIf(None, on, "scheduled" if is_scheduled else "today", others, assessed, consequence)
