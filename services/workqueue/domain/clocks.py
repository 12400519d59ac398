"""The clocks of work: until when a review should end, until when a party should answer."""

from datetime import date, datetime
from typing import Final, Literal, assert_never

from shared.customs.calendar import (
    NO_CLOSURES,
    add_business_days,
    add_days,
    end_of_legal_day,
    friday_on_or_before,
    legal_date,
    wednesday_cutoff,
)

FIND_CENTER: Final = "find-center"
"""The goal by which a Center should be found for what waits for one: policy, no period is set by law."""
Form = Literal["CBP-28", "CBP-29"]

REVIEW_CUTOFF: Final = "review-cutoff"
PROTEST_DECIDE: Final = "protest-decide"
CF28_DAYS: Final = 30
CF29_DAYS: Final = 20


def review_due_on(scheduled_on: date | None) -> date | None:
    """The day by which a review must end to have its say in the entry's liquidation; None when none is scheduled.

    A policy clock (processes 3.2): the last Wednesday cut-off of the weekly cycle that posts on or before the scheduled
    day. The law sets no such day, so a supervisor may decide to let it pass; the one-year clock (19 USC 1504(a)) stays.

    >>> review_due_on(date(2027, 1, 15))
    datetime.date(2027, 1, 13)
    """
    return None if scheduled_on is None else legal_date(wednesday_cutoff(friday_on_or_before(scheduled_on)))


def center_goal_on(waits_since: date, working_days: int) -> date:
    """The day by which a Center should be found for work that waits for one; days closed by order are counted.

    A goal of the Centers, set by the operator; no rule as read sets a day, and nothing follows when it passes.

    >>> center_goal_on(date(2026, 3, 6), 2)
    datetime.date(2026, 3, 10)
    """
    return add_business_days(waits_since, working_days, NO_CLOSURES)


def pending_cutoff(today: date, working_days: int) -> datetime:
    """What has waited for a Center since this instant or longer is past its goal (`center_goal_on`) on a legal day.

    >>> pending_cutoff(date(2026, 3, 11), 2)
    datetime.datetime(2026, 3, 9, 3, 59, 59, 999999, tzinfo=datetime.timezone.utc)
    """
    day = today
    while center_goal_on(day, working_days) >= today:
        day = add_days(day, -1)
    return end_of_legal_day(day)


def answer_due_on(form: Form, issued_on: date) -> date:
    """The day until which a party is asked to answer.

    Rule cf28-reply [S]: 30 days from the date of a CBP Form 28, by practice. Rule cf29-proposed [S], 19 CFR 152.2: 20
    days from the mailing of a proposed notice of action (CBP Form 29). Calendar days; the date on the form governs.

    >>> answer_due_on("CBP-28", date(2026, 3, 2)), answer_due_on("CBP-29", date(2026, 3, 2))
    (datetime.date(2026, 4, 1), datetime.date(2026, 3, 22))
    """
    match form:
        case "CBP-28":
            return add_days(issued_on, CF28_DAYS)
        case "CBP-29":
            return add_days(issued_on, CF29_DAYS)
        case _:
            assert_never(form)
