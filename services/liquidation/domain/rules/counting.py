"""How days are counted and rolled, and from which days clocks start."""

from datetime import date
from typing import Final

from services.liquidation.domain.rules.rule import Rule

COUNTING: Final = (
    Rule(
        "count-day-one",
        "CBP protest seminar notes (2008); HQ H173819 (2014)",
        "S",
        "The trigger day is day 0; day 1 is the next calendar day.",
    ),
    Rule("count-full-last-day", "HQ H173819 (2014)", "S", "The last day of a period counts in full."),
    Rule(
        "count-months",
        "HQ H173819 (2014)",
        "S",
        "A period of months ends on the same day number so many months later, that whole day included.",
    ),
    Rule("count-years", "HQ H328370 (2023)", "S", "A period of years includes the anniversary."),
    Rule(
        "count-month-end",
        "general practice, no customs authority found",
        "U",
        "When the month has no such day, the period ends on its last day; the day after is arguable.",
    ),
    Rule(
        "count-calendar-days",
        "CBP protest seminar notes (2008)",
        "S",
        "Days are calendar days, unless the rule says working or business days.",
    ),
    Rule(
        "count-business-day",
        "19 CFR 101.1",
        "S",
        "A business day is Monday to Friday except the national holidays of 19 CFR 101.6(a).",
    ),
    Rule("count-working-day", "by inference; no definition found", "U", "A working day is counted as a business day."),
    Rule(
        "count-holidays",
        "19 CFR 101.6(a), 5 USC 6103",
        "U",
        "A holiday on a Saturday is observed on Friday, on a Sunday on Monday; days closed by order are a setting.",
    ),
    Rule(
        "roll-private-filing",
        "T.D. 53961(1) of 25 Nov 1955; CBP protest seminar notes (2008)",
        "S",
        "What a private party files on the next open day, after a last day on which CBP was closed, is accepted.",
    ),
    Rule(
        "roll-private-filing-electronic",
        "none found",
        "U",
        "Whether the roll survives when ACE takes filings every day is not settled: a setting of the arguable date.",
    ),
    Rule(
        "roll-government-clock",
        "19 USC 1504(a)(2)(C) as applied by the CIT (2015)",
        "S",
        "Clocks that run against CBP are not rolled.",
        unsettled="read for one statutory date; as a general rule it is inferred",
    ),
    Rule(
        "roll-specific-113-42",
        "19 CFR 113.42",
        "S",
        "The 120 days for a missing document end, by express text, on the next business day.",
    ),
    Rule(
        "roll-court",
        "USCIT Rule 6(a)",
        "M",
        "The last day for a court filing moves from a Saturday, Sunday or legal holiday to the next other day.",
    ),
    Rule(
        "count-date-filed-protest",
        "19 CFR 174.12(f)",
        "M",
        "A protest is filed on the day on which CBP receives it, not when it is sent.",
    ),
    Rule(
        "count-date-denial",
        "19 CFR 174.30(a)",
        "S",
        "The date printed on the notice of denial is taken as the date of its mailing.",
    ),
    Rule(
        "count-timezone",
        "HQ 115811, HQ 115812 (2003)",
        "U",
        "Legal days are counted in Eastern time; the outcome of the rulings on it was not read.",
    ),
)

STARTS: Final = (
    Rule(
        "law-before-1993",
        "Pub. L. 103-182, title VI",
        "M",
        "Other law governed entries before 8 December 1993: no date that is given for one is sure.",
    ),
    Rule(
        "entry-date",
        "19 CFR 101.1, 141.68",
        "P",
        "The time of entry, from which the year runs: release, or filing, withdrawal or presentation by its kind.",
    ),
    Rule(
        "importation-date",
        "19 CFR 101.1",
        "P",
        "By vessel: arrival within the port with intent to unlade; otherwise arrival in the customs territory.",
    ),
    Rule(
        "liquidation-date",
        "19 CFR 159.9(a)-(c)(1)",
        "S",
        "The date of liquidation is the date on which its notice is posted.",
        effective_from=date(2017, 1, 14),
        applies_to="the day of the notice",
    ),
    Rule(
        "notice-search-fields",
        "CBP Dec. 16-25 (81 FR 89375)",
        "S",
        "The public search of notices takes two or more of its fields.",
    ),
    Rule(
        "liquidation-date-deemed",
        "19 CFR 159.9(c)(2)(i), 19 USC 1504",
        "S",
        "A deemed liquidation is dated at the end of the statutory period, whenever its notice is posted.",
    ),
    Rule(
        "liquidation-date-informal",
        "19 CFR 159.10",
        "P",
        "An informal entry is liquidated on payment, or on release, not by the cycle.",
    ),
    Rule(
        "demand-date-surety",
        "19 USC 1514(c)(3); Old Republic (CIT 1986)",
        "P",
        "A surety's time starts with the mailing of the demand; one that does not identify the debt may not start it.",
    ),
)
