"""How each kind of clock is counted and rolled: no one rule of computation stands in Title 19, each clock names its."""

from datetime import date, datetime
from typing import Final, Literal

from services.liquidation.domain.law import LawSettings
from shared.customs.calendar import Due, add_days, add_months, is_business_day, legal_date, next_business_day

Roll = Literal["private", "court", "by-text", "government", "none"]
"""private: a filing with CBP; court: a summons; by-text: the rule itself rolls; government, none: never rolled."""

BOND_DOCUMENT_DAYS: Final = 120


def roll(safe: date, how: Roll, law: LawSettings, *, latest: date | None = None) -> Due:
    """Both readings of a last day. `latest` is the latest that counting can give, when that is not `safe` itself.

    Rules roll-private-filing [S], T.D. 53961(1), and roll-private-filing-electronic [U]: the arguable date of a filing
    with CBP rolls, by setting; roll-court [M], USCIT Rule 6(a); roll-government-clock [S, U in general], 19 USC
    1504(a)(2)(C).

    >>> roll(date(2026, 7, 4), "private", LAW)
    Due(safe=datetime.date(2026, 7, 4), last_arguable=datetime.date(2026, 7, 6))
    >>> roll(date(2005, 12, 3), "government", LAW).last_arguable
    datetime.date(2005, 12, 3)
    """
    latest = latest or safe
    if how == "by-text":
        return Due(next_business_day(safe, law.closures), next_business_day(latest, law.closures))
    rolls = (how == "private" and law.rolls_electronic_filings) or (how == "court" and law.rolls_court_filings)
    return Due(safe, next_business_day(latest, law.closures) if rolls else latest)


def due_in_days(start: date, days: int, how: Roll, law: LawSettings) -> Due:
    """The last of so many calendar days after a trigger day, which is day 0.

    Rules count-day-one, count-full-last-day, count-calendar-days [S], HQ H173819, CBP protest seminar notes (2008).

    >>> due_in_days(date(2026, 1, 2), 180, "private", LAW).safe
    datetime.date(2026, 7, 1)
    """
    return roll(add_days(start, days), how, law)


def due_in_months(start: date, months: int, how: Roll, law: LawSettings) -> Due:
    """The same day number so many months later; where there is none, the last of the month, and the day after arguably.

    Rules count-months [S], HQ H173819, count-years [S], HQ H328370, count-month-end [U].

    >>> due_in_months(date(2025, 8, 31), 6, "none", LAW)
    Due(safe=datetime.date(2026, 2, 28), last_arguable=datetime.date(2026, 3, 1))
    >>> due_in_months(date(2026, 1, 15), 12, "none", LAW).last_arguable
    datetime.date(2027, 1, 15)
    """
    safe = add_months(start, months)
    return roll(safe, how, law, latest=safe if safe.day == start.day else add_days(safe, 1))


def explain_roll(counted: date, due: Due, how: Roll, law: LawSettings) -> str:
    """Why a clock is rolled or not, in a sentence; `counted` is the day that counting gave.

    >>> explain_roll(date(2026, 7, 4), Due(date(2026, 7, 4), date(2026, 7, 6)), "private", LAW)
    'Saturday 2026-07-04 is no business day: 2026-07-06 is arguable (roll-private-filing), 2026-07-04 is safe.'
    >>> explain_roll(date(2026, 3, 22), Due(date(2026, 3, 22), date(2026, 4, 1)), "private", LAW)
    '2026-04-01 is the last day by the longest reading of the rule, 2026-03-22 is safe.'
    """
    if how in ("government", "none"):
        return (
            "Not rolled: it runs against CBP (roll-government-clock)."
            if how == "government"
            else "Not rolled: no rule found rolls it."
        )
    rule = {"private": "roll-private-filing", "court": "roll-court", "by-text": "the rule's own text"}[how]
    if due.last_arguable > next_business_day(counted, law.closures):
        return f"{due.last_arguable} is the last day by the longest reading of the rule, {counted} is safe."
    if is_business_day(counted, law.closures):
        return f"Not rolled: {counted:%A} {counted} is a business day."
    head = f"{counted:%A} {counted} is no business day:"
    if how == "by-text":
        return f"{head} it moves to {due.safe} ({rule})."
    if due.last_arguable == due.safe:
        return f"{head} not rolled by setting ({rule})."
    return f"{head} {due.last_arguable} is arguable ({rule}), {due.safe} is safe."


def bond_document_due(noticed_on: date, law: LawSettings) -> Due:
    """By when a missing document is produced after CBP's notice; the text itself rolls it.

    Rule roll-specific-113-42 [S], 19 CFR 113.42: 120 days, to the next business day.

    >>> bond_document_due(date(2026, 3, 6), LAW).safe  # day 120 is Saturday, 4 July
    datetime.date(2026, 7, 6)
    """
    return due_in_days(noticed_on, BOND_DOCUMENT_DAYS, "by-text", law)


def protest_filed_on(received_at: datetime) -> date:
    """The legal day on which a protest is filed: the one on which CBP received it, whenever it was sent.

    Rules count-date-filed-protest [M], 19 CFR 174.12(f); count-timezone [U]: Eastern time.

    >>> protest_filed_on(datetime.fromisoformat("2026-07-02T03:59:00Z"))
    datetime.date(2026, 7, 1)
    """
    return legal_date(received_at)


def denied_on(printed_on: date | None, mailed_on: date | None = None) -> date | None:
    """The day of a denial: the date printed on its notice, which is taken as that of mailing; None: neither is known.

    Rule count-date-denial [S], 19 CFR 174.30(a).

    >>> denied_on(date(2026, 4, 1), mailed_on=date(2026, 4, 3))
    datetime.date(2026, 4, 1)
    """
    return printed_on or mailed_on
