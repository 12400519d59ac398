"""Days that start a clock and that no summary carries, and which of several days is the time of entry."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.liquidation.domain.liquidation_period import DesignatedImport
from services.liquidation.domain.start_dates import EntryBasis, EntryDates, entry_date


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """What people recorded of one entry; None: not known.

    `final_withdrawal_on` is of a warehouse entry, `reconciliation_due_on` of a reconciliation; `designated_imports`,
    `deposited_on` and `waived_on` are of a drawback claim. `entry_basis` says which day is the time of entry;
    `entry_filed_on`, `presented_on` and `withdrawn_on` are days that it may name.
    """

    final_withdrawal_on: date | None = None
    reconciliation_due_on: date | None = None
    designated_imports: tuple[DesignatedImport, ...] = ()
    deposited_on: date | None = None
    waived_on: date | None = None
    entry_basis: EntryBasis | None = None
    entry_filed_on: date | None = None
    presented_on: date | None = None
    withdrawn_on: date | None = None


NO_CLOCK_FACTS: Final = ClockFacts()


@dataclass(frozen=True, slots=True)
class EntryDateCandidate:
    """A day that could be the time of entry, and where it comes from; one of an entry's governs."""

    source: str
    on: date
    governs: bool


def find_time_of_entry(
    asserted: date, clock: ClockFacts, released_on: date | None, summary_filed_on: date | None
) -> date:
    """The day from which the year runs: by the basis that was recorded, if its day is known, else as asserted.

    Rule entry-date [P], 19 CFR 101.1, 141.68.

    >>> quota = ClockFacts(entry_basis="quota", presented_on=date(2026, 3, 5))
    >>> find_time_of_entry(date(2026, 3, 2), quota, None, None)
    datetime.date(2026, 3, 5)
    >>> find_time_of_entry(date(2026, 3, 2), ClockFacts(entry_basis="quota"), None, None)
    datetime.date(2026, 3, 2)
    """
    if clock.entry_basis is None:
        return asserted
    return entry_date(clock.entry_basis, _days(clock, released_on, summary_filed_on)) or asserted


def list_entry_dates(
    asserted: Iterable[tuple[int, date]],
    governing: int | None,
    clock: ClockFacts,
    released_on: date | None,
    summary_filed_on: date | None,
) -> tuple[EntryDateCandidate, ...]:
    """Every day that could be the time of entry, in order, and which governs.

    `asserted` are the versions with their dates of entry, `governing` the number of the one that stands.

    >>> found = list_entry_dates([(1, date(2026, 3, 2))], 1, ClockFacts(), date(2026, 3, 1), None)
    >>> [(each.source, each.on.day, each.governs) for each in found]
    [('release', 1, False), ('version 1', 2, True)]
    """
    versions = dict(asserted)
    days = _days(clock, released_on, summary_filed_on)
    recorded = entry_date(clock.entry_basis, days) if clock.entry_basis is not None else None
    known = (
        ("release", days.released_on, clock.entry_basis == "release"),
        ("entry-filed", days.entry_filed_on, clock.entry_basis == "filing-elected"),
        ("summary-filed", days.summary_filed_on, clock.entry_basis == "immediate-delivery"),
        ("presentation", days.presented_on, clock.entry_basis == "quota"),
        ("withdrawal", days.withdrawn_on, clock.entry_basis == "withdrawal"),
        *((f"version {number}", on, recorded is None and number == governing) for number, on in versions.items()),
    )
    found = [EntryDateCandidate(source, on, governs) for source, on, governs in known if on is not None]
    return tuple(sorted(found, key=lambda each: (each.on, each.source)))


def _days(clock: ClockFacts, released_on: date | None, summary_filed_on: date | None) -> EntryDates:
    return EntryDates(released_on, clock.entry_filed_on, summary_filed_on, clock.withdrawn_on, clock.presented_on)
