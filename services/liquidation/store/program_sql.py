"""Conditions of a program over duties by heading (`special_duties d`) and their summary or entry `e`, as SQL."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from services.liquidation.domain.program.definition import Definition

_AFTER_DIGITS: Final = ":"


@dataclass(slots=True)
class Given:
    """The parameters of a statement, in the order of their places."""

    arguments: list[Any] = field(default_factory=list)

    def add(self, value: Any, kind: str) -> str:
        """The place of another parameter, with its type."""
        self.arguments.append(value)
        return f"${len(self.arguments)}::{kind}"


def within_sql(column: str, ranges: Iterable[tuple[str, str]], given: Given) -> str:
    """Whether a number is within one of some ranges, in the order of its digits."""
    each = [
        f"({column} >= {given.add(first, 'text')} AND {column} < {given.add(last + _AFTER_DIGITS, 'text')})"
        for first, last in ranges
    ]
    return f"({' OR '.join(each) or 'false'})"


def removed_sql(program: Definition, given: Given) -> str:
    """Whether the duty of row `d` of an entry `e` is removed on the day of entry."""
    parts = []
    for each in program.removes:
        within = within_sql("d.hts", [(each.headings.first, each.headings.last)], given)
        days = days_sql("e.entry_date", each.entered_from, each.entered_to, given)
        parts.append(f"({within} AND {days})")
    return f"({' OR '.join(parts)})"


def days_sql(column: str, first: date | None, last: date | None, given: Given) -> str:
    """Whether a day is within two, both counted; None leaves that side open."""
    parts = [f"{column} >= {given.add(first, 'date')}"] if first is not None else []
    parts += [f"{column} <= {given.add(last, 'date')}"] if last is not None else []
    return f"({' AND '.join(parts) or 'true'})"


def excepted_sql(program: Definition, given: Given) -> str:
    """Whether the number of row `d` is left out of what is removed."""
    return within_sql("d.hts", ((each.first, each.last) for each in program.exceptions), given)


def of_goods_sql(program: Definition, given: Given) -> str:
    """Whether row `d` of a summary `e` is of the goods that the program is about."""
    goods = program.goods
    parts = [
        f"{column} = ANY({given.add(list(values), 'text[]')})"
        for column, values in (
            ("d.origin", goods.origins),
            ("e.importer_number", goods.importers),
            ("d.preference", goods.preferences),
        )
        if values
    ]
    if goods.tariff_prefixes:
        parts.append(within_sql("d.goods", ((each, each) for each in goods.tariff_prefixes), given))
    return f"({' AND '.join(parts) or 'true'})"


def revives_sql(program: Definition, given: Given) -> str:
    """Whether another duty may be owed on the line of row `d` without this one."""
    if not program.revives:
        return "false"
    within = within_sql("o.hts", ((each.first, each.last) for each in program.revives), given)
    return f"""EXISTS (SELECT FROM special_duties o WHERE o.entry_number = d.entry_number AND o.version = d.version
        AND o.line_number = d.line_number AND {within})"""


def covered_sql(program: Definition, column: str, given: Given) -> str:
    """Whether goods entered on the day of a column are within the program."""
    return days_sql(column, program.entered_from, program.entered_to, given)


def meant_sql(program: Definition, given: Given) -> str:
    """Whether row `d` of a summary `e` has a number that the program removes on some day, of its goods."""
    ranges = ((each.headings.first, each.headings.last) for each in program.removes)
    within = within_sql("d.hts", ranges, given)
    return f"{within} AND NOT {excepted_sql(program, given)} AND {of_goods_sql(program, given)}"


def undeclared_sql(program: Definition, number: str, given: Given) -> str:
    """Whether nobody has declared the entry of a column and not taken it back.

    A request of somebody who may not ask for the entry, and one that only repeats another, declare nothing.
    """
    return f"""NOT coalesce((SELECT true FROM declared_entries r
        WHERE r.entry_number = {number} AND r.program = {given.add(program.program, "text")}
            AND r.state <> 'withdrawn' AND coalesce(r.code, '') NOT IN ('not-yours', 'repeated') LIMIT 1), false)"""
