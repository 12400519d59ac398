"""What a decision of a review would come to in money, asked before it is made."""

from datetime import date
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.liquidation.acts.what_if import WhatIf, judge_decision
from services.liquidation.api.assessments import ClassChangeOut, SegmentOut, show_changes, show_segments
from services.liquidation.api.common import (
    EntryNumberPath,
    RuleOut,
    demand_entry_sight,
    money_policy_of,
    no_entry,
    show_rule,
)
from services.liquidation.api.money import show_cents
from services.liquidation.domain.money.balance import name_effects
from services.liquidation.store.assessments import AssessmentOutcome
from services.liquidation.store.sight import find_matter
from shared.contracts.decision import ClassEffect, demand_classes_add_up
from shared.contracts.terms import Code, Money
from shared.customs.money import format_cents, to_cents
from shared.db.transaction import snapshot
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.requests import canonical_entry_number, engine_of, today_of

router = APIRouter(tags=["money"])


class WhatIfIn(BaseModel):
    """What the decision would change in money: positive is an increase due, negative a refund."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"duty_usd": "1250.00", "item_id": "0f1f6d2e-8f0b-5b7c-9d0e-3f6c1a2b4d5e"}]},
    )

    duty_usd: Money = "0.00"
    fees_usd: Money = "0.00"
    by_class: list[ClassEffect] = Field(default=[], max_length=50, description="The same by accounting class.")
    item_id: Code | None = Field(default=None, description="The item that it would decide.")

    @model_validator(mode="after")
    def _check_classes(self) -> Self:
        demand_classes_add_up(self.duty_usd, self.fees_usd, self.by_class)
        return self


class WhatIfOut(BaseModel):
    """What would follow, as the money stands now; nothing of it is kept."""

    entry_number: str
    would_apply: bool = Field(description="False: the law lets no decision reach the entry; `remedy` says what does.")
    rule: RuleOut | None
    remedy: str | None
    liquidated_on: date | None = Field(description="The day to which the money is reckoned.")
    basis: Literal["scheduled", "today"] | None = Field(description="`today`: no day is planned for the entry.")
    with_decisions: list[str] = Field(description="Decisions on other items that would take effect with it.")
    outcome: AssessmentOutcome | None
    changes: list[ClassChangeOut]
    change_usd: str | None
    interest_usd: str | None
    interest_periods: list[SegmentOut]
    total_usd: str | None
    is_disregarded: bool = Field(description="True when the net difference is under 20 dollars.")
    bill_usd: str | None = Field(description="The bill that would be sent, with what it would carry over.")
    refund_usd: str | None
    missing: str | None = Field(description="The fact without which the rest cannot be told.", examples=["payee-kind"])
    why: str | None
    foreseen: str | None


@router.post("/entries/{entry_number}/what-if-decision", summary="What a decision would come to")
async def tell_what_if(
    entry_number: EntryNumberPath,
    body: WhatIfIn,
    request: Request,
    caller: Annotated[Identity, allow("entry.read")],
) -> WhatIfOut:
    """Class sums, interest, bill or refund of a decision that nobody has made, as the weekly cycle would assess it.

    It counts with decisions that wait on other items of the entry. Nothing is kept; ask as often as you like.
    """
    number = canonical_entry_number(entry_number)
    named = {each.class_code: to_cents(each.change_usd) for each in body.by_class}
    effects = named or name_effects(to_cents(body.duty_usd), to_cents(body.fees_usd))
    async with snapshot(engine_of(request)) as tx:
        demand_entry_sight(caller, request, await find_matter(tx.connection, number), number)
        what_if = await judge_decision(tx, number, effects, body.item_id, today_of(request), money_policy_of(request))
    if what_if is None:
        raise no_entry(number)
    return _what_if_out(number, what_if)


def _what_if_out(number: str, what_if: WhatIf) -> WhatIfOut:
    refusal, row, follows = what_if.refusal, what_if.assessment, what_if.consequence
    outcome: AssessmentOutcome | None = None
    if refusal is None:
        outcome = follows.outcome if follows is not None else "no-change"
    rule = refusal.rule if refusal is not None else row.rule if row is not None else None
    is_told = refusal is None and (row is None or row.total_cents is not None)
    return WhatIfOut(
        entry_number=number,
        would_apply=refusal is None,
        rule=show_rule(rule) if rule is not None else None,
        remedy=refusal.remedy if refusal is not None else None,
        liquidated_on=what_if.liquidated_on,
        basis=what_if.basis,
        with_decisions=list(what_if.with_decisions),
        outcome=outcome,
        changes=show_changes(row) if row is not None else [],
        change_usd=format_cents(row.change_cents) if row is not None else ("0.00" if is_told else None),
        interest_usd=show_cents(row.interest_change_cents) if row is not None else ("0.00" if is_told else None),
        interest_periods=show_segments(row) if row is not None else [],
        total_usd=show_cents(row.total_cents) if row is not None else ("0.00" if is_told else None),
        is_disregarded=row is not None and row.is_disregarded,
        bill_usd=show_cents(follows.bill_cents) if follows is not None else None,
        refund_usd=show_cents(follows.refund_cents) if follows is not None else None,
        missing=row.missing if row is not None else None,
        why=row.why if row is not None else None,
        foreseen=row.foreseen if row is not None else None,
    )
