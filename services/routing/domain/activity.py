"""What an importer brings in, by subheading and month: the figures that an assignment to a Center rests on."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from services.routing.domain.facts import EntryFacts

SUBHEADING_DIGITS = 6
WINDOW_MONTHS = 12

Contribution = list[list[Any]]
"""What one version of an entry adds: `[subheading, lines, goods, value in whole dollars]`, ready for JSON."""


class Figures(NamedTuple):
    """Lines, goods and value in whole dollars.

    "Number of goods" (19 CFR 101.10) is not defined in what was read of the regulation. Here one good is one tariff
    classification of chapters 1-97 reported on a line, and a line counts once, under the first of them. The assignment
    policy says which of the three measures decides; all are kept and shown.
    """

    lines: int
    goods: int
    value_usd: int

    def plus(self, other: "Figures") -> "Figures":
        """The sum of both."""
        return Figures(self.lines + other.lines, self.goods + other.goods, self.value_usd + other.value_usd)


NOTHING = Figures(0, 0, 0)


class ActivityKey(NamedTuple):
    """Whose activity, in which month (its first day), under which subheading."""

    importer_number: str
    month: date
    hts6: str


class CountedVersion(NamedTuple):
    """What an entry adds by its highest version that stands: for whom, on which entry date, which goods."""

    importer_number: str
    entry_date: date
    goods: Contribution


class Activity(NamedTuple):
    """One cell of an importer's activity."""

    month: date
    hts6: str
    figures: Figures


def contribution(facts: EntryFacts) -> Contribution:
    """What one version of an entry adds to its importer's activity, in order of subheading.

    Each number of chapters 1-97 on a line counts as one good with the value reported under it. The line counts under
    its first such number; a line without one counts nothing. Value reported under Chapter 98 and 99 provisions is not
    counted: those are not goods of any sector.
    """
    lines = facts.lines
    if len(lines) == 1 and len(lines[0].goods) == 1:  # most entries
        number, value = lines[0].goods[0]
        return [[number[:SUBHEADING_DIGITS], 1, 1, value]]
    counted: dict[str, list[Any]] = {}
    for line in lines:
        is_first = 1  # `tariff` is the first of the goods
        for number, value in line.goods:
            hts6 = number[:SUBHEADING_DIGITS]
            cell = counted.get(hts6)
            if cell is None:
                counted[hts6] = [hts6, is_first, 1, value]
            else:
                cell[1] += is_first
                cell[2] += 1
                cell[3] += value
            is_first = 0
    return [counted[hts6] for hts6 in sorted(counted)]


def deltas(changes: Iterable[tuple[CountedVersion | None, CountedVersion | None]]) -> dict[ActivityKey, Figures]:
    """By how much activity changes when entries that added the first of each pair now add the second.

    None stands for an entry that was, or is, not known. Differences of nothing are left out. Since what an entry adds
    depends only on its highest standing version, the sum over all changes is the same in whatever order they come.
    """
    changed: dict[tuple[str, date, str], list[int]] = {}
    for before, after in changes:
        if before == after:
            continue
        if before is not None:
            _add(changed, before, -1)
        if after is not None:
            _add(changed, after, 1)
    key_of, figures_of = ActivityKey._make, Figures._make
    return {key_of(key): figures_of(figures) for key, figures in changed.items() if any(figures)}


@lru_cache(maxsize=4096)
def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def months_before(month: date, count: int) -> date:
    """The first day of the month that lies `count` months before (after, when negative).

    >>> months_before(date(2026, 2, 1), 3)
    datetime.date(2025, 11, 1)
    """
    index = month.year * 12 + month.month - 1 - count
    return date(index // 12, index % 12 + 1, 1)


def window_on(day: date) -> tuple[date, date]:
    """The first and last month of "the last 12 months" on a legal day: its own month, to date, and the eleven before.

    >>> window_on(date(2026, 3, 2))
    (datetime.date(2025, 4, 1), datetime.date(2026, 3, 1))
    """
    last = month_of(day)
    return months_before(last, WINDOW_MONTHS - 1), last


def _add(changed: dict[tuple[str, date, str], list[int]], standing: CountedVersion, times: int) -> None:
    importer_number, entry_date, goods = standing
    month = month_of(entry_date)
    for hts6, lines, count, value in goods:
        key = (importer_number, month, hts6)
        cell = changed.get(key)
        if cell is None:
            changed[key] = [times * lines, times * count, times * value]
            continue
        cell[0] += times * lines
        cell[1] += times * count
        cell[2] += times * value
