"""A predicate over entries as one SQL condition on a row `e` of `entries`.

Lines are found by `entry_lines`: a prefix is a range of its index, since the column is compared byte by byte. A
condition on entries alone uses the index of the importer, the block ranges of the entry date, or the entry number,
which begins with the filer.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.liquidation.domain.predicate import EntryPredicate

_AFTER_DIGITS: Final = ":"
"""The character after 9: the range [prefix, prefix + ':') holds what begins with the prefix and goes on in digits."""

_EQUALS: Final = ("importer_number", "port_of_entry", "entry_type", "center")


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL over `e` with the arguments of its numbered parameters."""

    sql: str
    arguments: tuple[Any, ...]


def compile_predicate(predicate: EntryPredicate, first: int = 1) -> Condition:
    """The condition, its parameters numbered from `first`; a predicate without parts gives a condition never met."""
    arguments: list[Any] = []

    def parameter(value: Any, kind: str = "text") -> str:
        arguments.append(value)
        return f"${first + len(arguments) - 1}::{kind}"

    def begins(column: str, prefix: str) -> str:
        return f"{column} >= {parameter(prefix)} AND {column} < {parameter(prefix + _AFTER_DIGITS)}"

    parts = []
    if predicate.is_about_lines:
        of_line, also = [], ""
        if predicate.tariff_prefix is not None:
            of_line.append(begins("l.hts", predicate.tariff_prefix))
        if predicate.origin is not None:
            of_line.append(f"l.origin = {parameter(predicate.origin)}")
        if predicate.case_prefix is not None:
            of_line.append(f"l.case_number <> '' AND {begins('l.case_number', predicate.case_prefix)}")
        if predicate.duty_heading is not None and predicate.tariff_prefix is None:
            of_line.append(begins("l.hts", predicate.duty_heading))
        elif predicate.duty_heading is not None:
            also = (
                " JOIN entry_lines d ON d.entry_number = l.entry_number AND d.version = l.version"
                f" AND d.line_number = l.line_number AND {begins('d.hts', predicate.duty_heading)}"
            )
        parts.append(
            "(e.entry_number, e.version) IN (SELECT l.entry_number, l.version"
            f" FROM entry_lines l{also} WHERE {' AND '.join(of_line)})"
        )
    equals = [(name, getattr(predicate, name)) for name in _EQUALS]
    parts.extend(f"e.{name} = {parameter(value)}" for name, value in equals if value is not None)
    for value, sign in ((predicate.entered_from, ">="), (predicate.entered_to, "<=")):
        if value is not None:
            parts.append(f"e.entry_date {sign} {parameter(value, 'date')}")
    if predicate.filer_code is not None:
        filer = parameter(predicate.filer_code)
        # The filer begins the number; the range is what the primary key can answer.
        parts.append(f"e.entry_number >= {filer} AND e.entry_number <= {filer} || 'ZZZZZZZZ'")
        parts.append(f"left(e.entry_number, 3) = {filer}")
    return Condition(" AND ".join(parts) or "false", tuple(arguments))


def predicate_from_json(stored: dict[str, str]) -> EntryPredicate:
    """A predicate as `predicate_to_json` wrote it."""
    parts: dict[str, Any] = dict(stored)
    for name in ("entered_from", "entered_to"):
        if name in parts:
            parts[name] = date.fromisoformat(parts[name])
    return EntryPredicate(**parts)


def predicate_to_json(predicate: EntryPredicate) -> dict[str, str]:
    """The given parts as JSON values."""
    return {name: str(value) for name, value in predicate.given.items()}
