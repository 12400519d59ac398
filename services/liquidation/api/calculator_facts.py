"""The facts of an entry as the deadline calculator takes them over HTTP."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from services.liquidation.domain.protest.filing import Protestant
from services.liquidation.domain.reliquidation import FinalWriter
from services.liquidation.domain.suspension import LiftNoticeKind
from shared.web.fields import LegalDay

MaybeDay = LegalDay | None


class ExtensionFact(BaseModel):
    """An extension of liquidation as it was posted."""

    model_config = ConfigDict(extra="forbid")

    reason: Literal["information-needed", "importer-request"]
    months: int = Field(default=12, ge=-120, le=120, description="1 to 12; any other length is void (ext-length).")
    posted_on: LegalDay
    requested_on: MaybeDay = Field(default=None, description="When the importer asked in writing.")


class SuspensionFact(BaseModel):
    """A suspension of liquidation; without `lift_noticed_on` it stands."""

    model_config = ConfigDict(extra="forbid")

    ground: str = Field(min_length=1, max_length=80, examples=["A570012000"])
    authority: Literal["statute", "agency", "court"] = Field(description="Who suspended: a court's is an injunction.")
    began_on: LegalDay
    lift_noticed_on: MaybeDay = Field(default=None, description="When CBP received notice of its removal.")


class DesignatedImportFact(BaseModel):
    """An import that a drawback claim designates."""

    model_config = ConfigDict(extra="forbid")

    liquidated_on: MaybeDay = Field(default=None, description="Not given: not known.")
    final_1514_on: MaybeDay = Field(default=None, description="When it became final: no protest or suit is possible.")
    is_protested: bool | None = Field(
        default=None, description="Whether a protest is on file; false lets its finality be derived."
    )


class LiftNoticeFact(BaseModel):
    """Something that told of the removal of a suspension; which starts the six months is judged."""

    model_config = ConfigDict(extra="forbid")

    kind: LiftNoticeKind
    on: LegalDay


class ReliquidationFact(BaseModel):
    """A reliquidation; `by` says on whose power, the Center's own when it is left out."""

    model_config = ConfigDict(extra="forbid")

    on: LegalDay
    by: FinalWriter | None = None


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
                {
                    "entry_type": "01",
                    "imported_on": "2026-06-26",
                    "presented_for_examination_on": "2026-06-29",
                    "forced_labor": "uflpa",
                    "prepenalty_mailed_on": "2026-08-03",
                    "violated_on": "2026-06-26",
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
    port: str | None = Field(
        default=None, pattern=r"^\d{4}$", examples=["2704"], description="Where it is filed, for closures of a port."
    )
    pays_monthly: bool = Field(default=False, description="On a periodic monthly statement.")
    final_withdrawal_on: MaybeDay = Field(default=None, description="Last withdrawal under a warehouse entry.")
    has_case: bool = Field(default=False, description="A line names an antidumping or countervailing case.")
    extensions: list[ExtensionFact] = Field(default=[], max_length=20)
    suspensions: list[SuspensionFact] = Field(default=[], max_length=50)
    lift_notices: list[LiftNoticeFact] = Field(
        default=[], max_length=50, description="All that told of a removal; each is judged (susp-lift-trigger)."
    )
    suspended_for: Literal["antidumping", "countervailing", "eapa", "injunction", "other"] | None = Field(
        default=None, description="The basis in ACE; decides whether corrections stay open."
    )
    review_results_on: MaybeDay = Field(default=None, description="Final results of Commerce's review.")
    activity_statement_filed_on: MaybeDay = None
    activity_statement_due_on: MaybeDay = None
    corrected_on: MaybeDay = Field(default=None, description="A post-summary correction that is filed, or meant to be.")
    corrected_entry_type: str | None = Field(default=None, min_length=2, max_length=2, description="What it asks for.")
    corrected_fields: list[
        Literal["importer-number", "entry-number", "port", "reconciliation-flag", "surety", "lines"]
    ] = Field(default=[], max_length=6, description="What it changes besides the type.")
    liquidated_on: MaybeDay = Field(default=None, description="The original liquidation.")
    posted_on: MaybeDay = Field(default=None, description="Posting of its notice.")
    is_deemed: bool = Field(default=False, description="Liquidated by operation of law.")
    reliquidated_on: MaybeDay = None
    reliquidated_by: FinalWriter | None = Field(default=None, description="On whose power; else the Center's own.")
    reliquidations: list[ReliquidationFact] = Field(default=[], max_length=20, description="When there are several.")
    protested: Literal["liquidation", "reliquidation", "preference-denial", "exclusion", "other-decision"] | None = (
        Field(default=None, description="What is protested; left out: the decision that the day of receipt reaches.")
    )
    protested_by: Protestant | None = Field(
        default=None, description="Who protests; left out: the surety if a demand on it is given, else the importer."
    )
    decision_on: MaybeDay = Field(default=None, description="The day of another protested decision.")
    protest_received_on: MaybeDay = Field(default=None, description="CBP's receipt; of the last, if consolidated.")
    is_exclusion_protest: bool = False
    acceleration_mailed_on: MaybeDay = Field(default=None, description="Mailing of the request to accelerate.")
    asks_further_review: bool = False
    further_review_refused_on: MaybeDay = None
    set_aside_requested_on: MaybeDay = None
    void_requested_on: MaybeDay = Field(default=None, description="Request to void the denial, 19 USC 1515(d).")
    denied_on: MaybeDay = Field(default=None, description="The date on the notice of denial.")
    allowed_on: MaybeDay = Field(default=None, description="The day on which the protest was allowed.")
    is_protest_allowed: bool = False
    is_sued_on: bool = Field(default=False, description="A suit on the denial is begun.")
    court_ordered_on: MaybeDay = Field(default=None, description="A judgment or order that names the entry.")
    is_in_suit: bool | None = Field(default=None, description="Whether the entry was in the suit; left out: not known.")
    surety_demanded_on: MaybeDay = Field(default=None, description="Mailing of the demand to the surety.")
    demand_identifies_debt: bool = True
    preference_program: str | None = Field(default=None, max_length=100, examples=["USMCA"])
    preference_claimed_on: MaybeDay = None
    preference_denied_on: MaybeDay = None
    records_demanded_on: MaybeDay = Field(default=None, description="Demand for records of a special rate.")
    violated_on: MaybeDay = None
    fraud_discovered_on: MaybeDay = None
    asks_cape_refund: bool = Field(
        default=False, description="Until when CAPE phase 1 takes the entry; a finding says so where it does not."
    )
    deposit_required_on: MaybeDay = None
    billed_on: MaybeDay = None
    document_demanded_on: MaybeDay = Field(default=None, description="CBP's notice of a missing document.")
    reconciliation_issues: list[Literal["other", "agreement"]] = Field(default=[], max_length=2)
    earliest_summary_on: MaybeDay = Field(default=None, description="Earliest summary under a reconciliation.")
    earliest_imported_on: MaybeDay = Field(default=None, description="Earliest importation under a reconciliation.")
    reconciliation_filed_on: MaybeDay = None
    reconciliation_due_on: MaybeDay = None
    drawback_claimed_on: MaybeDay = None
    drawback_law: Literal["190", "191"] | None = Field(
        default=None, description="19 CFR part of the claim; left out: by the day of the claim."
    )
    designated_imported_on: MaybeDay = Field(default=None, description="Earliest importation that is designated.")
    designated_imports: list[DesignatedImportFact] = Field(default=[], max_length=500)
    drawback_deposited_on: MaybeDay = None
    drawback_waived_on: MaybeDay = Field(default=None, description="Written request and waiver.")
    exported_on: MaybeDay = Field(default=None, description="Export or destruction of the goods of a drawback claim.")
    tib_extended_years: int = Field(default=0, ge=0, le=2)
    tib_heading: str | None = Field(
        default=None, max_length=13, examples=["9813.00.75"], description="Some headings have shorter periods."
    )
    allegation_received_on: MaybeDay = Field(default=None, description="EAPA: receipt of the proper allegation.")
    investigation_initiated_on: MaybeDay = Field(default=None, description="EAPA: initiation.")
    is_extraordinarily_complicated: bool = Field(default=False, description="EAPA: 360 days instead of 300.")
    interim_measures_on: MaybeDay = Field(default=None, description="EAPA: decision on interim measures.")
    evasion_determined_on: MaybeDay = Field(default=None, description="EAPA: determination.")
    evasion_review_requested_on: MaybeDay = Field(default=None, description="EAPA: request for administrative review.")
    evasion_review_decided_on: MaybeDay = Field(default=None, description="EAPA: decision on that request.")
    presented_for_examination_on: MaybeDay = Field(default=None, description="Presentation of the goods.")
    detained_on: MaybeDay = Field(default=None, description="Decision to detain.")
    forced_labor: Literal["wro", "finding", "uflpa"] | None = Field(
        default=None, description="Withhold-release order, finding of the Commissioner, or stop under the UFLPA."
    )
    exclusion_advised_on: MaybeDay = Field(default=None, description="Advice of exclusion delivered or mailed.")
    prepenalty_mailed_on: MaybeDay = None
    penalty_mailed_on: MaybeDay = None
    seizure_mailed_on: MaybeDay = None
    damages_mailed_on: MaybeDay = Field(default=None, description="Notice of liquidated damages.")
    petition_decided_on: MaybeDay = Field(default=None, description="Decision on a petition for liquidated damages.")
    disclosed_orally_on: MaybeDay = Field(default=None, description="Oral prior disclosure.")
    incomplete_disclosure_on: MaybeDay = Field(default=None, description="Prior disclosure made without full data.")
    loss_stated_on: MaybeDay = Field(default=None, description="CBP stated the loss of duty of a prior disclosure.")
    cf28_issued_on: MaybeDay = Field(default=None, description="Request for information.")
    cf29_mailed_on: MaybeDay = Field(default=None, description="Proposed notice of action.")
    record_demand_on: MaybeDay = Field(default=None, description="Demand for entry records.")
    conditional_release_ended_on: MaybeDay = None
    redelivery_demanded_on: MaybeDay = None
