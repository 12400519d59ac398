"""The deadline calculator over HTTP: facts of an entry in, every legal clock out; nothing is stored."""

from datetime import date
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from services.liquidation.api.common import law_of
from services.liquidation.domain.calculator import Answer, CalculatorFacts, Clock, UnknownClock, calculate
from services.liquidation.domain.rules import RULES, Evidence, Finding
from shared.customs.entry_types import UnknownEntryType
from shared.runtime.errors import Refused
from shared.web.identity import CurrentIdentity

router = APIRouter()

_FACTS = TypeAdapter(CalculatorFacts)

Day = Annotated[
    date,
    Field(
        ge=date(1900, 1, 1),
        le=date(2199, 12, 31),
        description="Legal day in America/New_York.",
        examples=["2026-03-02"],
    ),
]
MaybeDay = Day | None


class ExtensionFact(BaseModel):
    """An extension of liquidation as it was posted."""

    model_config = ConfigDict(extra="forbid")

    reason: Literal["information-needed", "importer-request"]
    months: int = Field(default=12, ge=-120, le=120, description="1 to 12; any other length is void (ext-length).")
    posted_on: Day
    requested_on: MaybeDay = Field(default=None, description="When the importer asked in writing.")


class SuspensionFact(BaseModel):
    """A suspension of liquidation; without `lift_noticed_on` it stands."""

    model_config = ConfigDict(extra="forbid")

    ground: str = Field(min_length=1, max_length=80, examples=["A570012000"])
    authority: Literal["statute", "agency", "court"] = Field(description="Who suspended: a court's is an injunction.")
    began_on: Day
    lift_noticed_on: MaybeDay = Field(default=None, description="When CBP received notice of its removal.")

    @model_validator(mode="after")
    def _is_lifted_after_it_began(self) -> Self:
        if self.lift_noticed_on is not None and self.lift_noticed_on < self.began_on:
            raise ValueError("lift_noticed_on is before began_on: a suspension is lifted after it began")
        return self


class DesignatedImportFact(BaseModel):
    """An import that a drawback claim designates."""

    model_config = ConfigDict(extra="forbid")

    liquidated_on: MaybeDay = None
    final_1514_on: MaybeDay = Field(default=None, description="When it became final: no protest or suit is possible.")


class CalculatorIn(BaseModel):
    """What is known of an entry; all but its type may be left out."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"entry_type": "01", "entry_date": "2025-10-01", "released_on": "2025-09-30"},
                {
                    "entry_type": "03",
                    "entry_date": "2025-03-03",
                    "suspensions": [
                        {
                            "ground": "A570012000",
                            "authority": "agency",
                            "began_on": "2025-03-03",
                            "lift_noticed_on": "2027-05-31",
                        }
                    ],
                },
                {
                    "entry_type": "01",
                    "entry_date": "2025-03-03",
                    "liquidated_on": "2026-01-05",
                    "posted_on": "2026-01-05",
                    "protest_received_on": "2026-06-30",
                    "acceleration_mailed_on": "2026-07-10",
                },
            ]
        },
    )

    entry_type: str = Field(min_length=2, max_length=2, examples=["01"])
    entry_date: MaybeDay = Field(default=None, description="The time of entry; else found from `entry_basis`.")
    entry_basis: Literal["release", "filing-elected", "immediate-delivery", "withdrawal", "quota"] = Field(
        default="release", description="Which day is the time of entry (entry-date)."
    )
    entry_filed_on: MaybeDay = None
    summary_filed_on: MaybeDay = None
    presented_on: MaybeDay = Field(default=None, description="Presentation of quota goods in proper form.")
    withdrawn_on: MaybeDay = Field(default=None, description="Withdrawal from warehouse for consumption.")
    quota_period_ends_on: MaybeDay = None
    imported_on: MaybeDay = Field(default=None, description="Importation; the entry date never stands in for it.")
    released_on: MaybeDay = None
    paid_on: MaybeDay = Field(default=None, description="Deposit of the estimated duties.")
    pays_monthly: bool = Field(default=False, description="On a periodic monthly statement.")
    final_withdrawal_on: MaybeDay = Field(default=None, description="Last withdrawal under a warehouse entry.")
    has_case: bool = Field(default=False, description="A line names an antidumping or countervailing case.")
    extensions: list[ExtensionFact] = Field(default=[], max_length=20)
    suspensions: list[SuspensionFact] = Field(default=[], max_length=50)
    suspended_for: Literal["antidumping", "countervailing", "eapa", "injunction", "other"] | None = Field(
        default=None, description="The basis in ACE; decides whether corrections stay open."
    )
    review_results_on: MaybeDay = Field(default=None, description="Final results of Commerce's review.")
    activity_statement_filed_on: MaybeDay = None
    activity_statement_due_on: MaybeDay = None
    liquidated_on: MaybeDay = Field(default=None, description="The original liquidation.")
    posted_on: MaybeDay = Field(default=None, description="Posting of its notice.")
    is_deemed: bool = Field(default=False, description="Liquidated by operation of law.")
    reliquidated_on: MaybeDay = None
    protest_received_on: MaybeDay = Field(default=None, description="CBP's receipt; of the last, if consolidated.")
    is_exclusion_protest: bool = False
    acceleration_mailed_on: MaybeDay = Field(default=None, description="Mailing of the request to accelerate.")
    asks_further_review: bool = False
    further_review_refused_on: MaybeDay = None
    set_aside_requested_on: MaybeDay = None
    denied_on: MaybeDay = Field(default=None, description="The date on the notice of denial.")
    is_protest_allowed: bool = False
    is_sued_on: bool = Field(default=False, description="A suit on the denial is begun.")
    surety_demanded_on: MaybeDay = Field(default=None, description="Mailing of the demand to the surety.")
    demand_identifies_debt: bool = True
    preference_program: str | None = Field(default=None, max_length=40, examples=["USMCA"])
    preference_claimed_on: MaybeDay = None
    preference_denied_on: MaybeDay = None
    records_demanded_on: MaybeDay = Field(default=None, description="Demand for records of a special rate.")
    violated_on: MaybeDay = None
    fraud_discovered_on: MaybeDay = None
    asks_cape_refund: bool = False
    deposit_required_on: MaybeDay = None
    billed_on: MaybeDay = None
    document_demanded_on: MaybeDay = Field(default=None, description="CBP's notice of a missing document.")
    reconciliation_issues: list[Literal["other", "agreement"]] = Field(default=[], max_length=2)
    earliest_summary_on: MaybeDay = Field(default=None, description="Earliest summary under a reconciliation.")
    earliest_imported_on: MaybeDay = Field(default=None, description="Earliest importation under a reconciliation.")
    reconciliation_filed_on: MaybeDay = None
    reconciliation_due_on: MaybeDay = None
    drawback_claimed_on: MaybeDay = None
    designated_imported_on: MaybeDay = Field(default=None, description="Earliest importation that is designated.")
    designated_imports: list[DesignatedImportFact] = Field(default=[], max_length=500)
    drawback_deposited_on: MaybeDay = None
    drawback_waived_on: MaybeDay = Field(default=None, description="Written request and waiver.")
    tib_extended_years: int = Field(default=0, ge=0, le=2)


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
                    "rolling": "Saturday 2026-07-04 is no business day: 2026-07-06 is arguable (roll-private-filing), "
                    "2026-07-04 is safe.",
                    "effect": "final; a late protest is untimely, not denied on its merits",
                    "inputs": {"liquidated_on": "2026-01-05"},
                    "unsettled": None,
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
    rolling: str = Field(description="Whether it is rolled, and why.")
    effect: str = Field(description="What happens when it ends.")
    inputs: dict[str, str] = Field(description="The facts it was reckoned from.")
    unsettled: str | None = Field(description="What of the rule is open.")


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
    outcome: str = Field(examples=["stands-unless-protested"])
    why: str


class CalculatorOut(BaseModel):
    """All clocks that the facts start, those that lack a fact, and what else follows."""

    clocks: list[CalculatedClockOut]
    unknown: list[UncalculatedClockOut]
    findings: list[FindingOut]


@router.post("/deadline-calculator", summary="Every legal clock for given facts")
async def calculate_deadlines(facts: CalculatorIn, request: Request, caller: CurrentIdentity) -> CalculatorOut:
    """Compute all clocks from the facts: the same rules as for the entries on record, and nothing is stored.

    Each clock names its rule, source and inputs, both readings of its date, whether it is rolled, and what happens when
    it ends. A clock that lacks a fact is listed as unknown with the name of that fact; it is never guessed.
    """
    del caller  # anyone who proved who they are may compute
    law = law_of(request)
    try:
        answer = calculate(_FACTS.validate_python(facts.model_dump()), law)
    except UnknownEntryType as error:
        raise Refused(
            str(error), rule="entry-type", code="unknown-entry-type", remedy="Give a two-digit entry type such as 01."
        ) from None
    return _answer(answer)


def _answer(answer: Answer) -> CalculatorOut:
    return CalculatorOut(
        clocks=[_clock(each) for each in answer.clocks],
        unknown=[_unknown(each) for each in answer.unknown],
        findings=[_finding(each) for each in answer.findings],
    )


def _clock(clock: Clock) -> CalculatedClockOut:
    rule = RULES[clock.rule]
    return CalculatedClockOut(
        what=clock.what,
        rule=rule.id,
        citation=rule.citation,
        evidence=rule.evidence,
        text=rule.text,
        safe=clock.safe,
        last_arguable=clock.last_arguable,
        rolling=clock.rolling,
        effect=clock.effect,
        inputs=dict(clock.inputs),
        unsettled=clock.unsettled,
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


def _finding(finding: Finding) -> FindingOut:
    rule = RULES[finding.rule]
    return FindingOut(
        rule=rule.id,
        citation=rule.citation,
        evidence=rule.evidence,
        text=rule.text,
        outcome=finding.outcome,
        why=finding.why,
    )
