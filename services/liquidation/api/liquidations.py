"""The HTTP side of acts on one entry: liquidation by hand, reliquidation, voiding a liquidation without effect."""

from datetime import date
from typing import Annotated, Any, Final, Literal, Self

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from services.liquidation.acts.assessment_judging import Consequence
from services.liquidation.acts.liquidations import Liquidated, LiquidationBasis, post_liquidation
from services.liquidation.acts.reliquidations import Reliquidated, post_reliquidation
from services.liquidation.acts.voided_liquidations import VoidedLiquidation, void_liquidation
from services.liquidation.api.common import EntryNumberPath, cycle_policy_of, law_of, money_policy_of
from services.liquidation.domain.reliquidation import Power, final_1501_on
from shared.contracts.decision import ClassEffect, demand_classes_add_up
from shared.contracts.terms import Money
from shared.customs.money import format_cents, to_cents
from shared.db.transaction import Transaction
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.fields import LegalDay
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.requests import canonical_entry_number, now_of

router = APIRouter(tags=["liquidations"])


Explanation = Annotated[str, Field(min_length=1, max_length=400, description="Why, as the history is to say it.")]


class LiquidationIn(BaseModel):
    """A liquidation by hand, dated today."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"basis": "as-entered", "explanation": "Liquidated early."}]}
    )

    basis: LiquidationBasis
    explanation: Explanation


class ActMoneyOut(BaseModel):
    """What an act comes to: bill or refund, or the fact without which that is not known. Positive is due to CBP."""

    total_usd: str | None = Field(default=None, description="Change and interest.", examples=["1060.23"])
    interest_usd: str | None = None
    bill_number: str | None = Field(default=None, examples=["B7603245278-B01"])
    bill_due_on: date | None = None
    refund_number: str | None = None
    refund_state: str | None = None
    missing: str | None = Field(default=None, description="Why no amount is known yet; GET …/money names the fact.")


class LiquidatedOut(ActMoneyOut):
    """A liquidation by hand; from `final_1501_on` the Center cannot reliquidate."""

    entry_number: str
    liquidated_on: date
    kind: str = Field(examples=["no-change"])
    effect_duty_usd: str
    effect_fees_usd: str
    final_1501_on: date


_WRITER_OF_FACT: Final = {
    "preference_claimed_on": "claim-1520d",
    "records_demanded_on": "records-1509g",
    "violated_on": "duty-1592d",
    "fraud_discovered_on": "duty-1592d",
    "limit_waived_until": "duty-1592d",
    "court_ordered_on": "court-judgment",
    "is_in_suit": "court-judgment",
    "court_number": "court-judgment",
}
"""The facts on which a power that outlasts finality rests, each with the power."""


class ReliquidationIn(BaseModel):
    """A reliquidation, dated today; effects are against the amounts as asserted, positive is due.

    A power that outlasts finality and has a limit of time needs the day that it is counted from.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"effect_duty_usd": "-120.00", "effect_fees_usd": "0.00", "explanation": "The rate was applied twice."},
                {
                    "writer": "court-judgment",
                    "effect_duty_usd": "-120.00",
                    "effect_fees_usd": "0.00",
                    "explanation": "As headquarters instructed on the judgment.",
                    "court_ordered_on": "2026-09-01",
                    "is_in_suit": True,
                    "court_number": "21-00567",
                },
            ]
        },
    )

    writer: Literal["center", "court-judgment", "claim-1520d", "records-1509g", "duty-1592d", "petition-1516"] = Field(
        default="center", description="Whose power it is; the Center's own ends with day 90."
    )
    effect_duty_usd: Money
    effect_fees_usd: Money
    by_class: list[ClassEffect] = Field(
        default=[],
        max_length=50,
        description="The effects by accounting class, against what was asserted; without them the class stays open.",
    )
    explanation: Explanation
    preference_claimed_on: LegalDay | None = Field(
        default=None, description="claim-1520d: the day of the claim; within a year of importation."
    )
    records_demanded_on: LegalDay | None = Field(
        default=None,
        description="records-1509g: the day of the demand; it reaches liquidations of the two years before.",
    )
    violated_on: LegalDay | None = Field(
        default=None,
        description="duty-1592d: the day of the violation; five years from it, or from the discovery of fraud.",
    )
    fraud_discovered_on: LegalDay | None = Field(
        default=None, description="duty-1592d: only if the violation was fraud."
    )
    limit_waived_until: LegalDay | None = Field(
        default=None, description="duty-1592d: until when the party waived the limit of 19 USC 1621."
    )
    court_ordered_on: LegalDay | None = Field(
        default=None, description="court-judgment: the day of the judgment or order; left out: taken as today."
    )
    is_in_suit: bool | None = Field(
        default=None,
        description="court-judgment: whether the entry was in the suit, with `court_number`; a liquidation that is"
        " final without protest or suit is not reopened by an order alone (final-1514).",
    )
    court_number: str | None = Field(
        default=None, min_length=1, max_length=40, examples=["21-00567"], description="court-judgment: of the suit."
    )

    @model_validator(mode="after")
    def _check_classes(self) -> Self:
        demand_classes_add_up(self.effect_duty_usd, self.effect_fees_usd, self.by_class)
        return self

    @model_validator(mode="after")
    def _check_days(self) -> Self:
        for name, writer in _WRITER_OF_FACT.items():
            if getattr(self, name) is not None and self.writer != writer:
                raise PydanticCustomError("power", "{name} is of {writer}", {"name": name, "writer": writer})
        if self.is_in_suit and self.court_number is None:
            raise PydanticCustomError("power", "an entry that was in the suit is stated with its court_number")
        return self


class ReliquidatedOut(ActMoneyOut):
    """A reliquidation; `change` is what it adds to the state before."""

    entry_number: str
    number: int
    reliquidated_on: date
    writer: str
    kind: str = Field(examples=["refund"])
    effect_duty_usd: str
    effect_fees_usd: str
    change_duty_usd: str
    change_fees_usd: str


class VoidingIn(BaseModel):
    """Why a liquidation is taken to have no effect."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"explanation": "Liquidated while enjoined, court 24-00123."}]}
    )

    explanation: Explanation


class VoidedOut(BaseModel):
    """A liquidation without effect, and the state that was restored."""

    entry_number: str
    voided_liquidation_on: date
    state: str = Field(examples=["suspended"])
    rule: str = Field(examples=["susp-injunction-breach"])
    why: str


@router.post(
    "/entries/{entry_number}/liquidations", status_code=201, summary="Liquidate by hand", response_model=LiquidatedOut
)
async def create_liquidation(
    entry_number: EntryNumberPath,
    body: LiquidationIn,
    request: Request,
    caller: Annotated[Identity, allow("entry.liquidate")],
    call: CurrentIdempotentCall,
) -> Response:
    """Liquidate outside the cycle, dated today; refused while suspended, without a clock, or after the period."""
    number, policy = canonical_entry_number(entry_number), money_policy_of(request)

    async def act(tx: Transaction) -> LiquidatedOut:
        return show_liquidation(
            await post_liquidation(tx, now_of(request), number, body.basis, body.explanation, caller, policy)
        )

    return await answer_once(request, call, act)


@router.post(
    "/entries/{entry_number}/reliquidations", status_code=201, summary="Reliquidate", response_model=ReliquidatedOut
)
async def create_reliquidation(
    entry_number: EntryNumberPath,
    body: ReliquidationIn,
    request: Request,
    caller: Annotated[Identity, allow("entry.reliquidate")],
    call: CurrentIdempotentCall,
) -> Response:
    """Reliquidate within 90 days of the original liquidation, or by one of the powers that outlast it."""
    number, policy = canonical_entry_number(entry_number), money_policy_of(request)
    effect = (to_cents(body.effect_duty_usd), to_cents(body.effect_fees_usd))
    by_class = {each.class_code: to_cents(each.change_usd) for each in body.by_class} or None
    power = Power(body.writer, **{name: getattr(body, name) for name in _WRITER_OF_FACT})

    async def act(tx: Transaction) -> ReliquidatedOut:
        return show_reliquidation(
            await post_reliquidation(
                tx,
                now_of(request),
                number,
                body.writer,
                effect,
                body.explanation,
                caller,
                policy,
                by_class=by_class,
                power=power,
            )
        )

    return await answer_once(request, call, act)


@router.post(
    "/entries/{entry_number}/voided-liquidations",
    status_code=201,
    summary="Note that a liquidation has no effect",
    response_model=VoidedOut,
)
async def create_voided_liquidation(
    entry_number: EntryNumberPath,
    body: VoidingIn,
    request: Request,
    caller: Annotated[Identity, allow("entry.void-liquidation")],
    call: CurrentIdempotentCall,
) -> Response:
    """In breach of an injunction, or deemed while suspended; one during an agency's suspension stands."""
    number, policy, law = canonical_entry_number(entry_number), cycle_policy_of(request), law_of(request)

    async def act(tx: Transaction) -> VoidedOut:
        return show_voided_liquidation(
            await void_liquidation(tx, now_of(request), number, body.explanation, caller, policy, law)
        )

    return await answer_once(request, call, act)


def show_liquidation(done: Liquidated) -> LiquidatedOut:
    """A liquidation by hand as it is answered."""
    return LiquidatedOut(
        entry_number=done.entry_number,
        liquidated_on=done.liquidated_on,
        kind=done.kind,
        effect_duty_usd=format_cents(done.effect_duty_cents),
        effect_fees_usd=format_cents(done.effect_fees_cents),
        final_1501_on=final_1501_on(done.liquidated_on),
        **_show_money(done.money),
    )


def show_reliquidation(done: Reliquidated) -> ReliquidatedOut:
    """A reliquidation as it is answered."""
    row = done.row
    return ReliquidatedOut(
        entry_number=row.entry_number,
        number=row.number,
        reliquidated_on=row.reliquidated_on,
        writer=row.writer,
        kind=row.kind,
        effect_duty_usd=format_cents(row.effect_duty_cents),
        effect_fees_usd=format_cents(row.effect_fees_cents),
        change_duty_usd=format_cents(row.change_duty_cents),
        change_fees_usd=format_cents(row.change_fees_cents),
        **_show_money(done.money),
    )


def show_voided_liquidation(done: VoidedLiquidation) -> VoidedOut:
    """A liquidation without effect as it is answered."""
    return VoidedOut(
        entry_number=done.entry_number,
        voided_liquidation_on=done.liquidated_on,
        state=done.state,
        rule=done.rule,
        why=done.why,
    )


def _show_money(money: Consequence) -> dict[str, Any]:
    """What an act comes to: the fields of `ActMoneyOut`."""
    return {
        "total_usd": format_cents(money.total_cents) if money.total_cents is not None else None,
        "interest_usd": format_cents(money.interest_cents) if money.interest_cents is not None else None,
        "bill_number": money.bill_number,
        "bill_due_on": money.bill_due_on,
        "refund_number": money.refund_number,
        "refund_state": money.refund_state,
        "missing": money.why,
    }
