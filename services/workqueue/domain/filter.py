"""Which items somebody asks for: one set of conditions for lists, counts, tables, bulk acts and saved views."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, NamedTuple, assert_never

from shared.customs.calendar import add_days

NOBODY: Final = "nobody"
"""In place of a person: what nobody holds, or is assigned to nobody."""
MOST_COUNTED: Final = 10_000
"""Up to here a count is exact; beyond it is only said to be more."""


class Overdue(NamedTuple):
    """What counts as late: due before this day, or waiting for a Center since this instant or longer."""

    today: date
    cutoff: datetime


DueBucket = Literal["overdue", "today", "this-week", "next-week", "later", "unknown"]


class Span(NamedTuple):
    """Days from the first on, which is among them, and before the last, which is not; None is no bound."""

    first: date | None
    before: date | None


def span_of(bucket: DueBucket, today: date) -> Span | None:
    """The days of a bucket, None where no day is known. A week ends with its Sunday; no day is in two buckets.

    >>> span_of("this-week", date(2026, 3, 4))
    Span(first=datetime.date(2026, 3, 5), before=datetime.date(2026, 3, 9))
    >>> span_of("overdue", date(2026, 3, 4))
    Span(first=None, before=datetime.date(2026, 3, 4))
    """
    tomorrow, monday = add_days(today, 1), add_days(today, 7 - today.weekday())
    match bucket:
        case "overdue":
            return Span(None, today)
        case "today":
            return Span(today, tomorrow)
        case "this-week":
            return Span(tomorrow, monday)
        case "next-week":
            return Span(monday, add_days(monday, 7))
        case "later":
            return Span(add_days(monday, 7), None)
        case "unknown":
            return None
        case _:
            assert_never(bucket)


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions on items, which must all hold; of several values of one condition any will do.

    None and no values mean any. `holders` and `assigned_to` are users or `NOBODY`; amounts are whole US dollars, with
    the first named included and the last not; so are days. `tariffs` are numbers, of chapters 98 and 99 too,
    that a line of an entry under review declares. `due_in` are spans of days, None for what has no day known.
    `words` are looked for in titles, acts, reasons, findings and letters, as web searches are written: all words in one
    text, `"a phrase"`, `or`, `-not`.
    """

    centers: tuple[str, ...] = ()
    divisions: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    waits_for: tuple[str, ...] = ()
    holders: tuple[str, ...] = ()
    assigned_to: tuple[str, ...] = ()
    importer_numbers: tuple[str, ...] = ()
    entry_number: str | None = None
    filing_number: str | None = None
    protest_number: str | None = None
    tariffs: tuple[str, ...] = ()
    entry_types: tuple[str, ...] = ()
    ports_of_entry: tuple[str, ...] = ()
    priorities: tuple[int, ...] = ()
    value_from: int | None = None
    value_below: int | None = None
    due_from: date | None = None
    due_before: date | None = None
    due_in: tuple[Span | None, ...] = ()
    opened_from: datetime | None = None
    opened_before: datetime | None = None
    overdue: Overdue | None = None
    words: str | None = None


class Counted(NamedTuple):
    """How many items there are, up to `MOST_COUNTED`; `is_exact` says whether that is all of them."""

    found: int
    is_exact: bool

    @property
    def shown(self) -> str:
        """The count as a badge shows it.

        >>> Counted(41, True).shown, Counted(10_000, False).shown
        ('41', '10,000+')
        """
        return f"{self.found:,}{'' if self.is_exact else '+'}"
