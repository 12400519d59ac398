"""Protest and further review."""

from datetime import date
from typing import Final

from services.liquidation.domain.rules.rule import Rule

PROTEST: Final = (
    Rule(
        "protest-decisions",
        "19 USC 1514(a)(1)-(7)",
        "S",
        "Seven kinds of decision can be protested: value, classification and rate, charges, exclusion, liquidation, "
        "refusal of drawback, refusal under 1520(d).",
    ),
    Rule(
        "protest-parties",
        "19 USC 1514(c)(2)",
        "S",
        "Importer, consignee, surety, payer, person seeking delivery, drawback claimant, or an agent of one protests.",
        unsettled="the list is partly recalled",
    ),
    Rule("protest-contents", "19 CFR 174.13", "S", "A protest states who, which entry, which decision, and why."),
    Rule(
        "protest-180",
        "19 USC 1514(c)(3), 19 CFR 174.12(e)",
        "S",
        "A protest is filed within 180 days after liquidation, and not before it.",
        effective_from=date(2004, 12, 18),
        applies_to="the day of entry",
    ),
    Rule(
        "protest-90-legacy",
        "19 CFR 174.12(e), 159.9(c)(2)(ii)",
        "S",
        "For entries before 18 December 2004 a protest is filed within 90 days.",
        effective_until=date(2004, 12, 17),
        applies_to="the day of entry",
    ),
    Rule(
        "protest-deemed",
        "19 USC 1514(c)(3), 19 CFR 159.9(c)(2)",
        "U",
        "After a deemed liquidation 180 days run from the deemed date (safe) or from its posting (arguable).",
    ),
    Rule(
        "protest-surety",
        "19 USC 1514(c)(3), 19 CFR 174.12(e)(3)",
        "S",
        "A surety protests within 180 days after the demand for payment was mailed to it.",
    ),
    Rule(
        "protest-reliq-scope",
        "19 USC 1514(d), 19 CFR 174.16",
        "M",
        "A protest against a reliquidation reaches only what the reliquidation decided.",
    ),
    Rule(
        "protest-commerce-no-reset",
        "19 USC 1514(c)(3); Acquisition 362 (Fed. Cir. 2023)",
        "S",
        "What Commerce does after a liquidation does not start the time to protest again.",
    ),
    Rule(
        "protest-one-per-category",
        "19 USC 1514(c)(1), 19 CFR 174.15",
        "S",
        "One protest for each category of goods on an entry; those of several parties on one are taken together.",
    ),
    Rule(
        "protest-multi-entry",
        "19 CFR 174.13(b)",
        "P",
        "One protest covers several entries when all are liquidated, with the same party, category and decision.",
        unsettled="whether entries of several ports of one Center go together",
    ),
    Rule(
        "protest-amend",
        "19 USC 1514(c)(1), 19 CFR 174.14",
        "S",
        "A further decision or category is attacked only within the original time to protest.",
        unsettled="partly recalled",
    ),
    Rule(
        "protest-new-grounds",
        "19 USC 1514(c)(1), 19 CFR 174.28",
        "S",
        "A new argument for an objection already made is heard until the protest is decided.",
        unsettled="partly recalled",
    ),
    Rule(
        "protest-decide-2y",
        "19 USC 1515(a), 19 CFR 174.21(a)",
        "S",
        "A protest is to be decided within two years; nothing follows by law when it is not.",
    ),
    Rule(
        "protest-exclusion-30",
        "19 CFR 174.21(b), 19 USC 1499(c)(5)",
        "S",
        "A protest against exclusion is treated as denied on the 30th day after its filing.",
    ),
    Rule(
        "protest-accel-request",
        "19 USC 1515(b), 19 CFR 174.22(a)",
        "P",
        "Accelerated disposition is asked for with or after the protest; for old entries 90 days after it.",
    ),
    Rule(
        "protest-accel-30",
        "19 USC 1515(b), 19 CFR 174.22(c)-(d)",
        "P",
        "After a request for accelerated disposition the protest is deemed denied on the 30th day after its mailing.",
    ),
    Rule(
        "protest-denial-notice",
        "19 USC 1515(a), 19 CFR 174.30",
        "S",
        "A denial states its reasons and the right to sue; the date on the notice starts the time to sue.",
    ),
    Rule(
        "protest-allow",
        "19 USC 1515(a), 19 CFR 174.29",
        "P",
        "An allowed protest is reliquidated, and the refund paid within 30 days of that.",
    ),
    Rule(
        "protest-no-rescind",
        "San Francisco Newspaper (CIT 1985); HQ 224302, 953510",
        "S",
        "A denial that has been issued is not reconsidered outside 1515(c) and (d).",
    ),
    Rule(
        "summons-180",
        "28 USC 2636(a), 19 CFR 174.31",
        "S",
        "A suit is begun within 180 days of the mailing of the denial or of the deemed denial.",
    ),
    Rule("summons-paydues", "28 USC 2637(a)", "M", "All liquidated duties and charges are paid before a suit."),
    Rule(
        "action-ends-admin",
        "19 USC 1515(c)",
        "M",
        "Once a suit is begun, later administrative acts on that protest have no effect.",
    ),
)

FURTHER_REVIEW: Final = (
    Rule(
        "afr-file",
        "19 CFR 174.25(b)",
        "S",
        "Further review is applied for within the time to protest, and not after the denial.",
    ),
    Rule(
        "afr-criteria",
        "19 CFR 174.24",
        "M",
        "Further review is for a decision said to conflict with another, for questions not ruled on, for new facts "
        "or arguments, or where internal advice was declined.",
    ),
    Rule(
        "afr-local-first",
        "19 CFR 174.26(a)",
        "S",
        "The Center may allow in full without forwarding; it may not deny any part before it considered the "
        "application.",
    ),
    Rule(
        "afr-forward",
        "19 CFR 174.26",
        "U",
        "A protest that qualifies is believed to be forwarded within 60 days: an alert only.",
    ),
    Rule(
        "afr-complaint-1515c",
        "19 USC 1515(c); HQ H008849",
        "S",
        "Within 60 days of the notice that refused further review, the Commissioner can be asked to set it aside.",
    ),
    Rule(
        "afr-complaint-answer",
        "19 USC 1515(c)",
        "M",
        "A request to set aside that is not answered in 60 days is treated as denied.",
    ),
    Rule(
        "void-1515d",
        "19 USC 1515(d)",
        "M",
        "A denial contrary to instructions is voided, on a written request within 90 days of the denial.",
    ),
    Rule(
        "void-no-toll",
        "19 USC 1515(c); Sears Holdings (CIT 2012)",
        "S",
        "Neither request stops the 180 days to sue, which run from the original denial.",
    ),
)
