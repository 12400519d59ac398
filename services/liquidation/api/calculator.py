"""The deadline calculator over HTTP: facts of an entry in, every legal clock out; nothing is stored."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from services.liquidation.acts.refusals import demand_order
from services.liquidation.api.calculator_facts import CalculatorIn
from services.liquidation.api.common import law_of
from services.liquidation.domain.calculator.answers import Answer, Clock, UnknownClock, calculate
from services.liquidation.domain.calculator.facts import CalculatorFacts
from services.liquidation.domain.calculator.history import list_days
from services.liquidation.domain.rules.rule import Evidence, Finding
from services.liquidation.domain.rules.table import RULES, say_unsettled
from shared.customs.calendar import legal_date
from shared.customs.entry_types import UnknownEntryType, entry_type
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.requests import now_of

router = APIRouter(tags=["deadlines"])

_FACTS = TypeAdapter(CalculatorFacts)


class CalculatedClockOut(BaseModel):
    """One clock: warn by `safe`, refuse only after `last_arguable`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "what": "protest until",
                    "rule": "protest-180",
                    "citation": "19 USC 1514(c)(3), 19 CFR 174.12(e)",
                    "evidence": "S",
                    "text": "A protest is filed within 180 days after liquidation, and not before it.",
                    "safe": "2026-07-04",
                    "last_arguable": "2026-07-06",
                    "explanation": "Day 180 from 2026-01-05. Saturday 2026-07-04 is no business day: 2026-07-06 is "
                    "arguable (roll-private-filing).",
                    "effect": "final; a late protest is untimely, not denied on its merits",
                    "inputs": {"liquidated_on": "2026-01-05"},
                    "unsettled": None,
                    "is_past": False,
                }
            ]
        }
    )

    what: str
    rule: str
    citation: str
    evidence: Evidence = Field(description="S read in a source, P partly read, M recalled, U unsettled.")
    text: str = Field(description="The rule in a sentence.")
    safe: date = Field(description="Never rolled, the earliest plausible reading.")
    last_arguable: date = Field(description="The latest plausible reading.")
    explanation: str = Field(description="What was counted, and what moved the day: roll, month end, posting, closure.")
    effect: str = Field(description="What happens when it ends.")
    inputs: dict[str, str] = Field(description="The facts it was reckoned from.")
    unsettled: str | None = Field(description="What of the rule is open.")
    is_past: bool = Field(description="Whether it had lapsed on the day of the answer, by the last arguable day.")


class UncalculatedClockOut(BaseModel):
    """A clock that cannot be computed, and the facts that are missing."""

    what: str = Field(examples=["deemed liquidated, when CBP has not acted"])
    rule: str = Field(examples=["liq-1yr-warehouse"])
    citation: str
    evidence: Evidence
    text: str
    missing: list[str] = Field(examples=[["final_withdrawal_on"]])


class FindingOut(BaseModel):
    """What a rule says of the facts besides a date."""

    rule: str = Field(examples=["susp-statutory-breach"])
    citation: str
    evidence: Evidence
    text: str
    outcome: str = Field(
        description="`no-answer`: the rule does not reach the entry, and `why` says what shuts it out.",
        examples=["stands-unless-protested"],
    )
    why: str
    unsettled: str | None = Field(description="What of the rule is open.")


class CalculatorOut(BaseModel):
    """All clocks that the facts start, those that lack a fact, and what else follows."""

    clocks: list[CalculatedClockOut]
    unknown: list[UncalculatedClockOut]
    findings: list[FindingOut]


@router.post("/deadline-calculator", summary="Every legal clock for given facts")
async def calculate_deadlines(
    facts: CalculatorIn, request: Request, _: Annotated[Identity, allow("calculator.use")]
) -> CalculatorOut:
    """Compute all clocks from the facts: the same rules as for the entries on record, and nothing is stored.

    Each clock names its rule, source and inputs, both readings of its date, whether it is rolled, and what happens when
    it ends. A clock that lacks a fact is listed as unknown with the name of that fact; it is never guessed. Days that
    cannot all be right, as a denial before its protest, are refused with every such pair by name.
    """
    law = law_of(request)
    known = _FACTS.validate_python(facts.model_dump())
    try:
        demand_order(list_days(known), entry_type(known.entry_type))
        answer = calculate(known, law)
    except UnknownEntryType as error:
        raise Refused(
            str(error), rule="entry-type", code="unknown-entry-type", remedy="Give a two-digit entry type such as 01."
        ) from None
    return _answer(answer, legal_date(now_of(request)))


def _answer(answer: Answer, today: date) -> CalculatorOut:
    return CalculatorOut(
        clocks=[_clock(each, today) for each in answer.clocks],
        unknown=[_unknown(each) for each in answer.unknown],
        findings=[_finding(each, is_before_modernization=answer.is_before_modernization) for each in answer.findings],
    )


def _clock(clock: Clock, today: date) -> CalculatedClockOut:
    rule = RULES[clock.rule]
    return CalculatedClockOut(
        what=clock.what,
        rule=rule.id,
        citation=rule.citation,
        evidence=rule.evidence,
        text=rule.text,
        safe=clock.safe,
        last_arguable=clock.last_arguable,
        explanation=clock.explanation,
        effect=clock.effect,
        inputs=dict(clock.inputs),
        unsettled=clock.unsettled,
        is_past=clock.last_arguable < today,
    )


def _unknown(clock: UnknownClock) -> UncalculatedClockOut:
    rule = RULES[clock.rule]
    return UncalculatedClockOut(
        what=clock.what,
        rule=rule.id,
        citation=rule.citation,
        evidence=rule.evidence,
        text=rule.text,
        missing=list(clock.missing),
    )


def _finding(finding: Finding, *, is_before_modernization: bool) -> FindingOut:
    rule = RULES[finding.rule]
    return FindingOut(
        rule=rule.id,
        citation=rule.citation,
        evidence=rule.evidence,
        text=rule.text,
        outcome=finding.outcome,
        why=finding.why,
        unsettled=say_unsettled(finding.rule, is_before_modernization=is_before_modernization),
    )
