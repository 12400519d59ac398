"""Penalties, liquidated damages and prior disclosure: by when a party answers, and until when the government sues."""

from datetime import date
from typing import Final

from services.liquidation.domain.counting import due_in_days
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.reliquidation import lost_duty_until
from services.liquidation.domain.rules.rule import Finding
from shared.customs.calendar import Due, add_business_days, add_days, add_years

PREPENALTY_DAYS: Final = 30
PREPENALTY_SHORT_DAYS: Final = 7
PREPENALTY_SHORT_WITHIN_YEARS: Final = 1
PENALTY_PETITION_DAYS: Final = 60
SEIZURE_PETITION_DAYS: Final = 30
PETITION_SHORT_WORKING_DAYS: Final = 7
PETITION_SHORT_WITHIN_DAYS: Final = 180
ORAL_DISCLOSURE_DAYS: Final = 10


def penalty_suit_until(violated_on: date, discovered_on: date | None = None, *, law: LawSettings) -> date:
    """Until when the government sues for a penalty; `discovered_on` only if it was fraud. A waiver is not counted.

    Rule sol-1592 [M], 19 USC 1621: the limit within which lost duties are owed (duty-1592d), read in one place.

    >>> penalty_suit_until(date(2024, 2, 29), law=LAW)
    datetime.date(2029, 2, 28)
    """
    return lost_duty_until(violated_on, discovered_on, law=law)


def prepenalty_reply_due(mailed_on: date, barred_after: date | None, law: LawSettings) -> Due:
    """By when a prepenalty notice is answered; `barred_after` is the last day to sue, None when it is not known.

    Rule prepenalty-reply [S], 19 CFR 162.78: 30 days from mailing. With less than a year left to the limitation as few
    as 7 days may be given: then the 7 are safe.

    >>> prepenalty_reply_due(date(2026, 3, 2), date(2027, 3, 2), LAW).safe
    datetime.date(2026, 4, 1)
    >>> prepenalty_reply_due(date(2026, 3, 2), date(2027, 3, 1), LAW).safe
    datetime.date(2026, 3, 9)
    """
    full = due_in_days(mailed_on, PREPENALTY_DAYS, "private", law)
    is_short = barred_after is not None and add_years(mailed_on, PREPENALTY_SHORT_WITHIN_YEARS) > barred_after
    return Due(add_days(mailed_on, PREPENALTY_SHORT_DAYS), full.last_arguable) if is_short else full


def penalty_petition_due(mailed_on: date, barred_after: date | None, law: LawSettings) -> Due:
    """By when a petition against a penalty is filed; `barred_after` is the last day to sue, None when not known.

    Rule penalty-petition [S], 19 CFR 171.2(b)(2), (e): 60 days from mailing. With less than 180 days left to the
    limitation as few as 7 working days may be given: then the 7 are safe.

    >>> penalty_petition_due(date(2026, 5, 5), None, LAW)  # day 60 is Saturday, 4 July
    Due(safe=datetime.date(2026, 7, 4), last_arguable=datetime.date(2026, 7, 6))
    >>> penalty_petition_due(date(2026, 5, 5), date(2026, 10, 31), LAW).safe
    datetime.date(2026, 5, 14)
    """
    return _petition_due(mailed_on, PENALTY_PETITION_DAYS, barred_after, law)


def seizure_petition_due(mailed_on: date, barred_after: date | None, law: LawSettings) -> Due:
    """By when a petition against a seizure is filed; `barred_after` is the last day to sue, None when not known.

    Rule seizure-petition [S], 19 CFR 171.2(b)(1): 30 days from mailing, shorter near the limitation as for a penalty.

    >>> seizure_petition_due(date(2026, 3, 2), None, LAW).safe
    datetime.date(2026, 4, 1)
    """
    return _petition_due(mailed_on, SEIZURE_PETITION_DAYS, barred_after, law)


def _petition_due(mailed_on: date, days: int, barred_after: date | None, law: LawSettings) -> Due:
    full = due_in_days(mailed_on, days, "private", law)
    if barred_after is None or add_days(mailed_on, PETITION_SHORT_WITHIN_DAYS) <= barred_after:
        return full
    return Due(add_business_days(mailed_on, PETITION_SHORT_WORKING_DAYS, law.days_off), full.last_arguable)


def damages_petition_due(mailed_on: date, law: LawSettings) -> Due:
    """By when a petition against liquidated damages is filed.

    Rule ld-petition [M], 19 CFR 172.3, 172.4: 60 days from mailing; it may be extended.

    >>> damages_petition_due(date(2026, 5, 5), LAW).last_arguable
    datetime.date(2026, 7, 6)
    """
    return due_in_days(mailed_on, law.damages_petition_days, "private", law)


def petition_decision_ends(decided_on: date, law: LawSettings) -> Due:
    """Until when a decision on a petition is paid or petitioned again.

    Rule ld-decision-life [M], 19 CFR 172.21, 172.41: 60 days.

    >>> petition_decision_ends(date(2026, 3, 2), LAW).safe
    datetime.date(2026, 5, 1)
    """
    return due_in_days(decided_on, law.petition_decision_days, "private", law)


def judge_petition_protest(decided_on: date) -> Finding:
    """Whether a decision on a petition can be protested: it cannot.

    Rule ld-not-protestable [P], 19 CFR 172.22.

    >>> judge_petition_protest(date(2026, 3, 2)).outcome
    'not-protestable'
    """
    return Finding("ld-not-protestable", "not-protestable", f"a petition was decided on {decided_on}")


def judge_prior_disclosure(disclosed_on: date, investigated_on: date | None, known_on: date | None) -> Finding:
    """Whether a disclosure is in time: `investigated_on` the formal investigation began, `known_on` the party knew.

    Rule pd-timing [S], 19 USC 1592(c)(4), 19 CFR 162.74: before it, or without knowing of it.

    >>> judge_prior_disclosure(date(2026, 3, 2), date(2026, 2, 2), None).outcome
    'in-time'
    >>> judge_prior_disclosure(date(2026, 3, 2), date(2026, 2, 2), date(2026, 3, 1)).outcome
    'too-late'
    """
    began = investigated_on is not None and investigated_on <= disclosed_on
    knew = known_on is not None and known_on <= disclosed_on
    why = f"disclosed {disclosed_on}, investigation {investigated_on or 'none'}, known {known_on or 'not'}"
    return Finding("pd-timing", "too-late" if began and knew else "in-time", why)


def oral_disclosure_due(disclosed_on: date, law: LawSettings) -> Due:
    """By when an oral disclosure is confirmed in writing.

    Rule pd-oral-confirm [S], 19 CFR 162.74(a)(2): 10 days.

    >>> oral_disclosure_due(date(2026, 6, 24), LAW)
    Due(safe=datetime.date(2026, 7, 4), last_arguable=datetime.date(2026, 7, 6))
    """
    return due_in_days(disclosed_on, ORAL_DISCLOSURE_DAYS, "private", law)


def disclosure_data_due(disclosed_on: date, law: LawSettings) -> Due:
    """By when the data follow that a disclosure lacked.

    Rule pd-unknown-data [M], 19 CFR 162.74(b)(4): 30 days, extendable.

    >>> disclosure_data_due(date(2026, 3, 2), LAW).safe
    datetime.date(2026, 4, 1)
    """
    return due_in_days(disclosed_on, law.disclosure_data_days, "private", law)


def tender_due(stated_on: date, law: LawSettings) -> Due:
    """By when the loss of duty is tendered after CBP stated its figure.

    Rule pd-tender [M], 19 CFR 162.74(c): 30 days, if it was not tendered with the disclosure.

    >>> tender_due(date(2026, 6, 4), LAW).last_arguable
    datetime.date(2026, 7, 6)
    """
    return due_in_days(stated_on, law.tender_days, "private", law)
