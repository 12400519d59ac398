"""All processes by their code; what one opens beside itself must be among them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.workqueue.domain.processes.account_assignment import ACCOUNT_ASSIGNMENT
from services.workqueue.domain.processes.ad_cvd import AD_CVD
from services.workqueue.domain.processes.admissibility_advice import ADMISSIBILITY_ADVICE
from services.workqueue.domain.processes.agency_referral import AGENCY_REFERRAL
from services.workqueue.domain.processes.appraisement import APPRAISEMENT
from services.workqueue.domain.processes.cear import CEAR
from services.workqueue.domain.processes.center_appeal import CENTER_APPEAL
from services.workqueue.domain.processes.classification import CLASSIFICATION
from services.workqueue.domain.processes.commercial_fraud import COMMERCIAL_FRAUD
from services.workqueue.domain.processes.consultation import CONSULTATION
from services.workqueue.domain.processes.drawback_claim import DRAWBACK_CLAIM
from services.workqueue.domain.processes.drawback_privilege import DRAWBACK_PRIVILEGE
from services.workqueue.domain.processes.eapa import EAPA
from services.workqueue.domain.processes.engagement import ENGAGEMENT
from services.workqueue.domain.processes.entry_summary_review import ENTRY_SUMMARY_REVIEW
from services.workqueue.domain.processes.extension_request import EXTENSION_REQUEST
from services.workqueue.domain.processes.inquiry import INQUIRY
from services.workqueue.domain.processes.internal_advice import INTERNAL_ADVICE
from services.workqueue.domain.processes.liquidated_damages_penalty import LIQUIDATED_DAMAGES_PENALTY
from services.workqueue.domain.processes.liquidation_exception import LIQUIDATION_EXCEPTION
from services.workqueue.domain.processes.notice_of_action import NOTICE_OF_ACTION
from services.workqueue.domain.processes.partnership_application import PARTNERSHIP_APPLICATION
from services.workqueue.domain.processes.petition import PETITION
from services.workqueue.domain.processes.policy_analysis import POLICY_ANALYSIS
from services.workqueue.domain.processes.port_hand_over import PORT_HAND_OVER
from services.workqueue.domain.processes.post_summary_correction import POST_SUMMARY_CORRECTION
from services.workqueue.domain.processes.preference import PREFERENCE
from services.workqueue.domain.processes.preference_claim import PREFERENCE_CLAIM
from services.workqueue.domain.processes.prior_disclosure import PRIOR_DISCLOSURE
from services.workqueue.domain.processes.protest import PROTEST
from services.workqueue.domain.processes.quota import QUOTA
from services.workqueue.domain.processes.reconciliation import RECONCILIATION
from services.workqueue.domain.processes.request_for_information import REQUEST_FOR_INFORMATION
from services.workqueue.domain.processes.response import RESPONSE
from services.workqueue.domain.processes.sampling import SAMPLING
from services.workqueue.domain.processes.shape import Process
from services.workqueue.domain.processes.tib_extension import TIB_EXTENSION

_ALL: Final = (
    ACCOUNT_ASSIGNMENT,
    AD_CVD,
    ADMISSIBILITY_ADVICE,
    AGENCY_REFERRAL,
    APPRAISEMENT,
    CEAR,
    CENTER_APPEAL,
    CLASSIFICATION,
    COMMERCIAL_FRAUD,
    CONSULTATION,
    DRAWBACK_CLAIM,
    DRAWBACK_PRIVILEGE,
    EAPA,
    ENGAGEMENT,
    ENTRY_SUMMARY_REVIEW,
    EXTENSION_REQUEST,
    INQUIRY,
    INTERNAL_ADVICE,
    LIQUIDATED_DAMAGES_PENALTY,
    LIQUIDATION_EXCEPTION,
    NOTICE_OF_ACTION,
    PARTNERSHIP_APPLICATION,
    PETITION,
    POLICY_ANALYSIS,
    PORT_HAND_OVER,
    POST_SUMMARY_CORRECTION,
    PREFERENCE,
    PREFERENCE_CLAIM,
    PRIOR_DISCLOSURE,
    PROTEST,
    QUOTA,
    RECONCILIATION,
    REQUEST_FOR_INFORMATION,
    RESPONSE,
    SAMPLING,
    TIB_EXTENSION,
)


def _by_code(processes: tuple[Process, ...]) -> Mapping[str, Process]:
    found = {process.code: process for process in sorted(processes, key=lambda process: process.code)}
    if len(found) < len(processes):
        raise ValueError("two processes have one code")
    for process in processes:
        if lost := {act.opens for act in process.acts if act.opens is not None} - found.keys():
            raise ValueError(f"process {process.code} opens {sorted(lost)}, which there is not")
    return MappingProxyType(found)


PROCESSES: Final = _by_code(_ALL)
"""Every process. Who need not know sees no matter of a law-enforcement-sensitive one (`domain/compartment.py`)."""
