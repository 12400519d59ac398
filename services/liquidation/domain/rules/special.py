"""Drawback, reconciliation, temporary importation and quota, and what holds over any history."""

from datetime import date
from typing import Final

from services.liquidation.domain.rules.rule import Rule

SPECIAL: Final = (
    Rule(
        "drawback-file",
        "19 USC 1313(r), 19 CFR 190.51(e)",
        "S",
        "A drawback claim is complete within five years of the importation of the designated goods; no roll is relied "
        "on.",
    ),
    Rule(
        "drawback-file-191",
        "19 CFR 191.51(e), 19 USC 1313(r)(1) before Pub. L. 114-125",
        "M",
        "Under the law before, for claims until 23 February 2018 and by choice for a year more, a drawback claim is "
        "complete within three years of the export or destruction.",
    ),
    Rule("drawback-export", "19 USC 1313", "S", "Export or destruction comes before the claim, within five years."),
    Rule(
        "recon-other",
        "19 USC 1484(b)",
        "P",
        "A reconciliation is due 21 months after the earliest underlying entry summary.",
        unsettled="the old system computed an earlier day, it seems by counting days (HQ 229670): that is the safe day,"
        " by setting (reconciliation_month_days) of 30 days to a month; 21 months by the calendar are arguable",
    ),
    Rule(
        "recon-fta",
        "19 USC 1520(d); reconciliation test notices",
        "P",
        "A reconciliation of a trade agreement claim is due 12 months after the earliest importation in its group; "
        "what is left to it is not claimed otherwise.",
    ),
    Rule(
        "recon-noflag",
        "customs broker examination key (2022)",
        "P",
        "A reconciliation flag is set with the entry summary; it cannot be added later.",
    ),
    Rule(
        "tib-initial",
        "HTSUS ch. 98 sub. XIII note 1, 19 CFR 10.37",
        "S",
        "Goods temporarily imported under bond leave or are destroyed within one year of importation.",
        unsettled="of the headings with a shorter period only 9813.00.75 is known here (tib-short-heading)",
    ),
    Rule(
        "tib-extend",
        "19 CFR 10.37, 10.39",
        "S",
        "A temporary importation is extended on a request before it ends, to three years in all.",
        unsettled="of the headings with a shorter period, or without extension, only 9813.00.75 is known here "
        "(tib-short-heading)",
    ),
    Rule(
        "tib-short-heading",
        "HTSUS ch. 98 sub. XIII US note 1(a)(1)",
        "S",
        "Goods of heading 9813.00.75 leave or are destroyed within six months of importation, without extension.",
        unsettled="that it has held since the HTSUS took effect is recalled",
        effective_from=date(1989, 1, 1),
        applies_to="the day of importation",
    ),
    Rule(
        "quota-present",
        "19 CFR 132.1, 132.11a, 142.13(b)",
        "P",
        "The time of presentation in proper form fixes the priority of quota goods; none are released before it.",
    ),
)

INVARIANTS: Final = (
    Rule(
        "inv-separate-flags",
        "19 USC 1504(a)-(c)",
        "S",
        "Suspended and extended are separate; an entry is deemed liquidated only when not suspended and its period "
        "is over.",
    ),
    Rule(
        "inv-lift-period",
        "19 USC 1504(d)",
        "S",
        "When a suspension is lifted the period is six months from notice, whatever was left of the year.",
        unsettled="when more than six months of the first year are left",
    ),
    Rule(
        "inv-extension-posted",
        "19 CFR 159.12(b), (d)",
        "S",
        "An extension has effect only if posted while the period before it is open.",
    ),
    Rule(
        "inv-three-extensions",
        "19 CFR 159.12(e), (f)",
        "S",
        "The extensions of an entry come to three years at most, none past its fourth anniversary unless suspended.",
    ),
    Rule(
        "inv-correction-protest-order",
        "19 USC 1514(c)(3); ACE business rules, chapter 7",
        "S",
        "Corrections come before liquidation only, protests after it or after another decision only.",
    ),
    Rule(
        "inv-final-1501",
        "19 USC 1501",
        "S",
        "CBP's own power ends on day 91 after the original liquidation; a reliquidation does not restart it.",
    ),
    Rule(
        "inv-after-final",
        "19 USC 1514(a)",
        "S",
        "After final only an allowed protest, a court, 1520(d), 1509(g), 1592(d) or 1516 changes an entry.",
    ),
    Rule(
        "inv-breach",
        "Juice Farms (Fed. Cir.); LG Electronics (CIT)",
        "S",
        "A wrong liquidation during an agency's suspension is one; in breach of an injunction it is none.",
    ),
    Rule(
        "inv-deemed-denial",
        "19 USC 1515(b), 1499(c)(5)",
        "S",
        "A deemed denial is computed at the end of day 30, and no decision follows it.",
    ),
    Rule(
        "inv-order",
        "19 USC 1504, 1514, 1515, 1517, 1520(d)",
        "M",
        "What the law lets follow from a fact does not come before it; days that say so cannot both be right.",
    ),
    Rule("inv-two-years", "Hitachi (Fed. Cir. 2011)", "S", "Two years without a decision change nothing."),
    Rule("inv-courtesy", "19 CFR 159.9(c)", "S", "A courtesy notice starts no clock."),
    Rule("inv-center-change", "19 CFR 101.1", "S", "A change of Center moves the work, not the clocks."),
)

SWITCHES: Final = (
    Rule(
        "ieepa-off",
        "Learning Resources; V.O.S. Selections (Supreme Court, 20 Feb 2026)",
        "S",
        "The International Emergency Economic Powers Act gives no power to impose tariffs.",
        unsettled="relief for finally liquidated entries of those who did not sue; the Government announced an appeal",
        effective_from=date(2026, 2, 20),
        applies_to="the day of the judgment",
    ),
    Rule(
        "sec122",
        "section 122 of the Trade Act of 1974",
        "S",
        "A surcharge of 10 % holds for 150 days.",
        effective_from=date(2026, 2, 24),
        effective_until=date(2026, 7, 24),
        applies_to="the days of the surcharge",
    ),
)
