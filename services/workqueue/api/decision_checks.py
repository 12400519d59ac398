"""A decision looked at before it is made: what stands against it here, and what the legal record would make of it."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.workqueue.acts.decision import demand_heard, demand_sound
from services.workqueue.acts.reach import demand_work
from services.workqueue.api.common import ItemId, notice_over_cents_of
from services.workqueue.api.decisions import EffectIn, Findings, LegalBasisIn, read_finding
from services.workqueue.domain.decision import Finding, Outcome, review_outcome_of
from services.workqueue.domain.item import Item
from services.workqueue.store import decisions as decision_store
from services.workqueue.store import entries as entry_store
from services.workqueue.store import items as item_store
from services.workqueue.store import requests as request_store
from shared.customs.money import format_cents
from shared.db.transaction import snapshot
from shared.runtime.access import no_such
from shared.runtime.errors import bar_of
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.asking import Neighbour, Unanswered
from shared.web.requests import engine_of, today_of

router = APIRouter(tags=["decisions"])


class DecisionCheckIn(BaseModel):
    """A decision as `complete` would take it, without token and reasons."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "outcome": "increase",
                    "effect": {"duty_usd": "1250.00"},
                    "legal_basis": [{"rule": "classification", "citation": "19 USC 1500(b)"}],
                }
            ]
        },
    )

    outcome: Outcome
    effect: EffectIn = EffectIn()
    legal_basis: list[LegalBasisIn] = Field(default=[], max_length=20)
    findings: Findings = []


class FlawOut(BaseModel):
    """Why `complete` would refuse the decision."""

    code: str = Field(examples=["inconsistent-decision"])
    says: str
    remedy: str | None


class ClassChangeOut(BaseModel):
    """One accounting class before and after."""

    class_code: str = Field(examples=["duty"])
    before_usd: str
    found_usd: str
    difference_usd: str


class FollowsOut(BaseModel):
    """What the legal record says would follow; what it cannot tell is null, and `missing` names the fact."""

    would_apply: bool
    remedy: str | None = Field(description="Where the law lets no decision reach the entry: what does.")
    liquidated_on: date | None = Field(description="The day to which the money is reckoned.")
    basis: str | None = Field(description="`scheduled`, or `today` where no day is planned.")
    with_decisions: list[str] = Field(description="Decisions on other items that would take effect with it.")
    outcome: str | None
    changes: list[ClassChangeOut]
    change_usd: str | None
    interest_usd: str | None
    total_usd: str | None
    is_disregarded: bool
    bill_usd: str | None
    refund_usd: str | None
    missing: str | None
    why: str | None


class DecisionCheckOut(BaseModel):
    """A decision looked at; nothing is kept."""

    flaws: list[FlawOut] = Field(description="What `complete` would refuse; empty: it would take the decision.")
    legal_record: Literal["answered", "not-answered", "not-asked"]
    why: str | None = Field(description="Why the legal record's part is missing.")
    follows: FollowsOut | None


@router.post("/items/{item_id}/decision-check", summary="What a decision would come to")
async def check_decision(
    item_id: ItemId, body: DecisionCheckIn, request: Request, caller: Annotated[Identity, allow("item.work")]
) -> DecisionCheckOut:
    """Look at a decision before it is made: does it fit, and what would be billed or refunded, with interest.

    The second part is asked of the legal record with the caller's token, and may be missing (`legal_record`); the first
    is answered in any case.
    """
    finding = read_finding(body.outcome, body.effect, (), body.legal_basis, body.findings)
    async with snapshot(engine_of(request)) as tx:
        listed = await item_store.find_item(tx.connection, item_id)
        if listed is None:
            raise no_such(f"item {item_id}")
        item = listed.item
        demand_work(caller, item, today_of(request))
        declared = await entry_store.load_declared(tx, item.entry_number) if item.entry_number is not None else []
        notices = await request_store.find_notices(tx, item.entry_number) if item.entry_number is not None else []
        refused = await decision_store.load_refused(tx, item_id)
    over_cents, today = notice_over_cents_of(request), today_of(request)
    bars = (
        bar_of(lambda: demand_sound(item, finding, declared, refused)),
        bar_of(lambda: demand_heard(item, finding, notices, over_cents, today)),
    )
    flaws = [FlawOut(code=bar.code, says=bar.detail, remedy=bar.remedy) for bar in bars if bar is not None]
    if item.kind != "review" or item.entry_number is None or review_outcome_of(finding.outcome) is None:
        why = f"The decision of a {item.kind} changes nothing in the legal record by itself."
        return DecisionCheckOut(flaws=flaws, legal_record="not-asked", why=why, follows=None)
    liquidation: Neighbour = request.app.state.liquidation
    told = await liquidation.ask(
        f"/entries/{item.entry_number}/what-if-decision", request.headers["authorization"], _question(item, finding)
    )
    if not isinstance(told, Unanswered):
        try:
            return DecisionCheckOut(
                flaws=flaws, legal_record="answered", why=None, follows=FollowsOut.model_validate(told)
            )
        except ValidationError:
            told = Unanswered("The legal record gave an answer of another release.")
    return DecisionCheckOut(flaws=flaws, legal_record="not-answered", why=told.why, follows=None)


def _question(item: Item, finding: Finding) -> dict[str, Any]:
    return {
        "item_id": str(item.item_id),
        "duty_usd": format_cents(finding.duty_cents),
        "fees_usd": format_cents(finding.fees_cents),
        "by_class": [{"class_code": code, "change_usd": format_cents(cents)} for code, cents in finding.by_class],
    }
