"""What changed from one version of an entry summary to another: the header, lines, rows of lines, money by class.

A version is its JSON, as it was filed. What is absent and what is null say the same. `apply_changes` makes the second
version out of the first, so nothing that differs can be missing from the changes.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from services.liquidation.domain.money.amounts import (
    Amounts,
    CaseDeposit,
    FeeAmount,
    LineFacts,
    TariffAmount,
    amounts_of_entry,
    subtract_amounts,
)
from shared.customs.money import to_cents

Body = Mapping[str, Any]

OF_FILING: Final = frozenset({"entry_number", "version", "reasons"})
"""What tells one filing from another and is no content: the versions themselves say it."""

ROW_KEYS: Final[Mapping[str, str]] = MappingProxyType(
    {"tariffs": "hts", "cases": "case_number", "quantities": "unit", "fees": "class_code"}
)
"""The lists of a line, and the member by which a row is known again; equal ones are told apart by their order."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field with its values before and after; None: it was or is not stated."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row of a line's list that was added, dropped, changed or moved; positions count from 0.

    `before` is None for one that was added, `after` for one that was dropped; equal ones were moved.
    """

    rows: str
    key: str
    before: Body | None
    after: Body | None
    before_at: int | None
    after_at: int | None


@dataclass(frozen=True, slots=True)
class LineChange:
    """What changed on a line that both versions have."""

    line_number: int
    fields: tuple[FieldChange, ...]
    rows: tuple[RowChange, ...]


@dataclass(frozen=True, slots=True)
class VersionChanges:
    """Everything that changed; lines by number. `money` is cents by class, positive where the second asserts more."""

    fields: tuple[FieldChange, ...]
    added: tuple[Body, ...]
    dropped: tuple[Body, ...]
    changed: tuple[LineChange, ...]
    money: Amounts

    @property
    def is_empty(self) -> bool:
        """Whether the versions say the same."""
        return not (self.fields or self.added or self.dropped or self.changed)


def compare_versions(before: Body, after: Body) -> VersionChanges:
    """What changed from one version to another.

    >>> line = {"line_number": 1, "tariffs": [{"hts": "8471300100", "value_usd": 100, "duty_usd": "0.00"}]}
    >>> dearer = {"line_number": 1, "tariffs": [{"hts": "8471300100", "value_usd": 100, "duty_usd": "2.50"}]}
    >>> found = compare_versions({"paid_on": None, "lines": [line]}, {"paid_on": "2026-03-12", "lines": [dearer]})
    >>> found.fields, dict(found.money), [each.line_number for each in found.changed]
    ((FieldChange(field='paid_on', before=None, after='2026-03-12'),), {'duty': 250}, [1])
    """
    old, new = _lines_of(before), _lines_of(after)
    changed = [_compare_lines(number, old[number], new[number]) for number in sorted(old.keys() & new.keys())]
    return VersionChanges(
        fields=tuple(_compare_fields(before, after, OF_FILING | {"lines"})),
        added=tuple(new[number] for number in sorted(new.keys() - old.keys())),
        dropped=tuple(old[number] for number in sorted(old.keys() - new.keys())),
        changed=tuple(each for each in changed if each.fields or each.rows),
        money=subtract_amounts(sum_money(after), sum_money(before)),
    )


def apply_changes(before: Body, changes: VersionChanges) -> dict[str, Any]:
    """The second version out of the first: its content, the lines in order of number; what is not stated is absent."""
    lines = _lines_of(before)
    for dropped in changes.dropped:
        del lines[dropped["line_number"]]
    lines |= {each.line_number: _apply_to_line(lines[each.line_number], each) for each in changes.changed}
    lines |= {each["line_number"]: each for each in changes.added}
    applied = _set_fields(before, changes.fields)
    return applied | {"lines": [_without_nulls(lines[number]) for number in sorted(lines)]}


def read_content(body: Body) -> dict[str, Any]:
    """The content of a version as `apply_changes` writes it, so that two can be compared."""
    lines = _lines_of(body)
    return _set_fields(body, ()) | {"lines": [_without_nulls(lines[number]) for number in sorted(lines)]}


def sum_money(body: Body) -> Amounts:
    """What a version asserts, in cents by class."""
    return amounts_of_entry(_money_of(line) for line in body["lines"])


def _money_of(line: Body) -> LineFacts:
    return LineFacts(
        line["line_number"],
        tuple(TariffAmount(each["hts"], each["value_usd"], to_cents(each["duty_usd"])) for each in line["tariffs"]),
        tuple(CaseDeposit(each["case_number"], to_cents(each["deposit_usd"])) for each in line.get("cases") or ()),
        tuple(FeeAmount(each["class_code"], to_cents(each["amount_usd"])) for each in line.get("fees") or ()),
    )


def _lines_of(body: Body) -> dict[int, Body]:
    return {line["line_number"]: line for line in body["lines"]}


def _compare_fields(before: Body, after: Body, left_out: frozenset[str]) -> Iterable[FieldChange]:
    for name in sorted((before.keys() | after.keys()) - left_out):
        old, new = _stated(before.get(name)), _stated(after.get(name))
        if old != new:
            yield FieldChange(name, old, new)


def _compare_lines(number: int, before: Body, after: Body) -> LineChange:
    fields = _compare_fields(before, after, frozenset(ROW_KEYS))
    rows = [each for name in ROW_KEYS for each in _compare_rows(name, before.get(name) or (), after.get(name) or ())]
    return LineChange(number, tuple(fields), tuple(rows))


def _compare_rows(name: str, before: Sequence[Body], after: Sequence[Body]) -> Iterable[RowChange]:
    """Rows with one key are matched in their order; of those that match and say the same the order must be kept."""
    old = {key: at for at, key in enumerate(_keys_of(name, before))}
    last = -1
    for at, key in enumerate(_keys_of(name, after)):
        found = old.pop(key, None)
        if found is not None and before[found] == after[at] and found > last:
            last = found
        else:
            yield RowChange(name, key[0], None if found is None else before[found], after[at], found, at)
    for key, at in old.items():
        yield RowChange(name, key[0], before[at], None, at, None)


def _keys_of(name: str, rows: Sequence[Body]) -> list[tuple[str, int]]:
    seen: Counter[str] = Counter()
    keys = []
    for row in rows:
        key = str(row[ROW_KEYS[name]])
        keys.append((key, seen[key]))
        seen[key] += 1
    return keys


def _apply_to_line(line: Body, change: LineChange) -> dict[str, Any]:
    applied = _set_fields(line, change.fields)
    for name in ROW_KEYS:
        changes = [each for each in change.rows if each.rows == name]
        gone = {each.before_at for each in changes}
        kept = iter([row for at, row in enumerate(line.get(name) or ()) if at not in gone])
        placed = {each.after_at: each.after for each in changes if each.after_at is not None}
        length = len(line.get(name) or ()) - len(gone - {None}) + len(placed)
        applied[name] = [placed[at] if at in placed else next(kept) for at in range(length)]
    return applied


def _set_fields(body: Body, changes: Iterable[FieldChange]) -> dict[str, Any]:
    stated = {name: value for name, value in body.items() if name not in OF_FILING}
    stated |= {each.field: each.after for each in changes}
    return _without_nulls(stated)


def _without_nulls(body: Body) -> dict[str, Any]:
    return {name: value for name, value in body.items() if _stated(value) is not None}


def _stated(value: Any) -> Any:
    """A list without anything in it says what an absent one says."""
    return None if value == [] else value
