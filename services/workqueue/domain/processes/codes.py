"""Code lists that several processes record, in the order of their source."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

REJECT_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "001": "Header data",
        "002": "Entry type",
        "003": "Classification",
        "004": "Special program indicator",
        "005": "Line value",
        "006": "Currency",
        "007": "Duty",
        "008": "Country of origin",
        "009": "Country of export",
        "010": "AD/CVD required",
        "011": "Cash deposit",
        "012": "Scope",
        "013": "Non-reimbursement statement",
        "014": "Single transaction bond",
        "015": "Continuous bond",
        "016": "Invoice missing",
        "017": "Poor description",
        "018": "Agency certificate",
        "019": "Visa",
        "020": "Fee",
        "021": "Tax",
        "022": "Quota",
        "023": "Reconciliation rejected",
        "998": "Other",
    }
)
"""Why a summary or a correction is rejected or reverted: reasons of CATAIR UC 4 and R."""

LIQUIDATION_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "01": "Value",
        "02": "Classification",
        "03": "Quantity",
        "04": "Antidumping duty",
        "05": "Countervailing duty",
        "06": "Special programs",
        "07": "Interest only",
        "08": "Change without revenue",
        "09": "Other",
    }
)
"""What a liquidation changes: the reasons of CATAIR that a review comes to."""

ISSUES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "admissibility": "Admissibility",
        "value": "Value",
        "classification": "Classification",
        "origin": "Origin, preference",
    }
)
"""What the importer is asked about, or what a matter is about."""

LETTER_ISSUES: Final[Mapping[str, str]] = MappingProxyType({"admissibility": "Admissibility", **LIQUIDATION_REASONS})
"""What a CBP 28 or 29 is about: the reasons of code table A.3, and admissibility, for which that has none."""

SUSPENSION_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "43": "Countervailing duty",
        "44": "Antidumping duty",
        "45": "Antidumping and countervailing duty",
        "46": "Court",
        "47": "Actual use",
        "48": "Other suspension",
        "65": "Evasion (EAPA)",
        "66": "Injunction",
    }
)
"""Why liquidation is suspended: codes of CATAIR."""

YES_NO: Final[Mapping[str, str]] = MappingProxyType({"yes": "Yes", "no": "No"})

RECONCILIATION_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {"39": "Reconciliation of a free-trade claim", "40": "Other reconciliation"}
)
"""Liquidation reasons of a reconciliation (code table A.3)."""

DRAWBACK_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "55": "Accelerated payment was over what is due",
        "56": "Clerical error",
        "57": "Drawback reason 57",
        "58": "Accelerated payment was under what is due",
        "59": "Drawback reason 59",
        "60": "Drawback reason 60",
    }
)
"""Liquidation reasons of a drawback claim (code table A.3); the source does not say what 57, 59 and 60 mean."""

PETITIONED_NOTICES: Final[Mapping[str, str]] = MappingProxyType(
    {"penalty": "Penalty", "seizure": "Seizure", "liquidated-damages": "Liquidated damages"}
)
"""What a petition is about, as routing reads it from the filing."""

TRANSACTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {"prospective": "Prospective", "current": "Current", "completed": "Completed"}
)
"""What a question of law is about, in time (19 CFR 177.1, 177.11)."""

REQUEST_FORMS: Final[Mapping[str, str]] = MappingProxyType(
    {"CBP-28": "Request for information", "CBP-29": "Notice of action"}
)
"""The forms that a party answers."""

CULPABILITY: Final[Mapping[str, str]] = MappingProxyType(
    {"negligence": "Negligence", "gross-negligence": "Gross negligence", "fraud": "Fraud"}
)
"""The three levels of 19 USC 1592(a)."""

PARTNER_AGENCIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "FDA": "Food and Drug Administration",
        "USDA": "Department of Agriculture",
        "EPA": "Environmental Protection Agency",
        "CPSC": "Consumer Product Safety Commission",
        "FWS": "Fish and Wildlife Service",
        "NHTSA": "National Highway Traffic Safety Administration",
        "FCC": "Federal Communications Commission",
        "TTB": "Alcohol and Tobacco Tax and Trade Bureau",
        "NMFS": "National Marine Fisheries Service",
        "other": "Another agency",
    }
)

ADMISSIBILITY_GROUNDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "uflpa": "Uyghur Forced Labor Prevention Act",
        "withhold-release-order": "Withhold release order (19 CFR 12.42)",
        "forced-labor-finding": "Finding of forced labor (19 CFR 12.42)",
        "intellectual-property": "Trademark, copyright, patent",
        "safety": "Safety of the product",
        "marking": "Marking of origin",
        "partner-agency": "Requirement of a partner agency",
        "other": "Another ground",
    }
)
