"""The quarters whose figures are shown."""

from datetime import date


def last_quarters(today: date, count: int) -> list[str]:
    """The last quarters that are over, newest first.

    >>> last_quarters(date(2026, 11, 22), 3)
    ['2026-Q3', '2026-Q2', '2026-Q1']
    """
    number = today.year * 4 + (today.month - 1) // 3
    return [f"{each // 4}-Q{each % 4 + 1}" for each in range(number - 1, number - 1 - count, -1)]
