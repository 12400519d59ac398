"""Special tariff programs by date: Chapter 98/99 headings, preference symbols, AD/CVD case numbers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Final, Literal

from shared.customs.entry_types import entry_types
from shared.customs.reference_data import read_flag, read_table

_AD_CVD_CASE: Final = re.compile(r"[AC][0-9]{9}")
_SECTION: Final = re.compile(r"section (122|201|232|301)\b", re.IGNORECASE)
_TEMPORARY_IMPORTATION: Final = "9813"

FAMILIES: Final = ("122", "201", "232", "301", "IEEPA", "chapter-98", "TIB")
"""What Chapter 98/99 programs are grouped by: the section of law, the emergency act, or the special provisions."""


@dataclass(frozen=True, slots=True)
class Program:
    """One dated row of a program; both dates are days in force.

    `kind` is `hts` (Chapter 98/99 heading), `spi` (preference symbol), `case_format`, `flag`, `pga_prefix`
    (partner government agency) or `event`. `code` is written as in the tariff: `9903.01.25`, a range, or a
    prefix `9903.82.xx`.
    """

    kind: str
    code: str
    name: str
    authority: str
    origin_scope: str
    additional_rate: str
    """The rate in words: parts of a program often differ, see `note`."""
    effective_from: date | None
    """First day in force, None when not known; the earliest possible where only month or year is known."""
    is_start_exact: bool
    """False where `effective_from` is missing or stands for a month or year: the day is not known."""
    effective_to: date | None
    never_applied: bool
    """True for a heading that was published but suspended before it took effect."""
    note: str
    source: str
    from_memory: str

    def is_in_force(self, on: date) -> bool:
        """Whether it applies on that legal day; unknown dates are read widely (see `is_start_exact`)."""
        return (
            not self.never_applied
            and (self.effective_from is None or self.effective_from <= on)
            and (self.effective_to is None or on <= self.effective_to)
        )


@cache
def programs() -> tuple[Program, ...]:
    """All rows of all kinds, in order of the table."""
    return tuple(
        Program(
            kind=row["kind"],
            code=row["code"],
            name=row["program"],
            authority=row["authority"],
            origin_scope=row["origin_scope"],
            additional_rate=row["additional_rate"],
            effective_from=_first_possible_day(row["effective_from"]),
            is_start_exact=len(row["effective_from"]) == len("YYYY-MM-DD"),
            effective_to=date.fromisoformat(row["effective_to"]) if row["effective_to"] else None,
            never_applied=read_flag(row["never_applied"]),
            note=row["note"],
            source=row["source"],
            from_memory=row["from_memory"],
        )
        for row in read_table("special_programs")
    )


def _first_possible_day(cell: str) -> date | None:
    """The date in `YYYY-MM-DD`, the first of the month in `YYYY-MM`, the first of the year in `YYYY`."""
    if not cell:
        return None
    year, month, day = (*(int(part) for part in cell.split("-")), 1, 1)[:3]
    return date(year, month, day)


@dataclass(frozen=True, slots=True)
class _Span:
    """Tariff numbers whose first digits lie between two prefixes of equal length."""

    first: str
    last: str
    program: Program

    @property
    def specificity(self) -> tuple[int, bool]:
        """Longer prefixes are more specific, and at equal length a single heading more than a range."""
        return len(self.first), self.first == self.last

    def covers(self, hts: str) -> bool:
        return self.first <= hts[: len(self.first)] <= self.last


@cache
def _spans() -> tuple[_Span, ...]:
    """The Chapter 98/99 headings, most specific first."""
    spans = [_span(program) for program in programs() if program.kind == "hts"]
    return tuple(sorted(spans, key=lambda span: span.specificity, reverse=True))


def _span(program: Program) -> _Span:
    first, _, last = program.code.replace(".", "").replace("x", "").partition("-")
    # A range may shorten its end, as 9903.90.08-09 does.
    return _Span(first, first[: len(first) - len(last)] + last if last else first, program)


@lru_cache(maxsize=4096)
def _programs_of_heading(hts: str) -> tuple[Program, ...]:
    covering = [span for span in _spans() if span.covers(hts)]
    return tuple(span.program for span in covering if span.specificity == covering[0].specificity)


def programs_for(hts: str, on: date) -> tuple[Program, ...]:
    """The programs behind a Chapter 98/99 number that are in force on that legal day.

    Only the most specific rows that cover the number count: 9903.88.15 is List 4A although the range of
    exclusions 9903.88.05-70 runs across it. Empty for numbers of chapters 1-97, for headings that the table
    lacks, and outside the dates in force. `hts` is a canonical tariff number of at least the heading's
    length.

    >>> [program.name for program in programs_for("99038815", date(2026, 3, 2))]
    ['Section 301 China List 4A']
    >>> programs_for("99030125", date(2026, 2, 21))
    ()
    """
    if hts[:2] not in {"98", "99"}:
        return ()
    # A statistical suffix never tells programs apart; without it the cache serves more numbers.
    return tuple(program for program in _programs_of_heading(hts[:8]) if program.is_in_force(on))


def families_of(hts: str, on: date | None) -> tuple[str, ...]:
    """The families (see `FAMILIES`) of a Chapter 98/99 number on a legal day; None asks for those of any day.

    A family is the section of law or act that the table names as authority; a program outside these has none. An
    exception or exclusion of a program belongs to its family too: it is claimed under it.

    >>> families_of("99038815", date(2026, 3, 2)), families_of("99030125", date(2026, 3, 2))
    (('301',), ())
    """
    return _families_of(hts[:8], on) if hts[:2] in {"98", "99"} else ()


@lru_cache(maxsize=16_384)
def _families_of(heading: str, on: date | None) -> tuple[str, ...]:
    found = _programs_of_heading(heading) if on is None else programs_for(heading, on)
    return tuple(dict.fromkeys(family for program in found if (family := _family(program))))


def _family(program: Program) -> str | None:
    if program.authority == "HTS chapter 98":
        return "TIB" if program.code == _TEMPORARY_IMPORTATION else "chapter-98"
    if program.authority.startswith("IEEPA"):
        return "IEEPA"
    # Some rows give the proclamation as authority and the section in the name.
    section = _SECTION.search(program.authority) or _SECTION.search(program.name)
    return section[1] if section else None


@cache
def _preferences() -> dict[str, Program]:
    return {program.code: program for program in programs() if program.kind == "spi"}


def find_preference(symbol: str) -> Program | None:
    """The preference program of a special program indicator such as `S` (USMCA) or `KR`, in force or not.

    All its dates are recalled and not read (HTS General Note 3(c)).

    >>> find_preference("S").name
    'USMCA'
    """
    return _preferences().get(symbol)


def is_ad_cvd_case(case_number: str) -> bool:
    """Whether the text has the shape of an AD/CVD case number in ACE: `A` or `C` and nine digits.

    `A` is antidumping, `C` countervailing; then Commerce country code (3), order (3), producer or exporter
    suffix (3).

    >>> is_ad_cvd_case("A570910001"), is_ad_cvd_case("A-570-910")
    (True, False)
    """
    return _AD_CVD_CASE.fullmatch(case_number) is not None


def duty_order_of(case_number: str) -> Literal["AD", "CVD"] | None:
    """Whether a case number names an antidumping or a countervailing duty order; None when it is no case number.

    >>> duty_order_of("C570911000")
    'CVD'
    """
    if not is_ad_cvd_case(case_number):
        return None
    return "AD" if case_number[0] == "A" else "CVD"


def recognise_programs(
    entry_type: str, on: date, special_tariffs: Iterable[str], cases: Iterable[str], *, is_preferred: bool
) -> tuple[str, ...]:
    """Every program that an entry is under: families of its Chapter 98/99 numbers, AD, CVD, preference, quota, TIB.

    Sorted, each once. Quota and temporary importation come from the entry type as well. `cases` are what its
    lines name, `is_preferred` whether one of them claims a preference.

    >>> recognise_programs("23", date(2026, 3, 2), ["99038815"], ["A570012000"], is_preferred=True)
    ('301', 'AD', 'TIB', 'preference')
    """
    found = {family for hts in special_tariffs for family in families_of(hts, on)}
    found.update(order for case in cases if (order := duty_order_of(case)))
    if is_preferred:
        found.add("preference")
    kind = entry_types().get(entry_type)
    if kind is not None and kind.quota:
        found.add("quota")
    if kind is not None and kind.tib:
        found.add("TIB")
    return tuple(sorted(found))
