"""Figures for the public: what each Center handles in a period, with cells that could point at somebody left out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, get_args

from shared.customs.periods import SMALLEST_SHOWN

Measure = Literal["importers", "partner_accounts", "entries", "post_entry_filings", "staff"]
MEASURES: Final[tuple[Measure, ...]] = get_args(Measure)
_OF_A_SPAN: Final[frozenset[Measure]] = frozenset({"entries", "post_entry_filings"})
"""What is counted over the days of a period; the others stand as on its last day."""


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


def publish(counts: Iterable[Count], beside: Iterable[Iterable[Count]] = ()) -> list[Row]:
    """The rows to show, by Center, with small cells withheld.

    Where a measure has one small cell only, the sum of the others and a total known from elsewhere would give it away:
    then the next smallest cell of that measure is withheld too. `beside` are the counts of `shared.customs.periods`'s
    `beside`: what is counted over days and withheld in one of those is withheld here, since quarter less two months,
    or year less three quarters, would tell it.
    """
    counts = list(counts)
    cells: dict[str, dict[Measure, Count]] = {}
    for count in counts:
        cells.setdefault(count.center, {})[count.measure] = count
    withheld = {measure: _withheld([each for each in counts if each.measure == measure]) for measure in MEASURES}
    for part in beside:
        of_part = list(part)
        for measure in _OF_A_SPAN:
            withheld[measure] |= _withheld([each for each in of_part if each.measure == measure])
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
