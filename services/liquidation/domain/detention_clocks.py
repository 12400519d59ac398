"""Goods detained, excluded, or stopped for forced labour: by when CBP decides, and what a party has time for."""

from datetime import date
from typing import Final, Literal

from services.liquidation.domain.counting import due_in_months
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.protest.timeliness import protest_window
from services.liquidation.domain.rules.rule import Finding
from shared.customs.calendar import Due, add_business_days, add_days

ForcedLabor = Literal["wro", "finding", "uflpa"]

DETENTION_BUSINESS_DAYS: Final = 5
DETENTION_NOTICE_BUSINESS_DAYS: Final = 5
EXCLUSION_DAYS: Final = 30
PROOF_MONTHS: Final = 3
ABANDONMENT_DAYS: Final = 60


def detention_decision_due(presented_on: date, law: LawSettings) -> date:
    """By when goods presented for examination are released or detained.

    Rule detain-decide [P], 19 USC 1499(c)(1), 19 CFR 151.16(b): 5 days, weekends and holidays excluded.

    >>> detention_decision_due(date(2026, 6, 29), LAW)  # 3 July is a holiday
    datetime.date(2026, 7, 7)
    """
    return add_business_days(presented_on, DETENTION_BUSINESS_DAYS, law.days_off)


def detention_notice_due(detained_on: date, law: LawSettings) -> date:
    """By when the notice of a detention is issued.

    Rule detain-notice [P], 19 CFR 151.16(c): 5 days, weekends and holidays excluded.

    >>> detention_notice_due(date(2026, 3, 2), LAW)
    datetime.date(2026, 3, 9)
    """
    return add_business_days(detained_on, DETENTION_NOTICE_BUSINESS_DAYS, law.days_off)


def excluded_on(presented_on: date) -> date:
    """The day at whose end goods on which nothing was decided are excluded by law.

    Rule detain-final [S], 19 USC 1499(c)(5)(A), 19 CFR 151.16(e): 30 calendar days after presentation.

    >>> excluded_on(date(2026, 6, 4))
    datetime.date(2026, 7, 4)
    """
    return add_days(presented_on, EXCLUSION_DAYS)


def exclusion_protest_due(decided_on: date, law: LawSettings) -> Due:
    """Until when an exclusion is protested; `decided_on` is the day of the decision, or that of exclusion by law.

    Rule detain-protest [S], 19 USC 1514(a)(4), 1499(c)(5)(B): 180 days, as for any decision (protest-180).

    >>> exclusion_protest_due(date(2026, 1, 5), LAW)
    Due(safe=datetime.date(2026, 7, 4), last_arguable=datetime.date(2026, 7, 6))
    """
    return protest_window(decided_on, None, law)


def judge_forced_labor_clocks(ground: ForcedLabor) -> Finding:
    """Which clocks goods have that are stopped for forced labour: those of detention, or those of proof.

    Rules uflpa-detention [P], CBP guidance of June 2022; wro-proof [S], wro-finding [S], 19 CFR 12.43, 12.44.

    >>> judge_forced_labor_clocks("uflpa").outcome, judge_forced_labor_clocks("finding").outcome
    ('detention-clocks', 'seizure-without-proof')
    """
    match ground:
        case "uflpa":
            return Finding("uflpa-detention", "detention-clocks", "stopped under the UFLPA")
        case "wro":
            return Finding("wro-proof", "exclusion-without-proof", "under a withhold-release order")
        case "finding":
            return Finding("wro-finding", "seizure-without-proof", "under a finding of the Commissioner")


def proof_due(imported_on: date, law: LawSettings) -> Due:
    """By when proof of admissibility comes for goods under a withhold-release order or a finding.

    Rules wro-proof [S], 19 CFR 12.43, 12.44(a); wro-finding [S], 19 CFR 12.44(b): three months, same day number.

    >>> proof_due(date(2025, 11, 30), LAW)  # no 30 February; 28 February is a Saturday
    Due(safe=datetime.date(2026, 2, 28), last_arguable=datetime.date(2026, 3, 2))
    """
    return due_in_months(imported_on, PROOF_MONTHS, "private", law)


def abandoned_after(advised_on: date) -> date:
    """The last day to export or to protest before excluded goods are deemed abandoned.

    Rule wro-abandon [S], 19 CFR 12.44(a): 60 days after the advice of exclusion was delivered or mailed.

    >>> abandoned_after(date(2026, 5, 5))
    datetime.date(2026, 7, 4)
    """
    return add_days(advised_on, ABANDONMENT_DAYS)
