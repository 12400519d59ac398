"""The rules that liquidation applies: id, citation and how well each is evidenced (the deadline research's tags)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Evidence = Literal["S", "P", "M", "U"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `evidence`: S the fact was read in a source, P partly read, M recalled, U unsettled."""

    id: str
    citation: str
    evidence: Evidence
    text: str


def _by_id(*rules: Rule) -> Mapping[str, Rule]:
    return MappingProxyType({rule.id: rule for rule in rules})


RULES: Final = _by_id(
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
        "liq-1yr-withdrawal",
        "19 USC 1504(a)(1)(C)",
        "S",
        "A withdrawal for consumption not liquidated within one year is deemed liquidated at what was asserted.",
    ),
    Rule(
        "liq-1yr-warehouse",
        "19 USC 1504(a)(1)(B), 19 CFR 159.52",
        "S",
        "A warehouse entry is suspended until all its goods have been withdrawn; its year runs from then.",
    ),
    Rule(
        "liq-1yr-recon",
        "19 USC 1504(a)(1)(D)",
        "S",
        "The year of a reconciliation runs from its filing or from the day it was due, whichever is earlier.",
    ),
    Rule(
        "liq-1yr-drawback",
        "19 USC 1504(a)(2)(A)",
        "U",
        "The year of a drawback claim applies when all designated imports are liquidated and final.",
    ),
    Rule(
        "liquidation-date",
        "19 CFR 159.9(a)-(c)(1)",
        "S",
        "The date of liquidation is the date on which its notice is posted.",
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
        "susp-grounds",
        "19 USC 1504(a), (c), 19 CFR 159.51",
        "S",
        "An antidumping or countervailing case suspends liquidation by statute until it is removed.",
    ),
    Rule("tib-no-liq", "19 CFR 159.2", "S", "A temporary importation under bond is not liquidated."),
    Rule("entry-type-no-liq", "19 CFR 159.2", "U", "Entries of this type do not end in a liquidation."),
    Rule("es-file", "19 CFR 142.12(b)", "S", "The entry summary is due within ten working days of the time of entry."),
    Rule(
        "entry-date",
        "19 CFR 101.1, 141.68",
        "P",
        "The time of entry, from which the year runs, is known from the entry summary.",
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
        "With an extension, a correction is taken until 15 days before the extended liquidation.",
    ),
    Rule(
        "psc-window-suspended",
        "CBP PSC page",
        "S",
        "While suspended for an antidumping or countervailing case, a correction is taken past 300 days.",
    ),
    Rule(
        "psc-cannot",
        "CBP PSC page; general notice of 1 Nov 2017",
        "P",
        "A post-summary correction cannot change the importer of record, nor the entry type but 01 to 03 or back.",
    ),
    Rule(
        "psc-preconditions",
        "ACE business rules, chapter 7",
        "S",
        "A post-summary correction cannot be made once the entry is liquidated.",
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
        "ext-notice",
        "19 CFR 159.12(b), (d); 81 FR 89375",
        "S",
        "An extension counts only if its notice was posted before the current period ended.",
    ),
    Rule("ext-request-late", "19 CFR 159.12(a)(1)(ii), (d)(2)", "S", "A request must come before the period ends."),
    Rule(
        "liq-4yr-cap",
        "19 USC 1504(b), 19 CFR 159.12(f)",
        "P",
        "However often extended, an entry is deemed liquidated four years after entry.",
    ),
    Rule(
        "reliq-1501",
        "19 USC 1501, 19 CFR 173.3",
        "S",
        "CBP may reliquidate on its own motion within 90 days of the original liquidation.",
    ),
    Rule(
        "liq-after-deemed",
        "19 USC 1501; Aspects (Fed. Cir. 2022)",
        "S",
        "After a deemed liquidation CBP may act only as a reliquidation within 90 days of the deemed date.",
    ),
    Rule(
        "protest-180",
        "19 USC 1514(c)(3), 19 CFR 174.12(e)",
        "S",
        "A protest is filed within 180 days after liquidation, and not before it.",
    ),
    Rule(
        "protest-deemed",
        "19 USC 1514(c)(3), 19 CFR 159.9(c)(2)",
        "U",
        "After a deemed liquidation 180 days run from the deemed date (safe) or from its posting (arguable).",
    ),
    Rule(
        "protest-decide-2y",
        "19 USC 1515(a), 19 CFR 174.21(a)",
        "S",
        "A protest is to be decided within two years; nothing follows by law when it is not.",
    ),
    Rule("version-once", "CATAIR Entry Summary", "U", "Each version of an entry summary is filed once."),
)
