"""Decisions: what ends an item, with its effect in money, reasons and legal basis."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.workqueue.acts import decision as acts
from services.workqueue.api.common import ItemId, Token, notice_over_cents_of
from services.workqueue.domain.decision import (
    CriterionWas,
    Decision,
    Finding,
    FoundOn,
    Issue,
    LegalBasis,
    Outcome,
    Reason,
)
from shared.contracts.decision import ClassEffect, demand_classes_add_up
from shared.contracts.terms import Code, Money, ShortText
from shared.customs.money import format_cents, to_cents
from shared.db.transaction import Transaction
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.idempotency import RepeatableCall, answer_once
from shared.web.requests import now_of

router = APIRouter(tags=["decisions"])


class ReasonIn(BaseModel):
    """One ground of the decision."""

    model_config = ConfigDict(extra="forbid")

    code: Code
    text: Annotated[ShortText, Field(min_length=1)]
    fact: ShortText | None = None
    citation: ShortText | None = None


class LegalBasisIn(BaseModel):
    """A rule that the decision rests on."""

    model_config = ConfigDict(extra="forbid")

    rule: Code
    citation: Annotated[ShortText, Field(min_length=1)]


class FindingIn(BaseModel):
    """What was found on a line of the entry."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    line_number: Annotated[int, Field(ge=1, le=999)]
    issue: Issue = Field(
        description="01 value, 02 classification, 03 quantity, 04 antidumping, 05 countervailing duty, 06 special"
        " programs, 07 interest only, 08 change without revenue, 09 other."
    )
    declared: Annotated[ShortText, Field(min_length=1, examples=["8471300100"])]
    found: Annotated[ShortText, Field(min_length=1, description="The same as declared: it was right.")]
    ruling: Annotated[ShortText, Field(min_length=1)] | None = Field(default=None, examples=["NY N301234"])
    criterion: Code | None = Field(default=None, description="The selection criterion that led there.")
    criterion_was: CriterionWas | None = Field(default=None, description="Whether that criterion was right.")


Findings = Annotated[list[FindingIn], Field(max_length=200)]


class DecisionOut(BaseModel):
    """The decision that completed an item."""

    decision_id: UUID
    outcome: Outcome
    duty_usd: str
    fees_usd: str
    by_class: list[ClassEffect]
    reasons: list[ReasonIn]
    legal_basis: list[LegalBasisIn]
    findings: list[FindingIn] = Field(description="What was found by line, as far as the decision says it.")
    decided_by: str
    decided_by_name: str
    acting_for: str | None
    decided_at: datetime
    authority: str | None = Field(
        description="The row of the table of authority that it rests on; null before rows were kept.",
        examples=["item.work/division"],
    )


class EffectIn(BaseModel):
    """What the decision changes in money: positive is an increase due, negative a refund."""

    model_config = ConfigDict(extra="forbid")

    duty_usd: Money = "0.00"
    fees_usd: Money = "0.00"
    by_class: list[ClassEffect] = Field(
        default=[], max_length=50, description="The same by accounting class, where the decision knows it."
    )

    @model_validator(mode="after")
    def _check_classes(self) -> Self:
        demand_classes_add_up(self.duty_usd, self.fees_usd, self.by_class)
        return self


class CompletionIn(BaseModel):
    """A decision on a review or a protest, advice to the asking Center, or the answer to a filing."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "token": 1,
                    "outcome": "increase",
                    "effect": {
                        "duty_usd": "1250.00",
                        "by_class": [
                            {"class_code": "duty", "change_usd": "1500.00"},
                            {"class_code": "additional-duty", "change_usd": "-250.00"},
                        ],
                    },
                    "reasons": [{"code": "classification", "text": "Classifiable in 8528.52.00, not in 8471."}],
                    "legal_basis": [{"rule": "classification", "citation": "19 USC 1500(b)"}],
                    "findings": [
                        {
                            "line_number": 1,
                            "issue": "02",
                            "declared": "8471300100",
                            "found": "8528520000",
                            "ruling": "NY N301234",
                            "criterion": "monitors-as-computers",
                            "criterion_was": "right",
                        }
                    ],
                },
                {
                    "token": 1,
                    "outcome": "differ",
                    "reasons": [{"code": "advice", "text": "The goods are parts of heading 8708, not vehicles."}],
                },
                {
                    "token": 1,
                    "outcome": "answered",
                    "reasons": [{"code": "answer", "text": "The disclosure is complete; the tender is on record."}],
                },
            ]
        },
    )

    token: Token
    outcome: Outcome = Field(
        description="Reviews and protests: no-change, increase, refund, reject, refer. Consultations: agree, differ."
        " Filings: granted, denied, forwarded, answered."
    )
    effect: EffectIn = Field(default=EffectIn(), description="Of reviews and protests only.")
    reasons: list[ReasonIn] = Field(
        min_length=1, max_length=100, description="The grounds; the text of the advice or of the answer."
    )
    legal_basis: list[LegalBasisIn] = Field(
        default=[], max_length=20, description="Required for increase, refund, reject, granted and denied."
    )
    findings: Findings = Field(default=[], description="Of reviews: what was found on which line of the entry.")


class CompletedOut(BaseModel):
    """The item is finished."""

    item_id: UUID
    state: Literal["completed"] = "completed"
    decision_id: UUID
    outcome: Outcome


@router.post("/items/{item_id}/complete", summary="Decide an item", response_model=CompletedOut)
async def complete_item(
    item_id: ItemId,
    body: CompletionIn,
    request: Request,
    caller: Annotated[Identity, allow("item.work")],
    call: RepeatableCall,
) -> Response:
    """Finish the item with an outcome, its effect in money, reasons and legal basis.

    A decision on an entry goes to the legal record. A consulted Center agrees or differs, and the Center of record
    decides; a filing is granted, denied, forwarded or answered. Other outcomes are refused: 422 `other-outcome`. A
    review ends with an increase of more than 15 dollars in all only after a proposed CBP 29 on the entry was answered,
    or the time for that has passed: 409 `notice-of-action-due` (19 CFR 152.2).
    Findings stand on lines of the entry (422 `no-such-line`) and fit the outcome (422 `inconsistent-finding`).
    Sent again under its Idempotency-Key this gives the first answer, and decides nothing anew.
    """
    finding = read_finding(body.outcome, body.effect, body.reasons, body.legal_basis, body.findings)

    async def complete(tx: Transaction) -> CompletedOut:
        decision = await acts.complete(
            tx,
            item_id,
            caller,
            body.token,
            finding,
            now_of(request),
            notice_over_cents=notice_over_cents_of(request),
        )
        return CompletedOut(item_id=item_id, decision_id=decision.decision_id, outcome=body.outcome)

    return await answer_once(request, call, complete, status=200)


def read_finding(
    outcome: Outcome,
    effect: EffectIn,
    reasons: Sequence[ReasonIn],
    legal_basis: Sequence[LegalBasisIn],
    findings: Sequence[FindingIn],
) -> Finding:
    """What a person finds, in the words of the domain."""
    return Finding(
        outcome=outcome,
        duty_cents=to_cents(effect.duty_usd),
        fees_cents=to_cents(effect.fees_usd),
        by_class=tuple((each.class_code, to_cents(each.change_usd)) for each in effect.by_class),
        reasons=tuple(Reason(**reason.model_dump()) for reason in reasons),
        legal_basis=tuple(LegalBasis(**basis.model_dump()) for basis in legal_basis),
        found=tuple(FoundOn(**each.model_dump()) for each in findings),
    )


def decision_out(decision: Decision) -> DecisionOut:
    """A decision as it is shown."""
    finding = decision.finding
    return DecisionOut(
        decision_id=decision.decision_id,
        outcome=finding.outcome,
        duty_usd=format_cents(finding.duty_cents),
        fees_usd=format_cents(finding.fees_cents),
        by_class=[ClassEffect(class_code=code, change_usd=format_cents(cents)) for code, cents in finding.by_class],
        reasons=[ReasonIn.model_validate(reason, from_attributes=True) for reason in finding.reasons],
        legal_basis=[LegalBasisIn.model_validate(basis, from_attributes=True) for basis in finding.legal_basis],
        findings=[FindingIn.model_validate(each, from_attributes=True) for each in finding.found],
        decided_by=decision.by.subject,
        decided_by_name=decision.by.name,
        acting_for=decision.by.acting_for,
        decided_at=decision.at,
        authority=decision.authority,
    )
