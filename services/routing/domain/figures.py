"""Figures for the public: what each Center handles in a period, with cells that could point at somebody left out."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple, get_args

Measure = Literal["importers", "partner_accounts", "entries", "post_entry_filings", "staff"]
MEASURES: Final[tuple[Measure, ...]] = get_args(Measure)

SMALLEST_SHOWN: Final = 11
"""A cell that rests on fewer accounts is not shown: a policy of publication, not law."""

_PERIOD: Final = re.compile(r"(?P<fiscal>FY)?(?P<year>[0-9]{4})(-(Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?")


class Period(NamedTuple):
    """A month, quarter or year, both days included."""

    name: str
    first: date
    last: date


class Count(NamedTuple):
    """How much of a measure a Center has, and on how many importer accounts that rests (None: on no account)."""

    center: str
    measure: Measure
    amount: int
    accounts: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """A Center's figures; None in `figures` where nothing is known, and what is named in `suppressed` is withheld."""

    center: str
    figures: dict[Measure, int | None]
    suppressed: frozenset[Measure]


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


def publish(counts: Iterable[Count]) -> list[Row]:
    """The rows to show, by Center, with small cells withheld.

    Where a measure has one small cell only, the sum of the others and a total known from elsewhere would give it away:
    then the next smallest cell of that measure is withheld too.
    """
    cells: dict[str, dict[Measure, Count]] = {}
    for count in counts:
        cells.setdefault(count.center, {})[count.measure] = count
    withheld = {measure: _withheld([row[measure] for row in cells.values() if measure in row]) for measure in MEASURES}
    return [_row(center, cells[center], withheld) for center in sorted(cells)]


def _withheld(column: Sequence[Count]) -> frozenset[str]:
    small = {cell.center for cell in column if cell.accounts is not None and 0 < cell.accounts < SMALLEST_SHOWN}
    if len(small) == 1:
        others = sorted((cell.amount, cell.center) for cell in column if cell.center not in small and cell.amount > 0)
        small.update(center for _, center in others[:1])
    return frozenset(small)


def _row(center: str, cells: dict[Measure, Count], withheld: dict[Measure, frozenset[str]]) -> Row:
    suppressed = frozenset(measure for measure in MEASURES if center in withheld[measure])
    return Row(
        center,
        {
            measure: cells[measure].amount if measure in cells and measure not in suppressed else None
            for measure in MEASURES
        },
        suppressed,
    )
