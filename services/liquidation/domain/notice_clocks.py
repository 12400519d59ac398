"""Answers to the notices and demands of the Center: proposed actions, records, redelivery, and how long to keep."""

from datetime import date
from typing import Final

from services.liquidation.domain.counting import due_in_days, roll
from services.liquidation.domain.information_request import reply_due_on
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.rules.rule import Finding
from shared.customs.calendar import Due, add_days, add_years

LONGEST_ANSWER_DAYS: Final = 30
NOTICE_ABOVE_CENTS: Final = 15_00
RECORD_YEARS: Final = 5
DRAWBACK_RECORD_YEARS: Final = 3


def information_reply_due(issued_on: date, law: LawSettings) -> Due:
    """By when a request for information (CBP Form 28) is answered.

    Rule cf28-reply [S], CBP Form 28 and practice: 30 days from its date; it is extended on request.

    >>> information_reply_due(date(2026, 6, 4), LAW)  # day 30 is Saturday, 4 July
    Due(safe=datetime.date(2026, 7, 4), last_arguable=datetime.date(2026, 7, 6))
    """
    return roll(reply_due_on("CBP-28", issued_on), "private", law)


def proposed_action_reply_due(mailed_on: date, law: LawSettings) -> Due:
    """By when a proposed notice of action (CBP Form 29) is answered, where the day on the form is not known.

    Rule cf29-proposed [S], 19 CFR 152.2: 20 days from mailing (safe); some forms and practice give 30 (arguable).

    >>> proposed_action_reply_due(date(2026, 3, 2), LAW)
    Due(safe=datetime.date(2026, 3, 22), last_arguable=datetime.date(2026, 4, 1))
    """
    latest = add_days(mailed_on, LONGEST_ANSWER_DAYS)
    return roll(reply_due_on("CBP-29", mailed_on), "private", law, latest=latest)


def judge_notice_duty(increase_cents: int) -> Finding:
    """Whether the importer is notified before liquidation of an estimated increase of duties, in cents and in all.

    Rule cf29-threshold [S], 19 CFR 152.2: more than 15 dollars.

    >>> judge_notice_duty(15_00).outcome, judge_notice_duty(15_01).outcome
    ('no-duty', 'notify')
    """
    outcome = "notify" if increase_cents > NOTICE_ABOVE_CENTS else "no-duty"
    return Finding("cf29-threshold", outcome, f"an increase of {increase_cents} cents in all")


def judge_action_taken(mailed_on: date) -> Finding:
    """How an action is attacked that was proposed on a day: after the liquidation that carries it out.

    Rule cf29-taken [M], 19 CFR 152.2.

    >>> judge_action_taken(date(2026, 3, 2)).outcome
    'protest-after-liquidation'
    """
    why = f"proposed {mailed_on}; that it is taken is no decision to protest, the liquidation is"
    return Finding("cf29-taken", "protest-after-liquidation", why)


def records_due(demanded_on: date, law: LawSettings) -> Due:
    """By when demanded entry records are produced.

    Rule records-demand [M], 19 CFR 163.6: 30 days, unless shortened or extended.

    >>> records_due(date(2026, 6, 4), LAW).last_arguable
    datetime.date(2026, 7, 6)
    """
    return due_in_days(demanded_on, law.records_demand_days, "private", law)


def redelivery_demand_due(release_ended_on: date, law: LawSettings) -> date:
    """Until when CBP may demand redelivery after a conditional release has ended.

    Rule redelivery-demand [M], 19 CFR 141.113: 30 days.

    >>> redelivery_demand_due(date(2026, 6, 4), LAW)
    datetime.date(2026, 7, 4)
    """
    return add_days(release_ended_on, law.redelivery_demand_days)


def redelivery_due(demanded_on: date, law: LawSettings) -> date:
    """By when goods are redelivered after a demand; goods are brought and nothing is filed, so it is not rolled.

    Rule redelivery-demand [M], 19 CFR 141.113: 30 days.

    >>> redelivery_due(date(2026, 3, 2), LAW)
    datetime.date(2026, 4, 1)
    """
    return add_days(demanded_on, law.redelivery_days)


def records_kept_until(entered_on: date) -> date:
    """Until when the records of an entry are kept.

    Rule recordkeeping [P], 19 CFR 163.4: five years, the anniversary included.

    >>> records_kept_until(date(2026, 3, 2))
    datetime.date(2031, 3, 2)
    """
    return add_years(entered_on, RECORD_YEARS)


def drawback_records_kept_until(liquidated_on: date) -> date:
    """Until when the records of a drawback claim are kept, counted from its liquidation.

    Rule recordkeeping [P], 19 CFR 190.15: three years, the anniversary included.

    >>> drawback_records_kept_until(date(2026, 3, 2))
    datetime.date(2029, 3, 2)
    """
    return add_years(liquidated_on, DRAWBACK_RECORD_YEARS)
