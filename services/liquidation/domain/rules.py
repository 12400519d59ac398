"""The rules of liquidation: id, citation and how well each is evidenced, in the order of the deadline research."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Evidence = Literal["S", "P", "M", "U"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `evidence`: S the fact was read in a source, P partly read, M recalled, U unsettled.

    `unsettled` says which part of it is open, when the rule itself is better evidenced than that part.
    """

    id: str
    citation: str
    evidence: Evidence
    text: str
    unsettled: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says of a case: a short stable `outcome`, and `why` in a sentence with the facts that decided."""

    rule: str
    outcome: str
    why: str


def _by_id(*rules: Rule) -> Mapping[str, Rule]:
    return MappingProxyType({rule.id: rule for rule in rules})


_COUNTING: Final = (
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

_STARTS: Final = (
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

_SUMMARY: Final = (
    Rule("es-file", "19 CFR 142.12(b)", "S", "The entry summary is due within ten working days of the time of entry."),
    Rule(
        "es-file-immediate-delivery",
        "19 CFR 142.23",
        "S",
        "After immediate delivery the summary is due ten working days after release, or at the end of a quota period.",
    ),
    Rule(
        "deposit-outer-limit",
        "19 USC 1505(a)",
        "S",
        "Estimated duties are deposited no later than 12 working days after entry or release.",
    ),
    Rule(
        "deposit-pms",
        "19 USC 1505(a), 19 CFR 24.25",
        "S",
        "On a periodic monthly statement, duties are due on the 15th working day of the next month.",
    ),
    Rule(
        "informal-threshold",
        "19 USC 1498, 19 CFR 143.21",
        "M",
        "A shipment of at most 2,500 USD may be entered informally, unless CBP demands a formal entry.",
    ),
    Rule(
        "deminimis-suspended",
        "EO 14324; 90 FR 42418",
        "S",
        "Goods entered on or after 29 August 2025 have no duty-free treatment under section 321(a)(2)(C).",
    ),
    Rule("deminimis-repeal", "Pub. L. 119-21", "M", "The commercial exemption ends by statute on 1 July 2027."),
    Rule(
        "psc-window",
        "CBP general notice of 1 Nov 2017",
        "S",
        "A post-summary correction is taken until 300 days from entry and 15 days before the scheduled liquidation.",
    ),
    Rule(
        "psc-window-extended",
        "84 FR 40430 (Aug 2019)",
        "S",
        "After an extension that the importer asked for, until 15 days before the extended liquidation.",
    ),
    Rule(
        "psc-window-suspended",
        "CBP PSC page",
        "S",
        "While suspended for an antidumping or countervailing case, a correction is taken past 300 days.",
    ),
    Rule(
        "psc-preconditions",
        "ACE business rules, chapter 7",
        "S",
        "A summary is corrected while accepted, in CBP control, fully paid, not under review and not liquidated.",
    ),
    Rule(
        "psc-cannot",
        "CBP PSC page; general notice of 1 Nov 2017",
        "P",
        "A post-summary correction cannot change the importer of record, nor the entry type but 01 to 03 or back.",
    ),
    Rule(
        "refund-before-liq",
        "19 USC 1520(a)",
        "M",
        "CBP may refund an excess deposit before liquidation, at its discretion and without a time limit.",
    ),
)

_LIQUIDATION: Final = (
    Rule(
        "liq-cycle-314",
        "CBP Dec. 16-25 (81 FR 89375)",
        "U",
        "Automatic liquidations post on a Friday about 314 days after entry: a target of CBP, not law; which Friday is "
        "not published and is a setting.",
    ),
    Rule(
        "liq-1yr-entry",
        "19 USC 1504(a)(1)(A)",
        "S",
        "An entry not liquidated within one year of entry is deemed liquidated at what the importer asserted.",
    ),
    Rule(
        "liq-1yr-warehouse",
        "19 USC 1504(a)(1)(B), 19 CFR 159.52",
        "S",
        "A warehouse entry is suspended until all its goods have been withdrawn; its year runs from then.",
    ),
    Rule(
        "liq-1yr-withdrawal",
        "19 USC 1504(a)(1)(C)",
        "S",
        "A withdrawal for consumption not liquidated within one year is deemed liquidated at what was asserted.",
    ),
    Rule(
        "liq-1yr-recon",
        "19 USC 1504(a)(1)(D)",
        "S",
        "The year of a reconciliation runs from its filing or from the day it was due, whichever is earlier.",
    ),
    Rule(
        "liq-1yr-activity-stmt",
        "19 USC 1504(a)(1)(E)",
        "S",
        "The year of an import activity summary statement runs from its filing or due day, whichever is earlier.",
    ),
    Rule(
        "liq-1yr-drawback",
        "19 USC 1504(a)(2)(A)",
        "S",
        "The year of a drawback claim applies when all designated imports are liquidated and final.",
        unsettled="whether final means that the protest window is closed, under appeal",
    ),
    Rule(
        "liq-drawback-unliquidated",
        "19 USC 1504(a)(2)(B)",
        "S",
        "Otherwise a claim is deemed liquidated on deposit of estimated duties with a written request and waiver.",
        unsettled="that no time limit runs until then is the present reading of the CIT, under appeal",
    ),
    Rule(
        "ext-reasons",
        "19 USC 1504(b), 19 CFR 159.12(a)",
        "S",
        "Extended only when CBP lacks information, or when the importer asked in writing in time with good cause.",
    ),
    Rule("ext-length", "19 CFR 159.12(a), (d)", "S", "One extension is for one year at most."),
    Rule("ext-max", "19 CFR 159.12(e)", "S", "All extensions together are for three years at most."),
    Rule(
        "liq-4yr-cap",
        "19 USC 1504(b), 19 CFR 159.12(f)",
        "P",
        "However often extended, an entry is deemed liquidated four years after entry.",
    ),
    Rule(
        "ext-notice",
        "19 CFR 159.12(b), (d); 81 FR 89375",
        "S",
        "An extension counts only if its notice was posted before the current period ended.",
    ),
    Rule(
        "ext-notice-presumption",
        "HQ 225027 line of rulings",
        "P",
        "The record that an older, mailed notice was made raises a presumption that it was given.",
    ),
    Rule("ext-request-late", "19 CFR 159.12(a)(1)(ii), (d)(2)", "S", "A request must come before the period ends."),
    Rule(
        "susp-grounds",
        "19 USC 1504(a), (c), 19 CFR 159.51",
        "S",
        "Only a statute or a court order suspends liquidation, such as an antidumping or countervailing case; pending "
        "litigation does not.",
    ),
    Rule(
        "susp-notice",
        "19 USC 1504(c), 19 CFR 159.12(c)",
        "P",
        "A suspension is posted promptly; without its notice a statutory suspension still stands.",
    ),
    Rule(
        "susp-lift-6mo",
        "19 USC 1504(d)",
        "S",
        "An entry is deemed liquidated six months after CBP received notice that its suspension was removed.",
        unsettled="when the notice comes in the first year with more than six months left",
    ),
    Rule(
        "susp-lift-trigger",
        "Int'l Trading, Fujitsu, Aspects (Fed. Cir.); HQ H258962",
        "S",
        "The notice that counts is unambiguous and public: the Federal Register, or a public message of Commerce.",
    ),
    Rule(
        "susp-lift-multiline",
        "HQ H311377",
        "P",
        "An entry with several cases liquidates as a unit, once the last line is no longer suspended.",
        unsettled="the exact start in that ruling",
    ),
    Rule(
        "susp-lift-target-90",
        "19 USC 1675(a)(3)",
        "M",
        "Commerce aims to issue its instructions within 90 days of a review; nothing is deemed from it.",
    ),
    Rule(
        "susp-injunction-breach",
        "LG Electronics; Allegheny Bradford (CIT)",
        "S",
        "A liquidation in breach of a court's injunction has no effect.",
    ),
    Rule(
        "susp-statutory-breach",
        "Juice Farms; Carbon Activated; Alden Leeds (Fed. Cir.)",
        "S",
        "A mistaken liquidation during an agency's suspension stands unless it is protested in time.",
    ),
    Rule(
        "susp-false-deemed",
        "Fraserview (CIT 2024)",
        "S",
        "A notice of deemed liquidation posted while the entry is still suspended does not liquidate it.",
        unsettled="decided by a trial court only",
    ),
    Rule(
        "liq-after-deemed",
        "19 USC 1501; Aspects (Fed. Cir. 2022)",
        "S",
        "After a deemed liquidation CBP may act only as a reliquidation within 90 days of the deemed date.",
    ),
    Rule(
        "eapa-suspend",
        "19 USC 1517(e)",
        "M",
        "Interim measures suspend entries since the initiation and extend the earlier ones that are unliquidated.",
    ),
    Rule("tib-no-liq", "19 CFR 159.2", "S", "A temporary importation under bond is not liquidated."),
    Rule("entry-type-no-liq", "19 CFR 159.2", "U", "Entries of this type do not end in a liquidation."),
)

_RELIQUIDATION: Final = (
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
        "A judgment is carried out as headquarters instructs.",
        unsettled="how far the orders of March and April 2026 reach",
    ),
    Rule(
        "claim-1520d",
        "19 USC 1520(d), 19 CFR 182.31-33, 181.31-33",
        "S",
        "A preference not claimed at entry is claimed within one year of importation, under the listed programs.",
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

_PROTEST: Final = (
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
    ),
    Rule(
        "protest-90-legacy",
        "19 CFR 174.12(e), 159.9(c)(2)(ii)",
        "S",
        "For entries before 18 December 2004 a protest is filed within 90 days.",
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

_FURTHER_REVIEW: Final = (
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

_BILLS: Final = (
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

_NOTICES: Final = (
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
    ),
)

_SPECIAL: Final = (
    Rule(
        "drawback-file",
        "19 USC 1313(r), 19 CFR 190.51(e)",
        "S",
        "A drawback claim is complete within five years of the importation of the designated goods.",
    ),
    Rule("drawback-export", "19 USC 1313", "S", "Export or destruction comes before the claim, within five years."),
    Rule(
        "recon-other",
        "19 USC 1484(b)",
        "P",
        "A reconciliation is due 21 months after the earliest underlying entry summary.",
        unsettled="the old system computed an earlier day, it seems by counting days",
    ),
    Rule(
        "recon-fta",
        "19 USC 1520(d); reconciliation test notices",
        "P",
        "A reconciliation of a trade agreement claim is due 12 months after the earliest importation in its group.",
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
    ),
    Rule(
        "tib-extend",
        "19 CFR 10.37, 10.39",
        "S",
        "A temporary importation is extended on a request before it ends, to three years in all.",
        unsettled="shorter periods of some headings are partly recalled",
    ),
    Rule(
        "quota-present",
        "19 CFR 132.1, 132.11a, 142.13(b)",
        "P",
        "The time of presentation in proper form fixes the priority of quota goods; none are released before it.",
    ),
)

_INVARIANTS: Final = (
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
        "An entry has at most three extensions, none past its fourth anniversary unless suspended.",
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
    Rule("inv-two-years", "Hitachi (Fed. Cir. 2011)", "S", "Two years without a decision change nothing."),
    Rule("inv-courtesy", "19 CFR 159.9(c)", "S", "A courtesy notice starts no clock."),
    Rule("inv-center-change", "19 CFR 101.1", "S", "A change of Center moves the work, not the clocks."),
)

RULES: Final = _by_id(
    *_COUNTING,
    *_STARTS,
    *_SUMMARY,
    *_LIQUIDATION,
    *_RELIQUIDATION,
    *_PROTEST,
    *_FURTHER_REVIEW,
    *_BILLS,
    *_NOTICES,
    *_SPECIAL,
    *_INVARIANTS,
    Rule("version-once", "CATAIR Entry Summary", "U", "Each version of an entry summary is filed once."),
)
