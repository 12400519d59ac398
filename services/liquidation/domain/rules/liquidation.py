"""Entry summary, deposit, correction, liquidation, extension and suspension."""

from datetime import date
from typing import Final

from services.liquidation.domain.rules.rule import Rule

SUMMARY: Final = (
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
        effective_from=date(2025, 8, 29),
        applies_to="the day of entry",
    ),
    Rule(
        "deminimis-repeal",
        "Pub. L. 119-21",
        "M",
        "The commercial exemption ends by statute on 1 July 2027.",
        effective_from=date(2027, 7, 1),
        applies_to="the day of entry",
    ),
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
    Rule("version-once", "CATAIR Entry Summary", "U", "Each version of an entry summary is filed once."),
)

LIQUIDATION: Final = (
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
        "liq-drawback-old",
        "19 USC 1504(a)(2)(C); Ford (CIT 2015)",
        "S",
        "A claim filed before 3 December 2004 and not finally liquidated then is deemed liquidated on 3 December 2005.",
        unsettled="whether imports that were not final by then keep such a claim open is recalled only",
    ),
    Rule(
        "ext-reasons",
        "19 USC 1504(b), 19 CFR 159.12(a)",
        "S",
        "Extended only when CBP lacks information, or when the importer asked in writing in time with good cause.",
    ),
    Rule("ext-length", "19 CFR 159.12(a), (d)", "S", "One extension is for one year at most."),
    Rule(
        "ext-max",
        "19 CFR 159.12(e)",
        "S",
        "All extensions together are for three years at most, however many there are; what goes over is void.",
    ),
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
        effective_from=date(2017, 1, 14),
        applies_to="the day of the notice",
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
        effective_from=date(2017, 1, 14),
        applies_to="the day of the notice",
    ),
    Rule(
        "susp-lift-6mo",
        "19 USC 1504(d)",
        "S",
        "An entry is deemed liquidated six months after CBP received notice that its suspension was removed.",
        unsettled="when the notice comes in the first year with more than six months left",
    ),
    Rule(
        "susp-lift-extended",
        "19 USC 1504(b), (d)",
        "S",
        "The six months do not apply to an entry whose liquidation is extended: its extended period governs.",
        unsettled="when the six months end before the extended period: CBP acts within the six months",
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
        unsettled="whether an act without power must be protested to be undone",
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
