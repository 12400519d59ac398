"""What a person gives for the fields of an act: read by their kinds, every fault at once, in the words of the field."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple, assert_never

from services.workqueue.domain.processes.shape import Act, Field, FieldKind
from shared.customs.entry_number import InvalidEntryNumber, parse_entry_number
from shared.customs.importer_number import InvalidImporterNumber, parse_importer_number, tidy_importer_number
from shared.customs.trusted_traders import PROGRAM_NAME


class _Written(NamedTuple):
    """How a value that is text is written, for the machine and in words."""

    pattern: re.Pattern[str]
    right: str


_WRITTEN: Final = {
    "money": _Written(re.compile(r"[0-9]{1,13}(\.[0-9]{2})?"), 'US dollars as text, not negative, as in "1250.00"'),
    "hours": _Written(re.compile(r"[0-9]{1,4}(\.[0-9])?"), 'hours as text with at most one decimal, as in "1.5"'),
    "port": _Written(re.compile("[0-9]{4}"), "a port's code of four digits (Schedule D), as in 2704"),
    "program": _Written(re.compile(PROGRAM_NAME), "the name of a program, of at most 64 characters, as in CTPAT"),
}
_MOST: Final = 1000
_LONGEST: Final = 4000
_FIRST_YEAR: Final = 1986
_LAST_YEAR: Final = 2099


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with a field: which, what came, what is right."""

    field: str
    came: str
    right: str


class FieldsRefused(Exception):  # noqa: N818  says what happened
    """The fields of an act are not what it asks for; `faults` are all of them."""

    def __init__(self, faults: tuple[FieldFault, ...]) -> None:
        super().__init__("; ".join(f"{each.field}: {each.right}" for each in faults))
        self.faults = faults


def read_fields(act: Act, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values of an act's fields, as JSON keeps them; days and instants as ISO text.

    Raises `FieldsRefused` with every field that is missing, unknown or not of its kind.
    """
    faults = [FieldFault(name, _show(given[name]), "no such field") for name in given if name not in _names(act)]
    values: dict[str, Any] = {}
    for field in act.fields:
        value = given.get(field.name)
        if value is None:
            if field.is_required:
                faults.append(FieldFault(field.name, "nothing", f"required: {field.label.lower()}"))
            continue
        read = _read(field, value)
        if read is None:
            faults.append(FieldFault(field.name, _came(field, value), _right(field)))
        else:
            values[field.name] = read
    if faults:
        raise FieldsRefused(tuple(faults))
    return MappingProxyType(values)


def revive(act: Act, kept: Mapping[str, Any]) -> Mapping[str, Any]:
    """What was kept of an act's fields as the engine looks at it: days and instants, everything else as it is."""
    kinds = {field.name: field.kind for field in act.fields}
    return MappingProxyType({name: _revive(kinds.get(name), value) for name, value in kept.items()})


def _names(act: Act) -> frozenset[str]:
    return frozenset(field.name for field in act.fields)


def _revive(kind: FieldKind | None, value: Any) -> Any:
    match kind:
        case "date":
            return date.fromisoformat(value)
        case "instant":
            return datetime.fromisoformat(value)
        case _:
            return value


def _read(field: Field, value: Any) -> Any:
    """The value as it is kept, or None when it is not of the field's kind."""
    match field.kind:
        case "text":
            return value if isinstance(value, str) and len(value.strip()) > 0 and len(value) <= _LONGEST else None
        case "code":
            return value if field.codes is not None and value in field.codes else None
        case "date":
            return _read_time(value, lambda text: date.fromisoformat(text).isoformat())
        case "instant":
            return _read_time(value, _utc)
        case "money" | "hours" | "port" | "program":
            return value if isinstance(value, str) and _WRITTEN[field.kind].pattern.fullmatch(value) else None
        case "integer":
            return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None
        case "flag":
            return value if isinstance(value, bool) else None
        case "entry-numbers":
            return _read_list(value, _entry_number)
        case "importer-numbers":
            return _read_list(value, _importer_number)
        case "line-numbers":
            return _read_list(value, lambda each: each if type(each) is int and 1 <= each <= 999 else None)
        case "references":
            return _read_list(value, lambda each: each if isinstance(each, str) and 0 < len(each) <= 100 else None)
        case _:
            assert_never(field.kind)


def _read_time(value: Any, read: Callable[[str], str]) -> str | None:
    if not isinstance(value, str):
        return None
    try:
        text = read(value)
    except ValueError:
        return None
    return text if _FIRST_YEAR <= int(text[:4]) <= _LAST_YEAR else None


def _utc(text: str) -> str:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("no time zone")
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _read_list(value: Any, read: Callable[[Any], Any]) -> list[Any] | None:
    if not isinstance(value, list) or not 0 < len(value) <= _MOST:
        return None
    found = [read(each) for each in value]
    return None if None in found else list(dict.fromkeys(found))


def _entry_number(value: Any) -> str | None:
    try:
        return parse_entry_number(value) if isinstance(value, str) else None
    except InvalidEntryNumber:
        return None


def _importer_number(value: Any) -> str | None:
    try:
        return parse_importer_number(tidy_importer_number(value)) if isinstance(value, str) else None
    except InvalidImporterNumber:
        return None


def _right(field: Field) -> str:
    match field.kind:
        case "text":
            return f"text of 1 to {_LONGEST} characters"
        case "code":
            assert field.codes is not None
            return f"one of {', '.join(field.codes)}"
        case "date":
            return "a day, as in 2026-03-02"
        case "instant":
            return "an instant with its time zone, as in 2026-03-02T15:04:09Z"
        case "money" | "hours" | "port" | "program":
            return _WRITTEN[field.kind].right
        case "integer":
            return "a whole number, not negative"
        case "flag":
            return "true or false"
        case "entry-numbers":
            return f"1 to {_MOST} entry numbers with their check digits"
        case "importer-numbers":
            return f"1 to {_MOST} importer numbers, as in 07-345678900"
        case "line-numbers":
            return "line numbers from 1 to 999"
        case "references":
            return "references of 1 to 100 characters"
        case _:
            assert_never(field.kind)


def _came(field: Field, value: Any) -> str:
    """What came; of importer numbers never the text, which may be a social security number that is written wrongly."""
    return "something else" if field.kind == "importer-numbers" else _show(value)


def _show(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
