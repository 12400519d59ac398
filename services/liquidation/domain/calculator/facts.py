"""What a caller knows of an entry."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.liquidation.domain.correction_window import SuspensionBasis
from services.liquidation.domain.detention_clocks import ForcedLabor
from services.liquidation.domain.drawback import DrawbackLaw
from services.liquidation.domain.extension import ExtensionRequest
from services.liquidation.domain.liquidation_acts import ReliquidationAct
from services.liquidation.domain.liquidation_period import DesignatedImport
from services.liquidation.domain.protest.filing import Protestant
from services.liquidation.domain.reliquidation import FinalWriter
from services.liquidation.domain.start_dates import EntryBasis
from services.liquidation.domain.suspension import LiftNotice, Suspension

ReconciliationIssue = Literal["other", "agreement"]
Protested = Literal["liquidation", "reliquidation", "preference-denial", "exclusion", "other-decision"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalculatorFacts:
    """What a caller knows of an entry; all but its type may be unknown. Days are legal days."""

    entry_type: str
    entry_date: date | None = None
    entry_basis: EntryBasis = "release"
    entry_filed_on: date | None = None
    summary_filed_on: date | None = None
    presented_on: date | None = None
    withdrawn_on: date | None = None
    quota_period_ends_on: date | None = None
    imported_on: date | None = None
    released_on: date | None = None
    paid_on: date | None = None
    port: str | None = None
    pays_monthly: bool = False
    final_withdrawal_on: date | None = None
    has_case: bool = False
    extensions: tuple[ExtensionRequest, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    lift_notices: tuple[LiftNotice, ...] = ()
    suspended_for: SuspensionBasis | None = None
    review_results_on: date | None = None
    activity_statement_filed_on: date | None = None
    activity_statement_due_on: date | None = None
    corrected_on: date | None = None
    corrected_entry_type: str | None = None
    corrected_fields: tuple[str, ...] = ()
    liquidated_on: date | None = None
    posted_on: date | None = None
    is_deemed: bool = False
    reliquidated_on: date | None = None
    reliquidated_by: FinalWriter | None = None
    reliquidations: tuple[ReliquidationAct, ...] = ()
    protested: Protested | None = None
    protested_by: Protestant | None = None
    decision_on: date | None = None
    protest_received_on: date | None = None
    is_exclusion_protest: bool = False
    acceleration_mailed_on: date | None = None
    asks_further_review: bool = False
    further_review_refused_on: date | None = None
    set_aside_requested_on: date | None = None
    void_requested_on: date | None = None
    denied_on: date | None = None
    allowed_on: date | None = None
    is_protest_allowed: bool = False
    is_sued_on: bool = False
    court_ordered_on: date | None = None
    is_in_suit: bool | None = None
    surety_demanded_on: date | None = None
    demand_identifies_debt: bool = True
    preference_program: str | None = None
    preference_claimed_on: date | None = None
    preference_denied_on: date | None = None
    records_demanded_on: date | None = None
    violated_on: date | None = None
    fraud_discovered_on: date | None = None
    asks_cape_refund: bool = False
    deposit_required_on: date | None = None
    billed_on: date | None = None
    document_demanded_on: date | None = None
    reconciliation_issues: tuple[ReconciliationIssue, ...] = ()
    earliest_summary_on: date | None = None
    earliest_imported_on: date | None = None
    reconciliation_filed_on: date | None = None
    reconciliation_due_on: date | None = None
    drawback_claimed_on: date | None = None
    drawback_law: DrawbackLaw | None = None
    designated_imported_on: date | None = None
    designated_imports: tuple[DesignatedImport, ...] = ()
    drawback_deposited_on: date | None = None
    drawback_waived_on: date | None = None
    exported_on: date | None = None
    tib_extended_years: int = 0
    tib_heading: str | None = None
    allegation_received_on: date | None = None
    investigation_initiated_on: date | None = None
    is_extraordinarily_complicated: bool = False
    interim_measures_on: date | None = None
    evasion_determined_on: date | None = None
    evasion_review_requested_on: date | None = None
    evasion_review_decided_on: date | None = None
    presented_for_examination_on: date | None = None
    detained_on: date | None = None
    forced_labor: ForcedLabor | None = None
    exclusion_advised_on: date | None = None
    prepenalty_mailed_on: date | None = None
    penalty_mailed_on: date | None = None
    seizure_mailed_on: date | None = None
    damages_mailed_on: date | None = None
    petition_decided_on: date | None = None
    disclosed_orally_on: date | None = None
    incomplete_disclosure_on: date | None = None
    loss_stated_on: date | None = None
    cf28_issued_on: date | None = None
    cf29_mailed_on: date | None = None
    record_demand_on: date | None = None
    conditional_release_ended_on: date | None = None
    redelivery_demanded_on: date | None = None
