"""Periods for which figures are published, by name: a year, a fiscal year, a quarter or a month."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

SMALLEST_SHOWN: Final = 11
"""A cell that rests on fewer accounts, answers or matters is not shown: a policy of publication, not law."""

_PERIOD: Final = re.compile(r"(?P<fiscal>FY)?(?P<year>[0-9]{4})(-(Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?")


class Period(NamedTuple):
    """A month, quarter or year, both days included."""

    name: str
    first: date
    last: date


def parse_period(text: str) -> Period:
    """The period of a name: `2026`, `FY2026` (from 1 October of the year before), `2026-Q1`, `2026-03`.

    Raises ValueError with what is expected.

    >>> parse_period("FY2026")
    Period(name='FY2026', first=datetime.date(2025, 10, 1), last=datetime.date(2026, 9, 30))
    """
    match = _PERIOD.fullmatch(text)
    if match is None or (match["fiscal"] and text.count("-")) or not 1986 <= int(match["year"]) <= 2099:
        raise ValueError("expected a year (2026), fiscal year (FY2026), quarter (2026-Q1) or month (2026-03)")
    year = int(match["year"])
    if match["fiscal"]:
        return Period(text, date(year - 1, 10, 1), date(year, 9, 30))
    if match["month"]:
        month, months = int(match["month"]), 1
    elif match["quarter"]:
        month, months = 3 * int(match["quarter"]) - 2, 3
    else:
        month, months = 1, 12
    after = month + months
    return Period(text, date(year, month, 1), date(year + (after > 12), (after - 1) % 12 + 1, 1) - timedelta(days=1))


def quarter_of(day: date) -> str:
    """The name of the quarter that a day lies in.

    >>> quarter_of(date(2026, 3, 2))
    '2026-Q1'
    """
    return f"{day.year:04d}-Q{(day.month + 2) // 3}"


def quarters_in(period: Period) -> tuple[str, ...]:
    """The quarters of which a period is made; none for a month.

    >>> quarters_in(parse_period("FY2026"))
    ('2025-Q4', '2026-Q1', '2026-Q2', '2026-Q3')
    >>> quarters_in(parse_period("2026-03"))
    ()
    """
    if (period.last - period.first).days < 32:
        return ()
    months = range(period.first.year * 12 + period.first.month - 1, period.last.year * 12 + period.last.month, 3)
    return tuple(quarter_of(date(month // 12, month % 12 + 1, 1)) for month in months)


def beside(period: Period) -> tuple[Period, ...]:
    """The periods whose figures, with that of this one, would give away what is withheld in one of them.

    Of a month the months of its quarter, of a year its quarters: what is withheld there is withheld here too.

    >>> [each.name for each in beside(parse_period("2026-03"))]
    ['2026-01', '2026-02', '2026-03']
    >>> [each.name for each in beside(parse_period("FY2026"))]
    ['2025-Q4', '2026-Q1', '2026-Q2', '2026-Q3']
    >>> beside(parse_period("2026-Q1"))
    ()
    """
    quarters = quarters_in(period)
    if len(quarters) == 1:
        return ()
    if quarters:
        return tuple(map(parse_period, quarters))
    first = period.first.month - (period.first.month - 1) % 3
    return tuple(parse_period(f"{period.first.year:04d}-{month:02d}") for month in range(first, first + 3))


def may_be_shown(period: Period, accounts_by_quarter: Mapping[str, int], today: date) -> bool:
    """Whether the figure of a period can be published, so that no difference of two figures tells of a small cell.

    Quarters are the smallest that are shown: of a month never, of a quarter when it is over and enough accounts (or
    pairs of reviews) are in it, of a longer period when every quarter that has any can be shown by itself. So what can
    be computed from published figures is a sum of published quarters, and no figure moves with one more answer.

    >>> year, today = parse_period("2026"), date(2027, 1, 4)
    >>> [may_be_shown(year, {"2026-Q1": 40, "2026-Q2": second}, today) for second in (11, 1, 0)]
    [True, False, True]
    >>> may_be_shown(parse_period("2026-Q1"), {"2026-Q1": 40}, date(2026, 3, 31))
    False
    """
    counts = [accounts_by_quarter.get(each, 0) for each in quarters_in(period)]
    return period.last < today and any(counts) and all(each == 0 or each >= SMALLEST_SHOWN for each in counts)
