"""How each kind of clock is counted and rolled: no one rule of computation stands in Title 19, each clock names its."""

from datetime import date, datetime
from typing import Final, Literal

from services.liquidation.domain.law import LawSettings
from shared.customs.calendar import (
    Due,
    add_days,
    add_months,
    federal_holidays,
    is_business_day,
    legal_date,
    next_business_day,
)
from shared.customs.closures import CLOSURES

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


def explain(
    due: Due,
    how: Roll,
    law: LawSettings,
    *,
    start: date | None,
    posted_on: date | None = None,
    other_start: str | None = None,
    counts_business_days: bool = False,
) -> str:
    """What moved a clock: how many days were counted from `start`, and why the arguable day is another, if it is.

    `posted_on` is a later posting from which the arguable day may be counted (protest-deemed), `other_start` what else
    the arguable day rests on.

    >>> explain(Due(date(2026, 7, 11), date(2026, 7, 13)), "private", LAW, start=date(2026, 1, 12))
    'Day 180 from 2026-01-12. Saturday 2026-07-11 is no business day: 2026-07-13 is arguable (roll-private-filing).'
    >>> explain(Due(date(2026, 2, 28), date(2026, 3, 1)), "none", LAW, start=date(2025, 8, 31))
    'Day 181 from 2025-08-31. Its month has no day 31: 2026-03-01 is arguable (count-month-end).'
    """
    counted = ""
    if start is not None and start < due.safe:
        counted = f"Day {(due.safe - start).days} from {start}. "
        if counts_business_days:
            days = sum(is_business_day(add_days(start, n), law.days_off) for n in range(1, (due.safe - start).days + 1))
            counted = f"Business day {days} from {start}. "
    return counted + _explain_moves(due, how, law, start, posted_on, other_start)


def _explain_moves(
    due: Due, how: Roll, law: LawSettings, start: date | None, posted_on: date | None, other_start: str | None
) -> str:
    if how == "by-text" and start is not None:
        counted = add_days(start, BOND_DOCUMENT_DAYS)
        if counted == due.safe:
            return f"Not rolled: {counted:%A} {counted} is a business day."
        return f"{name_closed(counted, law)} is no business day: it ends on {due.safe} by the rule's own text."
    if due.last_arguable == due.safe:
        return _explain_no_roll(due.safe, how, law)
    rule = {"private": "roll-private-filing", "court": "roll-court"}.get(how)
    if rule is not None and next_business_day(due.safe, law.closures) == due.last_arguable:
        return f"{name_closed(due.safe, law)} is no business day: {due.last_arguable} is arguable ({rule})."
    if posted_on is not None:
        rolled = f", {due.last_arguable:%A} after a day that is none," if not _is_from(due, posted_on, start) else ""
        return f"Counted from {posted_on}, of its notice,{rolled} {due.last_arguable} is arguable (protest-deemed)."
    next_day = add_days(due.safe, 1)
    is_month_end = start is not None and start.day > due.safe.day and next_day.month != due.safe.month
    if (
        is_month_end
        and start is not None
        and due.last_arguable
        in (
            next_day,
            next_business_day(next_day, law.closures),
        )
    ):
        return f"Its month has no day {start.day}: {due.last_arguable} is arguable (count-month-end)."
    return f"{due.last_arguable} is arguable: {other_start or 'by another reading of the rule'}."


def _is_from(due: Due, posted_on: date, start: date | None) -> bool:
    """Whether the arguable day is as many days after the posting as the safe one is after the start."""
    return start is None or (due.last_arguable - posted_on) == (due.safe - start)


def _explain_no_roll(on: date, how: Roll, law: LawSettings) -> str:
    if how == "government":
        return "Not rolled: it runs against CBP (roll-government-clock)."
    if how == "none":
        return "Not rolled: no rule found rolls it."
    if is_business_day(on, law.closures):
        return f"Not rolled: {on:%A} {on} is a business day."
    rule = "roll-court" if how == "court" else "roll-private-filing"
    return f"{name_closed(on, law)} is no business day: not rolled by setting ({rule})."


def name_closed(on: date, law: LawSettings) -> str:
    """A day with why it is no business day, where that is not its weekday.

    >>> name_closed(date(2026, 9, 7), LAW), name_closed(date(2018, 12, 24), LAW)
    ('Monday 2026-09-07 (Labor Day)', 'Monday 2018-12-24 (closed by order: EO 13854)')
    """
    name = federal_holidays(on.year, frozenset()).get(on)
    if name is None and on in CLOSURES:
        name = f"closed by order: {CLOSURES[on].order}"
    elif name is None and on in law.closures:
        name = "closed by order, or at the port"
    return f"{on:%A} {on}" + (f" ({name})" if name is not None else "")


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
