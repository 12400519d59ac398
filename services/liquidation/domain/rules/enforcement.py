"""Demands of the Center, evasion cases, detention and forced labour, penalties and prior disclosure."""

from typing import Final

from services.liquidation.domain.rules.rule import Rule

DEMANDS: Final = (
    Rule(
        "cf29-threshold",
        "19 CFR 152.2",
        "S",
        "The importer is notified before liquidation of an estimated increase of more than 15 dollars in all.",
    ),
    Rule(
        "cf29-taken",
        "19 CFR 152.2",
        "M",
        "That an action is taken cannot be protested by itself; the liquidation that follows can.",
    ),
    Rule(
        "records-demand",
        "19 CFR 163.6",
        "M",
        "Demanded entry records are produced within 30 days, unless the time is shortened or extended.",
    ),
    Rule(
        "redelivery-demand",
        "19 CFR 141.113",
        "M",
        "Redelivery is demanded within 30 days of the end of conditional release, and complied with in 30 days.",
    ),
    Rule(
        "recordkeeping",
        "19 CFR 163.4, 190.15",
        "P",
        "Records are kept for five years from entry, those of a drawback claim for three years from its liquidation.",
    ),
)

PENALTIES: Final = (
    Rule(
        "prepenalty-reply",
        "19 CFR 162.78",
        "S",
        "A prepenalty notice is answered within 30 days of its mailing; with less than a year left to the limitation "
        "as few as 7 days may be given, and only with a year left is the time extended.",
    ),
    Rule(
        "penalty-petition",
        "19 CFR 171.2(b)(2), (e)",
        "S",
        "A petition against a penalty is filed within 60 days of the mailing of its notice; with less than 180 days "
        "left to the limitation as few as 7 working days may be given.",
    ),
    Rule(
        "seizure-petition",
        "19 CFR 171.2(b)(1)",
        "S",
        "A petition against a seizure is filed within 30 days of the mailing of its notice, with the same shorter "
        "time near the limitation.",
        unsettled="that the shorter time near the limitation of 171.2(e) is given for a seizure too is inferred",
    ),
    Rule(
        "ld-petition",
        "19 CFR 172.3, 172.4",
        "M",
        "A petition against liquidated damages is filed within 60 days of the mailing of their notice.",
    ),
    Rule(
        "ld-decision-life",
        "19 CFR 172.21, 172.41",
        "M",
        "What a decision on a petition allows is paid, or petitioned again, within 60 days of it.",
    ),
    Rule(
        "ld-not-protestable",
        "19 CFR 172.22",
        "P",
        "A decision on a petition cannot be protested.",
    ),
    Rule(
        "pd-timing",
        "19 USC 1592(c)(4), 19 CFR 162.74",
        "S",
        "A prior disclosure comes before a formal investigation of the violation, or without knowledge of it.",
    ),
    Rule(
        "pd-oral-confirm",
        "19 CFR 162.74(a)(2)",
        "S",
        "An oral disclosure is confirmed in writing within 10 days.",
    ),
    Rule(
        "pd-unknown-data",
        "19 CFR 162.74(b)(4)",
        "M",
        "Data that a disclosure lacks are given within 30 days, which can be extended.",
        unsettled="how long it is extended: by the practice of 2021 once, by 60 days",
    ),
    Rule(
        "pd-tender",
        "19 CFR 162.74(c)",
        "M",
        "The loss of duty is tendered with the disclosure, or within 30 days after CBP states its figure.",
    ),
    Rule(
        "sol-1592",
        "19 USC 1621",
        "M",
        "A suit for a penalty is barred five years after the violation, after its discovery if it was fraud, unless "
        "the limit is waived.",
    ),
)

EVASION: Final = (
    Rule(
        "eapa-initiate",
        "19 USC 1517; CBP timeline of evasion cases",
        "S",
        "An investigation is initiated within 15 business days of a proper allegation, or the alleger told within "
        "5 business days that it is not.",
    ),
    Rule(
        "eapa-interim",
        "19 USC 1517; CBP timeline of evasion cases",
        "S",
        "Whether there is reasonable suspicion, and with it interim measures, is decided 90 days after initiation.",
    ),
    Rule(
        "eapa-notice",
        "19 USC 1517; CBP timeline of evasion cases",
        "S",
        "The parties are notified within 5 business days of the interim measures.",
    ),
    Rule(
        "eapa-facts",
        "19 CFR 165.23",
        "S",
        "Facts are submitted voluntarily until 200 days after initiation.",
    ),
    Rule(
        "eapa-argument",
        "19 CFR 165.26",
        "S",
        "Written arguments are taken until 230 days after initiation, replies until 15 days later.",
    ),
    Rule(
        "eapa-decide",
        "19 CFR 165.22",
        "S",
        "Evasion is determined 300 days after initiation, 360 if the case is extraordinarily complicated; the time "
        "stops for a scope referral to Commerce, and notice follows within 5 business days.",
    ),
    Rule(
        "eapa-review-request",
        "19 CFR 165.41",
        "S",
        "Review of a determination is asked for within 30 business days, until 11:59 p.m. Eastern on the last.",
    ),
    Rule(
        "eapa-review-decide",
        "19 USC 1517(f)",
        "M",
        "A request for review is decided within 60 business days.",
    ),
    Rule(
        "eapa-suit",
        "19 USC 1517(g)",
        "M",
        "A suit on the decision of the review is begun within 30 business days.",
    ),
    Rule(
        "eapa-liq-still-protest",
        "19 USC 1514; Royal Brush (CIT 2023)",
        "S",
        "An entry liquidated during an evasion case is protested within 180 days to keep a remedy.",
    ),
)

DETENTION: Final = (
    Rule(
        "detain-decide",
        "19 USC 1499(c)(1), 19 CFR 151.16(b)",
        "P",
        "Within 5 days of their presentation for examination, weekends and holidays excluded, goods are released or "
        "detained.",
    ),
    Rule(
        "detain-notice",
        "19 CFR 151.16(c)",
        "P",
        "Notice with the reason, the expected time and what is needed follows a detention within 5 days, weekends and "
        "holidays excluded.",
    ),
    Rule(
        "detain-final",
        "19 USC 1499(c)(5)(A), 19 CFR 151.16(e)",
        "S",
        "Goods on which nothing is decided within 30 days of their presentation are excluded.",
    ),
    Rule(
        "uflpa-detention",
        "CBP guidance on the UFLPA (June 2022)",
        "P",
        "Goods stopped under the UFLPA have the clocks of detention, not those of a withhold-release order.",
        unsettled="that the notice normally gives 30 days to answer, extended on request, is recalled",
    ),
    Rule(
        "detain-protest",
        "19 USC 1514(a)(4), 1499(c)(5)(B)",
        "S",
        "An exclusion, decided or by law, is protested within 180 days; the protest is treated as denied on day 30.",
    ),
    Rule(
        "wro-proof",
        "19 CFR 12.43, 12.44(a)",
        "S",
        "Proof that goods under a withhold-release order are admissible comes within three months of importation.",
    ),
    Rule(
        "wro-abandon",
        "19 CFR 12.44(a)",
        "S",
        "Goods neither exported nor protested within 60 days of the advice of their exclusion are deemed abandoned and "
        "destroyed.",
    ),
    Rule(
        "wro-finding",
        "19 CFR 12.44(b)",
        "S",
        "Goods under a finding of the Commissioner have the same time for proof; without it they are seized and "
        "forfeited.",
    ),
)
