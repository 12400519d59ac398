"""Reliquidation, refund and finality."""

from datetime import date
from typing import Final

from services.liquidation.domain.rules.rule import Rule

RELIQUIDATION: Final = (
    Rule(
        "reliq-1501",
        "19 USC 1501, 19 CFR 173.3",
        "S",
        "CBP may reliquidate on its own motion within 90 days of the original liquidation.",
    ),
    Rule(
        "reliq-1501-base",
        "Pub. L. 114-125 s. 911",
        "S",
        "Since 24 February 2016 the 90 days run from the original liquidation itself; before, from its notice.",
        effective_from=date(2016, 2, 24),
        applies_to="the day of the original liquidation",
    ),
    Rule(
        "reliq-protest-pending",
        "19 USC 1501, 1514(d)",
        "S",
        "CBP may reliquidate within the 90 days although a protest is on file.",
        unsettled="that a new protest reaches only what the reliquidation decided is recalled",
    ),
    Rule(
        "reliq-cape-80",
        "CBP guidance of 20 Apr 2026, as reported",
        "S",
        "CAPE phase 1 takes an entry whose liquidation is at most 80 days old when the declaration is filed.",
        effective_from=date(2026, 4, 20),
        applies_to="the day of the declaration",
    ),
    Rule(
        "final-1514",
        "19 USC 1514(a); Cemex; Target (Fed. Cir. 2025)",
        "S",
        "A liquidation that is not protested in time is final for everyone, right or wrong.",
    ),
    Rule(
        "final-two-meanings",
        "19 USC 1501, 1514; Performance Additives",
        "S",
        "Final has two meanings: CBP's own 90 days are over, and no protest or suit is possible; both are kept.",
    ),
    Rule(
        "reliq-court",
        "Target (Fed. Cir. 2025); Atmus, Euro-Notions (CIT 2026)",
        "S",
        "A judgment is carried out as headquarters instructs; a final liquidation only if its entry was in the suit.",
        unsettled="how far the orders of March and April 2026 reach",
    ),
    Rule(
        "claim-1520d",
        "19 USC 1520(d), 19 CFR 182.31-33, 181.31-33",
        "S",
        "A preference not claimed at entry is claimed within one year of importation, under the listed programs.",
        applies_to="the day of importation: NAFTA until 2020-06-30, USMCA since 2020-07-01",
    ),
    Rule(
        "claim-1520d-form",
        "19 CFR 182.32; HQ H328370; HQ H300353",
        "P",
        "The claim is filed in ACE with its declaration and certification; its denial can be protested.",
    ),
    Rule(
        "claim-1520c-gone",
        "Pub. L. 108-429 s. 2105",
        "M",
        "For entries on or after 18 December 2004 the petition for clerical error is repealed.",
        effective_from=date(2004, 12, 18),
        applies_to="the day of entry",
    ),
    Rule(
        "reliq-1509g",
        "19 USC 1509(g)(2), 19 CFR 163.6(b)(2)",
        "P",
        "Without records for a special rate, CBP reliquidates what was liquidated in the two years before its demand.",
    ),
    Rule(
        "duty-1592d",
        "19 USC 1592(d), 1621",
        "M",
        "Duties lost by a violation are owed for five years, from its discovery if it was fraud.",
    ),
    Rule("domestic-1516", "19 USC 1516", "M", "A domestic party's petition is an exception to finality."),
    Rule(
        "suit-bond-2415",
        "28 USC 2415(a)",
        "S",
        "A suit on a bond is barred after six years.",
        unsettled="whether they run from the liquidation or from the demand",
    ),
)
