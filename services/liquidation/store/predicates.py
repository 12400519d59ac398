"""A predicate over entries as one SQL condition on a row `e` of `entries`.

Lines are found by `entry_lines`: a prefix or a range of headings is a range of its index, since the column is compared
byte by byte. Makers and exporters stand in the body of the version only. A condition on entries alone uses the index of
the importer, the block ranges of the entry date, or the entry number, which begins with the filer.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from services.liquidation.domain.grounds import NOT_IDENTIFYING, identify
from services.liquidation.domain.predicate import EntryPredicate, HeadingRange
from shared.db.engine import Patience

COUNTING_PATIENCE: Final = Patience(lock=5, statement=600)
"""For counting what a predicate means: over all entries that may take longer than a call's statement has."""

_AFTER_DIGITS: Final = ":"
"""The character after 9: the range [first, last + ':') holds what begins with the last and goes on in digits."""

_EQUALS: Final = ("importer_number", "port_of_entry", "entry_type", "surety_code", "center")


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL over `e` with the arguments of its numbered parameters."""

    sql: str
    arguments: tuple[Any, ...]


@dataclass(slots=True)
class _Parameters:
    """The parameters of a statement, numbered from `first` as they are added."""

    first: int
    arguments: list[Any] = field(default_factory=list)

    def add(self, value: Any, kind: str = "text") -> str:
        self.arguments.append(value)
        return f"${self.first + len(self.arguments) - 1}::{kind}"


def compile_predicate(predicate: EntryPredicate, first: int = 1) -> Condition:
    """The condition, its parameters numbered from `first`; a predicate without parts gives a condition never met."""
    given = _Parameters(first)
    parts = [_has_line(predicate, given)] if predicate.is_about_lines else []
    equals = [(name, getattr(predicate, name)) for name in _EQUALS]
    parts.extend(f"e.{name} = {given.add(value)}" for name, value in equals if value is not None)
    for value, sign in ((predicate.entered_from, ">="), (predicate.entered_to, "<=")):
        if value is not None:
            parts.append(f"e.entry_date {sign} {given.add(value, 'date')}")
    if predicate.filer_code is not None:
        filer = given.add(predicate.filer_code)
        # The filer begins the number; the range is what the primary key can answer.
        parts.append(f"e.entry_number >= {filer} AND e.entry_number <= {filer} || 'ZZZZZZZZ'")
        parts.append(f"left(e.entry_number, 3) = {filer}")
    return Condition(" AND ".join(parts) or "false", tuple(given.arguments))


def _has_line(predicate: EntryPredicate, given: _Parameters) -> str:
    """Whether one line of the governing version fulfils every part about goods."""
    numbers = _of_numbers(predicate, given)
    conditions = [each.format("l.hts") for each in numbers[:1]]
    lines, key = "entry_lines l", "l.entry_number, l.version"
    # What a further number must be may be met by another number of the same line.
    for position, each in enumerate(numbers[1:]):
        lines += (
            f" JOIN entry_lines n{position} ON n{position}.entry_number = l.entry_number"
            f" AND n{position}.version = l.version AND n{position}.line_number = l.line_number"
            f" AND {each.format(f'n{position}.hts')}"
        )
    if predicate.origin is not None:
        conditions.append(f"l.origin = {given.add(predicate.origin)}")
    conditions.extend(_of_case(predicate, given))
    if parties := _of_parties(predicate, given):
        if conditions:
            lines += " JOIN entry_versions v ON v.entry_number = l.entry_number AND v.version = l.version"
            conditions.append("(filed ->> 'line_number')::integer = l.line_number")
        else:
            lines, key = "entry_versions v", "v.entry_number, v.version"
        lines += " CROSS JOIN LATERAL jsonb_array_elements(v.body -> 'lines') AS filed"
        conditions.extend(parties)
    return f"(e.entry_number, e.version) IN (SELECT {key} FROM {lines} WHERE {' AND '.join(conditions)})"


def _of_numbers(predicate: EntryPredicate, given: _Parameters) -> list[str]:
    """Conditions on a tariff number `{0}`, each of which some number of the line must meet."""
    conditions = [
        _is_within([HeadingRange(prefix, prefix)], given)
        for prefix in (predicate.tariff_prefix, predicate.duty_heading)
        if prefix is not None
    ]
    if predicate.headings is not None:
        within = _is_within(predicate.headings.ranges, given)
        if predicate.headings.exceptions:
            within += f" AND NOT {_is_within(predicate.headings.exceptions, given)}"
        conditions.append(within)
    return conditions


def _is_within(ranges: Iterable[HeadingRange], given: _Parameters) -> str:
    each = [f"{{0}} >= {given.add(one.first)} AND {{0}} < {given.add(one.last + _AFTER_DIGITS)}" for one in ranges]
    return f"({' OR '.join(each)})"


def _of_case(predicate: EntryPredicate, given: _Parameters) -> list[str]:
    conditions = []
    if predicate.case_prefix is not None:
        first, after = given.add(predicate.case_prefix), given.add(predicate.case_prefix + _AFTER_DIGITS)
        conditions.append(f"l.case_number >= {first} AND l.case_number < {after}")
    if predicate.case_numbers:
        conditions.append(f"l.case_number = ANY({given.add(list(predicate.case_numbers), 'text[]')})")
    # Only lines with a case are indexed by it.
    return ["l.case_number <> ''", *conditions] if conditions else []


def _of_parties(predicate: EntryPredicate, given: _Parameters) -> list[str]:
    conditions = []
    for member, meant in (("manufacturer_id", predicate.manufacturer_ids), ("exporter_id", predicate.exporter_ids)):
        if meant:
            reported = f"translate(filed ->> '{member}', {given.add(NOT_IDENTIFYING)}, '')"
            conditions.append(f"{reported} = ANY({given.add(list(map(identify, meant)), 'text[]')})")
    return conditions
