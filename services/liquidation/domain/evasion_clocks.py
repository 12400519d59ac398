"""The clocks of a case of evasion (EAPA): business days for acts and requests, calendar days for the investigation."""

from datetime import date
from typing import Final

from services.liquidation.domain.counting import due_in_days, roll
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.protest.timeliness import protest_window
from shared.customs.calendar import Due, add_business_days, add_days

INITIATION_BUSINESS_DAYS: Final = 15
NOTICE_BUSINESS_DAYS: Final = 5
INTERIM_DAYS: Final = 90
FACT_DAYS: Final = 200
ARGUMENT_DAYS: Final = 230
ARGUMENT_REPLY_DAYS: Final = 15
DETERMINATION_DAYS: Final = 300
COMPLICATED_DETERMINATION_DAYS: Final = 360
REVIEW_REQUEST_BUSINESS_DAYS: Final = 30


def initiation_due(received_on: date, law: LawSettings) -> date:
    """By when an investigation is initiated, or decided not to be.

    Rule eapa-initiate [S], 19 USC 1517, CBP timeline: 15 business days after receipt of a proper allegation.

    >>> initiation_due(date(2026, 6, 15), LAW)  # 19 June and 3 July are holidays
    datetime.date(2026, 7, 8)
    """
    return add_business_days(received_on, INITIATION_BUSINESS_DAYS, law.days_off)


def refusal_told_by(received_on: date, law: LawSettings) -> date:
    """By when the alleger is told, at the latest, that no investigation is initiated.

    Rule eapa-initiate [S], 19 USC 1517, CBP timeline: 5 business days after the last day to initiate.

    >>> refusal_told_by(date(2026, 6, 15), LAW)
    datetime.date(2026, 7, 15)
    """
    return add_business_days(initiation_due(received_on, law), NOTICE_BUSINESS_DAYS, law.days_off)


def interim_measures_due(initiated_on: date) -> date:
    """By when reasonable suspicion is decided, and with it interim measures.

    Rule eapa-interim [S], 19 USC 1517, CBP timeline: 90 calendar days after initiation.

    >>> interim_measures_due(date(2026, 3, 2))
    datetime.date(2026, 5, 31)
    """
    return add_days(initiated_on, INTERIM_DAYS)


def parties_notified_by(acted_on: date, law: LawSettings) -> date:
    """By when the parties have notice of interim measures, or of the determination.

    Rules eapa-notice [S], 19 USC 1517, CBP timeline; eapa-decide [S], 19 CFR 165.22: 5 business days.

    >>> parties_notified_by(date(2026, 6, 29), LAW)
    datetime.date(2026, 7, 7)
    """
    return add_business_days(acted_on, NOTICE_BUSINESS_DAYS, law.days_off)


def facts_close(initiated_on: date, law: LawSettings) -> Due:
    """Until when facts are submitted voluntarily.

    Rule eapa-facts [S], 19 CFR 165.23: 200 calendar days after initiation.

    >>> facts_close(date(2026, 3, 2), LAW)
    Due(safe=datetime.date(2026, 9, 18), last_arguable=datetime.date(2026, 9, 18))
    """
    return due_in_days(initiated_on, FACT_DAYS, "private", law)


def arguments_close(initiated_on: date, law: LawSettings) -> Due:
    """Until when written arguments are taken.

    Rule eapa-argument [S], 19 CFR 165.26: 230 calendar days after initiation.

    >>> arguments_close(date(2026, 3, 2), LAW)  # day 230 is a Sunday
    Due(safe=datetime.date(2026, 10, 18), last_arguable=datetime.date(2026, 10, 19))
    """
    return due_in_days(initiated_on, ARGUMENT_DAYS, "private", law)


def replies_close(initiated_on: date, law: LawSettings) -> Due:
    """Until when replies to arguments are taken; an argument that was taken a day later moves the arguable day.

    Rule eapa-argument [S], 19 CFR 165.26: 15 calendar days after the last day for arguments.

    >>> replies_close(date(2026, 3, 2), LAW)
    Due(safe=datetime.date(2026, 11, 2), last_arguable=datetime.date(2026, 11, 3))
    """
    arguments = arguments_close(initiated_on, law)
    latest = add_days(arguments.last_arguable, ARGUMENT_REPLY_DAYS)
    return roll(add_days(arguments.safe, ARGUMENT_REPLY_DAYS), "private", law, latest=latest)


def determination_due(initiated_on: date, *, is_complicated: bool) -> date:
    """By when evasion is determined; the days of a scope referral to Commerce do not count and are not known here.

    Rule eapa-decide [S], 19 CFR 165.22: 300 calendar days after initiation, 360 if extraordinarily complicated.

    >>> determination_due(date(2026, 3, 2), is_complicated=False), determination_due(
    ...     date(2026, 3, 2), is_complicated=True
    ... )
    (datetime.date(2026, 12, 27), datetime.date(2027, 2, 25))
    """
    return add_days(initiated_on, COMPLICATED_DETERMINATION_DAYS if is_complicated else DETERMINATION_DAYS)


def review_request_due(determined_on: date, law: LawSettings) -> date:
    """The last day, until 11:59 p.m. Eastern, to ask for review; a business day, so that nothing rolls.

    Rule eapa-review-request [S], 19 CFR 165.41: 30 business days after the determination.

    >>> review_request_due(date(2026, 6, 15), LAW)
    datetime.date(2026, 7, 29)
    """
    return add_business_days(determined_on, REVIEW_REQUEST_BUSINESS_DAYS, law.days_off)


def review_decision_due(requested_on: date, law: LawSettings) -> date:
    """By when a request for review is decided.

    Rule eapa-review-decide [M], 19 USC 1517(f): 60 business days.

    >>> review_decision_due(date(2026, 6, 15), LAW)
    datetime.date(2026, 9, 10)
    """
    return add_business_days(requested_on, law.evasion_review_business_days, law.days_off)


def evasion_suit_due(decided_on: date, law: LawSettings) -> date:
    """By when a suit on the decision of the review is begun.

    Rule eapa-suit [M], 19 USC 1517(g): 30 business days.

    >>> evasion_suit_due(date(2026, 6, 15), LAW)
    datetime.date(2026, 7, 29)
    """
    return add_business_days(decided_on, law.evasion_suit_business_days, law.days_off)


def evasion_protest_window(
    initiated_on: date, liquidated_on: date, entered_on: date | None, law: LawSettings
) -> Due | None:
    """Until when an entry liquidated during an evasion case is protested; None: liquidated before the case.

    Rule eapa-liq-still-protest [S], 19 USC 1514, Royal Brush (CIT 2023): the case replaces no protest.

    >>> evasion_protest_window(date(2025, 11, 3), date(2026, 1, 2), None, LAW).safe
    datetime.date(2026, 7, 1)
    """
    return protest_window(liquidated_on, entered_on, law) if liquidated_on >= initiated_on else None
