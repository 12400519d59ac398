"""What is known of a tariff number: which Center the map gives it, and which special duties may be on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shared.customs.programs import Program, programs_for
from shared.customs.tariff_map import UNDERLYING, TariffMap, TariffMapRow
from shared.customs.tariff_number import chapter, is_chapter_98_99
from shared.customs.tariff_schedule import TariffLine, chapter_titles, find_tariff_line, tariff_lines

_WHOLE = 10


@dataclass(frozen=True, slots=True)
class TariffNumber:
    """A tariff number of 4, 6, 8 or 10 digits as it stands on a day.

    `decides` is the row of the map for the number, or for all that begin with it; `narrower` are rows for a part of
    them, which decide there. `line` is the statistical number, None of fewer digits and where the edition at hand does
    not have it. `may_be_ad` and `may_be_cvd` say whether an order may cover goods of it, or of any that begins with it;
    None where the edition has none. `programs` are those behind a number of chapter 98 or 99.
    """

    hts: str
    chapter_title: str | None
    decides: TariffMapRow | None
    narrower: tuple[TariffMapRow, ...]
    line: TariffLine | None
    may_be_ad: bool | None
    may_be_cvd: bool | None
    programs: tuple[Program, ...]

    @property
    def is_by_other_number(self) -> bool:
        """Whether the number of chapters 1 to 97 on the same line gives the Center."""
        return self.decides is not None and self.decides.center_code == UNDERLYING


def describe_number(hts: str, tariff_map: TariffMap, on: date) -> TariffNumber:
    """All that is known of a canonical tariff number on a legal day.

    >>> from shared.customs.tariff_map import default_tariff_map
    >>> found = describe_number("8471300100", default_tariff_map(), date(2026, 3, 2))
    >>> found.decides.center_code, found.line.description, found.may_be_ad
    ('CEE007', 'PORT AUTO DATA PRSMCH<=10KG', False)
    >>> [each.name for each in describe_number("99038815", default_tariff_map(), date(2026, 3, 2)).programs]
    ['Section 301 China List 4A']
    """
    lines = _lines_of(hts)
    return TariffNumber(
        hts=hts,
        chapter_title=chapter_titles().get(chapter(hts)),
        decides=tariff_map.row_for(hts),
        narrower=tuple(row for row in tariff_map.rows if _is_narrower(row, hts)),
        line=find_tariff_line(hts) if len(hts) == _WHOLE else None,
        may_be_ad=any(each.may_be_ad for each in lines) if lines else None,
        may_be_cvd=any(each.may_be_cvd for each in lines) if lines else None,
        programs=programs_for(hts, on) if is_chapter_98_99(hts) else (),
    )


def _lines_of(hts: str) -> Sequence[TariffLine]:
    if len(hts) == _WHOLE:
        found = find_tariff_line(hts)
        return [found] if found is not None else []
    return [line for number, line in tariff_lines().items() if number.startswith(hts)]


def _is_narrower(row: TariffMapRow, hts: str) -> bool:
    """Whether a row is for a part of the numbers that begin with `hts`."""
    length = len(hts)
    return len(row.prefix_from) > length and row.prefix_from[:length] <= hts <= row.prefix_to[:length]
