"""Bills, refunds and interest, and the notices of the Center."""

from datetime import date
from typing import Final

from services.liquidation.domain.rules.rule import Rule

BILLS: Final = (
    Rule(
        "bill-due",
        "19 USC 1505(b), (d); 19 CFR 24.3(e); CSMS 18-000234",
        "S",
        "A bill is due 30 days after its date, and delinquent on day 31, protested or not.",
    ),
    Rule(
        "int-underpay",
        "19 USC 1505(c)",
        "S",
        "Interest on an underpayment runs from the day the deposit was required to the liquidation.",
    ),
    Rule(
        "int-overpay",
        "19 USC 1505(c)",
        "S",
        "Interest on an overpayment runs from the day of the deposit to the liquidation.",
    ),
    Rule(
        "int-overpay-1520d",
        "19 USC 1505(c)",
        "M",
        "Interest on a refund under 1520(d) runs from the claim to the reliquidation.",
    ),
    Rule(
        "int-delinquent",
        "19 USC 1505(d); CSMS 18-000234",
        "P",
        "A bill not paid in 30 days bears interest from liquidation in whole blocks of 30 days, not for the block "
        "of the payment.",
    ),
    Rule("refund-due", "19 USC 1505(b)", "S", "A refund is due 30 days after liquidation or reliquidation."),
    Rule(
        "refund-ach",
        "91 FR 21 (CBP Dec. 25-18)",
        "S",
        "Refunds certified since 6 February 2026 are paid by ACH, on paper only by waiver.",
        effective_from=date(2026, 2, 6),
        applies_to="the day on which the refund is certified",
    ),
    Rule(
        "int-rate-source",
        "19 USC 1505, T.D. 85-93; 26 USC 6621, 6622",
        "S",
        "Rates hold for a calendar quarter, compounded daily.",
        unsettled="the divisor in leap years",
    ),
    Rule(
        "int-rate-known",
        "CBP notice of 30 Apr 2025; Rev. Rul. 2025-22",
        "S",
        "7 % for underpayments and overpayments, 6 % for corporate overpayments, in the second quarter of 2025 and "
        "the first of 2026.",
    ),
    Rule(
        "bill-notice-principal",
        "19 CFR 24.3a(d); CSMS 18-000234",
        "S",
        "The principal is notified when the bill is issued, and every 30 days after it was due.",
    ),
    Rule(
        "bill-notice-surety",
        "19 CFR 24.3a(d)(2)",
        "U",
        "The surety of a principal who has not paid is billed about 60 days after the bill, then monthly.",
    ),
    Rule("bill-dunning", "CSMS 18-000234 (Mar 2018)", "S", "A dunning letter follows 120 days after the bill."),
    Rule(
        "bill-setoff-hold",
        "19 CFR 24.72, 142.14; CSMS 18-000234",
        "S",
        "While a protest filed in time is undecided there is no setoff or sanction; interest keeps running.",
    ),
    Rule(
        "int-surety-limit",
        "AHAC (Fed. Cir. 2015, 2017)",
        "S",
        "Delinquency interest on a bond is a charge, to be protested, and limited by the face of the bond.",
    ),
)

NOTICES: Final = (
    Rule(
        "cf28-reply",
        "CBP Form 28; practice",
        "S",
        "A request for information asks for a reply within 30 days from its date; it is practice and can be extended.",
    ),
    Rule(
        "cf29-proposed",
        "19 CFR 152.2",
        "S",
        "A proposed notice of action gives 20 days from mailing to answer, or as its form says; then action is taken.",
        unsettled="some forms and practice give 30 days; the day on the form governs",
    ),
)
